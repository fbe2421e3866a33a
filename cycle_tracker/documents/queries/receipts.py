"""Copies of documents that went to the Scottish Government: those still to be recorded as received, and those
received."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager

from cycle_tracker.access.queries.scopes import within
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.documents.queries.copies import IS_OF_PRESENT
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import FIRST_PUBLISHED_ON, Publication, PublicationCopy
from cycle_tracker.models.user import User


class ReceiptSort(StrEnum):
    """What the list can be sorted by."""

    SENT = "sent"
    PARTNERSHIP = "partnership"


@dataclass(frozen=True)
class CopyToReceive:
    """One document that was sent and is not received: the number of its copy, what it is, and its days. `published_on`
    is the day of the version that was sent; a plan may be sent before it is published, and so may its revision, of
    which a copy is then one (`of_revision`)."""

    copy_id: int
    key: str
    title: str
    slug: str
    partnership: str
    is_published: bool
    published_on: date | None
    sent_on: date
    of_revision: bool


def list_to_receive(
    viewer: Viewer,
    *,
    partnership: str = "",
    sort: ReceiptSort = ReceiptSort.SENT,
    page: int = 1,
    per_page: int | None = None,
) -> list[CopyToReceive]:
    """What was sent to the Scottish Government and not received, the earliest first; in one statement.

    A copy that was sent long ago, on an unknown day, is not expected.
    """
    by_day: tuple[Any, ...] = (PublicationCopy.sent_on,)
    by_name: tuple[Any, ...] = (Partnership.name, Partnership.id)
    order = (*by_name, *by_day) if sort is ReceiptSort.PARTNERSHIP else (*by_day, *by_name)
    statement = _to_receive(viewer, partnership).order_by(*order, PublicationCopy.id)
    if per_page is not None:
        statement = statement.limit(per_page).offset((page - 1) * per_page)
    return [CopyToReceive(**row._asdict()) for row in db.session.execute(statement)]


def count_to_receive(viewer: Viewer, *, partnership: str = "") -> int:
    """How many there are in all."""
    found = _to_receive(viewer, partnership).with_only_columns(PublicationCopy.id).subquery()
    return db.session.scalar(select(func.count()).select_from(found)) or 0


def list_government_copies(viewer: Viewer, copy_ids: Collection[int]) -> list[tuple[Milestone, PublicationCopy]]:
    """The copies among these that went to Scottish Government, received or not, where the person records receipts,
    each with its document and partnership; in one statement."""
    rows = db.session.execute(
        select(Milestone, PublicationCopy)
        .select_from(PublicationCopy)
        .join(PublicationCopy.receiver)
        .join(Milestone, Milestone.id == PublicationCopy.milestone_id)
        .join(Milestone.partnership)
        .where(
            PublicationCopy.id.in_(copy_ids),
            Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT,
            IS_OF_PRESENT,
            _within(viewer),
        )
        .options(contains_eager(Milestone.partnership), contains_eager(PublicationCopy.receiver))
        .order_by(PublicationCopy.id)
    )
    return [(document, copy) for document, copy in rows]


def find_recorder(copy: PublicationCopy) -> str:
    """The name of the person who recorded that a copy was received; empty if there is none."""
    if copy.received_recorded_by_id is None:
        return ""
    return db.session.scalar(select(User.name).where(User.id == copy.received_recorded_by_id)) or ""


def _to_receive(viewer: Viewer, partnership: str) -> Select[*tuple[Any, ...]]:
    statement = (
        select(
            PublicationCopy.id.label("copy_id"),
            Milestone.key,
            Milestone.title,
            Partnership.slug,
            Partnership.name.label("partnership"),
            Publication.id.is_not(None).label("is_published"),
            func.coalesce(Publication.published_on, FIRST_PUBLISHED_ON).label("published_on"),
            PublicationCopy.sent_on,
            (Publication.id.is_(None) & PublicationCopy.revision_id.is_not(None)).label("of_revision"),
        )
        .select_from(PublicationCopy)
        .join(PublicationCopy.receiver)
        .outerjoin(Publication, Publication.id == PublicationCopy.publication_id)
        .join(Milestone, Milestone.id == PublicationCopy.milestone_id)
        .join(Milestone.partnership)
        .where(
            Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT,
            PublicationCopy.sent_on.is_not(None),
            PublicationCopy.received_on.is_(None),
            or_(Publication.id.is_(None), Publication.is_present),
            _within(viewer),
        )
    )
    return statement.where(Partnership.slug == partnership) if partnership else statement


def _within(viewer: Viewer) -> ColumnElement[bool]:
    return within(Milestone.partnership_id, viewer, Permission.RECORD_RECEIPTS)
