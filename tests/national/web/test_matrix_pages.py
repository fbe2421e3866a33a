"""Every partnership with its plan and reports of one period: what stands in each cell, and in the totals."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import pytest
import time_machine
from flask import Flask

from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind, PowerUsed
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.explanations import note_expected_date
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.models.approval import Direction
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from cycle_tracker.national.web.matrix import presenters, routes
from tests.factories import make_cycle, make_government, make_milestone, make_partnership, make_report, make_user
from tests.support.pages import Browser, counted_statements, said, sign_in, soup

TODAY = date(2026, 9, 14)
NOW = datetime(2026, 9, 14, 10, tzinfo=LONDON)
STATEMENTS = 2
"""What the page asks for, however many partnerships there are; the person and the menu included."""


@dataclass
class Nation:
    """Partnerships with the documents of 2023–26, and an official."""

    app: Flask
    official: User
    member: User

    def client(self, user: User | None = None) -> Browser:
        return sign_in(self.app, user or self.official)

    def place(self, slug: str) -> list[Milestone]:
        """A partnership's plan and its three reports."""
        place = make_partnership(slug)
        cycle = make_cycle(place, "2023-26")
        plan = make_milestone(
            place, key="2023-26.plan-prepared", kind=Kind.PLAN, title="Plan", due_on=date(2023, 4, 1), cycle=cycle
        )
        reports = [
            make_report(place, key=f"2023-26.annual-report-{year}", year_end=date(2023 + year, 3, 31), cycle=cycle)
            for year in (1, 2, 3)
        ]
        return [plan, *reports]

    def publish(self, document: Milestone, on: date | None, *, tell: bool = True) -> None:
        record_publication(
            document,
            address="https://example.org/it",
            published_on=on,
            send_to_ministers=tell,
            by=None,
            today=TODAY,
            now=NOW,
        )

    def explain(self, document: Milestone, until: date, *, shared: bool) -> None:
        note_expected_date(
            document, until, "The board met late.", shared=shared, by=self.member, today=date(2026, 9, 1), now=NOW
        )


@pytest.fixture
def nation(app: Flask, morning: time_machine.Traveller) -> Iterator[Nation]:
    morning.move_to(NOW)
    with app.app_context():
        make_government()
        yield Nation(app, make_user("Fiona Shaw", role=Role.OFFICIAL), make_user("Iain Munro"))
        db.session.remove()


def cells(client: Browser, query: str = "?period=2023-26") -> dict[str, list[str]]:
    page = soup(client.get(f"/matrix{query}"))
    return {
        row.select("th")[0].get_text(): [" ".join(cell.get_text(" ").split()) for cell in row.select("td")]
        for row in page.select("#matrix tbody tr")
    }


def totals(client: Browser, query: str = "?period=2023-26") -> dict[str, list[str]]:
    page = soup(client.get(f"/matrix{query}"))
    return {
        row.select("th")[0].get_text(): [cell.get_text() for cell in row.select("td")]
        for row in page.select("#totals tbody tr")
    }


def test_each_cell_says_where_the_document_stands_with_its_date_and_lag(nation: Nation) -> None:
    plan, first, second, third = nation.place("moray")
    nation.publish(plan, date(2023, 3, 20), tell=False)
    nation.publish(first, date(2024, 6, 20))
    nation.publish(second, None)
    make_partnership("fife")
    client = nation.client()
    found = cells(client)
    assert list(found) == ["Fife", "Moray"]
    assert found["Fife"] == ["None yet"] * 4
    assert found["Moray"] == [
        "Published, copy not sent : Plan, Moray Published 20 March 2023",
        "Complete : Annual report on 2023–24, Moray Published 20 June 2024 81 days after 31 March",
        "Complete : Annual report on 2024–25, Moray Published, date not known",
        "Outstanding : Annual report on 2025–26, Moray Guidance date 30 June 2026 167 days since 31 March",
    ]
    page = soup(client.get("/matrix?period=2023-26"))
    assert page.find("a", href=f"/partnerships/moray/milestones/{third.key}") is not None
    assert page.find("a", href="/partnerships/moray") is not None


def test_only_explanations_that_were_shared_count(nation: Nation) -> None:
    nation.explain(nation.place("angus")[3], date(2026, 9, 30), shared=True)
    nation.explain(nation.place("bute")[3], date(2026, 9, 30), shared=False)
    found = cells(nation.client())
    assert found["Angus"][3].startswith("Explained")
    assert "New expected date 30 September 2026 Guidance date 30 June 2026" in found["Angus"][3]
    assert found["Bute"][3].startswith("Outstanding")
    assert "30 September" not in found["Bute"][3]


def test_totals_count_each_column(nation: Nation) -> None:
    for slug in ("angus", "bute"):
        for document in nation.place(slug)[:2]:
            nation.publish(document, date(2024, 6, 20))
    assert totals(nation.client()) == {"Outstanding": ["0", "0", "2", "2"], "Complete": ["2", "2", "0", "0"]}


def test_a_state_leaves_the_partnerships_that_have_a_document_in_it(nation: Nation) -> None:
    for document in nation.place("angus"):
        nation.publish(document, date(2026, 6, 20))
    nation.place("bute")
    client = nation.client()
    assert list(cells(client, "?period=2023-26&state=outstanding")) == ["Bute"]
    assert list(cells(client, "?period=2023-26&state=complete")) == ["Angus"]
    assert totals(client, "?period=2023-26&state=complete") == totals(client)
    assert "No partnership has a document with this status." in said(
        client.get("/matrix?period=2023-26&state=explained")
    )


def test_what_is_not_known_is_left_out_and_never_breaks_the_page(nation: Nation) -> None:
    nation.place("moray")
    client = nation.client()
    for query in ["?period=1999-02", "?state=late", "?period=x&state=y&page=z", "?page=999999"]:
        answer = client.get(f"/matrix{query}")
        assert answer.status_code == 200, query
        assert "Plan period 2026–29" in said(answer), query
        assert ("so we ignored them" in said(answer)) is (not query.startswith("?page"))


def test_people_of_a_partnership_do_not_come_here(nation: Nation) -> None:
    moray = make_partnership("moray")
    for role in [Role.LEAD, Role.CONTRIBUTOR, Role.GOVERNANCE, Role.CLERK, Role.ADMINISTRATOR]:
        place = None if role is Role.ADMINISTRATOR else moray
        client = nation.client(make_user("Somebody", role=role, partnership=place))
        assert client.get("/matrix").status_code == 403, role
        assert client.get("/matrix/export.csv").status_code == 403, role


@pytest.mark.parametrize("places", [2, 40])
def test_it_takes_as_many_statements_for_many_partnerships_as_for_few(nation: Nation, places: int) -> None:
    for number in range(places):
        documents = nation.place(f"place-{number}")
        nation.publish(documents[1], date(2024, 6, 20))
        nation.explain(documents[3], date(2026, 9, 30), shared=True)
    client = nation.client()
    client.get("/matrix?period=2023-26")  # the list of partnerships is kept from here on
    with counted_statements() as statements:
        assert client.get("/matrix?period=2023-26").status_code == 200
    assert len(statements) == STATEMENTS, "\n\n".join(statements)


def test_more_partnerships_than_a_page_shows_are_counted_where_it_is_asked_for(
    nation: Nation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "PARTNERSHIPS_ON_A_PAGE", 2)
    for slug in ("fife", "moray", "orkney"):
        nation.publish(nation.place(slug)[1], date(2024, 6, 1))
    db.session.commit()
    client = nation.client()
    assert list(cells(client)) == ["Fife", "Moray"]
    assert totals(client) == {}
    link = soup(client.get("/matrix?period=2023-26")).find("a", string="Show totals by status for every partnership")
    assert totals(client, str(link["href"]).removeprefix("/matrix"))["Complete"] == ["0", "3", "0", "0"]  # type: ignore[index]
    assert list(cells(client, "?period=2023-26&state=complete")) == ["Fife", "Moray"]


def test_what_is_recorded_beside_a_plan_takes_a_statement_only_where_there_is_any(nation: Nation) -> None:
    plan = nation.place("moray")[0]
    client = nation.client()
    assert "Publish the plan" not in said(client.get("/matrix?period=2023-26"))
    db.session.add(
        Direction(
            milestone_id=plan.id,
            given_on=date(2026, 9, 1),
            section=PowerUsed.SECTION_16,
            given_to="Moray Council",
            about="Publish the plan",
            recorded_by_id=nation.official.id,
            recorded_at=NOW,
        )
    )
    db.session.commit()
    with counted_statements() as statements:
        assert "Publish the plan" in said(client.get("/matrix?period=2023-26"))
    assert len(statements) == STATEMENTS + 1


def test_the_rows_are_made_once_for_all_officials_and_anew_after_whatever_changes_in_them(
    nation: Nation, morning: time_machine.Traveller
) -> None:
    plan, first, second, third = nation.place("moray")
    colleague = make_user("Ann Reid", role=Role.OFFICIAL)
    presenters.table_rows.cache_clear()

    def shown() -> tuple[str, int]:
        page, other = cells(nation.client()), cells(nation.client(colleague))
        assert page == other
        text = " ".join(" ".join([name, *found]) for name, found in page.items())
        return text, presenters.table_rows.cache_info().misses

    assert shown()[1] == 1
    changes = [
        (lambda: nation.publish(first, date(2024, 6, 20)), "Published 20 June 2024"),
        (lambda: nation.explain(third, date(2026, 10, 5), shared=True), "New expected date 5 October 2026"),
        (lambda: setattr(second, "title", "Report of the second year"), "Report of the second year"),
        (lambda: setattr(plan.partnership, "name", "Moray and Nairn"), "Moray and Nairn"),
        (lambda: morning.move_to(datetime(2026, 9, 15, 10, tzinfo=LONDON)), "168 days since 31 March"),
    ]
    for number, (change, words) in enumerate(changes, 2):
        assert words not in shown()[0]
        change()
        db.session.commit()
        text, made = shown()
        assert words in text
        assert made == number, "made once, and not for each person"
