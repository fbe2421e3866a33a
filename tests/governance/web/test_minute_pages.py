"""Correcting the meeting or minute of a decision."""

from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.governance.services.minutes import correct_minute
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.models.user import User
from tests.factories import at_seven, make_user
from tests.governance.web.test_lead_as_clerk_pages import REPORT, TODAY, Moray, moray, send
from tests.support.pages import said, value_of

__all__ = ["moray"]


@pytest.fixture
def member(moray: Moray) -> User:
    return db.session.scalars(select(User).where(User.name == "Una Ross")).one()


@pytest.fixture
def decision(moray: Moray, member: User) -> Decision:
    made = Decision(
        escalation=moray.escalation,
        outcome=DecisionOutcome.NO_ACTION,
        text="It is on its way.",
        minute="4.2",
        made_by_id=member.id,
        recorded_by=member,
        recorded_at=at_seven(TODAY),
    )
    db.session.add(made)
    db.session.flush()
    return made


def test_the_minute_is_corrected_with_a_reason_and_the_history_has_both(
    moray: Moray, decision: Decision, member: User
) -> None:
    client, page = moray.client(member), f"{moray.page}/decisions/{decision.id}/minute"
    assert "Correct the meeting or minute" in said(client.get(moray.page))
    assert value_of(client.get(page), "minute") == "4.2"
    form = {"version": value_of(client.get(page), "version"), "meeting_on": "28 8 2026", "minute": "5.1"}
    assert "Enter a reason" in send(client, page, {**form, "reason": ""})
    told = send(client, page, {**form, "reason": "The minutes were renumbered."})
    assert "Meeting of 28 August 2026, minute 5.1" in told
    history = said(client.get(REPORT))
    assert (
        "Una Ross corrected the meeting or minute of a decision of the group: Minute 4.2, now Meeting of 28 August "
        "2026, minute 5.1" in history
    )
    assert "The minutes were renumbered." in history
    form = {"version": value_of(client.get(page), "version"), "minute": "", "meeting": "", "reason": "None was taken."}
    send(client, page, form)
    db.session.refresh(decision)
    assert (decision.meeting_id, decision.minute) == (None, "")
    assert "minute 5.1, now no meeting or minute" in said(client.get(REPORT))


def test_who_recorded_it_the_clerk_and_the_chair_correct_it_and_no_one_else(
    moray: Moray, decision: Decision, member: User
) -> None:
    other = make_user("Finlay Orr", role=Role.GOVERNANCE, partnership=moray.report.partnership)
    page = f"{moray.page}/decisions/{decision.id}/minute"
    people = {"recorder": member, "clerk": moray.lead, "chair": moray.chair, "another": other}
    found = {name: moray.client(person).get(page).status_code for name, person in people.items()}
    assert found == {"recorder": 200, "clerk": 200, "chair": 200, "another": 403}
    assert "Correct the meeting or minute" not in said(moray.client(other).get(moray.page))
    decision.disputed_at = at_seven(TODAY)
    assert moray.client(moray.chair).get(page).status_code == 403
    assert moray.client(moray.chair).get(f"{moray.page}/decisions/999/minute").status_code == 404


def test_a_correction_changes_something_and_leaves_what_a_lead_recorded_with_its_minute(
    moray: Moray, decision: Decision, member: User
) -> None:
    given = {"by": member, "now": at_seven(date(2026, 9, 2))}
    with pytest.raises(RuleBroken, match="Change the meeting or the minute"):
        correct_minute(decision, None, "4.2", "Why.", **given)  # type: ignore[arg-type]
    with pytest.raises(RuleBroken, match="reason"):
        correct_minute(decision, None, "4.3", " ", **given)  # type: ignore[arg-type]
    decision.by_lead = True
    with pytest.raises(RuleBroken) as refused:
        correct_minute(decision, None, "4.3", "Why.", **given)  # type: ignore[arg-type]
    assert refused.value.field == "meeting"
