"""Bulk data for measuring and for fault tests: the same rows from the same numbers, whenever it is asked for.

Nothing here goes past the rules: the bookmark of each milestone is the one that the rules give for its due date.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.preferences import Rhythm
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.base import table_of
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.operations.services.synthetic_documents import add_documents, insert_many
from cycle_tracker.partnerships.queries.calendars import calendar_of
from cycle_tracker.reminders.rules.policies import policy_for
from cycle_tracker.reminders.rules.reminders import first_notice_on
from cycle_tracker.reminders.rules.steps import Deadline

NOTIFY_FROM = timedelta(days=365)
ENTERED = timedelta(days=60)
OVERDUE = timedelta(days=3)
DUE_SOON = timedelta(days=7)
FAR_AHEAD = timedelta(days=400)


@dataclass(frozen=True)
class Wanted:
    """How much to make: of the milestones, the first `overdue` are past their date and the next `due_soon` near it;
    with `documents`, the plans and reports of every period besides."""

    partnerships: int
    people: int
    milestones: int
    overdue: int
    due_soon: int
    documents: bool = False


def is_loaded() -> bool:
    """True where synthetic data is there already."""
    return db.session.scalar(select(Partnership.id).where(Partnership.slug == _slug(0))) is not None


def load_synthetic(wanted: Wanted, today: date) -> None:
    """Add partnerships, people who contribute everywhere, and milestones around `today`. Memory stays constant."""
    notify_from = today - NOTIFY_FROM
    partnership_ids = _add_partnerships(wanted.partnerships, notify_from)
    owner_ids = _add_people(wanted.people)
    for start, stop, shared in _by_date(wanted, today, notify_from):
        insert_many(
            table_of(Milestone),
            (
                {
                    "key": f"syn-{number:07d}",
                    "title": f"Synthetic step {number:07d}",
                    "partnership_id": partnership_ids[number % wanted.partnerships],
                    "owner_id": owner_ids[number % wanted.people],
                    **shared,
                }
                for number in range(start, stop)
            ),
        )
    if wanted.documents:
        add_documents(partnership_ids, today, entered_on=today - ENTERED)


def _by_date(wanted: Wanted, today: date, notify_from: date) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """The first number, the number after the last, and what the milestones between them share."""
    start = 0
    for count, due_on in (
        (wanted.overdue, today - OVERDUE),
        (wanted.due_soon, today + DUE_SOON),
        (wanted.milestones - wanted.overdue - wanted.due_soon, today + FAR_AHEAD),
    ):
        yield start, start + count, _shared(due_on, today - ENTERED, notify_from)
        start += count


def _shared(due_on: date, entered_on: date, notify_from: date) -> dict[str, Any]:
    deadline = Deadline(due_on, True, entered_on, notify_from=notify_from, calendar=calendar_of(None))
    return {
        "kind": Kind.STEP,
        "state": State.NOT_STARTED,
        "duty_basis": Basis.LOCAL,
        "date_basis": Basis.LOCAL,
        "target_on": due_on,
        "due_on": due_on,
        "entered_on": entered_on,
        "next_notice_on": first_notice_on(deadline, policy_for(Kind.STEP, Basis.LOCAL)),
    }


def _add_partnerships(count: int, notify_from: date) -> list[int]:
    insert_many(
        table_of(Partnership),
        (
            {"slug": _slug(number), "name": f"Synthetic partnership {number:04d}", "notify_from": notify_from}
            for number in range(count)
        ),
    )
    return list(
        db.session.scalars(select(Partnership.id).where(Partnership.slug.like("syn-%")).order_by(Partnership.id))
    )


def _add_people(count: int) -> list[int]:
    insert_many(
        table_of(User),
        (
            {
                "email": f"person-{number:06d}@example.test",
                "name": f"Person {number:06d}",
                "fs_uniquifier": f"synthetic-{number:06d}",
                "rhythm": Rhythm.DAILY,
            }
            for number in range(count)
        ),
    )
    people = list(db.session.scalars(select(User.id).where(User.fs_uniquifier.like("synthetic-%")).order_by(User.id)))
    insert_many(
        table_of(RoleGrant),
        ({"user_id": user_id, "role": Role.CONTRIBUTOR, "scope": Scope.NATIONAL} for user_id in people),
    )
    return people


def _slug(number: int) -> str:
    return f"syn-{number:04d}"
