"""Putting a mail into the outbox: rendered once, its bytes stored beside it."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import parseaddr
from typing import Any, NamedTuple

from flask import current_app

from cycle_tracker.core.extensions import db
from cycle_tracker.core.lines import one_line
from cycle_tracker.core.wording import shortened
from cycle_tracker.mail.mime import compose
from cycle_tracker.mail.services.demonstration import WORDS, is_demonstration
from cycle_tracker.mail.services.mail_templates import mail_templates
from cycle_tracker.models.message import Message, MessageBody

LONGEST_SUBJECT = 60


class Rendered(NamedTuple):
    """The bytes of a mail, and the key of the placeholders in them; it is empty where there are none."""

    content: bytes
    key: str = ""


def message_id_of(identity: str) -> str:
    """The Message-ID that belongs to a message for good, so that a repeat can be recognised as one."""
    _name, address = parseaddr(current_app.config["MAIL_DEFAULT_SENDER"])
    return f"<{identity}@{address.rpartition('@')[2] or 'localhost'}>"


def thread_of_milestone(milestone_id: int) -> str:
    """The thread of the mails about one milestone."""
    return f"milestone-{milestone_id}.thread"


def thread_of_digests(addressee: str) -> str:
    """The thread of somebody's digests; the addressee as notices name it, `user:12`."""
    return f"digests-{addressee.replace(':', '-')}.thread"


def render_message(
    message: Message,
    *,
    template: str,
    now: datetime,
    thread: str = "",
    stop_address: str = "",
    reply_to: str = "",
    key: str = "",
    **words: Any,
) -> Rendered:
    """Fill in the subject and Message-ID, and give the bytes. The template names three files in `templates/`.

    `thread` is one of the threads above; by itself a mail belongs to that of its milestone, if it has one. Answers go
    to the address in `reply_to`, if there is one. `key` is that of the placeholders in the words, made for this
    rendering alone (`new_key`).
    """
    if not thread and message.milestone_id is not None:
        thread = thread_of_milestone(message.milestone_id)
    demonstration = WORDS if is_demonstration() else ""
    subject = one_line(_render(f"{template}.subject", words))
    message.subject = shortened(subject, LONGEST_SUBJECT)
    message.message_id = message_id_of(message.identity)
    content = compose(
        subject=message.subject,
        recipient=message.recipient,
        text=(f"{demonstration}\n\n" if demonstration else "") + _render(f"{template}.txt", words),
        html=_render(f"{template}.html", {**words, "demonstration": demonstration}),
        message_id=message.message_id,
        at=now,
        thread_id=message_id_of(thread) if thread else "",
        stop_address=stop_address,
        reply_to=reply_to,
        key=key,
    )
    return Rendered(content, key)


def enqueue(message: Message, *, template: str, now: datetime, **words: Any) -> Message:
    """Render a new message and add it to the outbox, ready at once. Flushes."""
    enqueue_all([(message, render_message(message, template=template, now=now, **words))], now=now)
    return message


def enqueue_all(mails: Sequence[tuple[Message, Rendered]], *, now: datetime) -> None:
    """Add new messages with their bytes to the outbox, ready at once. Flushes."""
    for message, _ in mails:
        message.queued_at = message.ready_at = now
    db.session.add_all(message for message, _ in mails)
    db.session.flush()
    db.session.add_all(
        MessageBody(message_id=message.id, content=rendered.content, key=rendered.key) for message, rendered in mails
    )
    db.session.flush()


def _render(template: str, words: dict[str, Any]) -> str:
    """A mail knows its words and nothing else: neither the page nor the person that it was made from."""
    return mail_templates().get_template(template).render(words)
