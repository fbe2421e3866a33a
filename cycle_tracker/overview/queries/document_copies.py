"""Documents on the home page whose copy to Scottish Government is to be recorded, as sent or as received."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, exists, select

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.queries.scopes import IS_DOCUMENT
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.statements import Asked, OneOf, built_once, number_of, rows_of
from cycle_tracker.documents.queries.copies import IS_OF_PRESENT
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import FIRST_PUBLISHED_ON, IS_PUBLISHED, Publication, PublicationCopy, Version
from cycle_tracker.overview.queries.work import LISTED_AT_MOST

_SCOTTISH_GOVERNMENT = (
    select(Organisation.id).where(Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT).scalar_subquery()
)
"""The one organisation that oversees, by number: an index on numbers is used only for one that is known before."""


def not_notified(viewer: Viewer) -> Asked:
    """Plans recorded as published, in the partnerships where the person records that, without a record that Scottish
    Ministers were sent a copy: key, title, slug, partnership and published_on."""
    held = viewer.partnerships_with(Permission.RECORD_PUBLICATION)
    return Asked(_not_notified(reach_of(held)), values_of(held))


@built_once
def _not_notified(reach: Reach) -> Select[*tuple[Any, ...]]:
    told = exists().where(
        PublicationCopy.publication_id == Publication.id,
        PublicationCopy.receiver_id == Organisation.id,
        Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT,
    )
    return (
        _documents()
        .where(
            in_reach(Milestone.partnership_id, reach),
            Milestone.kind == Kind.PLAN,
            Publication.version != Version.INTERIM,
            ~told.correlate(Publication),
        )
        .order_by(FIRST_PUBLISHED_ON, Partnership.name, Milestone.id)
        .limit(LISTED_AT_MOST)
    )


class ToReceive(NamedTuple):
    """A document that was sent to the Scottish Government, and whose receipt is not recorded. A plan may be sent before
    it is published."""

    key: str
    title: str
    slug: str
    partnership: str
    is_published: bool
    published_on: date | None
    sent_on: date
    of_revision: bool
    """A copy of a revision that is not published."""


def list_to_receive(viewer: Viewer, *, limit: int) -> list[ToReceive]:
    """Documents sent to the Scottish Government without a recorded receipt, the earliest first; at most so many."""
    held = viewer.partnerships_with(Permission.READ_OUTSTANDING)
    return [ToReceive(*row) for row in rows_of(_to_receive(reach_of(held)), at_most=limit, **values_of(held))]


@built_once
def _to_receive(reach: Reach) -> Select[*tuple[Any, ...]]:
    waiting = select(PublicationCopy.id).where(
        PublicationCopy.receiver_id == _SCOTTISH_GOVERNMENT,
        PublicationCopy.sent_on.is_not(None),
        PublicationCopy.received_on.is_(None),
        IS_OF_PRESENT,
    )
    if reach is Reach.EVERYWHERE:  # otherwise the first may all be elsewhere
        waiting = waiting.order_by(PublicationCopy.sent_on, PublicationCopy.id).limit(LISTED_AT_MOST)
    first = OneOf(PublicationCopy.id, waiting)
    return (
        select(
            Milestone.key,
            Milestone.title,
            Partnership.slug,
            Partnership.name.label("partnership"),
            Publication.id.is_not(None).label("is_published"),
            FIRST_PUBLISHED_ON.label("published_on"),
            PublicationCopy.sent_on,
            (Publication.id.is_(None) & PublicationCopy.revision_id.is_not(None)).label("of_revision"),
        )
        .select_from(PublicationCopy)
        .join(Milestone, Milestone.id == PublicationCopy.milestone_id)
        .join(Milestone.partnership)
        .outerjoin(Publication, Publication.id == PublicationCopy.publication_id)
        .where(IS_DOCUMENT, in_reach(Milestone.partnership_id, reach), first)
        .order_by(PublicationCopy.sent_on, Partnership.name, Milestone.id)
        .limit(number_of("at_most"))
    )


def _documents() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Milestone.key,
            Milestone.title,
            Partnership.slug,
            Partnership.name.label("partnership"),
            FIRST_PUBLISHED_ON.label("published_on"),
        )
        .select_from(Publication)
        .join(Publication.milestone)
        .join(Milestone.partnership)
        .where(IS_DOCUMENT, IS_PUBLISHED)
    )
