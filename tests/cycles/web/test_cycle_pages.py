"""The cycle page: four stages, what is due in each, and what the cycle before left open."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
import time_machine
from flask import Flask

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Kind, Stage
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.partnership import Partnership
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

CYCLE = "/partnerships/moray/cycles/2026-29"
STATEMENTS = 12
"""What the page asks for, however much is due; the person and the menu included."""


@dataclass
class Moray:
    """Moray in the first year of its plan, with one step and its plan; the third report on the plan before is open."""

    app: Flask
    partnership: Partnership
    lead: User
    cycle: Cycle

    def client(self, user: User | None = None) -> Browser:
        return sign_in(self.app, user or self.lead)

    def someone(self, role: Role, place: Partnership | None = None) -> Browser:
        return self.client(make_user(f"A {role.value}", role=role, partnership=place))


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    with app.app_context():
        make_government()
        place = make_partnership("moray", name="Moray", notify_from=date(2026, 1, 1))
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
        cycle = make_cycle(place)
        make_report(place, cycle=make_cycle(place, "2023-26"), title="Annual report on 2025–26")
        make_milestone(
            place,
            key="2026-29.draft-report-1",
            title="Draft the annual report on 2026–27",
            stage=Stage.REVIEW,
            due_on=date(2027, 5, 15),
            owner=lead,
            cycle=cycle,
            date_basis=Basis.SUGGESTED,
        )
        make_milestone(
            place,
            key="2026-29.plan-prepared",
            title="Plan 2026–29",
            kind=Kind.PLAN,
            due_on=date(2026, 4, 1),
            cycle=cycle,
            duty_basis=Basis.STATUTE,
            date_basis=Basis.GUIDANCE,
        )
        make_milestone(place, title="Agree whom to consult", due_on=date(2025, 4, 1), cycle=cycle)
        yield Moray(app, place, lead, cycle)
        db.session.remove()


def test_the_four_stages_stand_in_their_order_and_the_calendar_in_one(moray: Moray) -> None:
    page = moray.client().get(CYCLE)
    headings = [" ".join(heading.get_text(" ").split()) for heading in soup(page).select("main h2")]
    assert headings == ["From the previous cycle", "1. Analyse", "2. Plan", "3. Do Current stage", "4. Review"]
    assert "Current stage: Do." in said(page)


def test_each_step_has_its_date_owner_both_bases_and_status(moray: Moray) -> None:
    text = said(moray.client().get(CYCLE))
    assert (
        "Draft the annual report on 2026–27 15 May 2027, in 316 days. Owner: Ailsa Grant. "
        "Suggested date. Not started" in text
    )
    assert "Plan 2026–29 1 April 2026, 93 days past the guidance date. No owner." in text
    assert "Outstanding" in text


def test_what_fell_due_before_the_service_is_said_so(moray: Moray) -> None:
    assert "Before you joined" in said(moray.client().get(CYCLE))


def test_the_third_report_of_the_cycle_before_shows_while_it_is_open(moray: Moray) -> None:
    client = moray.client()
    assert "Annual report on 2025–26" in said(client.get(CYCLE))
    report = make_report(moray.partnership, key="2023-26.annual-report-2", year_end=date(2025, 3, 31))
    assert report.title not in said(client.get(CYCLE))
    for open_report in db.session.query(type(report)).filter_by(key="2023-26.annual-report-3"):
        record_publication(
            open_report,
            address="https://example.org",
            published_on=date(2026, 7, 1),
            send_to_ministers=True,
            by=None,
            today=date(2026, 7, 3),
            now=at_seven(date(2026, 7, 3)),
        )
    assert "From the previous cycle" not in said(client.get(CYCLE))


def test_officials_see_only_documents(moray: Moray) -> None:
    text = said(moray.someone(Role.OFFICIAL).get(CYCLE))
    assert "Plan 2026–29" in text
    assert "Annual report on 2025–26" in text
    for local in ("Draft the annual report", "Agree whom to consult", "Owner"):
        assert local not in text


def test_administrators_see_titles_and_dates_only(moray: Moray) -> None:
    text = said(moray.someone(Role.ADMINISTRATOR).get(CYCLE))
    assert "Draft the annual report on 2026–27 15 May 2027" in text
    for content in ("Owner", "Not started", "Outstanding", "Suggested date"):
        assert content not in text


def test_the_cycles_before_and_after_are_one_click_away(moray: Moray) -> None:
    links = [link["href"] for link in soup(moray.client().get(CYCLE)).select(".ds_sequential-nav a")]
    assert links == ["/partnerships/moray/cycles/2023-26"]
    links = [link["href"] for link in soup(moray.client().get(str(links[0]))).select(".ds_sequential-nav a")]
    assert links == [CYCLE]


def test_an_unknown_period_is_not_found(moray: Moray) -> None:
    client = moray.client()
    for period in ["2029-32", "2024-27", "0000-03", "9999-02", "2026–29", "soon", "2017-20"]:
        assert client.get(f"/partnerships/moray/cycles/{period}").status_code == 404


def test_another_partnerships_cycle_is_not_found(moray: Moray) -> None:
    client = moray.someone(Role.LEAD, make_partnership("fife"))
    assert client.get(CYCLE).status_code == 404
    assert client.get("/partnerships/nowhere/cycles/2026-29").status_code == 404


@pytest.mark.parametrize("rows", [3, 60])
def test_the_page_takes_as_many_statements_for_many_steps_as_for_few(moray: Moray, rows: int) -> None:
    for number in range(rows):
        owner = make_user(f"Owner {number}", role=Role.CONTRIBUTOR, partnership=moray.partnership)
        make_milestone(moray.partnership, cycle=moray.cycle, owner=owner, state=State.IN_PROGRESS)
        make_report(moray.partnership, key=f"2026-29.report-{number}", cycle=moray.cycle, owner=owner)
    client = moray.client()
    with counted_statements() as statements:
        assert client.get(CYCLE).status_code == 200
    assert len(statements) == STATEMENTS, "\n\n".join(statements)


def test_a_period_that_nobody_opened_shows_its_documents_and_nothing_can_be_added_to_it(moray: Moray) -> None:
    cycle = make_cycle(moray.partnership, "2029-32", opened_on=None)
    plan = "Children’s Services Plan 2029–32"
    make_milestone(
        moray.partnership, cycle=cycle, key="2029-32.plan-prepared", kind=Kind.PLAN, title=plan, due_on=date(2029, 4, 1)
    )
    client, address = moray.client(), "/partnerships/moray/cycles/2029-32"
    text = said(client.get(address))
    assert "No one has opened this plan period yet." in text
    assert plan in text
    assert "Add your own milestone" not in text
    assert client.get(f"{address}/milestones/new").status_code == 404
    assert "2029–32" not in said(client.get(CYCLE))
    administrator = moray.someone(Role.ADMINISTRATOR)
    assert administrator.get("/partnerships/moray/set-up/periods/2029-32").status_code == 404
    home = soup(client.get("/"))
    assert [one["href"] for one in home.select(f'a[href="{address}"]')] == []
