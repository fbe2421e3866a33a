"""The life of a message, and what a mail server's answers mean."""

from collections import Counter
from datetime import timedelta
from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle_tracker.core.errors import IllegalTransition
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.mail.rules import FINAL, RETRY_AFTER, SPREAD, Verdict, ensure_allowed, retry_after, verdict_on

QUEUED, SENDING, SENT = MessageState.QUEUED, MessageState.SENDING, MessageState.SENT
FAILED, WITHDRAWN = MessageState.FAILED, MessageState.WITHDRAWN

ALLOWED = {
    (QUEUED, SENDING),
    (QUEUED, SENT),
    (QUEUED, WITHDRAWN),
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


def test_the_waits_between_tries_are_at_least_these_and_then_it_has_failed() -> None:
    minutes, hours = [1, 5, 30], [2, 6, 24]
    waits = [*(timedelta(minutes=count) for count in minutes), *(timedelta(hours=count) for count in hours)]
    assert list(RETRY_AFTER) == waits
    assert [retry_after(attempts, lambda: 0.0) for attempts in range(1, 7)] == waits
    assert retry_after(7, lambda: 0.0) is None
    assert retry_after(100, lambda: 0.0) is None


tries = st.integers(1, len(RETRY_AFTER))
chances = st.floats(0, 1, exclude_max=True)


@given(tries, chances)
def test_a_wait_grows_by_chance_and_by_no_more_than_a_fifth(attempts: int, chance: float) -> None:
    least = RETRY_AFTER[attempts - 1]
    wait = retry_after(attempts, lambda: chance)
    assert wait is not None
    assert least <= wait <= least * (1 + SPREAD)


@given(tries, chances, chances)
def test_more_chance_never_makes_a_wait_shorter_nor_a_later_one_shorter_than_an_earlier(
    attempts: int, one: float, other: float
) -> None:
    less, more = (retry_after(attempts, lambda chance=chance: chance) for chance in sorted((one, other)))  # type: ignore[misc]
    assert less is not None
    assert more is not None
    assert less <= more
    later = retry_after(attempts + 1, lambda: 0.0)
    assert later is None or more < later


@given(tries, st.integers())
def test_a_thousand_mails_put_off_in_one_second_do_not_come_back_in_one_second(attempts: int, seed: int) -> None:
    random = Random(seed)
    waits = [retry_after(attempts, random.random) for _ in range(1000)]
    seconds = Counter(int(wait.total_seconds()) for wait in waits if wait is not None)
    fair = 1000 / (RETRY_AFTER[attempts - 1].total_seconds() * SPREAD)
    assert sum(seconds.values()) == 1000
    assert max(seconds.values()) <= 3 * fair + 10
