"""The life of a message, and what a mail server's answers mean."""

from datetime import timedelta
from itertools import product

import pytest

from cycle_tracker.domain.delivery import (
    FINAL,
    RETRY_AFTER,
    MessageState,
    Verdict,
    ensure_allowed,
    retry_after,
    verdict_on,
)
from cycle_tracker.domain.errors import IllegalTransition

QUEUED, SENDING, SENT = MessageState.QUEUED, MessageState.SENDING, MessageState.SENT
FAILED, WITHDRAWN = MessageState.FAILED, MessageState.WITHDRAWN

ALLOWED = {
    (QUEUED, SENDING),
    (QUEUED, SENT),
    (SENDING, SENT),
    (SENDING, FAILED),
    (SENDING, WITHDRAWN),
    (SENDING, QUEUED),
    (FAILED, QUEUED),
}


@pytest.mark.parametrize(("old", "new"), list(product(MessageState, MessageState)))
def test_a_message_makes_only_these_moves(old: MessageState, new: MessageState) -> None:
    if (old, new) in ALLOWED:
        ensure_allowed(old, new)
    else:
        with pytest.raises(IllegalTransition):
            ensure_allowed(old, new)


def test_sent_failed_and_withdrawn_are_final() -> None:
    assert {SENT, FAILED, WITHDRAWN} == FINAL


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (-1, Verdict.SERVER_TROUBLE),
        (220, Verdict.ACCEPTED),
        (250, Verdict.ACCEPTED),
        (251, Verdict.ACCEPTED),
        (354, Verdict.ACCEPTED),
        (421, Verdict.SERVER_TROUBLE),
        (432, Verdict.SERVER_TROUBLE),
        (450, Verdict.TRY_LATER),
        (451, Verdict.TRY_LATER),
        (452, Verdict.TRY_LATER),
        (454, Verdict.SERVER_TROUBLE),
        (500, Verdict.REFUSED),
        (530, Verdict.SERVER_TROUBLE),
        (535, Verdict.SERVER_TROUBLE),
        (538, Verdict.SERVER_TROUBLE),
        (550, Verdict.REFUSED),
        (552, Verdict.REFUSED),
        (554, Verdict.REFUSED),
    ],
)
def test_what_a_reply_code_says(code: int, verdict: Verdict) -> None:
    assert verdict_on(code) is verdict


def test_the_waits_between_tries_are_these_and_then_it_has_failed() -> None:
    minutes, hours = [1, 5, 30], [2, 6, 24]
    waits = [*(timedelta(minutes=count) for count in minutes), *(timedelta(hours=count) for count in hours)]
    assert list(RETRY_AFTER) == waits
    assert [retry_after(attempts) for attempts in range(1, 7)] == waits
    assert retry_after(7) is None
    assert retry_after(100) is None
