"""Partnerships, as far as the person who asks may know of them."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select
from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import Asked, built_once, rows_and_which_find_any, rows_of
from cycle_tracker.models.partnership import Partnership


class PartnershipName(NamedTuple):
    """What a page names a partnership by, and the day from which it uses the service."""

    id: int
    slug: str
    name: str
    notify_from: date | None = None


def get_partnership(viewer: Viewer, slug: str, *, to: Permission | None = None) -> Partnership:
    """The partnership of this slug.

    Raises NoResultFound for one that the person sees nothing of, and NotAllowed where they lack the permission `to`.
    """
    partnership = db.session.scalars(_of_slug(), {"slug": slug}).one()
    if not (
        viewer.can(Permission.READ_TITLES_AND_DATES, partnership.id)
        or viewer.can(Permission.READ_DOCUMENTS, partnership.id)
    ):
        raise NoResultFound
    if to is not None and not viewer.can(to, partnership.id):
        raise NotAllowed
    return partnership


def list_partnerships(within: frozenset[int] | None = None) -> Sequence[Partnership]:
    """The partnerships of these numbers by name; None means all of them."""
    return db.session.scalars(_by_name(reach_of(within)), values_of(within)).all()


def list_names(within: frozenset[int] | None = None, *, stamp: int | None = None) -> Sequence[PartnershipName]:
    """The same, of each only what lists show of it.

    `stamp` is the stamp of the list (`PartnershipStamp`) as this request found it. A list that was read under it is as
    good as one that is read now; without it the list is read. In one statement or in none.
    """
    names = _every_name() if stamp is None else _names_under(stamp)
    return names if within is None else [one for one in names if one.id in within]


def list_having_published(others: Sequence[Asked] = ()) -> tuple[list[PartnershipName], list[bool]]:
    """The partnerships that have published something, by name, and which of these other statements find anything. In
    one statement, where any has published."""
    rows, any_of = rows_and_which_find_any(Asked(_having_published(), {}), others)
    return [PartnershipName(*row[:3]) for row in rows], any_of


@lru_cache(2)
def _names_under(_stamp: int) -> tuple[PartnershipName, ...]:
    return _every_name()


def _every_name() -> tuple[PartnershipName, ...]:
    return tuple(PartnershipName(*row) for row in rows_of(_names()))


@built_once
def _names() -> Select[*tuple[Any, ...]]:
    return select(Partnership.id, Partnership.slug, Partnership.name, Partnership.notify_from).order_by(
        Partnership.name, Partnership.id
    )


@built_once
def _having_published() -> Select[*tuple[Any, ...]]:
    return (
        select(Partnership.id, Partnership.slug, Partnership.name)
        .where(Partnership.has_published)
        .order_by(Partnership.name, Partnership.id)
    )


@built_once
def _of_slug() -> Select[Partnership]:
    return select(Partnership).where(Partnership.slug == bindparam("slug"))


@built_once
def _by_name(reach: Reach) -> Select[Partnership]:
    return select(Partnership).where(in_reach(Partnership.id, reach)).order_by(Partnership.name, Partnership.id)
