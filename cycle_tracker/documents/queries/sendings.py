"""Emails with copies of documents that are on their way or were refused."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import built_once, number_of, rows_of
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.publication import Sending


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
