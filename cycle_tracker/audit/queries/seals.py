"""The seals over the audit: up to where they go, what waits for one, and the chain as it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, exists, func, select

from cycle_tracker.audit.rules import FIELDS, NOTHING, EventSaid, Head, Link
from cycle_tracker.core.extensions import db
from cycle_tracker.models.audit import AuditEvent, AuditSeal
from cycle_tracker.models.base import table_of

events = table_of(AuditEvent)
seals = table_of(AuditSeal)

LOOK_BACK = timedelta(hours=1)
"""On PostgreSQL an event may be committed after others with higher numbers were sealed. It is found at the next sealing
if its transaction was open for less than this."""

_SAID = [events.c[name] for name in FIELDS]
_HAS_NO_SEAL = ~exists().where(seals.c.event_id == events.c.id)


@dataclass(frozen=True)
class Sealing:
    """How far the audit is sealed: the last seal and when it was made, and how many events wait since when."""

    head: Head
    sealed_at: datetime | None
    waiting: int
    waiting_since: datetime | None


def find_sealing() -> Sealing:
    """Sealed up to when, for pages and alarms: in four statements that cost what is new, not what exists."""
    last = _last_seal()
    waiting, since = db.session.execute(
        select(func.count(), func.min(events.c.at)).where(events.c.id > look_back_start(), _HAS_NO_SEAL)
    ).one()
    return Sealing(Head(last.number, last.hash) if last else NOTHING, last.sealed_at if last else None, waiting, since)


def find_head() -> Head:
    """The last seal."""
    last = _last_seal()
    return Head(last.number, last.hash) if last else NOTHING


def look_back_start() -> int:
    """The number of an event up to which nothing waits for its seal, but for transactions open longer than LOOK_BACK.

    It was sealed so long before the last seal. What waits now was committed after that last seal, so it was numbered
    later than this one. Counted from the last seal and not from now, so that it is still true after any time without
    sealing.
    """
    last = _last_seal()
    if last is None:
        return 0
    return (
        db.session.scalar(
            select(seals.c.event_id)
            .where(seals.c.sealed_at <= last.sealed_at - LOOK_BACK)
            .order_by(seals.c.number.desc())
            .limit(1)
        )
        or 0
    )


def numbers_of_events() -> tuple[int, int]:
    """The stretch in which all events are numbered: after the first of the two, up to the second."""
    ends = (select(end(events.c.id)).scalar_subquery() for end in (func.min, func.max))  # each by the index alone
    lowest, highest = db.session.execute(select(*ends)).one()
    return (lowest - 1, highest) if lowest else (0, 0)


def list_unsealed(after: int, up_to: int) -> list[EventSaid]:
    """The events in a stretch of numbers that have no seal, in full, by number."""
    statement = select(*_SAID).where(_within(after, up_to), _HAS_NO_SEAL).order_by(events.c.id)
    return [EventSaid(*row) for row in db.session.execute(statement)]


def list_unsealed_ids(after: int, up_to: int) -> Sequence[Row[int, datetime]]:
    """The events in a stretch of numbers that have no seal: their numbers and times."""
    statement = select(events.c.id, events.c.at).where(_within(after, up_to), _HAS_NO_SEAL).order_by(events.c.id)
    return db.session.execute(statement).all()


def list_links(after: int | None, limit: int) -> list[Link]:
    """The next seals by number, each with its event, in one statement. With nothing in `after`, from the first."""
    rows = db.session.execute(_links(after).order_by(seals.c.number).limit(limit))
    return [_link(row) for row in rows]


def _last_seal() -> Any:
    return db.session.execute(
        select(seals.c.number, seals.c.hash, seals.c.sealed_at).order_by(seals.c.number.desc()).limit(1)
    ).one_or_none()


def _links(after: int | None) -> Select[*tuple[Any, ...]]:
    statement = select(seals.c.number, seals.c.hash, seals.c.sealed_at, seals.c.event_id, *_SAID).outerjoin_from(
        seals, events, events.c.id == seals.c.event_id
    )
    return statement if after is None else statement.where(seals.c.number > after)


def _link(row: Row[*tuple[Any, ...]]) -> Link:
    number, sealed, sealed_at, event_id, *said = row
    return Link(number, sealed, sealed_at, event_id, EventSaid(*said) if said[0] is not None else None)


def _within(after: int, up_to: int) -> Any:
    return (events.c.id > after) & (events.c.id <= up_to)
