"""Copies of a published document to its receivers: sent and received are two events, each recorded by somebody."""

from collections.abc import Collection
from datetime import date, datetime

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.documents.services.facts import settle
from cycle_tracker.documents.services.publications import record_copy_to_government
from cycle_tracker.documents.services.sendings import ONLY_A_DRAFT, stop_sendings
from cycle_tracker.documents.services.waiting_copies import ensure_likely_day, facts_of_copy
from cycle_tracker.milestones.services.milestones import ensure_past_day
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.publication import Publication, PublicationCopy
from cycle_tracker.models.user import User


def record_copies_sent(
    publication: Publication,
    receivers: Collection[Organisation],
    *,
    sent_on: date | None,
    by: User,
    today: date,
    now: datetime,
    confirmed: bool = False,
) -> None:
    """Record that a copy was sent to each of these, on a day that may be unknown. Nobody is mailed: it was sent.

    Raises RuleBroken for a draft, where nobody is named, for a day that cannot be, and for a receiver that has a copy;
    and Unlikely for a day before the plan was prepared, unless a person confirmed it.
    """
    if publication.is_draft:
        raise RuleBroken(ONLY_A_DRAFT)
    if not receivers:
        raise RuleBroken("Choose who was sent a copy.", field="receivers")
    if sent_on is not None:
        ensure_past_day(sent_on, today, field="sent_on")
    ensure_likely_day(publication.milestone, sent_on, confirmed=confirmed)
    there = {copy.receiver_id for copy in publication.copies}
    for receiver in receivers:
        if receiver.id in there:
            raise RuleBroken(f"A copy to {receiver.name} is already recorded.", field="receivers")
        if receiver.kind is OrganisationKind.SCOTTISH_GOVERNMENT:
            record_copy_to_government(publication, sent_on=sent_on, by=by, now=now)
            continue
        stop_sendings(publication, now=now, receiver_id=receiver.id)
        copy = PublicationCopy(receiver=receiver, sent_on=sent_on, sent_recorded_by_id=by.id)
        publication.copies.append(copy)
        audit.record_milestone(publication.milestone, "copy-sent", by=by, at=now, after=facts_of_copy(copy))
    settle(publication.milestone, by=by, now=now)
    count_as_changed(publication.milestone)
    db.session.flush()


def correct_copy(
    document: Milestone,
    copy: PublicationCopy,
    *,
    sent_on: date | None,
    received_on: date | None,
    by: User,
    today: date,
    now: datetime,
    confirmed: bool = False,
) -> None:
    """Put right when a copy was sent, and record a receipt that came back, by letter for instance.

    A step that the copies complete is done on the day as it is now. Raises RuleBroken for days that cannot be; and
    Unlikely for a day before the plan was prepared, unless it was so before or a person confirmed it.
    """
    for name, day in (("sent_on", sent_on), ("received_on", received_on)):
        if day is not None:
            ensure_past_day(day, today, field=name)
    if sent_on is not None and received_on is not None and received_on < sent_on:
        raise RuleBroken("The date received cannot be before the date sent.", field="received_on")
    ensure_likely_day(document, sent_on, confirmed=confirmed or sent_on == copy.sent_on)
    before = facts_of_copy(copy)
    if sent_on != copy.sent_on:
        copy.sent_on, copy.sent_recorded_by_id = sent_on, by.id
    if received_on != copy.received_on:
        copy.received_on = received_on
        copy.received_recorded_by_id = by.id if received_on is not None else None
    audit.record_milestone(document, "copy-corrected", by=by, at=now, before=before, after=facts_of_copy(copy))
    settle(document, by=by, now=now)
    count_as_changed(document)
    db.session.flush()


def take_back_copy(document: Milestone, copy: PublicationCopy, reason: str, *, by: User, now: datetime) -> None:
    """Take back a record of a copy that was not sent; what that record finished is opened again.

    Raises RuleBroken without a reason.
    """
    if not reason.strip():
        raise RuleBroken("Enter the reason for removing this.", field="reason")
    audit.record_milestone(
        document, "copy-taken-back", by=by, at=now, before=facts_of_copy(copy), reason=reason.strip()
    )
    publication = db.session.get(Publication, copy.publication_id) if copy.publication_id is not None else None
    if publication is not None:
        publication.copies.remove(copy)
    else:
        db.session.delete(copy)
    settle(document, by=by, now=now, reason=reason.strip())
    count_as_changed(document)
    db.session.flush()
