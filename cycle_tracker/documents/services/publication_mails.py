"""The one mail that tells a receiver's mailbox of a published document."""

from datetime import datetime
from uuid import uuid4

from flask import current_app

from cycle_tracker.core.addresses import milestone as milestone_path
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.extensions import db
from cycle_tracker.core.wording import day
from cycle_tracker.mail.services.outgoing import enqueue
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.publication import Publication


def queue_publication_mail(publication: Publication, mailbox: str, *, now: datetime) -> Message:
    """Queue the mail that says what was published, when and where, with the address of its record here."""
    document = publication.milestone
    partnership = document.partnership
    if partnership is None:
        raise ValueError("a national document has no partnership to tell about")
    message = Message(
        identity=uuid4().hex,
        kind=MessageKind.DOCUMENT_PUBLISHED,
        recipient=mailbox,
        milestone_id=document.id,
        rendered_on=london_day(now),
    )
    enqueue(
        message,
        template="documents/mail/document_published",
        now=now,
        title=document.title,
        partnership=partnership.name,
        published_on=day(publication.published_on) if publication.published_on else "",
        addresses=[address.address for address in publication.addresses],
        link=current_app.config["SERVICE_URL"] + milestone_path(partnership.slug, document.key),
    )
    db.session.flush()
    return message
