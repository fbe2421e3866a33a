"""A group that has not decided, and has entered no meeting to come, is reminded every 28 days in one email."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.governance.queries.undecided import list_undecided
from cycle_tracker.governance.services.decisions import take_no_action
from cycle_tracker.governance.services.groups import add_meeting
from cycle_tracker.governance.services.raising import acknowledge
from cycle_tracker.governance.services.undecided import remind_of_undecided
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.message import Message
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import ClosureDay
from cycle_tracker.models.user import User
from scheduler.jobs import queue_notices
from tests.factories import make_report, make_user
from tests.governance.services.test_lead_as_clerk import WHY, Moray, escalate, last_mail, moray
from tests.support.days import moment
from tests.support.pages import counted_statements

__all__ = ["moray"]
pytestmark = pytest.mark.alike_on_both_databases

FIRST = date(2026, 8, 11)
"""28 days after 14 July, on which it came to the group."""


@pytest.fixture
def second(moray: Moray) -> Escalation:
    """Another report with the group since 1 August; a member who is neither chair nor clerk."""
    made = escalate(make_report(moray.place, key="2023-26.annual-report-2", year_end=date(2025, 3, 31)))
    made.fell_due_on = date(2026, 8, 1)
    _met_last_in_may(moray)
    member = make_user("Una Bell", role=Role.GOVERNANCE, partnership=moray.place)
    group = db.session.scalars(select(Group)).one()
    db.session.add(Membership(group_id=group.id, user_id=member.id, role=MembershipRole.MEMBER))
    db.session.commit()
    return made


def _met_last_in_may(moray: Moray) -> None:
    assert moray.made.meeting is not None
    moray.made.meeting.held_on = date(2026, 5, 28)
    db.session.commit()


def remind(day: date) -> int:
    reminded = remind_of_undecided(list_undecided(day), day, moment(day))
    db.session.commit()
    return reminded


def steps() -> list[tuple[str, int | None]]:
    found = select(Notice).where(Notice.step.like("undecided-%")).order_by(Notice.id)
    return [(one.step, one.user_id) for one in db.session.scalars(found)]


def test_the_chair_and_the_clerk_are_reminded_of_all_that_waits_every_28_days(moray: Moray, second: Escalation) -> None:
    assert remind(FIRST - timedelta(days=1)) == 0
    assert [remind(FIRST), remind(FIRST), remind(FIRST + timedelta(days=27))] == [4, 0, 0]
    both = sorted((moray.lead.id, moray.chair.id))
    assert sorted(steps()) == sorted([(step, user) for step in ("undecided-28", "undecided-10") for user in both])
    assert remind(FIRST + timedelta(days=30)) == 4


def test_the_job_writes_one_email_for_each(moray: Moray, second: Escalation) -> None:
    counts = queue_notices(FIRST).counts
    assert counts["undecided"] == 4
    chair = db.session.scalars(select(User).where(User.name == "Catriona Ross")).one()
    mails = db.session.scalars(select(Message).where(Message.user_id == chair.id)).all()
    bound = select(Notice.step).where(Notice.message_id == mails[0].id, Notice.step.like("undecided-%"))
    assert (len(mails), len(db.session.scalars(bound).all())) == (1, 2)
    assert queue_notices(FIRST).counts["undecided"] == 0


def test_not_while_a_meeting_to_come_is_entered(moray: Moray, second: Escalation) -> None:
    group = db.session.scalars(select(Group)).one()
    add_meeting(group, FIRST + timedelta(days=40), by=moray.chair, today=FIRST, now=moment(FIRST))
    assert [remind(FIRST), remind(FIRST + timedelta(days=40)), remind(FIRST + timedelta(days=41))] == [0, 0, 4]


def test_not_of_what_is_decided_settled_or_acknowledged_until_later(moray: Moray, second: Escalation) -> None:
    acknowledge(second, date(2026, 9, 8), by=moray.chair, today=FIRST, now=moment(FIRST))
    assert (remind(FIRST), {step for step, _ in steps()}) == (2, {"undecided-28"})
    take_no_action(moray.rung, WHY, by=moray.chair, today=FIRST, now=moment(FIRST))
    later = FIRST + timedelta(days=28)
    assert (later, remind(later)) == (date(2026, 9, 8), 0)
    assert remind(later + timedelta(days=1)) == 2
    second.resolved_at = moment(later)
    assert remind(later + timedelta(days=40)) == 0


def test_it_asks_one_statement_where_nothing_waits_and_as_many_for_two_as_for_one(
    moray: Moray, second: Escalation
) -> None:
    with counted_statements() as quiet:
        assert list_undecided(FIRST - timedelta(days=1)) == []
    with counted_statements() as for_two:
        remind_of_undecided([moray.place.id], FIRST, moment(FIRST))
    db.session.rollback()
    second.resolved_at = moment(FIRST)
    db.session.commit()
    with counted_statements() as for_one:
        remind_of_undecided([moray.place.id], FIRST, moment(FIRST))
    assert len(quiet) == 1
    assert len(for_one) == len(for_two)


def test_the_email_says_how_long_it_has_waited_and_what_the_group_can_do(moray: Moray) -> None:
    _met_last_in_may(moray)
    queue_notices(FIRST)
    queue_notices(FIRST + timedelta(days=28))
    assert "This has waited for your group for 56 days, and no meeting to come is entered." in last_mail()


def test_not_on_a_day_on_which_the_partnership_is_closed(moray: Moray, second: Escalation) -> None:
    db.session.add(ClosureDay(partnership_id=moray.place.id, day=FIRST, name="Local holiday"))
    db.session.commit()
    assert [remind(FIRST), remind(FIRST + timedelta(days=1))] == [0, 4]
