"""Setting a partnership up: who is in it, from which day it is told about dates, and when it is closed.

Closure days and the first day of notices change when people are told. Then every open milestone of the partnership is
asked about again at the next run: its bookmark may be early, never late.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.periods import FIRST_START, Period
from cycle_tracker.cycles.services.cycles import open_cycle
from cycle_tracker.documents.services.facts import settle_plans_of
from cycle_tracker.milestones.queries.due_states import is_before_service
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.escalation import Escalation, Resolution
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import BodyRole, ClosureDay, Partnership, PartnershipBody
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.bookmarks import ask_again

LATEST = date(2100, 1, 1)
FURTHEST_NOTICES = timedelta(days=366)
MOST_CLOSURE_DAYS = 366
BEFORE_SERVICE = "it fell due before the partnership used the service"


def add_body(
    partnership: Partnership, organisation: Organisation, role: BodyRole, from_on: date, *, by: User, now: datetime
) -> PartnershipBody:
    """Say that an organisation leads or takes part from a day on. Raises RuleBroken where it does already then."""
    _ensure_plausible(from_on, field="from_on")
    for body in partnership.bodies:
        if body.organisation_id == organisation.id and (body.to_on is None or body.to_on >= from_on):
            raise RuleBroken(
                f"{organisation.name} is already in the partnership on that date. Give it an earlier last day first.",
                field="organisation",
            )
    body = PartnershipBody(organisation=organisation, role=role, from_on=from_on, to_on=None)
    partnership.bodies.append(body)
    db.session.flush()
    audit.record(
        "partnership",
        partnership.id,
        "body-added",
        by=by,
        at=now,
        partnership_id=partnership.id,
        after={"organisation_id": organisation.id, "role": role, "from_on": from_on},
    )
    settle_plans_of(partnership.id, by=by, now=now)
    return body


def end_body(body: PartnershipBody, to_on: date, *, by: User, now: datetime) -> None:
    """Say on which day an organisation's part ends, or ended. Raises RuleBroken for a day before its first."""
    _ensure_plausible(to_on, field="to_on")
    if to_on < body.from_on:
        raise RuleBroken("The last day must not be before the first day.", field="to_on")
    before, body.to_on = body.to_on, to_on
    audit.record(
        "partnership",
        body.partnership_id,
        "body-ended",
        by=by,
        at=now,
        partnership_id=body.partnership_id,
        before={"organisation_id": body.organisation_id, "to_on": before},
        after={"organisation_id": body.organisation_id, "to_on": to_on},
    )
    db.session.flush()
    settle_plans_of(body.partnership_id, by=by, now=now)


def set_notify_from(partnership: Partnership, notify_from: date, *, by: User, today: date, now: datetime) -> None:
    """Say from which day on dates count here. What fell due before is nobody's business: it is neither told nor late.

    What was told of milestones that now lie before that day is over, and their escalations are closed. Raises
    RuleBroken for a day that cannot be meant.
    """
    if notify_from < FIRST_START or notify_from > today + FURTHEST_NOTICES:
        raise RuleBroken(
            f"The date must be after {FIRST_START - timedelta(days=1):%-d %B %Y} and within a year from today.",
            field="notify_from",
        )
    if notify_from == partnership.notify_from:
        return
    before, partnership.notify_from = partnership.notify_from, notify_from
    audit.record(
        "partnership",
        partnership.id,
        "notices-from-set",
        by=by,
        at=now,
        partnership_id=partnership.id,
        before={"notify_from": before},
        after={"notify_from": notify_from},
    )
    db.session.flush()
    _forget_before(partnership, notify_from, now)
    ask_again(Milestone.partnership_id == partnership.id, today)


def open_period(
    partnership: Partnership,
    period: Period,
    *,
    steps: Collection[str] = (),
    earlier: bool = False,
    by: User,
    today: date,
    now: datetime,
) -> Cycle:
    """Open a partnership's cycle with its core steps and these optional ones; with `earlier`, the cycles of the periods
    before it too, with their core steps alone, so that their history can be recorded.

    Raises RuleBroken before it is said from which day on dates count: nobody is to be told of years long past.
    """
    if partnership.notify_from is None:
        raise RuleBroken(
            "Set the start date for reminders first, so that no one is emailed about anything due before it."
        )
    if earlier:
        for before in _periods_before(period):
            open_cycle(partnership, before, core_only=True, entered_on=today, by=by, now=now)
    return open_cycle(partnership, period, core_only=True, switched_on=steps, entered_on=today, by=by, now=now)


def _periods_before(period: Period) -> list[Period]:
    found = [Period(FIRST_START)]
    while found[-1].next() < period:
        found.append(found[-1].next())
    return [one for one in found if one < period]


def add_closure_day(
    partnership: Partnership, day: date, name: str, *, by: User, today: date, now: datetime
) -> ClosureDay:
    """Say that a partnership is closed on a day. Raises RuleBroken where it is said already."""
    _ensure_plausible(day, field="day")
    known = db.session.scalars(select(ClosureDay.day).where(ClosureDay.partnership_id == partnership.id)).all()
    if day in known:
        raise RuleBroken("This date is already in the list.", field="day")
    if len(known) >= MOST_CLOSURE_DAYS:
        raise RuleBroken(f"A partnership can have at most {MOST_CLOSURE_DAYS} closure days.", field="day")
    closure = ClosureDay(partnership_id=partnership.id, day=day, name=name)
    db.session.add(closure)
    db.session.flush()
    _record_closure(closure, "closure-day-added", by=by, now=now)
    ask_again(Milestone.partnership_id == partnership.id, today)
    return closure


def remove_closure_day(partnership: Partnership, closure: ClosureDay, *, by: User, today: date, now: datetime) -> None:
    """Say that a partnership is open on a day after all."""
    _record_closure(closure, "closure-day-removed", by=by, now=now)
    db.session.delete(closure)
    db.session.flush()
    ask_again(Milestone.partnership_id == partnership.id, today)


def _forget_before(partnership: Partnership, notify_from: date, now: datetime) -> None:
    earlier = select(Milestone.id).where(
        Milestone.partnership_id == partnership.id, is_before_service(notify_from=notify_from)
    )
    db.session.execute(
        update(Notice)
        .where(Notice.milestone_id.in_(earlier), Notice.ended_at.is_(None))
        .values(ended_at=now, ending=Ending.SUPERSEDED, ended_why=BEFORE_SERVICE)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(Escalation)
        .where(Escalation.milestone_id.in_(earlier), Escalation.resolved_at.is_(None))
        .values(resolved_at=now, resolution=Resolution.CLOSED)
        .execution_options(synchronize_session=False)
    )


def _record_closure(closure: ClosureDay, action: str, *, by: User, now: datetime) -> None:
    audit.record(
        "partnership",
        closure.partnership_id or 0,
        action,
        by=by,
        at=now,
        partnership_id=closure.partnership_id,
        after={"day": closure.day},
    )


def _ensure_plausible(day: date, *, field: str) -> None:
    if not FIRST_START <= day < LATEST:
        raise RuleBroken(f"The date must be from {FIRST_START:%-d %B %Y} to {LATEST.year - 1}.", field=field)
