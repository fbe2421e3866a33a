"""Sealing the audit: each new event is added to the hash chain, after the transaction that wrote it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from cycle_tracker.audit.queries.seals import find_head, list_unsealed, look_back_start, numbers_of_events
from cycle_tracker.audit.rules import EventSaid, Head, seal_hash
from cycle_tracker.core.extensions import db
from cycle_tracker.models.audit import AuditSeal
from cycle_tracker.models.base import table_of

# So many event numbers are looked at, and sealed, in one transaction.
BATCH = 1000

seals = table_of(AuditSeal)


@dataclass(frozen=True)
class Sealed:
    """What a run sealed; `elsewhere` where another process sealed at the same moment, and this one left it to it."""

    events: int
    elsewhere: bool = False


def seal_new_events(
    now: Callable[[], datetime], *, in_full: bool = False, stop: Callable[[], bool] = lambda: False
) -> Sealed:
    """Seal every event that has no seal, in the order of their numbers. Commits each batch.

    Looks back an hour from the last seal, or at the whole audit with `in_full`: an event whose transaction was open
    for longer is found then.
    """
    first, last = numbers_of_events()
    start = first if in_full else max(first, look_back_start())
    db.session.rollback()  # no transaction stays open between two batches
    sealed = 0
    for after in range(start, last, BATCH):
        if stop():
            break
        try:
            sealed += _seal(list_unsealed(after, after + BATCH), now())
            db.session.commit()
        except IntegrityError:
            # Another process gave out this number, or sealed this event, since we looked: the chain is its to go on.
            db.session.rollback()
            return Sealed(sealed, elsewhere=True)
    return Sealed(sealed)


def _seal(events: list[EventSaid], now: datetime) -> int:
    if events:
        db.session.execute(insert(seals), list(_rows(find_head(), events, now)))
    return len(events)


def _rows(head: Head, events: list[EventSaid], now: datetime) -> Iterator[dict[str, object]]:
    before = head.hash
    for number, event in enumerate(events, start=head.number + 1):
        before = seal_hash(before, number, now, event)
        yield {"number": number, "event_id": event.id, "hash": before, "sealed_at": now}
