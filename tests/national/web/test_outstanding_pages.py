"""The officials' list: what is on it, in which state, and how it is filtered, sorted and paged."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Cause, Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.approvals import record_preparation
from cycle_tracker.documents.services.explanations import note_expected_date
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.publication import Version
from cycle_tracker.models.user import User
from tests.factories import (
    at_seven,
    make_cycle,
    make_government,
    make_milestone,
    make_partnership,
    make_report,
    make_user,
)
from tests.support.pages import Browser, counted_statements, said, sign_in, soup

LIST = "/outstanding"
NOTED_ON = date(2026, 9, 1)
TODAY = date(2026, 9, 14)
STATEMENTS = 4
"""What the page asks for, however long the list; the person included."""


@dataclass
class Nation:
    """Reports on 2025–26 in every state, 76 days past their guidance date."""

    app: Flask
    government: Organisation
    official: User
    member: User

    def client(self) -> Browser:
        return sign_in(self.app, self.official)

    def report(self, slug: str, *, notify_from: date | None = date(2026, 1, 1)) -> Milestone:
        place = make_partnership(slug, notify_from=notify_from)
        return make_report(place, cycle=make_cycle(place, "2023-26"))

    def explain(self, report: Milestone, until: date, *, shared: bool = True, cause: Cause | None = None) -> None:
        note_expected_date(
            report,
            until,
            f"Why {report.partnership and report.partnership.name} is late.",
            shared=shared,
            by=self.member,
            today=NOTED_ON,
            now=at_seven(NOTED_ON),
            cause=cause,
        )


@pytest.fixture
def nation(app: Flask, morning: time_machine.Traveller) -> Iterator[Nation]:
    morning.move_to(at_seven(TODAY))
    with app.app_context():
        yield Nation(app, make_government(), make_user("Fiona Shaw", role=Role.OFFICIAL), make_user("Iain Munro"))
        db.session.remove()


def make_plan(slug: str) -> Milestone:
    title = "Children’s Services Plan 2026–29"
    return make_milestone(make_partnership(slug), kind=Kind.PLAN, due_on=date(2026, 4, 1), title=title)


def prepare(plan: Milestone) -> None:
    record_preparation(plan, date(2026, 3, 24), by=make_user("Ailsa Grant"), today=TODAY, now=at_seven(TODAY))


def publish(report: Milestone, *, tell: bool, on: date | None = date(2026, 7, 20), **more: Any) -> None:
    record_publication(
        report,
        address="https://example.org/report",
        published_on=on,
        send_to_ministers=tell,
        by=None,
        today=TODAY,
        now=at_seven(TODAY),
        **more,
    )


def groups(page: TestResponse) -> dict[str, list[str]]:
    """The partnerships under each heading of the page."""
    return {
        heading.get_text(): [cell.get_text() for cell in heading.find_next("table").select("tbody th")]  # type: ignore[union-attr]  # every heading has its table
        for heading in soup(page).select("main h2")
    }


def test_one_row_stands_for_all_of_a_partnership_that_has_not_joined(nation: Nation) -> None:
    """What is known of it stands under its state as that of any other."""
    nation.report("angus")
    first = nation.report("bute", notify_from=None)
    bute = first.partnership
    assert bute is not None
    title = "Annual report on 2024–25"
    make_report(bute, key="2023-26.annual-report-2", year_end=date(2025, 3, 31), title=title)
    plan = make_milestone(bute, kind=Kind.PLAN, due_on=date(2026, 4, 1), title="Children’s Services Plan 2026–29")
    publish(plan, tell=False)
    nation.report("clyde", notify_from=None)
    page = nation.client().get(LIST)
    assert groups(page) == {
        "Outstanding": ["Angus"],
        "Published, copy not sent": ["Bute"],
        "Partnerships that have not joined": ["Bute", "Clyde"],
    }
    assert "1 outstanding; 1 published, copy not sent." in said(page)
    row = soup(page).select("#table-not-joined tbody tr")[0]
    assert "2 plans and reports" in row.get_text()
    links = [one["href"] for one in row.select("a")]
    assert links == [
        "/partnerships/bute",
        "/partnerships/bute/milestones/2023-26.annual-report-2",
        "/partnerships/bute/milestones/2023-26.annual-report-3",
        "/partnerships/bute/history",
        "/partnerships/bute/letter",
    ]
    client = nation.client()
    assert client.get("/partnerships/bute/history").status_code == 200
    assert "Partnerships that have not joined" not in groups(client.get(f"{LIST}?state=outstanding"))
    assert set(groups(client.get(f"{LIST}?state=no-record"))) == {"Partnerships that have not joined"}
    assert groups(client.get(f"{LIST}?partnership=clyde")) == {"Partnerships that have not joined": ["Clyde"]}
    home = said(client.get("/"))
    assert "Partnerships that have not joined" in home
    assert "2 partnerships, 3 plans and reports" in home
    auditor = sign_in(nation.app, make_user("Hugh Ross", role=Role.AUDITOR))
    assert "Record for them" not in said(auditor.get(LIST))


def test_every_incomplete_document_stands_under_its_state(nation: Nation) -> None:
    nation.report("angus")
    nation.explain(nation.report("bute"), date(2026, 9, 30))
    nation.explain(nation.report("clyde"), date(2026, 9, 10))
    nation.explain(nation.report("dundee"), date(2026, 9, 30), shared=False)
    publish(make_plan("elgin"), tell=False)
    prepare(make_plan("dunoon"))
    publish(make_plan("eriskay"), tell=False, version=Version.INTERIM, interim_until=date(2027, 3, 31))
    publish(nation.report("fife"), tell=True)
    nation.report("glasgow", notify_from=date(2026, 8, 1))
    not_required = nation.report("harris")
    not_required.state, not_required.reason = State.NOT_REQUIRED, "Another report took its place."
    late_plan = make_partnership("islay")
    make_milestone(late_plan, kind=Kind.PLAN, due_on=date(2026, 8, 1), title="A plan")
    make_milestone(late_plan, due_on=date(2026, 8, 1), title="A step")
    page = nation.client().get(LIST)
    assert groups(page) == {
        "Outstanding": ["Angus", "Clyde", "Dundee"],
        "Explained": ["Bute"],
        "Past guidance date": ["Islay"],
        "Interim plan": ["Eriskay"],
        "Prepared, not published": ["Dunoon"],
        "Published, copy not sent": ["Elgin"],
        "No record here yet": ["Glasgow"],
        "Not required": ["Harris"],
    }
    text = said(page)
    assert (
        "3 outstanding; 1 explained; 1 past guidance date; 1 interim plan; 1 prepared, not published; "
        "1 published, copy not sent; 1 no record here yet; 1 not required." in text
    )
    assert "Another report took its place." in text
    assert "Not counted as late." in text
    assert "Why Bute is late." in text
    assert "New expected date 30 September 2026." in text
    assert "Why Dundee" not in text


def test_a_line_tells_days_past_lag_and_escalation(nation: Nation) -> None:
    report = nation.report("angus")
    for number, (audience, resolved) in enumerate(
        [(Audience.GOVERNANCE, False), (Audience.LEAD, False), (Audience.GOVERNANCE, True)]
    ):
        db.session.add(
            Escalation(
                milestone=report,
                due_on=report.due_on,
                rung=14 + number,
                audience=audience,
                fell_due_on=date(2026, 7, 14 - number),
                opened_at=at_seven(TODAY),
                resolved_at=at_seven(TODAY) if resolved else None,
            )
        )
    publish(make_plan("elgin"), tell=False)
    rows = [" ".join(row.get_text(" ").split()) for row in soup(nation.client().get(LIST)).select("tbody tr")]
    assert rows == [
        "Angus: Annual report on 2025–26 Angus Annual report on 2025–26 Escalated on 14 July 2026 30 June 2026 76 167 "
        "No shared explanation",
        "Elgin Children’s Services Plan 2026–29 1 April 2026 110 – 20 July 2026",
    ]


@pytest.mark.on_both_databases
def test_the_filters_stand_in_the_address(nation: Nation) -> None:
    nation.report("angus")
    bute = nation.report("bute")
    make_milestone(
        bute.partnership, kind=Kind.PLAN, due_on=date(2026, 8, 1), title="A plan", cycle=make_cycle_of(bute, "2026-29")
    )
    client = nation.client()
    assert groups(client.get(f"{LIST}?partnership=bute")) == {"Outstanding": ["Bute"], "Past guidance date": ["Bute"]}
    assert groups(client.get(f"{LIST}?kind=plan")) == {"Past guidance date": ["Bute"]}
    assert groups(client.get(f"{LIST}?period=2026-29")) == {"Past guidance date": ["Bute"]}
    page = client.get(f"{LIST}?state=outstanding&partnership=bute")
    assert groups(page) == {"Outstanding": ["Bute"]}
    chosen = [option.get_text() for option in soup(page).select("option[selected]")]
    assert chosen == ["Bute", "Outstanding"]


def make_cycle_of(report: Milestone, period: str) -> object:
    assert report.partnership is not None
    return make_cycle(report.partnership, period)


def test_what_is_not_known_is_left_out_and_never_breaks_the_page(nation: Nation) -> None:
    nation.report("angus")
    client = nation.client()
    for query in [
        "partnership=nowhere",
        "kind=step",
        "period=1999-02",
        "state=complete",
        "sort=id;drop",
        "page=x",
        "page=-1",
        "page=99999999999999",
    ]:
        page = client.get(f"{LIST}?{query}")
        assert page.status_code == 200, query
        assert groups(page) == {"Outstanding": ["Angus"]}, query
        if not query.startswith("page"):
            assert "We do not recognise these filters, so we ignored them" in said(page), query


@pytest.mark.on_both_databases
def test_the_list_is_sorted_by_days_past_or_by_partnership(nation: Nation) -> None:
    nation.report("angus")
    older = nation.report("bute")
    older.target_on = date(2026, 6, 1)
    client = nation.client()
    assert groups(client.get(LIST)) == {"Outstanding": ["Bute", "Angus"]}
    assert groups(client.get(f"{LIST}?sort=partnership")) == {"Outstanding": ["Angus", "Bute"]}


@pytest.mark.on_both_databases
def test_pages_keep_the_filters(nation: Nation) -> None:
    for number in range(51):
        nation.report(f"place-{number:02d}")
    client = nation.client()
    first = client.get(f"{LIST}?kind=annual-report&sort=partnership")
    assert len(groups(first)["Outstanding"]) == 50
    onward = {link["href"] for link in soup(first).select(".ds_pagination a")}
    assert f"{LIST}?kind=annual-report&sort=partnership&page=2" in onward
    second = client.get(f"{LIST}?kind=annual-report&sort=partnership&page=2")
    assert groups(second) == {"Outstanding": ["Place 50"]}
    assert "51 outstanding. Showing 51 to 51." in said(second)


def test_an_empty_list_says_why(nation: Nation) -> None:
    client = nation.client()
    assert "There are no outstanding plans or reports." in said(client.get(LIST))
    assert "No document matches these filters." in said(client.get(f"{LIST}?kind=plan"))


def test_people_of_a_partnership_do_not_come_here(nation: Nation) -> None:
    moray = make_partnership("moray")
    for role in [Role.LEAD, Role.CONTRIBUTOR, Role.GOVERNANCE, Role.CLERK]:
        person = make_user("Ailsa Grant", role=role, partnership=moray)
        assert sign_in(nation.app, person).get(LIST).status_code == 403, role


@pytest.mark.parametrize("rows", [3, 60])
def test_the_list_takes_as_many_statements_when_long_as_when_short(nation: Nation, rows: int) -> None:
    for number in range(rows):
        report = nation.report(f"place-{number}")
        if number % 3 == 0:
            nation.explain(report, date(2026, 9, 30))
        if number % 3 == 1:
            publish(report, tell=False)
    client = nation.client()
    with counted_statements() as statements:
        assert client.get(LIST).status_code == 200
    assert len(statements) == STATEMENTS, "\n\n".join(statements)


def reasons(page: TestResponse) -> dict[str, str]:
    """The totals of the reasons given, as the page has them."""
    rows = soup(page).select("#table-reasons tbody tr")
    return {row.select("th")[0].get_text(): row.select("td")[0].get_text() for row in rows}


def test_reasons_are_totals_for_scotland_and_no_number_below_five(nation: Nation) -> None:
    """Of the newest explanation of each that was shared; one without a main reason counts for none."""
    assert reasons(nation.client().get(LIST)) == {}
    for number in range(5):
        nation.explain(nation.report(f"staff-{number}"), date(2026, 9, 30), cause=Cause.STAFF)
    for number in range(4):
        nation.explain(nation.report(f"data-{number}"), date(2026, 9, 30), cause=Cause.LATE_DATA)
    nation.explain(nation.report("secret"), date(2026, 9, 30), shared=False, cause=Cause.ELECTION)
    nation.explain(nation.report("silent"), date(2026, 9, 30))
    twice = nation.report("twice")
    nation.explain(twice, date(2026, 9, 30), cause=Cause.REDESIGN)
    nation.explain(twice, date(2026, 10, 30), cause=Cause.STAFF)
    expected = {"Staff": "6", "Data were late": "Fewer than five"}
    for query in ("", "?partnership=staff-1", "?state=interim"):
        assert reasons(nation.client().get(f"{LIST}{query}")) == expected


def test_an_auditor_of_some_partnerships_reads_no_totals(nation: Nation) -> None:
    report = nation.report("moray")
    nation.explain(report, date(2026, 9, 30), cause=Cause.STAFF)
    auditor = make_user("Una Ross", role=Role.AUDITOR, partnership=report.partnership)
    page = sign_in(nation.app, auditor).get(LIST)
    assert page.status_code == 200
    assert reasons(page) == {}
