"""A clerk who is also a planning lead records what the group decided, and the chair can dispute it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from email import message_from_bytes, policy

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.queries.explanations import newest_explanations, shared_explanations
from cycle_tracker.governance.services.decision_words import confirmation_words, dispute_words, made_by
from cycle_tracker.governance.services.decisions import Made, ask_for_next_steps, decide_new_date, take_no_action
from cycle_tracker.governance.services.disputes import dispute_decision
from cycle_tracker.governance.services.groups import add_meeting, change_meeting
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.decision import Decision
from cycle_tracker.models.escalation import Escalation, Resolution
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.message import Message, MessageBody
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.reminders import queue_due_notices
from tests.factories import grant_role, make_governance_group, make_partnership, make_report, make_user
from tests.support.days import moment

pytestmark = pytest.mark.alike_on_both_databases

TODAY = date(2026, 9, 1)
NOW = moment(TODAY)
LATER = NOW + timedelta(days=1)
NEW = date(2026, 10, 30)
WHY = "The council has to agree the money first."
NOT_SO = "The group put it off to its next meeting."


@dataclass
class Moray:
    """Moray's report, with the group since 14 July. Its owner Ailsa leads the planning and is the group's clerk."""

    place: Partnership
    lead: User
    chair: User
    report: Milestone
    rung: Escalation
    made: Made

    def decide(self, **changed: object) -> Decision:
        given = {"by": self.lead, "today": TODAY, "now": NOW, "made": self.made, **changed}
        return decide_new_date(self.rung, NEW, WHY, shared=True, **given)  # type: ignore[arg-type]

    def dispute(self, decision: Decision, **changed: object) -> bool:
        given = {"by": self.chair, "today": TODAY, "now": LATER, **changed}
        return dispute_decision(decision, NOT_SO, **given)  # type: ignore[arg-type]


@pytest.fixture
def moray(core_app: Flask) -> Moray:
    place = make_partnership("moray", name="Moray")
    lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
    grant_role(lead, Role.CLERK, place)
    (chair,) = make_governance_group(place, "Catriona Ross")
    group = db.session.scalars(select(Group)).one()
    db.session.scalars(select(Membership)).one().role = MembershipRole.CHAIR
    db.session.add(Membership(group_id=group.id, user_id=lead.id, role=MembershipRole.CLERK))
    report = make_report(place, owner=lead)
    meeting = add_meeting(group, date(2026, 8, 28), by=lead, today=TODAY, now=NOW)
    return Moray(place, lead, chair, report, escalate(report), Made(meeting, "4.2", by_group=True))


def escalate(report: Milestone) -> Escalation:
    made = Escalation(
        milestone=report,
        due_on=report.due_on,
        rung=14,
        audience=Audience.GOVERNANCE,
        fell_due_on=date(2026, 7, 14),
        opened_at=moment(date(2026, 7, 14)),
    )
    db.session.add(made)
    db.session.flush()
    return made


def mails() -> list[tuple[str, str]]:
    return [(one.recipient, one.subject) for one in db.session.scalars(select(Message).order_by(Message.id))]


def last_mail() -> str:
    body = db.session.scalars(select(MessageBody).order_by(MessageBody.message_id.desc())).first()
    assert body is not None
    part = message_from_bytes(body.content, policy=policy.default).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_lead_who_is_the_clerk_records_what_the_group_decided_and_the_chair_gets_an_email_at_once(
    moray: Moray,
) -> None:
    decision = moray.decide(made=Made(moray.made.meeting, "4.2"))
    assert (decision.made_by_id, decision.by_lead, decision.chair) == (None, True, moray.chair), "always of the group"
    assert made_by(decision) == "Made by the group, recorded by Ailsa Grant, who is also a planning lead"
    assert confirmation_words(decision) == "Catriona Ross (chair) was emailed. The chair can dispute this.", (
        "whoever that is"
    )
    assert (moray.report.due_on, moray.rung.resolution) == (NEW, Resolution.NEW_DATE)
    assert mails() == [(moray.chair.email, "Decision recorded, Moray: Annual report on 2025–26")]
    words = last_mail()
    assert "Ailsa Grant, who is the clerk of the governance group and also a planning lead, recorded" in words
    assert "- New expected date agreed: 30 October 2026\n- Meeting of 28 August 2026, minute 4.2" in words
    assert WHY in words
    assert f"/escalations/{moray.rung.id}/decisions/{decision.id}/dispute" in words


@pytest.mark.parametrize(("missing", "field"), [({"meeting": None}, "meeting"), ({"minute": " "}, "minute")])
def test_they_need_the_meeting_and_the_minute(moray: Moray, missing: dict[str, object], field: str) -> None:
    facts = {"meeting": moray.made.meeting, "minute": "4.2", "by_group": True, **missing}
    with pytest.raises(RuleBroken) as refused:
        take_no_action(moray.rung, WHY, by=moray.lead, today=TODAY, now=NOW, made=Made(**facts))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_lead_who_is_not_the_clerk_and_an_owner_who_is_still_do_not_decide(moray: Moray) -> None:
    lead = make_user("Una Bell", role=Role.LEAD, partnership=moray.place)
    clerk = make_user("Iain Fyfe", role=Role.CLERK, partnership=moray.place)
    for person in (lead, clerk):
        moray.report.owner = clerk
        db.session.flush()
        with pytest.raises(RuleBroken, match="Someone else must do it"):
            moray.decide(by=person)
        with pytest.raises(RuleBroken, match="Someone else must do it"):
            take_no_action(moray.rung, WHY, by=person, today=TODAY, now=NOW, made=moray.made)


def test_without_a_chair_it_is_recorded_and_says_so_and_a_chair_who_recorded_it_confirms_nothing(
    moray: Moray,
) -> None:
    place = db.session.scalars(select(Membership).where(Membership.user_id == moray.chair.id)).one()
    place.to_on = date(2026, 8, 31)
    own = db.session.scalars(select(Membership).where(Membership.user_id == moray.lead.id)).one()
    own.role = MembershipRole.CHAIR
    db.session.flush()
    decision = take_no_action(moray.rung, WHY, by=moray.lead, today=TODAY, now=NOW, made=moray.made)
    assert confirmation_words(decision) == "There was no other chair to confirm this."
    assert mails() == []
    with pytest.raises(RuleBroken, match="Only the chair"):
        moray.dispute(decision, by=moray.lead)


def test_a_disputed_date_is_taken_back_with_all_that_hung_on_it(moray: Moray) -> None:
    old = moray.report.due_on
    leads = Escalation(
        milestone=moray.report, due_on=old, rung=1, audience=Audience.LEAD, fell_due_on=TODAY, opened_at=NOW
    )
    db.session.add(leads)
    decision = moray.decide()
    db.session.commit()
    queue_due_notices(date(2026, 11, 16), moment(date(2026, 11, 16)))
    assert moray.dispute(decision)
    db.session.commit()
    assert (moray.report.due_on, moray.report.expected_date) == (old, False)
    for rung in (moray.rung, leads):
        db.session.refresh(rung)
        assert (rung.resolved_at, rung.resolution, rung.decided_at) == (None, None, None)
    of_new_date = db.session.scalars(select(Escalation).where(Escalation.due_on == NEW)).all()
    assert of_new_date
    assert {one.resolution for one in of_new_date} == {Resolution.REOPENED}
    assert db.session.scalars(select(Notice).where(Notice.due_on == NEW, Notice.ended_at.is_(None))).all() == []
    assert newest_explanations({moray.report.id}) == shared_explanations([moray.report]) == {}
    queue_due_notices(date(2026, 11, 17), moment(date(2026, 11, 17)))
    told = db.session.scalars(select(Notice.user_id).where(Notice.due_on == old, Notice.ended_at.is_(None))).all()
    assert {moray.chair.id, moray.lead.id} <= set(told), "the latest step of the date before is notified once"


def test_the_leads_hear_of_a_dispute(moray: Moray) -> None:
    other = make_user("Una Bell", role=Role.LEAD, partnership=moray.place)
    decision = moray.decide()
    moray.dispute(decision)
    assert mails()[1:] == [
        (one.email, "Decision disputed, Moray: Annual report on 2025–26") for one in (moray.lead, other)
    ]
    assert NOT_SO in last_mail()
    assert "The due date is 30 June 2026 again" in last_mail()
    assert dispute_words(decision) == f"Catriona Ross (chair) disputed this on 2 September 2026: “{NOT_SO}”"
    assert confirmation_words(decision) == ""
    actions = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions[-2:] == ["expected-date-undone", "decision-disputed"]
    with pytest.raises(RuleBroken, match="already"):
        moray.dispute(decision)


def test_a_date_that_moved_again_since_stays_and_the_dispute_is_shown(moray: Moray) -> None:
    decision = moray.decide()
    second = escalate(moray.report)
    later = NEW + timedelta(days=7)
    decide_new_date(second, later, WHY, shared=True, by=moray.chair, today=TODAY, now=LATER)
    assert not moray.dispute(decision, now=LATER + timedelta(days=1))
    assert moray.report.due_on == later
    assert moray.rung.resolution is Resolution.NEW_DATE
    assert "The dates stay" in last_mail()
    assert "open again" not in last_mail()


def test_what_is_disputed_waits_again_and_a_step_that_nobody_started_is_dropped(moray: Moray) -> None:
    earlier = take_no_action(moray.rung, WHY, by=moray.chair, today=TODAY, now=NOW)
    given: dict[str, Callable[..., object] | object] = {"by": moray.lead, "today": TODAY, "made": moray.made}
    at = NOW + timedelta(hours=1)
    decision = ask_for_next_steps(moray.rung, "Send the draft", owner=None, due_on=NEW, now=at, **given)  # type: ignore[arg-type]
    assert not moray.dispute(decision)
    db.session.commit()
    assert decision.next_step is not None
    assert decision.next_step.state is State.DROPPED
    assert moray.rung.decided_at == earlier.recorded_at, "what a member decided before stands"
    other = take_no_action(moray.rung, WHY, by=moray.lead, today=TODAY, now=LATER + timedelta(days=1), made=moray.made)
    db.session.delete(decision)
    db.session.delete(earlier)
    db.session.flush()
    moray.dispute(other, now=LATER + timedelta(days=2))
    db.session.flush()
    assert moray.rung.decided_at is None


def test_a_decision_that_stands_on_another_escalation_of_the_milestone_keeps_both_answered(moray: Moray) -> None:
    chairs = Escalation(
        milestone=moray.report,
        due_on=moray.report.due_on,
        rung=28,
        audience=Audience.CHAIR,
        fell_due_on=date(2026, 7, 28),
        opened_at=moment(date(2026, 7, 28)),
    )
    db.session.add(chairs)
    db.session.flush()
    first = take_no_action(moray.rung, WHY, by=moray.chair, today=TODAY, now=NOW)
    disputed = take_no_action(chairs, WHY, by=moray.lead, today=TODAY, now=NOW + timedelta(hours=1), made=moray.made)
    moray.dispute(disputed)
    db.session.commit()
    assert chairs.decided_at == moray.rung.decided_at == first.recorded_at
    assert "Another decision of the group about this still counts." in last_mail()


def test_a_meeting_that_decided_something_is_not_moved_to_a_day_to_come(moray: Moray) -> None:
    moray.decide()
    meeting = moray.made.meeting
    assert meeting is not None
    with pytest.raises(RuleBroken, match="Decisions are recorded for this meeting"):
        change_meeting(meeting, NEW, title="", minutes="", by=moray.lead, today=TODAY, now=LATER)
    change_meeting(meeting, date(2026, 8, 27), title="", minutes="", by=moray.lead, today=TODAY, now=LATER)
    assert meeting.held_on == date(2026, 8, 27)


def test_of_two_disputed_dates_neither_holds_whichever_was_disputed_first(moray: Moray) -> None:
    old, first = moray.report.due_on, moray.decide()
    second = escalate(moray.report)
    second.due_on = NEW
    later = NEW + timedelta(days=7)
    again = decide_new_date(
        second, later, WHY, shared=True, by=moray.lead, today=TODAY, now=NOW + timedelta(hours=1), made=moray.made
    )
    assert not moray.dispute(first)
    assert moray.report.due_on == later
    assert moray.dispute(again, now=LATER + timedelta(hours=1))
    db.session.commit()
    assert (moray.report.due_on, moray.report.expected_date) == (old, False)
    assert (moray.rung.resolved_at, moray.rung.decided_at) == (None, None)
    assert second.resolution is Resolution.REOPENED
