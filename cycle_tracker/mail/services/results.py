"""What a sender has in hand, what came of each message, and writing that down.

None of this commits: it belongs in the transaction of whoever sends.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, case, column, exists, func, select, table, update

from cycle_tracker.access.services.access_links import CARRY_A_LINK
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lines import one_line
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.mail.rules import BROKEN_OFF, FINAL, MAY_HAVE_ARRIVED, NOT_HANDED_OVER, Verdict
from cycle_tracker.mail.services.claims import IS_SENDING, Claim
from cycle_tracker.mail.smtp import Answer, ServerTrouble
from cycle_tracker.models.base import table_of
from cycle_tracker.models.message import Message, MessageBody

LONGEST_TROUBLE = 500

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
        func.coalesce(bodies.c.content, b""),
        func.coalesce(bodies.c.key, ""),
        messages.c.kind.in_(sorted(CARRY_A_LINK)),
    )
    .outerjoin(bodies, bodies.c.message_id == messages.c.id)
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
_may_have_arrived = messages.c.trouble.startswith("It may have arrived")  # as `put_back` and a lost claim say
_give_up = (
    update(messages)
    .where(messages.c.id == bindparam("message"), messages.c.claim_id == bindparam("claim"), IS_SENDING)
    .values(
        state=MessageState.FAILED,
        attempts=messages.c.attempts + bindparam("tries"),
        ended_at=bindparam("new_ended_at"),
        trouble=bindparam("new_trouble"),
        receipt=bindparam("new_receipt"),
        ended_why=case((_may_have_arrived, MAY_HAVE_ARRIVED), else_=bindparam("why")),
        claim_id=None,
    )
)

_sendings = table("sendings", column("message_id"), column("refused_at"))
_a_sending_is_over = select(
    exists().where(
        messages.c.id == _sendings.c.message_id, _sendings.c.refused_at.is_(None), messages.c.state.in_(sorted(FINAL))
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
    """What is needed to send one message and to record what came of it. `content` is empty where none is stored."""

    message_id: int
    recipient: str
    attempts: int
    ready_at: datetime
    user_id: int | None
    contact_id: int | None
    content: bytes
    key: str
    carries_a_link: bool


@dataclass(frozen=True)
class Result:
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


def mails_of(connection: Connection, claim: Claim) -> list[MailInHand]:
    """The mails of a claim, in the order in which they go out."""
    return [MailInHand(*row) for row in connection.execute(_in_hand, {"claim": claim.id})]


def record(connection: Connection, claim: Claim, result: Result, *, now: datetime) -> None:
    """Write down what the server said of a message: sent, refused, or to be tried later.

    Where the claim was lost meanwhile, another may have the message in hand: only that it was accepted is then written
    down, so that nobody sends it again.
    """
    state, said = result.state, result.answer.said
    values = {
        "message": result.mail.message_id,
        "new_state": state,
        "new_attempts": result.attempts,
        "new_ready_at": now + result.wait if result.wait else result.mail.ready_at,
        "new_ended_at": now if state in FINAL else None,
        "new_trouble": "" if state is MessageState.SENT else said,
        "new_receipt": said if state is MessageState.SENT else "",
    }
    if state is MessageState.SENT:
        connection.execute(_record, values)
    else:
        connection.execute(_record_if_ours, {**values, "claim": claim.id})


def record_failure(
    connection: Connection, claim: Claim, message_id: int, said: str, *, handed_over: bool, receipt: str, now: datetime
) -> None:
    """End a message that something is wrong with, saying what. `receipt` is what the server had answered, if it had.

    That an earlier try of it may have arrived stays known.
    """
    connection.execute(
        _give_up,
        {
            "message": message_id,
            "claim": claim.id,
            "tries": int(handed_over),
            "new_ended_at": now,
            "new_trouble": one_line(said)[:LONGEST_TROUBLE],
            "new_receipt": receipt,
            "why": BROKEN_OFF if handed_over else NOT_HANDED_OVER,
        },
    )


def put_back(
    connection: Connection, claim: Claim, mail: MailInHand, ready_at: datetime, trouble: ServerTrouble
) -> None:
    """Back to the queue, behind the others, as if it had not been tried. That it may have arrived stays known."""
    statement = (
        update(messages)
        .where(messages.c.id == mail.message_id, messages.c.claim_id == claim.id, IS_SENDING)
        .values(state=MessageState.QUEUED, ready_at=ready_at, claim_id=None)
    )
    if trouble.may_have_arrived:
        statement = statement.values(trouble=f"It may have arrived. The mail server did not answer. {trouble}")
    connection.execute(statement)


def a_sending_is_over() -> bool:
    """True where an email with a copy of a document has ended, and what that means is not written down yet.

    The columns are named here by hand: the tables of documents are not loaded to find, as nearly always, nothing. Ends
    the transaction, which on SQLite keeps every other writer out.
    """
    found = db.session.scalar(_a_sending_is_over)
    db.session.rollback()
    return bool(found)
