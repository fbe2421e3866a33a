"""Copies sent by email from here. A copy is recorded as sent when the receiver's mail server took the email, on that
day and with what the server answered (2014 Act, section 10(7)(a): the duty is to send a copy). Until then it is on its
way, and where the server refused it for good it was not sent, and the planning leads hear of it."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from cycle_tracker.audit.services import audit
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.wording import listed
from cycle_tracker.documents.services.facts import settle
from cycle_tracker.documents.services.publication_mails import queue_copy, queue_copy_for_the_sender, queue_not_sent
from cycle_tracker.jobs.services.each_by_itself import all_or_each, describe
from cycle_tracker.jobs.services.locks import lock
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.publication import Publication, PublicationCopy, Sending
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.planning_leads import list_leads_to_notify

ONLY_A_DRAFT = "Only a draft is published. Record the document itself first."
TAKEN_BACK = "The record of the publication was changed before it was sent."
log = logging.getLogger(__name__)
_OVER = frozenset({MessageState.SENT, MessageState.FAILED, MessageState.WITHDRAWN})


def send_copy(publication: Publication, receiver: Organisation, *, by: User, now: datetime) -> Sending:
    """Put an email with a copy to the receiver's mailbox into the outbox, and one like it to the person who sends it.

    Raises RuleBroken for a draft, for a plan without a web address, for a receiver without a mailbox, and where a copy
    was sent or is on its way.
    """
    if publication.is_draft:
        raise RuleBroken(ONLY_A_DRAFT)
    if publication.milestone.kind is Kind.PLAN and not publication.addresses:
        raise RuleBroken("Record the web address first. The email would have nothing to read.", field="receivers")
    ensure_mailboxes([receiver])
    if any(copy.receiver_id == receiver.id for copy in publication.copies):
        raise RuleBroken(f"A copy to {receiver.name} is already recorded.", field="receivers")
    earlier = sendings_of(publication).get(receiver.id)
    if earlier is not None and earlier.refused_at is None:
        raise RuleBroken(f"A copy to {receiver.name} is already being sent.", field="receivers")
    if earlier is not None:
        db.session.delete(earlier)
        db.session.flush()
    message = queue_copy(publication, receiver, by, now=now)
    queue_copy_for_the_sender(publication, receiver, by, now=now)
    sending = Sending(publication=publication, receiver=receiver, message=message, asked_by_id=by.id, asked_at=now)
    db.session.add(sending)
    after = {"receiver": receiver.in_a_sentence, "receiver_id": receiver.id, "mailbox": receiver.mailbox}
    audit.record_milestone(publication.milestone, "copy-being-sent", by=by, at=now, after=after)
    count_as_changed(publication.milestone)
    db.session.flush()
    return sending


def ensure_mailboxes(receivers: Sequence[Organisation]) -> None:
    """Raises RuleBroken, with all their names, where some of these have no mailbox."""
    missing = [one.in_a_sentence for one in receivers if not one.mailbox]
    if missing:
        copies = "the copy" if len(missing) == 1 else "these copies"
        raise RuleBroken(
            f"We have no email address for {listed(missing)}. Send {copies} yourself, then record that you sent "
            + ("it." if len(missing) == 1 else "them."),
            field="receivers",
        )


def sendings_of(publication: Publication) -> dict[int, Sending]:
    """The emails with copies that are on their way or were refused, by the number of the receiver."""
    found = db.session.scalars(select(Sending).where(Sending.publication_id == publication.id).order_by(Sending.id))
    return {one.receiver_id: one for one in found}


def stop_sendings(publication: Publication, *, now: datetime, receiver_id: int | None = None) -> None:
    """Forget the emails that are on their way or were refused, to one receiver or to all, because the copy was sent in
    another way or the publication is not what they said. What is still in the outbox is not sent."""
    lock(publication.milestone)
    for sending in sendings_of(publication).values():
        if receiver_id in (None, sending.receiver_id):
            _withdraw(sending, now=now)
            db.session.delete(sending)
    db.session.flush()


def stop_sendings_of_replaced(publication: Publication, *, now: datetime) -> None:
    """The same for a version that a newer one replaces. What left the outbox already, or is with the mail server now,
    was a copy of this version, so what comes of it is still written down."""
    lock(publication.milestone)
    for sending in sendings_of(publication).values():
        if _withdraw(sending, now=now) or sending.refused_at is not None:
            db.session.delete(sending)
    db.session.flush()


def _withdraw(sending: Sending, *, now: datetime) -> bool:
    """Take an email out of the outbox; False where it is there no longer."""
    withdrawn = db.session.execute(
        update(Message)
        .where(Message.id == sending.message_id, Message.state == MessageState.QUEUED)
        .values(state=MessageState.WITHDRAWN, ended_at=now, ended_why=TAKEN_BACK, claim_id=None)
        .returning(Message.id)
    )
    return withdrawn.first() is not None


def settle_sendings(*, now: datetime) -> int:
    """Write down what came of the emails with copies that ended since; how many. Commits.

    A run that was killed between an email and this finds it the next time.
    """
    ended = db.session.scalars(
        select(Sending.id)
        .join(Message, Message.id == Sending.message_id)
        .where(Sending.refused_at.is_(None), Message.state.in_(_OVER))
        .order_by(Sending.id)
    ).all()

    def settle_some(ids: Sequence[int]) -> None:
        _wait_for_documents(ids)
        for sending in db.session.scalars(select(Sending).where(Sending.id.in_(ids)).order_by(Sending.id)).all():
            _settle(sending, now=now)
        db.session.commit()

    def leave(sending_id: int, error: Exception) -> None:
        log.error("What came of sending %d could not be written down: %s", sending_id, describe(error))

    all_or_each(ended, settle_some, leave)
    return len(ended)


def _wait_for_documents(sending_ids: Sequence[int]) -> None:
    """Let whoever changes one of these documents finish first, as `stop_sendings` lets this finish: neither holds what
    the other waits for."""
    documents = select(Publication.milestone_id).join(Sending).where(Sending.id.in_(sending_ids))
    mine = select(Milestone).where(Milestone.id.in_(documents)).order_by(Milestone.id).with_for_update(of=Milestone)
    db.session.scalars(mine.execution_options(populate_existing=True)).all()


def _settle(sending: Sending, *, now: datetime) -> None:
    message, publication = sending.message, sending.publication
    by = db.session.get(User, sending.asked_by_id) if sending.asked_by_id is not None else None
    if any(copy.receiver_id == sending.receiver_id for copy in publication.copies):
        db.session.delete(sending)  # a person recorded it meanwhile
    elif message.state is MessageState.SENT:
        _record_sent(sending, by=by, now=now)
    else:
        _record_refused(sending, by=by, now=now)
    count_as_changed(publication.milestone)
    db.session.flush()


def _record_sent(sending: Sending, *, by: User | None, now: datetime) -> None:
    message, publication, receiver = sending.message, sending.publication, sending.receiver
    sent_on = london_day(message.ended_at or now)
    copy = PublicationCopy(
        receiver=receiver, sent_on=sent_on, sent_recorded_by_id=sending.asked_by_id, answer=message.receipt
    )
    publication.copies.append(copy)
    db.session.delete(sending)
    db.session.flush()
    after = {
        "receiver": receiver.in_a_sentence,
        "receiver_id": receiver.id,
        "sent_on": sent_on,
        "answer": message.receipt,
    }
    audit.record_milestone(publication.milestone, "copy-accepted", by=by, at=now, after=after)
    settle(publication.milestone, by=by, now=now)


def _record_refused(sending: Sending, *, by: User | None, now: datetime) -> None:
    message, document, receiver = sending.message, sending.publication.milestone, sending.receiver
    sending.refused_at = now
    sending.answer = message.trouble or message.ended_why
    after = {"receiver": receiver.in_a_sentence, "receiver_id": receiver.id, "answer": sending.answer}
    audit.record_milestone(document, "copy-not-sent", by=by, at=now, after=after)
    if not sending.publication.is_present:
        db.session.delete(sending)  # a newer version was published meanwhile, and that is the one to send now
        return
    if document.partnership is None:
        return
    for lead in list_leads_to_notify(document.partnership, london_day(now)):
        queue_not_sent(sending, lead, now=now)
