"""The page of one partnership, as each role sees it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import pytest
import time_machine
from flask import Flask

from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.explanations import note_expected_date
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.officials import UpdateRequest
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.user import User
from tests.factories import (
    make_cycle,
    make_government,
    make_milestone,
    make_organisation,
    make_partnership,
    make_report,
    make_user,
)
from tests.support.pages import Browser, counted_statements, said, sign_in, soup

TODAY = date(2026, 9, 14)
NOW = datetime(2026, 9, 14, 10, tzinfo=LONDON)
PAGE = "/partnerships/moray"
STATEMENTS = 7
"""What the page asks for, however much there is; the person and the menu included."""


@dataclass
class Moray:
    """Moray: a council that leads, a board that left, its leads, a report that is explained, and a request."""

    app: Flask
    partnership: Partnership
    lead: User
    official: User
    report: Milestone

    def client(self, user: User | None = None) -> Browser:
        return sign_in(self.app, user or self.official)

    def of_role(self, role: Role) -> User:
        national = role in {Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR}
        return make_user(f"A {role}", role=role, partnership=None if national else self.partnership)


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    morning.move_to(NOW)
    with app.app_context():
        make_government()
        place = make_partnership("moray", name="Moray", notify_from=date(2024, 4, 1))
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place, email="ailsa@example.test")
        make_user("Somebody Who Left", role=Role.LEAD, partnership=place, active=False)
        official = make_user("Fiona Shaw", role=Role.OFFICIAL)
        report = make_report(place, owner=lead, cycle=make_cycle(place, "2023-26"), title="Annual report on 2025–26")
        make_milestone(place, title="A local step")
        body(place, "Moray Council", BodyRole.LEAD)
        body(place, "NHS Grampian", BodyRole.LEAD, to_on=date(2025, 3, 31))
        body(place, "Aberlour", BodyRole.MEMBER)
        note_expected_date(
            report,
            date(2026, 9, 30),
            "The board met late.",
            shared=True,
            by=make_user("Iain Munro"),
            today=date(2026, 9, 1),
            now=NOW,
        )
        db.session.add(
            UpdateRequest(
                milestone_id=report.id, asked_by_id=official.id, asked_at=NOW, text="How?", reply_by=date(2026, 9, 28)
            )
        )
        yield Moray(app, place, lead, official, report)
        db.session.remove()


def body(place: Partnership, name: str, role: BodyRole, to_on: date | None = None) -> None:
    db.session.add(
        PartnershipBody(
            partnership_id=place.id,
            organisation=make_organisation(name),
            role=role,
            from_on=date(2017, 4, 1),
            to_on=to_on,
        )
    )
    db.session.flush()


def places(client: Browser) -> list[str]:
    return [str(link["href"]) for link in soup(client.get(PAGE)).select(".app-places a")]


def test_an_official_sees_who_is_in_it_and_where_its_documents_stand(moray: Moray) -> None:
    client = moray.client()
    text = said(client.get(PAGE))
    assert "This partnership joined Cycle Tracker on 1 April 2024." in text
    assert "Ailsa Grant, ailsa@example.test" in text
    assert "Somebody Who Left" not in text
    assert "A local step" not in text
    assert "Annual report on 2025–26 Explained New expected date 30 September 2026 Guidance date 30 June 2026" in text
    assert "The board met late." in text
    assert "Update requests from the Scottish Government" in text
    bodies = [" ".join(row.get_text(" ").split()) for row in soup(client.get(PAGE)).select("#bodies-list tbody tr")]
    assert bodies == [
        "Moray Council Lead body Since 1 April 2017",
        "Aberlour Member Since 1 April 2017",
        "NHS Grampian Lead body 1 April 2017 to 31 March 2025",
    ]
    assert soup(client.get(PAGE)).find("a", href=f"{PAGE}/cycles/2023-26") is not None


def test_its_people_and_auditors_see_the_same(moray: Moray) -> None:
    for role in [Role.LEAD, Role.CONTRIBUTOR, Role.GOVERNANCE, Role.CLERK, Role.AUDITOR]:
        text = said(moray.client(moray.of_role(role)).get(PAGE))
        assert "Explained" in text, role
        assert "The board met late." in text, role


def test_an_administrator_sees_titles_and_dates(moray: Moray) -> None:
    text = said(moray.client(moray.of_role(Role.ADMINISTRATOR)).get(PAGE))
    assert "Annual report on 2025–26 Guidance date 30 June 2026" in text
    assert "Ailsa Grant" in text
    for absent in ("Explained", "The board met late.", "30 September 2026", "Update requests", "Status"):
        assert absent not in text


def test_an_administrator_reads_an_own_start_by_its_name(moray: Moray) -> None:
    plan = make_milestone(moray.partnership, key="plan", kind=Kind.PLAN, cycle=moray.report.cycle, title="Plan 2023–26")
    plan.target_on, plan.own_start_on = date(2023, 4, 1), date(2024, 4, 1)
    db.session.commit()
    text = said(moray.client(moray.of_role(Role.ADMINISTRATOR)).get(PAGE))
    assert "Plan 2023–26 Own start 1 April 2024" in text
    assert "Guidance date 1 April 2024" not in text


def test_an_explanation_that_was_not_shared_is_not_here(moray: Moray) -> None:
    other = make_report(moray.partnership, key="other", title="Another report")
    note_expected_date(
        other,
        date(2026, 10, 30),
        "Not for everybody.",
        shared=False,
        by=make_user("Una Reid"),
        today=date(2026, 9, 1),
        now=NOW,
    )
    text = said(moray.client().get(PAGE))
    assert "Another report Outstanding" in text or "Another report" not in text
    assert "Not for everybody." not in text
    assert "30 October 2026" not in text


@pytest.mark.parametrize("role", list(Role))
def test_every_link_to_another_page_leads_there(moray: Moray, role: Role) -> None:
    client = moray.client(moray.of_role(role))
    assert [path for path in places(client) if client.get(path).status_code != 200] == []


def test_another_partnerships_people_find_nothing_here(moray: Moray) -> None:
    other = make_user("Una Ross", role=Role.LEAD, partnership=make_partnership("fife"))
    assert moray.client(other).get(PAGE).status_code == 404
    assert moray.client().get("/partnerships/nowhere").status_code == 404


def test_an_empty_partnership_says_what_is_missing(moray: Moray) -> None:
    make_partnership("fife", name="Fife", notify_from=None)
    text = said(moray.client().get("/partnerships/fife"))
    assert "This partnership has not joined Cycle Tracker yet" in text
    assert "No plan periods yet." in text
    assert "No planning lead yet." in text
    assert "No organisations yet." in text


@pytest.mark.parametrize("more", [1, 20])
def test_it_takes_as_many_statements_for_much_as_for_little(moray: Moray, more: int) -> None:
    for number in range(more):
        body(moray.partnership, f"Body {number}", BodyRole.MEMBER)
        make_user(f"Lead {number}", role=Role.LEAD, partnership=moray.partnership)
        report = make_report(moray.partnership, key=f"report-{number}", cycle=moray.report.cycle)
        db.session.add(UpdateRequest(milestone_id=report.id, asked_by_id=moray.official.id, asked_at=NOW, text="How?"))
    client = moray.client()
    with counted_statements() as statements:
        assert client.get(PAGE).status_code == 200
    assert len(statements) == STATEMENTS, "\n\n".join(statements)


def test_a_body_whose_part_is_to_come_has_it_from_its_first_day(moray: Moray) -> None:
    board = make_organisation("Moray Integration Joint Board")
    db.session.add(
        PartnershipBody(
            partnership_id=moray.partnership.id, organisation=board, role=BodyRole.LEAD, from_on=date(2027, 4, 1)
        )
    )
    db.session.commit()
    assert "Moray Integration Joint Board Lead body From 1 April 2027" in said(moray.client().get(PAGE))
