"""Partnerships, as far as the person who asks may know of them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.queries.scopes import is_among
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.models import Partnership


def get_partnership(viewer: Viewer, slug: str, *, to: Permission | None = None) -> Partnership:
    """The partnership of this slug.

    Raises NoResultFound for one that the person sees nothing of, and NotAllowed where they lack the permission `to`.
    """
    partnership = db.session.scalars(select(Partnership).where(Partnership.slug == slug)).one()
    if not (
        viewer.can(Permission.READ_TITLES_AND_DATES, partnership.id)
        or viewer.can(Permission.READ_DOCUMENTS, partnership.id)
    ):
        raise NoResultFound
    if to is not None and not viewer.can(to, partnership.id):
        raise NotAllowed
    return partnership


def list_partnerships(within: frozenset[int] | None = None) -> Sequence[Partnership]:
    """The partnerships of these numbers by name; None stands for all of them."""
    statement = select(Partnership).where(is_among(Partnership.id, within)).order_by(Partnership.name, Partnership.id)
    return db.session.scalars(statement).all()
