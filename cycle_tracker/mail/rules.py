"""The life of a message on its way out, and what a mail server's answer means for it."""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

from cycle_tracker.core.errors import IllegalTransition
from cycle_tracker.core.message_states import MessageState

FINAL = frozenset({MessageState.SENT, MessageState.FAILED, MessageState.WITHDRAWN})

# QUEUED goes straight to SENT where a sender that lost its claim learns that its mail had been accepted, and straight
# to WITHDRAWN where a later mail of the same addressee takes its notices over.
ALLOWED_MOVES: dict[MessageState, frozenset[MessageState]] = {
    MessageState.QUEUED: frozenset({MessageState.SENDING, MessageState.SENT, MessageState.WITHDRAWN}),
    MessageState.SENDING: frozenset({*FINAL, MessageState.QUEUED}),
    MessageState.SENT: frozenset(),
    MessageState.FAILED: frozenset({MessageState.QUEUED}),
    MessageState.WITHDRAWN: frozenset(),
}

# How long a message waits after its first, second … temporary refusal, at least. After the last it has failed.
RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
)

# By how much of itself a wait may grow, so that what was put off in one second does not come back in one second.
SPREAD = 0.2

NOT_HANDED_OVER = "it was never handed to the mail server"
MAY_HAVE_ARRIVED = "it may have arrived"
# Why a message failed by itself, with no server to blame. Only what was never handed over is tried in another mail.
BROKEN_OFF = "something went wrong while it was handed over, or with what the mail server answered"

# Replies that speak of the server as a whole: closing down, or what it thinks of our login (RFC 5321, RFC 4954).
SERVER_CODES = frozenset({421, 432, 454, 530, 534, 535, 538})


class Verdict(StrEnum):
    """What an answer means for the message it was given to."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    TRY_LATER = "try-later"
    SERVER_TROUBLE = "server-trouble"


def verdict_on(code: int) -> Verdict:
    """What an SMTP reply code says: about the message, or about the server as a whole."""
    if code in SERVER_CODES or code < 200:
        return Verdict.SERVER_TROUBLE
    if code < 400:
        return Verdict.ACCEPTED
    return Verdict.TRY_LATER if code < 500 else Verdict.REFUSED


def retry_after(attempts: int, chance: Callable[[], float]) -> timedelta | None:
    """How long to wait after the `attempts`th temporary refusal, or None where there is no further try.

    `chance` gives a number from 0 up to 1, such as `random.random`: the wait is longer than the table says by so much
    of its fifth.
    """
    if attempts > len(RETRY_AFTER):
        return None
    return RETRY_AFTER[attempts - 1] * (1 + SPREAD * chance())


def ensure_allowed(old: MessageState, new: MessageState) -> None:
    """Raises IllegalTransition where a message may not go from `old` to `new`."""
    if new not in ALLOWED_MOVES[old]:
        raise IllegalTransition(f"A message that is {old} cannot become {new}.")
