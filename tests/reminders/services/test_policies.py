"""Changing when people are told."""

from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.core.errors import ChangedMeanwhile, RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.roles import Role
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice, NoticePolicy
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.reminders.queries.policies import PolicyScope
from cycle_tracker.reminders.rules.policies import PolicyChange, Repeats
from cycle_tracker.reminders.rules.policy_rules import escalation_stages
from cycle_tracker.reminders.services.policies import set_policy
from tests.factories import make_governance_group, make_milestone, make_partnership, make_report, make_user
from tests.support.days import Days, again, every_day, moment

TODAY = date(2026, 5, 11)


@pytest.fixture
def moray(days: Days) -> Partnership:
    return make_partnership("moray")


@pytest.fixture
def lead(moray: Partnership) -> User:
    return make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)


def wants(**parts: object) -> PolicyChange:
    return PolicyChange(TODAY, **parts)  # type: ignore[arg-type]


def change(
    where: PolicyScope, wanted: PolicyChange, by: User, *, version: int = 0, on: date = TODAY
) -> NoticePolicy | None:
    made = set_policy(where, wanted, version=version, by_a_lead=True, by=again(by), today=on, now=moment(on))
    db.session.commit()
    return made


def test_a_change_holds_from_the_next_run_and_is_written_down(days: Days, moray: Partnership, lead: User) -> None:
    make_milestone(moray, key="step", due_on=date(2026, 6, 30), owner=lead)
    days.run(TODAY)
    change(PolicyScope(Kind.STEP, moray), wants(before=(45, 0)), lead)
    for day in every_day(date(2026, 5, 12), date(2026, 6, 30)):
        days.run(day)
    assert [(one.day, one.steps) for one in days.notified] == [("15 May", "before-45"), ("30 Jun", "on-day")]
    notice = db.session.scalars(select(Notice).order_by(Notice.id)).first()
    assert notice is not None
    assert notice.policy == f"partnership:{again(moray).id}/kind:step"
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.subject == "notice-policy")).one()
    assert (event.before["before"], event.after["before"], event.actor_id) == (None, [45, 0], again(lead).id)


def test_a_change_sends_no_reminder_whose_day_is_past(days: Days, moray: Partnership, lead: User) -> None:
    make_milestone(moray, key="step", due_on=date(2026, 5, 31), owner=lead)
    days.run(TODAY)
    change(PolicyScope(None, moray), wants(before=(28, 5)), lead)
    days.run(date(2026, 5, 12))
    assert days.notified == []
    policy = db.session.scalars(select(NoticePolicy)).one()
    change(PolicyScope(None, again(moray)), wants(), lead, version=policy.version, on=date(2026, 5, 20))
    for day in every_day(date(2026, 5, 20), date(2026, 5, 29)):
        days.run(day)
    # the default’s 14 days before lay on 15 May, before it was set back
    assert [(one.day, one.steps) for one in days.notified] == [("28 May", "before-3"), ("29 May", "on-day")]


def test_bookmarks_are_set_back_where_it_holds_and_nowhere_else(days: Days, moray: Partnership, lead: User) -> None:
    near = make_milestone(moray, key="near", due_on=date(2026, 8, 1))
    plan = make_milestone(moray, key="plan", kind=Kind.PLAN, due_on=date(2026, 8, 1))
    elsewhere = make_milestone(make_partnership("fife"), key="near", due_on=date(2026, 8, 1))
    db.session.commit()
    ids = [near.id, plan.id, elsewhere.id]
    before = [db.session.get_one(Milestone, one).next_notice_on for one in ids]
    change(PolicyScope(Kind.STEP, moray), wants(before=(30,)), lead)
    db.session.expire_all()
    after = [db.session.get_one(Milestone, one).next_notice_on for one in ids]
    assert after == [TODAY, *before[1:]]


def test_a_bookmark_is_set_back_no_later_than_the_day_on_which_a_report_opens(
    days: Days, moray: Partnership, lead: User
) -> None:
    opens_on = date(2026, 9, 1)
    report = make_report(moray, owner=lead, opens_on=opens_on, due_on=date(2027, 9, 1))
    report.next_notice_on = date(2027, 8, 4)
    db.session.commit()
    change(PolicyScope(None, moray), wants(repeats=Repeats(1, 5)), lead)
    db.session.expire_all()
    assert again(report).next_notice_on == opens_on


def test_the_second_of_two_is_told_that_it_changed(days: Days, moray: Partnership, lead: User) -> None:
    change(PolicyScope(None, moray), wants(before=(30,)), lead)
    with pytest.raises(ChangedMeanwhile):
        change(PolicyScope(None, again(moray)), wants(before=(20,)), lead)
    made = change(PolicyScope(None, again(moray)), wants(before=(20,)), lead, version=1)
    assert made is not None
    assert (again(made).before, again(made).version) == ([20], 2)


def test_what_is_as_it_was_changes_nothing(days: Days, moray: Partnership, lead: User) -> None:
    assert change(PolicyScope(None, moray), wants(), lead) is None
    change(PolicyScope(None, again(moray)), wants(repeats=Repeats(1, 5)), lead)
    change(PolicyScope(None, again(moray)), wants(repeats=Repeats(1, 5)), lead, version=1)
    assert db.session.scalars(select(NoticePolicy)).one().version == 1
    assert len(db.session.scalars(select(AuditEvent).where(AuditEvent.subject == "notice-policy")).all()) == 1


def test_other_rungs_leave_the_day_from_which_reminders_count(days: Days, moray: Partnership, lead: User) -> None:
    change(PolicyScope(None, moray), wants(before=(30,)), lead)
    made = change(
        PolicyScope(None, again(moray)),
        wants(before=(30,), rungs=escalation_stages(1, 1, 5, 10)),
        lead,
        version=1,
        on=date(2026, 5, 20),
    )
    assert made is not None
    assert again(made).in_force_from == TODAY


def test_a_lead_cannot_weaken_what_the_nation_has(days: Days, moray: Partnership, lead: User) -> None:
    with pytest.raises(RuleBroken, match="governance group cannot be later"):
        change(PolicyScope(Kind.PLAN, moray), wants(rungs=escalation_stages(1, 1, None, 21)), lead)
    db.session.rollback()
    assert db.session.scalars(select(NoticePolicy)).all() == []


def test_another_set_of_stages_notifies_nobody_a_second_time(days: Days, moray: Partnership, lead: User) -> None:
    make_governance_group(moray, "Catriona Ross")
    report = make_report(moray, due_on=date(2026, 4, 27), owner=lead)
    days.run(TODAY)
    assert {one.recipient for one in days.notified} == {"Ailsa Grant", "Catriona Ross"}
    days.notified.clear()
    change(PolicyScope(Kind.ANNUAL_REPORT, again(moray)), wants(rungs=escalation_stages(1, 1, 5, 10)), lead)
    for day in every_day(date(2026, 5, 12), date(2026, 5, 29)):
        days.run(day)
    assert {one.recipient for one in days.notified} == {"Ailsa Grant"}
    opened = [
        (one.rung, one.audience.value)
        for one in db.session.scalars(select(Escalation).where(Escalation.milestone_id == again(report).id))
    ]
    assert sorted(opened) == [(1, "lead"), (5, "chair"), (14, "governance-group")]
