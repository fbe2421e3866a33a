"""Reminding a group of what it has not decided, while it has entered no meeting to come."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from cycle_tracker.access.queries.tenures import membership_holds
from cycle_tracker.core.audiences import OF_THE_GROUP, Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.jobs.services.missing_rows import insert_missing
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.user import User
from cycle_tracker.partnerships.queries.calendars import calendars_of
from cycle_tracker.reminders.queries.audiences import addressee_of
from cycle_tracker.reminders.rules.steps import UNDECIDED

# Who is reminded of what waits for whom.
REMINDED = {
    Audience.CHAIR: frozenset({MembershipRole.CHAIR}),
    Audience.GOVERNANCE: frozenset({MembershipRole.CHAIR, MembershipRole.CLERK}),
}


def remind_of_undecided(partnership_ids: Collection[int], today: date, now: datetime) -> int:
    """Write a notice for the chair and the clerk of each of these groups about everything that waits for a decision;
    the digest gathers them into one email for each. On a day on which their partnership is closed it waits. Returns the
    number of notices.

    In one transaction, which the caller commits; a notice that is there already is not written again.
    """
    calendars = calendars_of(partnership_ids)
    at_work = [one for one in partnership_ids if calendars[one].is_working_day(today)]
    people = _chairs_and_clerks(at_work, today)
    rows = [
        _notice(escalation, user_id, today, now)
        for escalation in _undecided(at_work, today)
        for user_id in _reminded(escalation, people)
    ]
    insert_missing(Notice, rows)
    return len(rows)


def _undecided(partnership_ids: Collection[int], today: date) -> Iterator[Escalation]:
    """One for each milestone: that to the group before that to its chair, and the one that has waited longest."""
    found = db.session.scalars(
        select(Escalation)
        .join(Escalation.milestone)
        .options(contains_eager(Escalation.milestone))
        .where(
            Milestone.partnership_id.in_(partnership_ids),
            Escalation.audience.in_(sorted(OF_THE_GROUP)),
            Escalation.resolved_at.is_(None),
            Escalation.decided_at.is_(None),
            or_(Escalation.reply_by.is_(None), Escalation.reply_by < today),
        )
        .order_by(Escalation.milestone_id, Escalation.audience == Audience.CHAIR, Escalation.fell_due_on, Escalation.id)
    )
    seen: set[int] = set()
    for escalation in found:
        if escalation.milestone_id not in seen:
            seen.add(escalation.milestone_id)
            yield escalation


def _chairs_and_clerks(partnership_ids: Collection[int], today: date) -> dict[int, list[tuple[int, MembershipRole]]]:
    people: dict[int, list[tuple[int, MembershipRole]]] = defaultdict(list)
    for row in db.session.execute(
        select(Group.partnership_id, Membership.user_id, Membership.role)
        .join(Membership, Membership.group_id == Group.id)
        .join(User, User.id == Membership.user_id)
        .where(
            Group.partnership_id.in_(partnership_ids),
            Membership.role.in_(sorted(REMINDED[Audience.GOVERNANCE])),
            membership_holds(today),
            User.active,
        )
        .order_by(Membership.user_id)
    ):
        people[row.partnership_id or 0].append((row.user_id, row.role))
    return people


def _reminded(escalation: Escalation, people: dict[int, list[tuple[int, MembershipRole]]]) -> list[int]:
    of_partnership = people.get(escalation.milestone.partnership_id or 0, [])
    return sorted({user_id for user_id, role in of_partnership if role in REMINDED[escalation.audience]})


def _notice(escalation: Escalation, user_id: int, today: date, now: datetime) -> dict[str, Any]:
    return {
        "milestone_id": escalation.milestone_id,
        "due_on": escalation.due_on,
        "step": f"{UNDECIDED}{(today - escalation.fell_due_on).days}",
        "addressee": addressee_of(user_id),
        "user_id": user_id,
        "audience": escalation.audience,
        "overtook": [],
        "policy": "",
        "at_once": True,
        "unreachable": False,
        "queued_on": today,
        "queued_at": now,
        "ended_why": "",
    }
