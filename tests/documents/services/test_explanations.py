"""A new expected date with its explanation: who may note it, and what it changes."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.queries.documents import list_documents
from cycle_tracker.documents.queries.explanations import current_note
from cycle_tracker.documents.services.explanations import note_expected_date, undo_expected_date
from cycle_tracker.governance.services.decisions import decide_new_date
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.models.escalation import Escalation, Resolution
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.reminders import queue_due_notices
from tests.factories import make_governance_group, make_milestone, make_partnership, make_report, make_user
from tests.support.days import moment

pytestmark = pytest.mark.alike_on_both_databases

TODAY = date(2026, 7, 20)
NOW = moment(TODAY)
NEW_DATE = date(2026, 9, 30)
WHY = "The council meets in September."


@pytest.fixture
def moray(core_app: Flask) -> Partnership:
    return make_partnership("moray")


@pytest.fixture
def member(moray: Partnership) -> User:
    return make_governance_group(moray, "Catriona Ross")[0]


@pytest.fixture
def lead(moray: Partnership) -> User:
    return make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)


@pytest.fixture
def report(moray: Partnership, member: User, lead: User) -> Milestone:
    """A report past its guidance date, of which owner and group were told."""
    owner = make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray)
    made = make_report(moray, owner=owner)
    db.session.commit()
    queue_due_notices(TODAY, NOW)
    return db.session.get_one(Milestone, made.id)


def note(report: Milestone, by: User, *, shared: bool = True, on: date = NEW_DATE, why: str = WHY) -> DateChange:
    return note_expected_date(report, on, why, shared=shared, by=by, today=TODAY, now=NOW)


def test_the_new_date_is_worked_to_and_the_guidance_date_stays(report: Milestone, member: User) -> None:
    change = note(report, member)
    assert (report.due_on, report.target_on, report.expected_date) == (NEW_DATE, date(2026, 6, 30), True)
    assert report.next_notice_on == date(2026, 9, 16)
    assert (change.kind, change.old_due_on, change.new_due_on, change.noted_by_id) == (
        DateChangeKind.EXPECTED,
        date(2026, 6, 30),
        NEW_DATE,
        member.id,
    )
    assert {notice.ending for notice in db.session.scalars(select(Notice))} == {Ending.SUPERSEDED}
    assert {rung.resolution for rung in db.session.scalars(select(Escalation))} == {Resolution.NEW_DATE}
    event = db.session.scalars(select(AuditEvent)).one()
    assert (event.action, event.before, event.after, event.reason) == (
        "expected-date-noted",
        {"due_on": "2026-06-30"},
        {"due_on": "2026-09-30", "shared": True},
        WHY,
    )


def test_an_official_may_note_it_too(report: Milestone) -> None:
    assert note(report, make_user("Hamish Reid", role=Role.OFFICIAL)).noted_by_id


def test_neither_the_owner_nor_a_lead_nor_the_proposer_notes_it(
    report: Milestone, lead: User, member: User, moray: Partnership
) -> None:
    both = make_user("Shona Muir", role=Role.GOVERNANCE, partnership=moray)
    from tests.factories import grant_role

    grant_role(both, Role.LEAD, moray)
    owner = db.session.get_one(User, report.owner_id)
    for person in (owner, lead, both):
        with pytest.raises(RuleBroken, match="Someone else must do it"):
            note(report, person)
    with pytest.raises(RuleBroken, match="Someone else must do it"):
        note_expected_date(report, NEW_DATE, WHY, shared=True, by=member, today=TODAY, now=NOW, proposed_by=member)
    assert report.due_on == date(2026, 6, 30)
    assert db.session.scalars(select(DateChange)).all() == []


def test_a_lead_may_propose_and_another_notes(report: Milestone, lead: User, member: User) -> None:
    change = note_expected_date(report, NEW_DATE, WHY, shared=True, by=member, today=TODAY, now=NOW, proposed_by=lead)
    assert (change.proposed_by_id, change.noted_by_id) == (lead.id, member.id)


def test_a_lead_of_another_partnership_on_this_group_may_note_it(report: Milestone, moray: Partnership) -> None:
    elsewhere = make_user("Fergus Kerr", role=Role.LEAD, partnership=make_partnership("fife"))
    assert note(report, elsewhere).noted_by_id == elsewhere.id


@pytest.mark.parametrize("day", [TODAY, date(2026, 7, 19), date(2026, 6, 30), date(1, 1, 1)])
def test_the_new_date_is_to_come(report: Milestone, member: User, day: date) -> None:
    with pytest.raises(RuleBroken) as refused:
        note(report, member, on=day)
    assert refused.value.field == "expected_on"


def test_the_new_date_is_after_the_present_one(report: Milestone, member: User) -> None:
    note(report, member)
    for day in (NEW_DATE, date(2026, 8, 31)):
        with pytest.raises(RuleBroken) as refused:
            note(report, member, on=day)
        assert refused.value.field == "expected_on"


def test_a_date_at_the_end_of_time_is_refused_in_words(report: Milestone, member: User) -> None:
    with pytest.raises(RuleBroken) as refused:
        note(report, member, on=date(9999, 12, 31))
    assert refused.value.field == "expected_on"


@pytest.mark.parametrize("why", ["", "   ", "too short", "a" + " " * 20])
def test_an_explanation_says_something(report: Milestone, member: User, why: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        note(report, member, why=why)
    assert refused.value.field == "explanation"


def test_what_has_ended_needs_no_new_date(report: Milestone, member: User) -> None:
    report.state = State.NOT_REQUIRED
    with pytest.raises(RuleBroken, match="needs no new date"):
        note(report, member)


def states() -> list[tuple[str, date | None]]:
    return [(document.state.value, document.expected_on) for document in list_documents(TODAY)]


def test_officials_follow_what_is_shared_and_nothing_else(report: Milestone, member: User) -> None:
    note(report, member, shared=False)
    db.session.commit()
    assert states() == [("past-guidance-date", None)]
    note(report, member, shared=True, on=date(2026, 10, 30))
    db.session.commit()
    assert states() == [("explained", date(2026, 10, 30))]


def test_a_later_explanation_that_is_not_shared_leaves_the_shared_one_standing(report: Milestone, member: User) -> None:
    note(report, member, shared=True)
    note(report, member, shared=False, on=date(2026, 10, 30))
    db.session.commit()
    assert states() == [("explained", NEW_DATE)]


def test_a_decision_is_kept_on_the_escalation_that_it_answers(report: Milestone, member: User) -> None:
    rung = db.session.scalars(select(Escalation).where(Escalation.audience == Audience.GOVERNANCE)).one()
    decide_new_date(rung, NEW_DATE, WHY, shared=True, by=member, today=TODAY, now=NOW)
    decision = db.session.scalars(select(Decision)).one()
    assert (rung.resolution, rung.decided_at) == (Resolution.NEW_DATE, NOW)
    assert (decision.escalation_id, decision.outcome, decision.expected_on, decision.made_by_id) == (
        rung.id,
        DecisionOutcome.NEW_DATE,
        NEW_DATE,
        member.id,
    )
    with pytest.raises(RuleBroken, match="already been settled"):
        decide_new_date(rung, date(2026, 10, 30), WHY, shared=True, by=member, today=TODAY, now=NOW)


@pytest.mark.parametrize("follows_interim", [True, False])
def test_what_is_taken_back_leaves_the_date_as_it_was(moray: Partnership, member: User, follows_interim: bool) -> None:
    due_on = date(2026, 7, 31) if follows_interim else date(2026, 4, 1)
    plan = make_milestone(moray, kind=Kind.PLAN, due_on=due_on, target_on=date(2026, 4, 1))
    plan.expected_date = plan.after_interim = follows_interim
    change = note(plan, member)
    assert (plan.expected_date, plan.after_interim) == (True, False)
    assert undo_expected_date(plan, change, "Not so.", by=member, now=NOW)
    assert (plan.due_on, plan.expected_date, plan.after_interim) == (due_on, follows_interim, follows_interim)
    assert current_note(plan.id, shared_only=False) is None, "its words count no longer"
