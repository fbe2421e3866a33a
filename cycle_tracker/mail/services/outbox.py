"""Sending what is in the outbox, so that a crash repeats at most the mail in hand on each connection.

A run sends over one line, or over several at once (`MAIL_CONNECTIONS`), each in a thread with claims and a database
connection of its own. For each batch a line claims it, brings up to date what is no longer true, and then, for each
message,

1. records the result of the message before, checks and renews the claim, and commits;
2. talks to the mail server, with no transaction open;
3. keeps the answer, for the next turn of this loop to record.

A mail with a link that carries a right gets a new link in step 2, whose hash is committed first; the links of the
digests of a batch are made together, with its first.

Whatever is wrong with one message, in any of these steps, fails that message, is shown to the administrators, and
keeps back no other. Only what is wrong with the database or with the mail server ends a run.

Between the server's "accepted" and our commit lies the one window in which a crash makes a repeat: the mail is sent
again, with the same Message-ID. What the server does as a whole costs a message no attempt; what it says of a message
does (`mail/rules.py`).
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from math import ceil
from random import SystemRandom
from threading import Lock
from typing import Protocol

from flask import Flask, current_app
from sqlalchemy import Connection, bindparam, select, update

from cycle_tracker.access.services.access_links import CARRY_A_LINK, with_fresh_link
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lines import one_line
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.jobs.services.each_by_itself import all_or_each, describe, is_about_one
from cycle_tracker.mail.rules import FINAL, Verdict, retry_after
from cycle_tracker.mail.services.claims import (
    IS_SENDING,
    Claim,
    claim_ready_messages,
    count_in_other_hands,
    count_ready_messages,
    release_claim,
    renew_claim,
)
from cycle_tracker.mail.services.connections import Door, MailLine
from cycle_tracker.mail.smtp import Answer, ServerTrouble
from cycle_tracker.models import Message, MessageBody
from cycle_tracker.models.base import table_of

BATCH = 100
LONGEST_TROUBLE = 500
WORTH_A_LINE = 5
"""Mails that a further line must find waiting: for fewer, opening it takes longer than they do."""

chance = SystemRandom().random
log = logging.getLogger(__name__)

messages = table_of(Message)
bodies = table_of(MessageBody)

_in_hand = (
    select(
        messages.c.id,
        messages.c.recipient,
        messages.c.attempts,
        messages.c.ready_at,
        messages.c.user_id,
        messages.c.contact_id,
        bodies.c.content,
        bodies.c.key,
        messages.c.kind.in_(sorted(CARRY_A_LINK)),
    )
    .join(bodies, bodies.c.message_id == messages.c.id)
    .where(messages.c.claim_id == bindparam("claim"), IS_SENDING)
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
        receipt=bindparam("new_receipt"),
        claim_id=None,
    )
)
_record_if_ours = _record.where(messages.c.claim_id == bindparam("claim"))
_give_up = (
    update(messages)
    .where(messages.c.id == bindparam("message"), messages.c.claim_id == bindparam("claim"), IS_SENDING)
    .values(
        state=MessageState.FAILED,
        attempts=bindparam("new_attempts"),
        ended_at=bindparam("new_ended_at"),
        trouble=bindparam("new_trouble"),
        receipt=bindparam("new_receipt"),
        claim_id=None,
    )
)


@dataclass
class Sent:
    """What a run of the sender did, in numbers. `failed` are those that could not be made ready, handed over or
    recorded, for which no server is to blame. `trouble` is what the server as a whole did to end the run early, or to
    leave it with nothing done."""

    sent: int = 0
    refused: int = 0
    retried: int = 0
    failed: int = 0
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
        """True where there was something to send and nothing came of any of it."""
        return bool(self.trouble or self.failed) and not self.did_anything

    def count_in(self, line: "Sent") -> None:
        """Add what one of the lines did."""
        for number in fields(self):
            if number.name != "trouble":
                setattr(self, number.name, getattr(self, number.name) + getattr(line, number.name))
        self.trouble = self.trouble or line.trouble


@dataclass(frozen=True)
class MailInHand:
    """What is needed to send one message and to record what came of it."""

    message_id: int
    recipient: str
    attempts: int
    ready_at: datetime
    user_id: int | None
    contact_id: int | None
    content: bytes
    key: str
    carries_a_link: bool


class Links(Protocol):
    """The links of the mails that a sender has in hand."""

    @property
    def are_made(self) -> bool:
        """False until they were made for all of these mails."""

    def make(self, connection: Connection, *, now: datetime) -> None:
        """Make them, and commit what must be known of them before anybody sees them."""

    def fill_in(self, mail: MailInHand) -> bytes:
        """The bytes of one of the mails with its links. Raises what kept them from being made."""


@dataclass(frozen=True)
class Hooks:
    """What the sender asks of those who know what a mail says: whether it still holds, and what its links are.

    `refresh` brings messages up to date for a day and gives the numbers of those that it withdrew; it commits.
    """

    refresh: Callable[[Sequence[int], date, datetime], set[int]]
    links_of: Callable[[Sequence[MailInHand]], Links]


@dataclass(frozen=True)
class _Result:
    """What the server said of one message, until it is recorded. `wait` is until the next try, where there is one."""

    mail: MailInHand
    answer: Answer
    wait: timedelta | None

    @property
    def attempts(self) -> int:
        """How often it was tried, with this try."""
        return self.mail.attempts + 1

    @property
    def state(self) -> MessageState:
        """What the answer makes of the message."""
        if self.answer.verdict is Verdict.ACCEPTED:
            return MessageState.SENT
        return MessageState.QUEUED if self.wait is not None else MessageState.FAILED


@dataclass(frozen=True)
class _Run:
    """What all lines of one run of the sender share.

    `turn` is held for every transaction. SQLite lets one writer in at a time and has the others sleep and look again,
    for longer and longer; lines that queue for their turn lose no time so. PostgreSQL needs none.
    """

    hooks: Hooks
    today: date
    clock: Callable[[], datetime]
    stop: Callable[[], bool]
    started: datetime
    batch_size: int
    only_for_accounts: bool
    door: Door
    turn: AbstractContextManager[object]
    lease: timedelta
    sender: str

    def claim(self) -> Claim | None:
        """The next batch for one of the lines."""
        with self.turn:
            return claim_ready_messages(
                self.clock(),
                self.lease,
                not_after=self.started,
                limit=self.batch_size,
                only_for_accounts=self.only_for_accounts,
            )


class _Line:
    """One line of a run: what it has done so far, and the connection that it does it over."""

    def __init__(self, run: _Run) -> None:
        self.run = run
        self.clock = run.clock
        self.line = MailLine(run.door)
        self.sent = Sent()

    @property
    def is_over(self) -> bool:
        return self.run.stop() or self.line.is_shut

    def send(self) -> Sent:
        """Send batch after batch until nothing is ready, and give the counts."""
        try:
            while not self.is_over:
                claim = self.run.claim()
                if claim is None:
                    break
                self.send_batch(claim)
        finally:
            self.line.close()
        return self.sent

    def send_batch(self, claim: Claim) -> None:
        self.refresh(claim)
        with db.engine.connect() as connection:
            with self.run.turn, connection.begin():
                mails = [MailInHand(*row) for row in connection.execute(_in_hand, {"claim": claim.id})]
            links = self.run.hooks.links_of(mails)
            before: _Result | None = None
            for mail in mails:
                if self.is_over or not self.is_open():
                    break
                ours = self.record_and_renew(connection, claim, before, mail)
                before = self.deliver(connection, claim, mail, links) if ours else None
            if before is not None:
                self.record_and_renew(connection, claim, before, None)
        with self.run.turn:
            release_claim(claim)

    def refresh(self, claim: Claim) -> None:
        """Bring up to date what is no longer true. A message of which that cannot be done has failed."""

        def refresh_some(message_ids: Sequence[int]) -> None:
            self.sent.withdrawn += len(self.run.hooks.refresh(message_ids, self.run.today, self.clock()))

        def give_up(message_id: int, error: Exception) -> None:
            with db.engine.connect() as connection:
                self.give_up(connection, claim, message_id, 0, f"It could not be brought up to date. {describe(error)}")

        with self.run.turn:
            all_or_each(claim.message_ids, refresh_some, give_up)

    def is_open(self) -> bool:
        """True where the server can be spoken to, over a line made now if there is none.

        Making one takes time, so the claim is renewed after it. No answer waits to be recorded meanwhile: there is a
        line to be made only where none was used yet, or where the last mail got no answer.
        """
        try:
            self.line.open()
        except ServerTrouble as trouble:
            self.sent.trouble = str(trouble)
            return False
        return True

    def record_and_renew(
        self, connection: Connection, claim: Claim, before: _Result | None, mail: MailInHand | None
    ) -> bool:
        """In one transaction: record the result before and renew the claim; True where this mail is ours still. Where
        the result cannot be recorded, that message has failed, for it must not go out again."""
        ours = False
        try:
            with self.run.turn, connection.begin():
                if before is not None:
                    self.record(connection, claim, before)
                if mail is not None:
                    ours = renew_claim(connection, claim, mail.message_id, now=self.clock(), lease=self.run.lease)
        except Exception as error:  # whatever is wrong with the one before, this one goes out
            if before is None or not is_about_one(error):
                raise
            answered = before.answer.said
            said = f"The mail server answered: {answered} That could not be recorded. {describe(error)}"
            with self.run.turn:
                self.give_up(connection, claim, before.mail.message_id, before.attempts, said, receipt=answered)
            return self.record_and_renew(connection, claim, None, mail)
        if before is not None:
            self.count(before)
        self.sent.lost_claims += mail is not None and not ours
        return ours

    def deliver(self, connection: Connection, claim: Claim, mail: MailInHand, links: Links) -> _Result | None:
        """Hand one mail to the server. Where the server as a whole fails, the message goes back to the queue."""
        attempts = mail.attempts
        try:
            content = self.content_of(connection, mail, links)
            attempts += 1
            answer = self.line.deliver(self.run.sender, mail.recipient, content)
        except ServerTrouble as trouble:
            log.warning("The mail server: %s", trouble)
            self.sent.trouble = str(trouble)
            with self.run.turn, connection.begin():
                _put_back(connection, claim, mail, self.clock(), trouble)
            return None
        except Exception as error:  # whatever is wrong with this one, the next go out
            if not is_about_one(error):
                raise
            with self.run.turn:
                self.give_up(connection, claim, mail.message_id, attempts, f"It could not be sent. {describe(error)}")
            return None
        wait = retry_after(attempts, chance) if answer.verdict is Verdict.TRY_LATER else None
        return _Result(mail, answer, wait)

    def give_up(
        self, connection: Connection, claim: Claim, message_id: int, attempts: int, said: str, receipt: str = ""
    ) -> None:
        """End a message that something is wrong with. `receipt` is what the server had answered. Commits."""
        log.error("Message %d has failed: %s", message_id, said)
        now = self.clock()
        with connection.begin():
            connection.execute(
                _give_up,
                {
                    "message": message_id,
                    "claim": claim.id,
                    "new_attempts": attempts,
                    "new_ended_at": now,
                    "new_trouble": one_line(said)[:LONGEST_TROUBLE],
                    "new_receipt": receipt,
                },
            )
        self.sent.failed += 1

    def content_of(self, connection: Connection, mail: MailInHand, links: Links) -> bytes:
        """The bytes as they are stored, with links made now."""
        if mail.carries_a_link:
            with self.run.turn:
                return with_fresh_link(connection, mail.message_id, mail.key, mail.content, now=self.clock())
        if not links.are_made:
            with self.run.turn:
                links.make(connection, now=self.clock())
        return links.fill_in(mail)

    def record(self, connection: Connection, claim: Claim, result: _Result) -> None:
        """Write down what the server said of a message: sent, refused, or to be tried later."""
        state = result.state
        now = self.clock()
        _set_result(
            connection,
            claim,
            result.mail,
            state,
            result.attempts,
            now + result.wait if result.wait else result.mail.ready_at,
            ended_at=now if state in FINAL else None,
            said=result.answer.said,
        )

    def count(self, result: _Result) -> None:
        """Count what was recorded."""
        self.sent.sent += result.state is MessageState.SENT
        self.sent.retried += result.state is MessageState.QUEUED
        self.sent.refused += result.state is MessageState.FAILED


def _put_back(
    connection: Connection, claim: Claim, mail: MailInHand, ready_at: datetime, trouble: ServerTrouble
) -> None:
    """Back to the queue, behind the others, as if it had not been tried. That it may have arrived stays known."""
    statement = (
        update(messages)
        .where(messages.c.id == mail.message_id, messages.c.claim_id == claim.id, IS_SENDING)
        .values(state=MessageState.QUEUED, ready_at=ready_at, claim_id=None)
    )
    if trouble.may_have_arrived:
        statement = statement.values(trouble=f"It may have arrived, no answer came: {trouble}")
    connection.execute(statement)


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
        "new_trouble": "" if state is MessageState.SENT else said,
        "new_receipt": said if state is MessageState.SENT else "",
    }
    if state is MessageState.SENT:
        connection.execute(_record, values)
    else:
        connection.execute(_record_if_ours, {**values, "claim": claim.id})


def send_messages(
    hooks: Hooks,
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
    the next run. `only_for_accounts` sends the mails about an account, and leaves the others. With several lines
    `clock` and `stop` are called from several threads.
    """
    started = clock()
    lines, batch = _lines_and_batch(started, batch_size, only_for_accounts=only_for_accounts)
    run = _Run(
        hooks=hooks,
        today=today,
        clock=clock,
        stop=stop,
        started=started,
        batch_size=batch,
        only_for_accounts=only_for_accounts,
        door=Door(),
        turn=Lock() if db.engine.dialect.name == "sqlite" else nullcontext(),
        lease=timedelta(seconds=current_app.config["CLAIM_LEASE_SECONDS"]),
        sender=parseaddr(current_app.config["MAIL_DEFAULT_SENDER"])[1],
    )
    sent = Sent()
    for line in [_Line(run).send()] if lines == 1 else _send_over(lines, run):
        sent.count_in(line)
    if sent.did_anything:
        sent.trouble = run.door.refusal
    sent.connections = run.door.opened
    sent.in_other_hands = count_in_other_hands()
    db.session.rollback()
    return sent


def _lines_and_batch(now: datetime, batch_size: int, *, only_for_accounts: bool) -> tuple[int, int]:
    """How many lines to send over, and how much each claims at a time.

    Several lines take turns of the same size, as few as there can be but two at least: so they end together, and what
    a slow one has claimed is not all that is left.
    """
    allowed: int = current_app.config["MAIL_CONNECTIONS"]
    ready = count_ready_messages(now, only_for_accounts=only_for_accounts) if allowed > 1 else 0
    lines = min(allowed, ready // WORTH_A_LINE)
    if lines < 2:
        return 1, batch_size
    turns = max(2, ceil(ready / (lines * batch_size)))
    return lines, ceil(ready / (lines * turns))


def _send_over(lines: int, run: _Run) -> Iterable[Sent]:
    """What each line did, once all have ended. An error in one of them is raised then."""
    from concurrent.futures import ThreadPoolExecutor  # a run over one line starts sooner without it

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with ThreadPoolExecutor(lines) as threads:
        running = [threads.submit(_send_in_thread, app, run) for _ in range(lines)]
    return [line.result() for line in running]


def _send_in_thread(app: Flask, run: _Run) -> Sent:
    """One of several lines. It is opened first: while it waits its turn at the door, others may send what it would
    have claimed."""
    with app.app_context():
        line = _Line(run)
        return line.send() if line.is_open() else line.sent
