"""The letter by which officials ask a partnership that has not joined about its plans and reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Select, select, update

from cycle_tracker.audit.services import audit
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.wording import day
from cycle_tracker.jobs.services.locks import lock
from cycle_tracker.mail.mime import can_be_answered
from cycle_tracker.mail.services.outgoing import enqueue
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User

SENT = "letter-sent"
JOINED = "The partnership joined before it was sent."
SHORTEST, LONGEST = 10, 5000


@dataclass(frozen=True)
class LastLetter:
    """The last letter to a partnership: when it was written, where its email stands, and why it was not sent."""

    at: datetime
    state: MessageState
    why: str


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

    Raises RuleBroken where it has joined or has no mailbox, where somebody sent one today already that was not refused,
    and for a text that is no letter.
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
    last = last_letter(partnership)
    if last is not None and last.state is not MessageState.FAILED and london_day(last.at) == london_day(now):
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
        reply_to=by.email if can_be_answered(by.email) else "",
        write_to="" if can_be_answered(by.email) else by.email,
    )
    after = {"message": message.id, "mailbox": partnership.mailbox, "text": text.strip()}
    audit.record("partnership", partnership.id, SENT, by=by, at=now, partnership_id=partnership.id, after=after)
    db.session.flush()
    return message


def last_letter(partnership: Partnership) -> LastLetter | None:
    """The last letter to a partnership; None where nobody wrote one."""
    event = db.session.scalars(_letters_to(partnership).order_by(AuditEvent.id.desc()).limit(1)).first()
    if event is None:
        return None
    message = db.session.get(Message, (event.after or {}).get("message"))
    state = message.state if message is not None else MessageState.SENT
    return LastLetter(event.at, state, message.trouble or message.ended_why if message is not None else "")


def withdraw_letters(partnership: Partnership, *, now: datetime) -> None:
    """Take out of the outbox the letters to a partnership that has joined by now, as a mail server that was down for
    days leaves them there."""
    events = db.session.scalars(_letters_to(partnership).order_by(AuditEvent.id))
    numbers = [event.after["message"] for event in events if event.after]
    db.session.execute(
        update(Message)
        .where(Message.id.in_(numbers), Message.state == MessageState.QUEUED)
        .values(state=MessageState.WITHDRAWN, ended_at=now, ended_why=JOINED, claim_id=None)
        .execution_options(synchronize_session=False)
    )


def _letters_to(partnership: Partnership) -> Select[AuditEvent]:
    return select(AuditEvent).where(
        AuditEvent.subject == "partnership", AuditEvent.subject_id == partnership.id, AuditEvent.action == SENT
    )
