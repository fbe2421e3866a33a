"""Setting a partnership up: from which day it is told about dates, and when it is closed.

Closure days and the first day of notices change when people are told. Then every open milestone of the partnership is
asked about again at the next run: its bookmark may be early, never late.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from cycle_tracker.audit.services import audit
from cycle_tracker.core.calendar import SATURDAY, bank_holiday
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lines import one_line
from cycle_tracker.core.periods import FIRST_START, Period
from cycle_tracker.core.web_addresses import ensure_web_address
from cycle_tracker.cycles.services.cycles import open_cycle
from cycle_tracker.cycles.services.letters import withdraw_letters
from cycle_tracker.milestones.queries.due_states import is_before_service
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.escalation import Escalation, Resolution
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.models.partnership import ClosureDay, Partnership
from cycle_tracker.models.user import User
from cycle_tracker.organisations.services.organisations import valid_mailbox
from cycle_tracker.organisations.services.parts import ensure_plausible
from cycle_tracker.reminders.services.bookmarks import ask_again

FURTHEST_NOTICES = timedelta(days=366)
MOST_CLOSURE_DAYS = 366
BEFORE_SERVICE = "it fell due before the partnership used the service"


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
    if before is None:
        withdraw_letters(partnership, now=now)
    ask_again(Milestone.partnership_id == partnership.id, today)


def set_contact(partnership: Partnership, web_address: str, mailbox: str, *, by: User, now: datetime) -> None:
    """Say where a partnership's plans and reports stand on the web, and which mailbox the public writes to; nothing
    where there is none. Raises RuleBroken for what is no address."""
    place = one_line(web_address)
    if place:
        try:
            ensure_web_address(place)
        except RuleBroken as rule:
            raise RuleBroken(rule.message, field="web_address") from rule
    before = {"web_address": partnership.web_address or "", "mailbox": partnership.mailbox or ""}
    after = {"web_address": place, "mailbox": valid_mailbox(mailbox)}
    if before == after:
        return
    partnership.web_address, partnership.mailbox = after["web_address"], after["mailbox"]
    audit.record(
        "partnership",
        partnership.id,
        "contact-set",
        by=by,
        at=now,
        partnership_id=partnership.id,
        before=before,
        after=after,
    )
    db.session.flush()


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
    ensure_plausible(day, field="day")
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


def add_worked_holiday(partnership: Partnership, day: date, *, by: User, today: date, now: datetime) -> ClosureDay:
    """Say that a partnership works on a bank holiday. Raises RuleBroken for a day that is none, or is in its list."""
    name = bank_holiday(day)
    if name is None or day.weekday() >= SATURDAY:
        raise RuleBroken("Choose a bank holiday from the list.", field="holiday")
    if db.session.scalars(
        select(ClosureDay.id).where(ClosureDay.partnership_id == partnership.id, ClosureDay.day == day)
    ).first():
        raise RuleBroken("This date is already in the list.", field="holiday")
    worked = ClosureDay(partnership_id=partnership.id, day=day, name=name, is_worked=True)
    db.session.add(worked)
    db.session.flush()
    _record_closure(worked, "worked-holiday-added", by=by, now=now)
    ask_again(Milestone.partnership_id == partnership.id, today)
    return worked


def remove_closure_day(partnership: Partnership, closure: ClosureDay, *, by: User, today: date, now: datetime) -> None:
    """Say that a partnership is open on a day after all, or does not work on that bank holiday after all."""
    action = "worked-holiday-removed" if closure.is_worked else "closure-day-removed"
    _record_closure(closure, action, by=by, now=now)
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
