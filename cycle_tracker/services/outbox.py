"""Sending what is in the outbox, one mail at a time, so that a crash repeats at most the one in hand.

For each batch: claim it, bring up to date what is no longer true, and then, for each message,

1. record the result of the message before, check and renew the claim, and commit;
2. talk to the mail server, with no transaction open;
3. keep the answer, for the next turn of this loop to record.

A mail with a link that carries a right gets a new link in step 2, whose hash is committed first.

Between the server's "accepted" and our commit lies the one window in which a crash makes a repeat: the mail is sent
again, with the same Message-ID. What the server does as a whole costs a message no attempt; what it says of a message
does (`domain/delivery.py`).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parseaddr

from flask import current_app
from sqlalchemy import Connection, bindparam, select, update

from cycle_tracker.domain.delivery import FINAL, MessageState, Verdict, retry_after
from cycle_tracker.extensions import db
from cycle_tracker.mail import Answer, ServerTrouble
from cycle_tracker.models import Message, MessageBody
from cycle_tracker.models.base import table_of
from cycle_tracker.services.access_links import CARRY_A_LINK, with_fresh_link
from cycle_tracker.services.claims import (
    Claim,
    claim_ready_messages,
    count_in_other_hands,
    release_claim,
    renew_claim,
)
from cycle_tracker.services.freshness import refresh_messages
from cycle_tracker.services.mail_line import MailLine

BATCH = 100
log = logging.getLogger(__name__)

messages = table_of(Message)
bodies = table_of(MessageBody)

_in_hand = (
    select(
        messages.c.id,
        messages.c.recipient,
        messages.c.attempts,
        messages.c.ready_at,
        bodies.c.content,
        messages.c.kind.in_(sorted(CARRY_A_LINK)),
    )
    .join(bodies, bodies.c.message_id == messages.c.id)
    .where(messages.c.claim_id == bindparam("claim"), messages.c.state == MessageState.SENDING)
    .order_by(messages.c.ready_at, messages.c.id)
)
_record = (
    update(messages)
    .where(messages.c.id == bindparam("message"), *(messages.c.state != final for final in sorted(FINAL)))
    .values(
        state=bindparam("new_state"),
        attempts=bindparam("new_attempts"),
        ready_at=bindparam("new_ready_at"),
        ended_at=bindparam("new_ended_at"),
        trouble=bindparam("new_trouble"),
        claim_id=None,
    )
)
_record_if_ours = _record.where(messages.c.claim_id == bindparam("claim"))


@dataclass
class Sent:
    """What a run of the sender did, in numbers. `trouble` is what the server as a whole did to end the run early, or to
    leave it with nothing done."""

    sent: int = 0
    refused: int = 0
    retried: int = 0
    withdrawn: int = 0
    lost_claims: int = 0
    in_other_hands: int = 0
    connections: int = 0
    trouble: str = ""

    @property
    def did_anything(self) -> bool:
        """True where the server said something about at least one message."""
        return bool(self.sent or self.refused or self.retried)

    @property
    def could_not_be_used(self) -> bool:
        """True where there was something to send and the server did nothing with any of it."""
        return bool(self.trouble) and not self.did_anything


@dataclass(frozen=True)
class MailInHand:
    """What is needed to send one message and to record what came of it."""

    message_id: int
    recipient: str
    attempts: int
    ready_at: datetime
    content: bytes
    carries_a_link: bool


@dataclass(frozen=True)
class _Result:
    """What the server said of one message, until it is recorded."""

    mail: MailInHand
    answer: Answer


class _Run:
    """One run of the sender: its line, its clock, its day, and what it has done so far."""

    def __init__(self, today: date, clock: Callable[[], datetime], stop: Callable[[], bool]) -> None:
        self.today = today
        self.clock = clock
        self.stop = stop
        self.line = MailLine()
        self.sent = Sent()
        self.last_trouble = ""
        self.lease = timedelta(seconds=current_app.config["CLAIM_LEASE_SECONDS"])
        self.sender = parseaddr(current_app.config["MAIL_DEFAULT_SENDER"])[1]

    @property
    def is_over(self) -> bool:
        return self.stop() or bool(self.sent.trouble)

    def send_batch(self, claim: Claim) -> None:
        self.sent.withdrawn += len(refresh_messages(claim.message_ids, self.today, self.clock()))
        with db.engine.connect() as connection:
            with connection.begin():
                mails = [MailInHand(*row) for row in connection.execute(_in_hand, {"claim": claim.id})]
            before: _Result | None = None
            for mail in mails:
                if self.is_over:
                    break
                ours = self.record_and_renew(connection, claim, before, mail)
                before = self.deliver(connection, claim, mail) if ours else None
            if before is not None:
                with connection.begin():
                    self.record(connection, claim, before)
        release_claim(claim)

    def record_and_renew(self, connection: Connection, claim: Claim, before: _Result | None, mail: MailInHand) -> bool:
        """In one transaction: record the result before and renew the claim; True where this mail is ours still."""
        with connection.begin():
            if before is not None:
                self.record(connection, claim, before)
            ours = renew_claim(connection, claim, mail.message_id, now=self.clock(), lease=self.lease)
        self.sent.lost_claims += not ours
        return ours

    def deliver(self, connection: Connection, claim: Claim, mail: MailInHand) -> _Result | None:
        """Hand one mail to the server. Where the server as a whole fails, the message goes back to the queue."""
        try:
            answer = self.line.deliver(self.sender, mail.recipient, self.content_of(connection, mail))
        except ServerTrouble as trouble:
            log.warning("The mail server: %s", trouble)
            self.last_trouble = str(trouble)
            if self.line.is_given_up:
                self.sent.trouble = self.last_trouble
            with connection.begin():
                _set_result(
                    connection, claim, mail, MessageState.QUEUED, mail.attempts, self.clock(), said=str(trouble)
                )
            return None
        return _Result(mail, answer)

    def content_of(self, connection: Connection, mail: MailInHand) -> bytes:
        """The bytes as they are stored, or with a link made now. The line is open by then: no link is made for a
        server that is not there."""
        if not mail.carries_a_link:
            return mail.content
        self.line.open()
        return with_fresh_link(connection, mail.message_id, mail.content, now=self.clock())

    def record(self, connection: Connection, claim: Claim, result: _Result) -> None:
        """Write down what the server said of a message: sent, refused, or to be tried later."""
        attempts = result.mail.attempts + 1
        verdict = result.answer.verdict
        wait = retry_after(attempts) if verdict is Verdict.TRY_LATER else None
        if verdict is Verdict.ACCEPTED:
            self.sent.sent += 1
            state = MessageState.SENT
        elif wait is not None:
            self.sent.retried += 1
            state = MessageState.QUEUED
        else:
            self.sent.refused += 1
            state = MessageState.FAILED
        now = self.clock()
        ready_at = now + wait if wait else result.mail.ready_at
        _set_result(
            connection,
            claim,
            result.mail,
            state,
            attempts,
            ready_at,
            ended_at=now if state in FINAL else None,
            said=result.answer.said,
        )


def _set_result(
    connection: Connection,
    claim: Claim,
    mail: MailInHand,
    state: MessageState,
    attempts: int,
    ready_at: datetime,
    *,
    ended_at: datetime | None = None,
    said: str = "",
) -> None:
    """Where the claim was lost meanwhile, another may have the message in hand: only that it was accepted is then
    written down, so that nobody sends it again."""
    values = {
        "message": mail.message_id,
        "new_state": state,
        "new_attempts": attempts,
        "new_ready_at": ready_at,
        "new_ended_at": ended_at,
        "new_trouble": said,
    }
    if state is MessageState.SENT:
        connection.execute(_record, values)
    else:
        connection.execute(_record_if_ours, {**values, "claim": claim.id})


def send_ready_messages(
    today: date,
    clock: Callable[[], datetime],
    *,
    stop: Callable[[], bool] = lambda: False,
    batch_size: int = BATCH,
    only_for_accounts: bool = False,
) -> Sent:
    """Send all that is ready, and give the counts. Commits each claim before sending and each result after.

    `clock` gives the real time for leases and retries; `today` is the day that the words of the mails hold for.
    `stop` is asked between mails: what is not yet tried then goes back to the queue. What this run puts back is for
    the next run. `only_for_accounts` sends the mails about an account, and leaves the others.
    """
    run = _Run(today, clock, stop)
    started = clock()
    try:
        while not run.is_over:
            claim = claim_ready_messages(
                clock(), run.lease, not_after=started, limit=batch_size, only_for_accounts=only_for_accounts
            )
            if claim is None:
                break
            run.send_batch(claim)
    finally:
        run.line.close()
    if not run.sent.did_anything:
        run.sent.trouble = run.last_trouble  # also where there was too little to send for the line to be given up
    run.sent.connections = run.line.opened
    run.sent.in_other_hands = count_in_other_hands()
    db.session.rollback()
    return run.sent
