"""The hash chain over the audit: what a seal is made of, and what a walk along the chain finds.

A seal is a SHA-256 over the seal before it, its own number and time, and everything that one event says. Whoever
changes, takes out or puts in something below the service, and leaves the seals as they are, breaks the chain at that
place. Whoever makes all later seals anew leaves a whole chain with another head: against that a head is kept elsewhere.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

# Goes into each hash. Another canonical form needs another name here, and a chain of its own.
FORM = "cycle-tracker audit seal 1"

# What stands before the first seal.
START = "0" * 64

_HEAD = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})")


@dataclass(frozen=True)
class EventSaid:
    """Everything that an audit event says, field by field as its table has it."""

    id: int
    at: datetime
    actor_id: int | None
    partnership_id: int | None
    subject: str
    subject_id: int
    action: str
    before: Any
    after: Any
    reason: str


FIELDS = tuple(one.name for one in fields(EventSaid))


@dataclass(frozen=True)
class Link:
    """One seal as it is stored, with its event; None where that is not there any more."""

    number: int
    hash: str
    sealed_at: datetime
    event_id: int
    event: EventSaid | None


@dataclass(frozen=True)
class Head:
    """The last seal of a chain, as it can be written down: `NUMBER:HASH`."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


# The head of a chain without a seal.
NOTHING = Head(0, START)


def parse_head(text: str) -> Head:
    """A head as `NUMBER:HASH`. Raises ValueError for anything else."""
    match = _HEAD.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError("A head is a number, a colon and 64 characters from 0 to 9 and a to f.")
    return Head(int(match[1]), match[2])


def seal_hash(before: str, number: int, sealed_at: datetime, event: EventSaid) -> str:
    """The hash of one seal. The same event gives the same on every database: names sorted, instants in UTC to the
    microsecond."""
    said = {name: getattr(event, name) for name in FIELDS}
    content = {
        "form": FORM,
        "before": before,
        "number": number,
        "sealed_at": _instant(sealed_at),
        "event": {**said, "at": _instant(event.at)},
    }
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(written.encode("ascii")).hexdigest()


class Fault(StrEnum):
    """What can be wrong with the audit."""

    EVENT_CHANGED = "event-changed"
    EVENT_GONE = "event-gone"
    SEAL_CHANGED = "seal-changed"
    SEAL_GONE = "seal-gone"
    SEAL_ODD = "seal-odd"
    DOES_NOT_FIT = "does-not-fit"
    HEAD_CHANGED = "head-changed"
    CUT_OFF = "cut-off"
    UNSEALED = "unsealed"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, in words, with the seal and the event that it is about."""

    fault: Fault
    said: str
    number: int | None = None
    event_id: int | None = None


@dataclass
class Walk:
    """A walk along the chain from its first seal, one link at a time, in memory that does not grow.

    `kept` is a head that somebody wrote down earlier: the chain must still contain it.
    """

    kept: Head | None = None
    head: Head = NOTHING
    # The hash before the next link; None where a gap leaves it unknown.
    _before: str | None = START
    # False where the seal before could itself not be checked.
    _sure: bool = True
    # The link before, where its hash is not the one that it should have: whether its event or its seal was changed
    # shows at the next one.
    _doubted: tuple[Link, str] | None = field(default=None)

    def follow(self, link: Link) -> Iterator[Finding]:
        """What is wrong with this link, and with the one before where that shows only now."""
        expected = self.head.number + 1
        if link.number < expected:
            yield Finding(
                Fault.SEAL_ODD, f"Seal {link.number} does not belong to the chain.", link.number, link.event_id
            )
            return
        if link.number > expected:
            yield from self._settle_doubt(None)
            yield Finding(Fault.SEAL_GONE, _gone(expected, link.number - 1), expected)
            self._before = None
        yield from self._check(link)
        if self.kept is not None and self.kept.number == link.number and self.kept.hash != link.hash:
            yield Finding(
                Fault.HEAD_CHANGED,
                f"The hash of seal {link.number} differs from the head that you kept. "
                "Events up to this seal were changed and the chain was created again.",
                link.number,
            )
        self.head = Head(link.number, link.hash)
        self._before = link.hash

    def end(self) -> Iterator[Finding]:
        """What shows only when there is nothing more to come."""
        yield from self._settle_doubt(None)
        if self.kept is not None and self.kept.number > self.head.number:
            yield Finding(
                Fault.CUT_OFF,
                f"The chain ends at seal {self.head.number}, before seal {self.kept.number} of the head that you kept. "
                "Its end was cut off.",
                self.kept.number,
            )

    def _check(self, link: Link) -> Iterator[Finding]:
        if link.event is None:
            yield from self._settle_doubt(None)
            yield Finding(
                Fault.EVENT_GONE,
                f"Event {link.event_id} was removed. Its seal, number {link.number}, is still there.",
                link.number,
                link.event_id,
            )
            self._sure = False
            return
        if self._before is None:  # after a gap this seal cannot be checked, and the next one can
            self._sure = False
            return
        made = seal_hash(self._before, link.number, link.sealed_at, link.event)
        if self._doubted is not None:
            if link.hash == seal_hash(self._doubted[1], link.number, link.sealed_at, link.event):
                yield from self._settle_doubt(True)
                return
            yield from self._settle_doubt(False if made == link.hash else None)
        if made == link.hash:
            self._sure = True
        elif self._sure:
            self._doubted = (link, made)
        else:
            yield Finding(
                Fault.DOES_NOT_FIT,
                f"Seal {link.number}, its event {link.event_id} and the seal before it do not match. "
                "At least one of them was changed.",
                link.number,
                link.event_id,
            )

    def _settle_doubt(self, seal_was_changed: bool | None) -> Iterator[Finding]:
        """Say what is wrong with the link before, if anything; None where it does not show."""
        if self._doubted is None:
            return
        link, _ = self._doubted
        self._doubted = None
        self._sure = seal_was_changed is not None
        if seal_was_changed:
            yield Finding(
                Fault.SEAL_CHANGED,
                f"Seal {link.number} was changed. The next seal was made from a different hash.",
                link.number,
                link.event_id,
            )
        elif seal_was_changed is False:
            yield Finding(
                Fault.EVENT_CHANGED,
                f"Event {link.event_id} was changed after seal {link.number} was made from it.",
                link.number,
                link.event_id,
            )
        else:
            yield Finding(
                Fault.EVENT_CHANGED,
                f"Either event {link.event_id} or seal {link.number} was changed, because they do not match.",
                link.number,
                link.event_id,
            )


def unsealed(event_id: int, minutes: int) -> Finding:
    """An event that no seal holds, although it is older than it takes to seal it."""
    return Finding(
        Fault.UNSEALED,
        f"Event {event_id} has no seal and is older than {minutes} minutes. We cannot check whether it was changed.",
        event_id=event_id,
    )


def _gone(first: int, last: int) -> str:
    if first == last:
        return f"Seal {first} was removed. The chain continues with seal {last + 1}, which cannot be checked."
    return f"Seals {first} to {last} were removed. The chain continues with seal {last + 1}, which cannot be checked."


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")
