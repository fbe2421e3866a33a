"""Recording that Scottish Government received a document, also one of which nothing was recorded here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import OnBehalf
from cycle_tracker.core.wording import day
from cycle_tracker.documents.queries.copies import waiting_government_copy
from cycle_tracker.documents.services.document_copies import take_back_copy
from cycle_tracker.documents.services.on_behalf.acts import forget_undone_acts, note_act
from cycle_tracker.documents.services.publications import (
    record_copy_to_government,
    record_publication,
    scottish_government,
)
from cycle_tracker.documents.services.waiting_copies import record_waiting_copies
from cycle_tracker.milestones.queries.milestones import find_publication, government_copy
from cycle_tracker.milestones.services.milestones import ensure_past_day
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Publication, PublicationCopy
from cycle_tracker.models.user import User


@dataclass(frozen=True)
class ReceivedDocument:
    """What an official knows of a document that reached Scottish Government: only the day of receipt must be known.

    Where and when it was published, and when it was sent, count where nothing is recorded of that yet.
    """

    received_on: date
    sent_on: date | None = None
    address: str = ""
    published_on: date | None = None
    confirmed: bool = False
    not_published: bool = False
    """A plan that is not published yet: it was sent before that."""


def record_receipts(
    copies: Sequence[tuple[Milestone, PublicationCopy]], received_on: date, *, by: User, today: date, now: datetime
) -> None:
    """Record one day of receipt for several copies, each given with its document.

    Raises RuleBroken for a day that cannot be, for any of them.
    """
    ensure_past_day(received_on, today, field="received_on")
    for document, copy in copies:
        _ensure_not_before_sent(document, copy, received_on)
    for document, copy in copies:
        _receive(document, copy, received_on, by=by, now=now)
    db.session.flush()


def record_received_document(
    document: Milestone, known: ReceivedDocument, *, by: User, today: date, now: datetime
) -> None:
    """Record that a document was received, and with it what was not recorded here: that it is published, and sent. Of a
    plan that was sent before it is published, only that it was sent.

    Raises RuleBroken for days that cannot be, and for what is received already.
    """
    ensure_past_day(known.received_on, today, field="received_on")
    if known.not_published and (known.published_on is not None or known.address):
        raise RuleBroken("If the plan is not published, clear its date and address.", field="not_published")
    waiting = waiting_government_copy(document)
    if waiting is None and known.not_published:
        waiting = _send_before(document, known, by=by, today=today, now=now)
    copy = waiting or _published_copy(document, known, by=by, today=today, now=now)
    if copy.received_on is not None:
        raise RuleBroken("This is already recorded as received.")
    _ensure_not_before_sent(document, copy, known.received_on)
    _receive(document, copy, known.received_on, by=by, now=now)
    db.session.flush()


def _send_before(plan: Milestone, known: ReceivedDocument, *, by: User, today: date, now: datetime) -> PublicationCopy:
    """The copy of a plan that is not published, of which nothing was recorded here."""
    note_act(plan, OnBehalf.SENT, by=by, now=now)
    (copy,) = record_waiting_copies(
        plan, [scottish_government()], sent_on=known.sent_on, by=by, today=today, now=now, confirmed=known.confirmed
    )
    return copy


def _published_copy(
    document: Milestone, known: ReceivedDocument, *, by: User, today: date, now: datetime
) -> PublicationCopy:
    """The copy of what is published, which is recorded as published and as sent where it is not yet."""
    publication = find_publication(document)
    if publication is None or publication.is_draft:
        note_act(document, OnBehalf.PUBLISHED, by=by, now=now)
        publication = record_publication(
            document,
            address=known.address,
            published_on=known.published_on,
            send_to_ministers=False,
            by=by,
            today=today,
            now=now,
            confirmed=known.confirmed,
        )
    elif government_copy(publication) is None:
        note_act(document, OnBehalf.SENT, by=by, now=now)
    return government_copy(publication) or _send_on_behalf(publication, known, by=by, today=today, now=now)


def undo_receipt(document: Milestone, copy: PublicationCopy, reason: str, *, by: User, now: datetime) -> None:
    """Take back that a copy was received. Where its receipt was all that told of its being sent, that goes too.

    Raises RuleBroken without a reason, and where nothing is recorded as received.
    """
    if copy.received_on is None:
        raise RuleBroken("No receipt is recorded, so there is nothing to undo.")
    if not reason.strip():
        raise RuleBroken("Enter the reason for undoing this.", field="reason")
    on_behalf = is_on_behalf(copy)
    audit.record_milestone(
        document,
        "receipt-undone",
        by=by,
        at=now,
        before={"received_on": copy.received_on},
        reason=reason.strip(),
    )
    copy.received_on = copy.received_recorded_by_id = None
    if on_behalf:
        forget_undone_acts(document, {OnBehalf.SENT}, by_id=copy.sent_recorded_by_id)
        take_back_copy(document, copy, reason, by=by, now=now)
    count_as_changed(document)
    db.session.flush()


def is_on_behalf(copy: PublicationCopy) -> bool:
    """True where who recorded the receipt also recorded that it was sent: the partnership had told nothing here."""
    return copy.received_recorded_by_id is not None and copy.sent_recorded_by_id == copy.received_recorded_by_id


def _send_on_behalf(
    publication: Publication, known: ReceivedDocument, *, by: User, today: date, now: datetime
) -> PublicationCopy:
    """The copy that was never told of here; nobody is mailed, for it is there."""
    if known.sent_on is not None:
        ensure_past_day(known.sent_on, today, field="sent_on")
    return record_copy_to_government(publication, sent_on=known.sent_on, by=by, now=now)


def _ensure_not_before_sent(document: Milestone, copy: PublicationCopy, received_on: date) -> None:
    if copy.sent_on is not None and received_on < copy.sent_on:
        place = f", {document.partnership.name}" if document.partnership else ""
        raise RuleBroken(
            f"{document.title}{place} was sent on {day(copy.sent_on)}, so it cannot be received before then.",
            field="received_on",
        )


def _receive(document: Milestone, copy: PublicationCopy, received_on: date, *, by: User, now: datetime) -> None:
    copy.received_on, copy.received_recorded_by_id = received_on, by.id
    audit.record_milestone(document, "received", by=by, at=now, after={"received_on": received_on})
    count_as_changed(document)
