"""The emails that carry a copy of a published document, and the one that says that a copy was not sent."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import current_app

from cycle_tracker.core.addresses import milestone as milestone_path
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.placeholders import new_key
from cycle_tracker.core.wording import day
from cycle_tracker.mail.mime import can_be_answered
from cycle_tracker.mail.services.attachments import file_sentence
from cycle_tracker.mail.services.outgoing import enqueue
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.publication import Publication, Sending, Version
from cycle_tracker.models.user import User

# How the email says what was published, if it is not the first version of the document itself.
PUBLISHED = {
    Version.INTERIM: "One-year or interim plan, published",
    Version.REVISED: "Revised version, published",
}


def queue_copy(publication: Publication, receiver: Organisation, sender: User, *, now: datetime) -> Message:
    """Queue the email to the receiver's mailbox, which says what was published, when and where, and who sends it:
    answers go to that person. A copy that is kept of this version is attached when the email is sent. Raises ValueError
    for a receiver that has no mailbox."""
    if not receiver.mailbox:
        raise ValueError(f"{receiver.name} has no mailbox")
    return _queue_copy(publication, receiver, receiver.mailbox, sender, now=now)


def queue_copy_for_the_sender(publication: Publication, receiver: Organisation, sender: User, *, now: datetime) -> None:
    """Queue the same for the person who sends it, to be kept."""
    _queue_copy(publication, receiver, sender.email, sender, now=now, is_for_the_sender=True)


def queue_not_sent(sending: Sending, lead: User, *, now: datetime) -> None:
    """Tell a planning lead that a mail server refused a copy, and what it said."""
    document = sending.publication.milestone
    message = _message(MessageKind.COPY_NOT_SENT, document.id, lead.email, now=now, user_id=lead.id)
    enqueue(
        message,
        template="documents/mail/copy_not_sent",
        now=now,
        **_about(sending.publication),
        receiver=sending.receiver.in_a_sentence,
        mailbox=sending.message.recipient,
        answer=sending.answer,
    )


def _queue_copy(
    publication: Publication,
    receiver: Organisation,
    recipient: str,
    sender: User,
    *,
    now: datetime,
    is_for_the_sender: bool = False,
) -> Message:
    document, user_id = publication.milestone, sender.id if is_for_the_sender else None
    message = _message(MessageKind.DOCUMENT_PUBLISHED, document.id, recipient, now=now, user_id=user_id)
    key = new_key() if publication.kept_copy is not None else ""
    has_address = bool(publication.addresses)
    is_unwritable = not can_be_answered(sender.email)
    enqueue(
        message,
        template="documents/mail/document_published",
        now=now,
        key=key,
        file=file_sentence(key, publication.id, has_address=has_address) if key else "",
        **_about(publication),
        published=PUBLISHED.get(publication.version, "Published"),
        published_on=day(publication.published_on) if publication.published_on else "",
        addresses=[address.address for address in publication.addresses],
        receiver=receiver.in_a_sentence,
        is_in_law=document.kind is Kind.PLAN,
        records_receipt=receiver.kind is OrganisationKind.SCOTTISH_GOVERNMENT and not is_for_the_sender,
        is_for_the_sender=is_for_the_sender,
        sent_by="" if is_for_the_sender else sender.name,
        reply_to="" if is_for_the_sender or is_unwritable else sender.email,
        write_to=sender.email if is_unwritable else "",
    )
    db.session.flush()
    return message


def _message(kind: MessageKind, document_id: int, recipient: str, *, now: datetime, user_id: int | None) -> Message:
    return Message(
        identity=uuid4().hex,
        kind=kind,
        recipient=recipient,
        user_id=user_id,
        milestone_id=document_id,
        rendered_on=london_day(now),
    )


def _about(publication: Publication) -> dict[str, Any]:
    document, partnership = publication.milestone, publication.milestone.partnership
    if partnership is None:
        raise ValueError("a national document has no partnership that sends it")
    link = current_app.config["SERVICE_URL"] + milestone_path(partnership.slug, document.key)
    return {"title": document.title, "partnership": partnership.name, "link": link}
