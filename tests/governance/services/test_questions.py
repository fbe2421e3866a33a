"""The clerk is asked twice about what is on the agenda of a meeting: when its papers are due, and afterwards."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from cycle_tracker.core.calendar import SCOTLAND, WorkingCalendar
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.governance.queries.unasked import list_unasked
from cycle_tracker.governance.rules import asked_after_on, asked_before_on
from cycle_tracker.governance.services.decisions import take_no_action
from cycle_tracker.governance.services.groups import add_meeting, change_meeting
from cycle_tracker.governance.services.questions import ask_clerks
from cycle_tracker.governance.services.raising import put_on_agenda
from cycle_tracker.models.group import Group, Meeting, Membership, MembershipRole
from cycle_tracker.models.message import Message
from cycle_tracker.models.partnership import ClosureDay
from cycle_tracker.models.user import User
from scheduler.jobs import queue_notices
from tests.factories import make_report, make_user
from tests.governance.services.test_lead_as_clerk import NOW, TODAY, WHY, Moray, escalate, last_mail, moray
from tests.support.days import moment

__all__ = ["moray"]
pytestmark = pytest.mark.alike_on_both_databases

MEETS = date(2026, 9, 24)
BEFORE, AFTER = date(2026, 9, 17), date(2026, 10, 1)
"""Five working days before and after, both Thursdays."""


@pytest.fixture
def clerk(moray: Moray) -> User:
    """The lead hands the minutes over to Una, so that the group has an ordinary clerk."""
    person = make_user("Una Bell", role=Role.CLERK, partnership=moray.place)
    place = db.session.scalars(select(Membership).where(Membership.user_id == moray.lead.id)).one()
    place.user_id = person.id
    db.session.flush()
    return person


@pytest.fixture
def meeting(moray: Moray, clerk: User) -> Meeting:
    group = db.session.scalars(select(Group)).one()
    made = add_meeting(group, MEETS, by=clerk, today=TODAY, now=NOW)
    put_on_agenda(moray.rung, made, by=moray.chair, today=TODAY, now=NOW)
    db.session.commit()
    return made


def ask(day: date) -> int:
    asked = ask_clerks(list_unasked(day), day, moment(day))
    db.session.commit()
    return asked


def told() -> list[tuple[str, str]]:
    found = db.session.scalars(select(Message).order_by(Message.id))
    return [(one.recipient, one.subject) for one in found]


def test_the_days_are_working_days() -> None:
    assert asked_before_on(MEETS, None, SCOTLAND) == BEFORE
    assert asked_before_on(MEETS, date(2026, 9, 13), SCOTLAND) == date(2026, 9, 11), "a Sunday: the Friday before"
    assert asked_after_on(MEETS, SCOTLAND) == AFTER
    assert asked_after_on(MEETS, WorkingCalendar.closed_on([date(2026, 9, 25)])) == AFTER + timedelta(days=1)


def test_the_clerk_gets_one_email_before_and_one_after_of_all_on_the_agenda(
    moray: Moray, clerk: User, meeting: Meeting
) -> None:
    second = escalate(make_report(moray.place, key="2023-26.annual-report-2", year_end=date(2025, 3, 31)))
    put_on_agenda(second, meeting, by=moray.chair, today=TODAY, now=NOW)
    db.session.commit()
    assert ask(BEFORE - timedelta(days=1)) == 0
    assert [ask(BEFORE), ask(BEFORE), ask(MEETS)] == [1, 0, 0]
    words = last_mail()
    assert "This is on the agenda of the governance group of Moray on 24 September 2026." in words
    assert f"/escalations/{moray.rung.id}\n" in words
    assert f"/escalations/{second.id}\n" in words
    take_no_action(second, WHY, by=moray.chair, today=MEETS, now=moment(MEETS))
    db.session.commit()
    assert [ask(AFTER - timedelta(days=1)), ask(AFTER), ask(AFTER)] == [0, 1, 0]
    assert "No decision is recorded yet" in last_mail()
    assert "If it decided nothing, the group can put this on the agenda of another meeting:" in last_mail()
    assert f"/escalations/{second.id}\n" not in last_mail(), "what is decided is not asked again"
    assert told() == [
        (clerk.email, "On the agenda of 24 September 2026, Moray"),
        (clerk.email, "What did the meeting of 24 September 2026 decide? Moray"),
    ]


def test_nobody_is_asked_of_what_is_decided_or_of_a_meeting_with_nothing_on_its_agenda(
    moray: Moray, meeting: Meeting
) -> None:
    take_no_action(moray.rung, WHY, by=moray.chair, today=TODAY, now=NOW)
    db.session.commit()
    assert list_unasked(BEFORE) == list_unasked(AFTER) == []


def test_the_job_asks_on_the_day_of_the_papers_and_after_days_of_downtime_once(
    moray: Moray, clerk: User, meeting: Meeting
) -> None:
    change_meeting(meeting, MEETS, title="", minutes="", papers_on=date(2026, 9, 10), by=clerk, today=TODAY, now=NOW)
    db.session.commit()
    assert queue_notices(date(2026, 9, 9)).counts["clerks_asked"] == 0
    assert queue_notices(date(2026, 9, 11)).counts["clerks_asked"] == 1
    assert "The papers were due by 10 September 2026." in last_mail(), "it was asked a day late"
    assert queue_notices(date(2026, 10, 20)).counts["clerks_asked"] == 1
    assert queue_notices(date(2026, 10, 21)).counts["clerks_asked"] == 0


def test_on_their_day_the_papers_are_due(clerk: User, meeting: Meeting) -> None:
    change_meeting(meeting, MEETS, title="", minutes="", papers_on=date(2026, 9, 10), by=clerk, today=TODAY, now=NOW)
    db.session.commit()
    assert ask(date(2026, 9, 10)) == 1
    assert "The papers are due by 10 September 2026." in last_mail()


def test_papers_are_due_on_the_day_of_their_meeting_at_the_latest(clerk: User, meeting: Meeting) -> None:
    with pytest.raises(RuleBroken) as refused:
        change_meeting(meeting, MEETS, title="", minutes="", papers_on=AFTER, by=clerk, today=TODAY, now=NOW)
    assert refused.value.field == "papers_on"


def test_a_meeting_that_moved_is_asked_about_again(moray: Moray, clerk: User, meeting: Meeting) -> None:
    assert ask(BEFORE) == 1
    later = date(2026, 10, 29)
    change_meeting(meeting, later, title="", minutes="", by=clerk, today=BEFORE, now=moment(BEFORE))
    db.session.commit()
    assert [ask(BEFORE), ask(date(2026, 10, 22))] == [0, 1]


def test_without_a_clerk_the_chair_is_asked_and_without_either_it_waits(
    moray: Moray, clerk: User, meeting: Meeting
) -> None:
    places = {one.user_id: one for one in db.session.scalars(select(Membership))}
    places[clerk.id].to_on = TODAY
    places[moray.chair.id].role = MembershipRole.MEMBER
    assert ask(BEFORE) == 0
    places[moray.chair.id].role = MembershipRole.CHAIR
    assert ask(BEFORE) == 1
    assert told()[0][0] == moray.chair.email


def test_nobody_is_asked_on_a_day_on_which_the_partnership_is_closed(moray: Moray, meeting: Meeting) -> None:
    late = BEFORE + timedelta(days=1)
    db.session.add(ClosureDay(partnership_id=moray.place.id, day=late, name="Local holiday"))
    db.session.commit()
    assert [ask(late), ask(late + timedelta(days=3))] == [0, 1]
