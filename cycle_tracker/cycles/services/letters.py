"""The letter by which officials ask a partnership that has not joined about its plans and reports."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, select

from cycle_tracker.audit.services import audit
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.wording import day
from cycle_tracker.jobs.services.locks import lock
from cycle_tracker.mail.services.outgoing import enqueue
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User

SENT = "letter-sent"
SHORTEST, LONGEST = 10, 5000


def letter_about(partnership: Partnership, titles: Sequence[str]) -> str:
    """The letter as it is offered: what there is no record of, and what is asked. An official may change it."""
    documents = "\n".join(f"- {title}" for title in titles)
    asked = (
        f"We have no record that these plans and reports are published:\n\n{documents}\n\nPlease tell us where and "
        "when each was published, or when you expect to publish it."
        if titles
        else "Please tell us about your plan and annual reports."
    )
    return (
        f"To the {partnership.name} Children’s Services Planning Partnership\n\nThe Scottish Government keeps a record "
        "of the children’s services plans and annual reports that partnerships publish under Part 3 of the Children "
        f"and Young People (Scotland) Act 2014. {asked}\n\nYou can reply to this letter. You can also record your "
        "plans and reports yourselves in our service, Cycle Tracker. If you would like to, tell us who leads your "
        "planning, and we will invite them."
    )


def send_letter(partnership: Partnership, text: str, *, by: User, now: datetime) -> Message:
    """Email the letter to the partnership's public mailbox, in the name of an official: answers go to that person.

    Raises RuleBroken where it has joined or has no mailbox, where somebody sent one today already, and for a text that
    is no letter.
    """
    lock(partnership)
    db.session.refresh(partnership)
    if partnership.notify_from is not None:
        raise RuleBroken(
            f"{partnership.name} has a start date for reminders. Ask for an update on its documents instead.",
            field="text",
        )
    if not partnership.mailbox:
        raise RuleBroken(f"{partnership.name} has no public mailbox. Copy the letter.", field="text")
    if not SHORTEST <= len(text.strip()) <= LONGEST:
        raise RuleBroken(f"The letter must be {SHORTEST} to {LONGEST:,} characters.", field="text")
    last = last_sent_at(partnership)
    if last is not None and london_day(last) == london_day(now):
        raise RuleBroken(f"A letter was sent to them today, {day(london_day(now))}.", field="text")
    message = Message(
        identity=uuid4().hex,
        kind=MessageKind.UPDATE_REQUEST,
        recipient=partnership.mailbox,
        rendered_on=london_day(now),
    )
    enqueue(
        message,
        template="cycles/mail/letter",
        now=now,
        partnership=partnership.name,
        text=text.strip(),
        sender=by.name,
        reply_to=by.email,
    )
    after = {"message": message.id, "mailbox": partnership.mailbox, "text": text.strip()}
    audit.record("partnership", partnership.id, SENT, by=by, at=now, partnership_id=partnership.id, after=after)
    db.session.flush()
    return message


def last_sent_at(partnership: Partnership) -> datetime | None:
    """When the last letter was sent to a partnership."""
    return db.session.scalar(
        select(func.max(AuditEvent.at)).where(
            AuditEvent.subject == "partnership", AuditEvent.subject_id == partnership.id, AuditEvent.action == SENT
        )
    )
