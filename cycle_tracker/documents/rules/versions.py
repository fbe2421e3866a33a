"""The versions of one document: which of them is the present one, and which was the first of the document itself."""

from collections.abc import Iterable
from datetime import date
from enum import IntEnum
from typing import NamedTuple


class Reach(IntEnum):
    """How far a version has come: a draft is not the document, nor is an interim plan the plan."""

    DRAFT = 0
    INTERIM_PLAN = 1
    DOCUMENT = 2


class KnownVersion(NamedTuple):
    """One version that is known. `number` counts the versions of a document, and the day may be unknown."""

    number: int
    reach: Reach
    published_on: date | None


def present_of(versions: Iterable[KnownVersion]) -> KnownVersion | None:
    """The version for which the document stands: the newest of those that have come furthest. A draft of something new
    leaves the one that is published in its place. None where nothing is known.

    >>> present_of([KnownVersion(1, Reach.DOCUMENT, None), KnownVersion(2, Reach.DRAFT, None)]).number
    1
    """
    return max(versions, key=lambda one: (one.reach, one.number), default=None)


def first_of_document(versions: Iterable[KnownVersion], until: KnownVersion) -> KnownVersion | None:
    """The first version of the document itself among those up to this one, which may be that one; None if this one is a
    draft or an interim plan. Its day decides whether the document was in time."""
    if until.reach is not Reach.DOCUMENT:
        return None
    itself = [one for one in versions if one.reach is Reach.DOCUMENT and one.number <= until.number]
    return min(itself, key=lambda one: one.number, default=until)


def is_in_order(versions: Iterable[KnownVersion], number: int) -> bool:
    """Whether the version of this number was published on or after the days of those before it, and on or before the
    days of those after it. Drafts and days that are not known are left out.

    >>> is_in_order([KnownVersion(1, Reach.DOCUMENT, date(2026, 5, 1)), KnownVersion(2, Reach.DOCUMENT, None)], 1)
    True
    """
    days = {one.number: one.published_on for one in versions if one.reach is not Reach.DRAFT and one.published_on}
    own = days.get(number)
    return own is None or all(day <= own if other < number else day >= own for other, day in days.items())
