"""Recording that a document is published, and telling Scottish Government of it. A fact is never blocked."""

from datetime import date, datetime

from sqlalchemy import select

from cycle_tracker.domain.errors import RuleBroken
from cycle_tracker.domain.kinds import DoneWith
from cycle_tracker.domain.lifecycle import State
from cycle_tracker.extensions import db
from cycle_tracker.models import (
    Milestone,
    Organisation,
    OrganisationKind,
    Publication,
    PublicationAddress,
    PublicationCopy,
    User,
)
from cycle_tracker.services import audit
from cycle_tracker.services.milestones import complete, complete_followers, ensure_past_day
from cycle_tracker.services.publication_mails import queue_publication_mail


def record_publication(
    document: Milestone,
    *,
    address: str,
    published_on: date | None,
    tell_government: bool,
    by: User | None,
    today: date,
    now: datetime,
) -> Publication:
    """Record where and when a document was published; with `tell_government`, that it was sent there today.

    Raises RuleBroken for what is no document, is recorded already, or carries a day that cannot be.
    """
    if not document.is_document:
        raise RuleBroken("Only a plan or an annual report can be recorded as published.")
    if find_publication(document) is not None:
        raise RuleBroken("This is recorded as published already.", field="address")
    if published_on is not None:
        ensure_past_day(published_on, today, field="published_on")
        if document.reports_on is not None and published_on <= document.reports_on:
            raise RuleBroken(
                f"The year it reports on ends on {document.reports_on:%-d %B %Y}, so it cannot be published before.",
                field="published_on",
            )
    publication = Publication(
        milestone=document, published_on=published_on, recorded_by_id=by.id if by else None, recorded_at=now
    )
    if address:
        publication.addresses.append(PublicationAddress(address=address))
    db.session.add(publication)
    if document.state is not State.DONE:
        complete(document, published_on, "published", by=by, now=now)
    complete_followers(document, DoneWith.PUBLISHED, published_on, by=by, now=now)
    if tell_government:
        tell_scottish_government(publication, sent_on=today, by=by, now=now)
    db.session.flush()
    return publication


def tell_scottish_government(
    publication: Publication, *, sent_on: date | None, by: User | None, now: datetime, mail: bool = True
) -> PublicationCopy:
    """Record the day on which the document was sent to Scottish Government, and mail its mailbox if it has one.

    Raises RuleBroken where it was told already.
    """
    government = scottish_government()
    if any(copy.receiver_id == government.id for copy in publication.copies):
        raise RuleBroken("Scottish Government has been told of this already.")
    copy = PublicationCopy(receiver=government, sent_on=sent_on)
    publication.copies.append(copy)
    db.session.flush()
    document = publication.milestone
    audit.record_milestone(document, "told-government", by=by, at=now, after={"sent_on": sent_on})
    complete_followers(document, DoneWith.TOLD, sent_on, by=by, now=now)
    if mail and government.mailbox:
        queue_publication_mail(publication, government.mailbox, now=now)
    return copy


def scottish_government() -> Organisation:
    """The one organisation that oversees; part of the reference data."""
    return db.session.scalars(
        select(Organisation).where(Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT)
    ).one()


def find_publication(document: Milestone) -> Publication | None:
    """What is recorded of a document, if it is."""
    return db.session.scalars(select(Publication).where(Publication.milestone_id == document.id)).one_or_none()
