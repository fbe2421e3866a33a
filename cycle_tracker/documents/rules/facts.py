"""The facts of a document that complete steps: how much of each is recorded, and on which day it was whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cycle_tracker.core.kinds import Fact, PreparedFrom
from cycle_tracker.documents.rules.agreement import Agreement
from cycle_tracker.documents.rules.prepared import Prepared


@dataclass(frozen=True)
class FactState:
    """So many of so many are recorded. Once it is whole, `on` is the day on which it became so, if that is known."""

    count: int
    total: int
    whole: bool = False
    on: date | None = None


@dataclass(frozen=True)
class Sent:
    """A copy that went to one receiver, on a day that may be unknown."""

    on: date | None


def agreed_state(agreements: Mapping[int, Agreement], leads: Sequence[int], found: Prepared | None) -> FactState:
    """How many of the bodies that lead have agreed.

    It is whole if the bodies agreed or a person recorded the day. A plan that counts as prepared only because it was
    published is not: its approvals are missing.
    """
    count = sum(body in agreements for body in leads)
    if found is None or found.taken_from is PreparedFrom.PUBLICATION:
        return FactState(count, len(leads))
    return FactState(count, len(leads), whole=True, on=found.on)


def sent_state(copies: Mapping[int, Sent], owed: Sequence[int]) -> FactState:
    """How many of the receivers that are owed a copy were sent one; whole on the day of the last."""
    sent = [copies[receiver] for receiver in owed if receiver in copies]
    if not owed or len(sent) < len(owed):
        return FactState(len(sent), len(owed))
    days = [one.on for one in sent]
    known = [day for day in days if day is not None]
    return FactState(len(sent), len(owed), whole=True, on=max(known) if len(known) == len(days) else None)


def published_state(published: Agreement | None) -> FactState:
    """Whether the document itself is published."""
    return FactState(1, 1, whole=True, on=published.on) if published is not None else FactState(0, 1)


def progress(fact: Fact | None, count: int | None, total: int | None) -> str:
    """How much of a fact that has several parts is recorded, for a list; empty for any other.

    >>> progress(Fact.PROVIDERS_SENT, 3, 4)
    '3 of 4'
    """
    return f"{count or 0} of {total}" if fact is not None and total is not None and total > 1 else ""
