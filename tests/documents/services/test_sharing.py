"""An agreed explanation that officials cannot see: which one is to be shared, and what sharing it does."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.queries.documents import list_documents
from cycle_tracker.documents.queries.explanations import list_date_changes, unshared_explanation
from cycle_tracker.documents.services.explanations import note_expected_date, share_explanation
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from cycle_tracker.reminders.queries.line_facts import is_unshared
from tests.factories import make_governance_group, make_milestone, make_partnership, make_report, make_user
from tests.support.days import moment

pytestmark = pytest.mark.alike_on_both_databases

TODAY, FIRST, SECOND = date(2026, 7, 20), date(2026, 9, 30), date(2026, 10, 30)
NOW = moment(TODAY)
WHY = "The council meets in September."


@pytest.fixture
def member(core_app: Flask) -> User:
    return make_governance_group(make_partnership("moray"), "Iain Munro")[0]


@pytest.fixture
def report(member: User) -> Milestone:
    report = make_report(make_partnership("fife"))
    db.session.commit()
    return report


def explain(milestone: Milestone, by: User, on: date, *, shared: bool) -> None:
    note_expected_date(milestone, on, WHY, shared=shared, by=by, today=TODAY, now=NOW)
    db.session.commit()


def to_be_shared(milestone: Milestone) -> bool:
    """As Python says it, and its twin in SQL, for a document that is open."""
    found = unshared_explanation(list_date_changes(milestone.id), milestone.due_on) is not None
    twin = db.session.scalar(select(is_unshared()).select_from(Milestone).where(Milestone.id == milestone.id))
    assert bool(twin) is (found and milestone.is_document and milestone.is_open)
    return bool(twin)


def test_shared_it_counts_for_officials_and_changes_no_date_and_no_reminder(report: Milestone, member: User) -> None:
    explain(report, member, FIRST, shared=False)
    lead = make_user("Ailsa Grant", role=Role.LEAD)
    assert [one.state.value for one in list_documents(TODAY)] == ["past-guidance-date"]
    dates, version = (report.due_on, report.target_on, report.next_notice_on), report.version
    change = share_explanation(report, by=lead, now=NOW)
    db.session.commit()
    assert change.shared
    assert [(one.state.value, one.expected_on, one.explanation) for one in list_documents(TODAY)] == [
        ("explained", FIRST, WHY)
    ]
    assert (report.due_on, report.target_on, report.next_notice_on) == dates
    assert report.version > version
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.action, event.actor_id, event.before, event.after) == (
        "explanation-shared",
        lead.id,
        {"shared": False},
        {"shared": True},
    )
    with pytest.raises(RuleBroken, match="nothing|no explanation"):
        share_explanation(report, by=lead, now=NOW)


def test_only_the_explanation_of_the_present_date_is_to_be_shared(report: Milestone, member: User) -> None:
    assert not to_be_shared(report)
    explain(report, member, FIRST, shared=True)
    assert not to_be_shared(report)
    explain(report, member, SECOND, shared=False)
    assert to_be_shared(report)
    report.due_on = FIRST
    db.session.flush()
    assert not to_be_shared(report), "another date holds"


def test_nothing_of_a_step_or_of_what_is_closed_is_shared(report: Milestone, member: User) -> None:
    step = make_milestone(report.partnership, due_on=date(2026, 8, 14))
    for milestone in (step, report):
        explain(milestone, member, FIRST, shared=False)
    report.state = State.NOT_REQUIRED
    db.session.flush()
    for milestone in (step, report):
        assert not to_be_shared(milestone)
        with pytest.raises(RuleBroken):
            share_explanation(milestone, by=member, now=NOW)
