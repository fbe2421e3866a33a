"""Checking the audit: a walk along the whole chain of seals, and a look for events that have none."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from cycle_tracker.audit.queries.seals import list_links, list_unsealed_ids, numbers_of_events
from cycle_tracker.audit.rules import Finding, Head, Walk, unsealed
from cycle_tracker.core.extensions import db

BATCH = 2000


class Verification:
    """One check of the whole audit, in memory that does not grow. After `findings` has ended, `head` is the last seal,
    `seals` how many were walked, and `waiting` how many events are too new to have theirs."""

    def __init__(self, now: datetime, *, patience: timedelta, kept: Head | None = None) -> None:
        self.now = now
        self.patience = patience
        self.waiting = 0
        self.seals = 0
        self._walk = Walk(kept)

    @property
    def head(self) -> Head:
        """The last seal that was walked."""
        return self._walk.head

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong. No transaction stays open between two batches."""
        yield from self._walk_along()
        yield from self._look_for_unsealed()

    def _walk_along(self) -> Iterator[Finding]:
        last: int | None = None
        while links := list_links(last, BATCH):
            db.session.rollback()
            for link in links:
                yield from self._walk.follow(link)
            self.seals += len(links)
            last = links[-1].number
        db.session.rollback()
        yield from self._walk.end()

    def _look_for_unsealed(self) -> Iterator[Finding]:
        for after in range(*numbers_of_events(), BATCH):
            rows = list_unsealed_ids(after, after + BATCH)
            db.session.rollback()
            for event_id, at in rows:
                if at >= self.now - self.patience:
                    self.waiting += 1
                else:
                    yield unsealed(event_id, int(self.patience.total_seconds() // 60))
