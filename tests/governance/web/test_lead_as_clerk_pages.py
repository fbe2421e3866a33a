"""Pages on which a clerk who is also a planning lead records a decision, and the chair disputes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.decision import Decision
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from tests.factories import (
    at_seven,
    grant_role,
    make_cycle,
    make_governance_group,
    make_government,
    make_partnership,
    make_report,
    make_user,
)
from tests.governance.web.test_escalation_pages import escalate
from tests.support.pages import Browser, counted_statements, said, sign_in, soup, value_of

TODAY = date(2026, 9, 1)
WHY = "The council committee met late. The report goes to it on 24 September."
MADE = "Made by the group, recorded by Ailsa Grant, who is also a planning lead"
REPORT = "/partnerships/moray/milestones/2023-26.annual-report-3"
STATEMENTS = 11


def send(client: Browser, address: str, form: dict[str, str]) -> str:
    """What the page says to which the form leads, or the form itself with what is wrong in it."""
    answer = client.post(address, data=form)
    return said(client.get(answer.location) if answer.status_code == 302 else answer)


@dataclass
class Moray:
    app: Flask
    lead: User
    chair: User
    report: Milestone
    escalation: Escalation

    @property
    def page(self) -> str:
        return f"/escalations/{self.escalation.id}"

    def client(self, user: User) -> Browser:
        return sign_in(self.app, user)

    def decide(self, **changed: str) -> str:
        form = {
            "expected_on": "30 9 2026",
            "explanation": WHY,
            "shared": "y",
            "meeting_on": "28 8 2026",
            "minute": "4.2",
            "version": str(self.report.version),
            **changed,
        }
        return send(self.client(self.lead), f"{self.page}/decision", form)

    @property
    def dispute_page(self) -> str:
        return f"{self.page}/decisions/{db.session.scalars(select(Decision.id)).one()}/dispute"


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    morning.move_to(at_seven(TODAY))
    with app.app_context():
        make_government()
        place = make_partnership("moray", name="Moray")
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
        grant_role(lead, Role.CLERK, place)
        chair, _member = make_governance_group(place, "Iain Munro", "Una Ross")
        group = db.session.scalars(select(Group)).one()
        places = db.session.scalars(select(Membership).where(Membership.user_id == chair.id)).one()
        places.role = MembershipRole.CHAIR
        db.session.add(Membership(group_id=group.id, user_id=lead.id, role=MembershipRole.CLERK))
        report = make_report(place, owner=lead, cycle=make_cycle(place, "2023-26"))
        yield Moray(app, lead, chair, report, escalate(report))
        db.session.remove()


def test_the_form_says_who_they_are_and_asks_for_meeting_and_minute(moray: Moray) -> None:
    page = said(moray.client(moray.lead).get(moray.page))
    assert "You are the clerk and also a planning lead of Moray. Record what the group decided at a meeting" in page
    assert "Minute reference (optional)" not in page
    answer = moray.decide(meeting_on="", minute="")
    assert "Choose the meeting at which the group decided this, or enter its date." in answer
    assert "Enter the minute reference." in answer
    assert db.session.scalars(select(Decision)).all() == []


def test_pages_history_and_files_say_that_a_lead_recorded_it(moray: Moray) -> None:
    assert f"{MADE}" in moray.decide()
    reader = moray.client(moray.chair)
    assert "Iain Munro (chair) was emailed. The chair can dispute this." in said(reader.get(moray.page))
    assert MADE in reader.get("/escalations/export.csv").get_data(as_text=True)
    assert MADE in said(reader.get("/partnerships/moray/group"))
    assert MADE in said(reader.get("/partnerships/moray/status"))
    assert (
        "The governance group agreed a new expected date of 30 September 2026, recorded by Ailsa Grant, who is also a "
        "planning lead" in said(reader.get(REPORT))
    )


def test_the_chair_disputes_it_and_the_page_shows_it_as_open_again(moray: Moray) -> None:
    moray.decide()
    chair = moray.client(moray.chair)
    links = [one.get("href") for one in soup(chair.get(moray.page)).select("a") if "not what we" in one.get_text()]
    assert links == [moray.dispute_page]
    assert "Enter a reason" in said(
        chair.post(
            moray.dispute_page, data={"version": value_of(chair.get(moray.dispute_page), "version"), "reason": ""}
        )
    )
    form = {"version": value_of(chair.get(moray.dispute_page), "version"), "reason": "We put it off."}
    answer = send(chair, moray.dispute_page, form)
    assert "Saved. The planning leads get an email. The due date before it applies again." in answer
    assert "Decision needed" in said(chair.get("/escalations"))
    assert "Iain Munro (chair) disputed this on 1 September 2026: “We put it off.”" in answer
    assert "This was disputed already." in send(chair, moray.dispute_page, form)
    history = said(chair.get(REPORT))
    assert (
        "Iain Munro (chair) disputed that the governance group agreed a new expected date of 30 September 2026"
        in history
    )
    assert "The due date is 30 June 2026 again." in history
    official = moray.client(make_user("Fiona Shaw", role=Role.OFFICIAL))
    seen = said(official.get(REPORT))
    assert "The new expected date of 30 September 2026 no longer counts" in seen
    assert "We put it off" not in seen


def test_nobody_but_the_chair_disputes_and_only_what_a_lead_recorded(moray: Moray) -> None:
    moray.decide()
    others = [one for one in db.session.scalars(select(User)) if one.id != moray.chair.id]
    assert {moray.client(one).get(moray.dispute_page).status_code for one in others} == {403}
    assert all("not what we decided" not in said(moray.client(one).get(moray.page)) for one in others)
    db.session.scalars(select(Decision)).one().by_lead = False
    db.session.commit()
    assert moray.client(moray.chair).get(moray.dispute_page).status_code == 403


def test_both_pages_ask_the_same_however_many_decisions_there_are(moray: Moray) -> None:
    moray.decide(outcome="no-action", no_action_reason=WHY)
    chair, counts = moray.client(moray.chair), set()
    for _ in range(2):
        page = f"{moray.page}/decisions/{db.session.scalars(select(Decision.id)).first()}/dispute"
        for address in (moray.page, page):
            with counted_statements() as statements:
                chair.get(address)
            counts.add((address == moray.page, len(statements)))
        first = db.session.scalars(select(Decision)).first()
        assert first is not None
        db.session.add(
            Decision(
                escalation_id=first.escalation_id,
                outcome=first.outcome,
                text=WHY,
                recorded_by_id=moray.lead.id,
                recorded_at=at_seven(TODAY),
                by_lead=True,
                chair_id=moray.chair.id,
            )
        )
        db.session.commit()
    assert len(counts) == 2, counts
    assert max(number for _, number in counts) <= STATEMENTS
