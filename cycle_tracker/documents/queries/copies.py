"""Copies of documents that are on their way by email or were refused, and copies of plans that were sent before the
plans themselves were published."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import joinedload

from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import built_once, number_of, numbers_of, rows_of
from cycle_tracker.milestones.queries.milestones import government_copy_among
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.publication import Publication, PublicationCopy, Sending


class SendingFacts(NamedTuple):
    """One such email: to whom, since when it is on its way, and when and with which words it was refused."""

    receiver_id: int
    asked_at: datetime
    refused_at: datetime | None
    answer: str


def sending_facts(publication_id: int) -> dict[int, SendingFacts]:
    """Those of one publication, by the number of the receiver."""
    rows = rows_of(_of_publication(), publication=publication_id)
    return {row.receiver_id: SendingFacts(*row) for row in rows}


def government_has_mailbox() -> bool:
    """True where the Scottish Government takes documents by email."""
    mailbox = select(Organisation.mailbox).where(Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT)
    return bool(db.session.scalars(mailbox).first())


@built_once
def _of_publication() -> Select[*tuple[Any, ...]]:
    return (
        select(Sending.receiver_id, Sending.asked_at, Sending.refused_at, Sending.answer)
        .where(Sending.publication_id == number_of("publication"))
        .order_by(Sending.id)
    )


# True of a copy of what is published now, or of a plan that is not: what was sent of an earlier version, or of one that
# was undone, is history. It is looked up copy by copy: of a join PostgreSQL would read every publication.
IS_OF_PRESENT = func.coalesce(
    select(Publication.is_present)
    .where(Publication.id == PublicationCopy.publication_id)
    .correlate(PublicationCopy)
    .scalar_subquery(),
    true(),
)


def waiting_copies(documents: Collection[Milestone]) -> Mapping[int, list[PublicationCopy]]:
    """Those of these documents, by the number of the document: in one statement, none where no document is asked
    about."""
    found: dict[int, list[PublicationCopy]] = defaultdict(list)
    if documents:
        for one in db.session.scalars(_waiting(), {"documents": [one.id for one in documents]}):
            found[one.milestone_id].append(one)
    return found


def waiting_copies_of(document: Milestone) -> list[PublicationCopy]:
    """Those of one document."""
    return waiting_copies([document]).get(document.id, [])


def waiting_government_copy(document: Milestone) -> PublicationCopy | None:
    """The copy that Scottish Government was sent before the document itself was published, if it was."""
    return government_copy_among(waiting_copies_of(document))


@built_once
def _waiting() -> Select[Any]:
    return (
        select(PublicationCopy)
        .where(
            PublicationCopy.milestone_id.in_(numbers_of("documents")),
            PublicationCopy.publication_id.is_(None),
            PublicationCopy.revision_id.is_(None),
        )
        .options(joinedload(PublicationCopy.receiver))
        .order_by(PublicationCopy.milestone_id, PublicationCopy.id)
    )
