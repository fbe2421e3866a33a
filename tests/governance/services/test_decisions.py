"""What a governance group decides, and what becomes of what came to it."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.proposals import propose_date
from cycle_tracker.governance.queries.escalations import (
    EscalationList,
    EscalationStatus,
    find_open_escalation,
    status_of,
)
from cycle_tracker.governance.services.decisions import (
    Made,
    ask_for_next_steps,
    decide_new_date,
    refer_on,
    take_no_action,
)
from cycle_tracker.governance.services.groups import add_meeting
from cycle_tracker.milestones.services.milestones import complete
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Group
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.reminders import queue_due_notices
from tests.factories import make_governance_group, make_milestone, make_partnership, make_report, make_user
from tests.support.days import moment

pytestmark = pytest.mark.alike_on_both_databases

TODAY = date(2026, 9, 1)
NOW = moment(TODAY)
DUE = date(2026, 10, 5)
WHY = "The council has to agree the money first."


@pytest.fixture
def moray(core_app: Flask) -> Partnership:
    return make_partnership("moray")


@pytest.fixture
def lead(moray: Partnership) -> User:
    return make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)


@pytest.fixture
def member(moray: Partnership) -> User:
    return make_governance_group(moray, "Catriona Ross")[0]


@pytest.fixture
def rung(moray: Partnership, lead: User, member: User) -> Escalation:
    return escalate(make_report(moray, owner=lead))


def escalate(milestone: Milestone, rung: int = 14) -> Escalation:
    made = Escalation(
        milestone=milestone,
        due_on=milestone.due_on,
        rung=rung,
        audience=Audience.GOVERNANCE,
        fell_due_on=date(2026, 7, 14),
        opened_at=moment(date(2026, 7, 14)),
    )
    db.session.add(made)
    db.session.flush()
    return made


def next_steps(rung: Escalation, by: User, **changed: object) -> Decision:
    values = {"title": "Send the draft to the chief officer", "owner": None, "due_on": DUE, **changed}
    title = str(values.pop("title"))
    return ask_for_next_steps(rung, title, by=by, today=TODAY, now=NOW, **values)  # type: ignore[arg-type]


def waiting(person: User) -> list[EscalationStatus]:
    return [status_of(one) for one in EscalationList(viewer_of(person.id, TODAY)).rows()]


def test_next_steps_are_a_milestone_of_their_own(rung: Escalation, member: User, lead: User) -> None:
    decision = next_steps(rung, member, owner=lead)
    step = decision.next_step
    assert step is not None
    assert (step.kind, step.parent_id, step.title) == (
        Kind.SUB_TASK,
        rung.milestone_id,
        "Send the draft to the chief officer",
    )
    assert (step.key, step.due_on, step.owner_id) == (f"{rung.milestone.key}.next-step-1", DUE, lead.id)
    assert step.next_notice_on == date(2026, 9, 21), "fourteen days before, by the ordinary rules"
    assert (decision.outcome, decision.made_by_id) == (DecisionOutcome.NEXT_STEPS, member.id)
    assert [notice.user_id for notice in db.session.scalars(select(Notice))] == [lead.id], "the owner is told at once"
    second = next_steps(rung, member, title="Then the board").next_step
    assert second is not None
    assert second.key == f"{rung.milestone.key}.next-step-2"


def test_notices_of_next_steps_go_by_the_ordinary_rules(rung: Escalation, member: User, lead: User) -> None:
    step = next_steps(rung, member, owner=lead).next_step
    assert step is not None
    db.session.commit()
    queue_due_notices(date(2026, 10, 6), moment(date(2026, 10, 6)))
    steps = select(Notice.step).where(Notice.milestone_id == step.id).order_by(Notice.step)
    assert "overdue-1" in db.session.scalars(steps).all()


@pytest.mark.parametrize("outcome", [DecisionOutcome.NEXT_STEPS, DecisionOutcome.REFER_ON, DecisionOutcome.NO_ACTION])
def test_what_is_decided_without_a_new_date_stays_open_and_waits_no_longer(
    rung: Escalation, member: User, lead: User, outcome: DecisionOutcome
) -> None:
    if outcome is DecisionOutcome.NEXT_STEPS:
        next_steps(rung, member)
    elif outcome is DecisionOutcome.REFER_ON:
        refer_on(rung, "Chief officers’ group", WHY, by=member, today=TODAY, now=NOW)
    else:
        take_no_action(rung, WHY, by=member, today=TODAY, now=NOW)
    db.session.commit()
    assert (rung.decided_at, rung.resolved_at) == (NOW, None)
    assert waiting(member) == [EscalationStatus.DECIDED]
    later = escalate(rung.milestone, rung=28)
    db.session.commit()
    assert waiting(member) == [EscalationStatus.WAITING, EscalationStatus.DECIDED]
    assert find_open_escalation(rung.milestone) == later
    decide_new_date(later, DUE, WHY, shared=True, by=member, today=TODAY, now=NOW)
    db.session.commit()
    assert waiting(member) == [EscalationStatus.SETTLED, EscalationStatus.SETTLED]
    assert [one.outcome for one in db.session.scalars(select(Decision).order_by(Decision.id))] == [
        outcome,
        DecisionOutcome.NEW_DATE,
    ]


def test_the_clerk_records_for_the_group_with_its_meeting_and_minute(
    rung: Escalation, moray: Partnership, member: User
) -> None:
    clerk = make_user("Iain Bell", role=Role.CLERK, partnership=moray)
    group = db.session.scalars(select(Group)).one()
    meeting = add_meeting(group, date(2026, 8, 28), by=clerk, today=TODAY, now=NOW)
    made = Made(meeting=meeting, minute=" 4.2 ", by_group=True)
    decision = take_no_action(rung, WHY, by=clerk, today=TODAY, now=NOW, made=made)
    assert (decision.made_by_id, decision.recorded_by_id, decision.meeting_id, decision.minute) == (
        None,
        clerk.id,
        meeting.id,
        "4.2",
    )
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "decided")).one()
    assert (event.subject, event.subject_id, event.partnership_id) == ("escalation", rung.id, moray.id)
    assert event.after == {"outcome": "no-action", "decision_id": decision.id, "milestone_id": rung.milestone_id}


def test_neither_the_owner_nor_a_lead_decides(rung: Escalation, member: User, lead: User, moray: Partnership) -> None:
    rung.milestone.owner = member
    db.session.flush()
    for person in (member, lead):
        with pytest.raises(RuleBroken, match="Someone else must do it"):
            next_steps(rung, person)
        with pytest.raises(RuleBroken, match="Someone else must do it"):
            refer_on(rung, "The board", WHY, by=person, today=TODAY, now=NOW)
        with pytest.raises(RuleBroken, match="Someone else must do it"):
            take_no_action(rung, WHY, by=person, today=TODAY, now=NOW)
    assert db.session.scalars(select(Decision)).all() == []


def test_what_is_settled_is_not_decided_again(rung: Escalation, member: User) -> None:
    complete(rung.milestone, TODAY, "finished", by=member, now=NOW)
    db.session.commit()
    with pytest.raises(RuleBroken, match="already been settled"):
        take_no_action(rung, WHY, by=member, today=TODAY, now=NOW)


def test_next_steps_have_a_title_a_day_to_come_and_an_owner_of_the_partnership(rung: Escalation, member: User) -> None:
    stranger = make_user("Una Ross", role=Role.CONTRIBUTOR, partnership=make_partnership("fife"))
    for changed, field in (
        ({"title": " "}, "next_title"),
        ({"due_on": date(2026, 8, 31)}, "next_due_on"),
        ({"due_on": date(2100, 1, 1)}, "next_due_on"),
        ({"owner": stranger}, "next_owner"),
    ):
        with pytest.raises(RuleBroken) as refused:
            next_steps(rung, member, **changed)
        assert refused.value.field == field
    assert db.session.scalars(select(Milestone).where(Milestone.parent_id.is_not(None))).all() == []


def test_a_referral_names_somebody_and_each_has_its_reason(rung: Escalation, member: User) -> None:
    for to, why, field in ((" ", WHY, "referred_to"), ("The board", "no", "referral_reason")):
        with pytest.raises(RuleBroken) as refused:
            refer_on(rung, to, why, by=member, today=TODAY, now=NOW)
        assert refused.value.field == field
    with pytest.raises(RuleBroken) as refused:
        take_no_action(rung, "no", by=member, today=TODAY, now=NOW)
    assert refused.value.field == "no_action_reason"


def test_deciding_what_was_proposed_notes_the_proposal_itself(
    rung: Escalation, member: User, moray: Partnership
) -> None:
    rung.milestone.owner = None
    proposer = make_user("Blair Munro", role=Role.LEAD, partnership=moray)
    proposal = propose_date(rung.milestone, DUE, WHY, shared=True, by=proposer, today=TODAY, now=NOW)
    decide_new_date(rung, DUE, WHY, shared=True, by=member, today=TODAY, now=NOW)
    assert db.session.scalars(select(DateChange)).all() == [proposal]
    assert (proposal.noted_by_id, proposal.proposed_by_id) == (member.id, proposer.id)


def test_the_key_of_a_next_step_fits_however_long_the_parents_is(moray: Partnership, member: User) -> None:
    long = escalate(make_milestone(moray, key="2026-29." + "x" * 72))
    step = next_steps(long, member).next_step
    assert step is not None
    assert len(step.key) <= 80
