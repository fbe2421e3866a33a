"""A sender that was paused and lost its claim: it overwrites no result, and takes no mail from another."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.mail.rules import Verdict
from cycle_tracker.mail.services.claims import Claim, claim_ready_messages, free_lost_claims, release_claim, renew_claim
from cycle_tracker.mail.services.results import MailInHand, Result, mails_of, put_back, record, record_failure
from cycle_tracker.mail.smtp import Answer, ServerTrouble
from tests.mail.services.conftest import ANNA, START, messages, queue

LOST, OURS = timedelta(seconds=60), timedelta(seconds=61)


@pytest.mark.parametrize("verdict", [Verdict.ACCEPTED, Verdict.REFUSED, Verdict.TRY_LATER])
def test_a_sender_that_lost_its_claim_overwrites_no_result_and_takes_no_mail_from_another(
    core_app: Flask, verdict: Verdict
) -> None:
    """It was paused while it talked to the server. Another has the mail in hand, or has sent it already."""
    asleep, mail = hold_one_mail()
    awake = claim(START + OURS)
    late = Result(mail, Answer(verdict, "451 4.3.0 Later"), timedelta(minutes=1))
    if verdict is not Verdict.ACCEPTED:
        with db.engine.begin() as connection:
            record(connection, asleep, late, now=START + OURS)
        assert in_hand_of(awake.id)
    with db.engine.begin() as connection:
        record(connection, awake, Result(mail, Answer(Verdict.ACCEPTED, "250 Taken"), None), now=START + OURS)
        record(connection, asleep, late, now=START + 2 * OURS)
    assert result_of(ANNA) == ("sent", 1, "", "250 Taken")


def test_a_sender_that_lost_its_claim_neither_puts_back_nor_gives_up_the_mail_of_another(core_app: Flask) -> None:
    asleep, mail = hold_one_mail()
    awake = claim(START + OURS)
    with db.engine.begin() as connection:
        put_back(connection, asleep, mail, START + OURS, ServerTrouble("gone", may_have_arrived=False))
        record_failure(connection, asleep, mail.message_id, "Broken", handed_over=True, receipt="", now=START)
        assert not renew_claim(connection, asleep, mail.message_id, now=START + OURS, lease=LOST)
    release_claim(asleep)
    assert in_hand_of(awake.id)


def test_that_a_mail_was_accepted_is_known_though_the_claim_was_lost(core_app: Flask) -> None:
    """Nobody sends it again; who has it in hand meanwhile finds its claim gone."""
    asleep, mail = hold_one_mail()
    free_lost_claims(START + OURS)
    db.session.commit()
    with db.engine.begin() as connection:
        record(connection, asleep, Result(mail, Answer(Verdict.ACCEPTED, "250 Taken"), None), now=START + OURS)
    assert result_of(ANNA) == ("sent", 1, "", "250 Taken")
    assert claim_ready_messages(START + OURS, LOST, not_after=START + OURS, limit=10) is None


def claim(at: datetime) -> Claim:
    taken = claim_ready_messages(at, LOST, not_after=START, limit=10)
    assert taken is not None
    return taken


def hold_one_mail() -> tuple[Claim, MailInHand]:
    """The claim of a sender that is paused with one mail in hand, and that mail."""
    queue(ANNA)
    asleep = claim(START)
    with db.engine.connect() as connection:
        (mail,) = mails_of(connection, asleep)
    return asleep, mail


def in_hand_of(claim_id: str) -> bool:
    db.session.expire_all()
    message = messages()[ANNA]
    found = (message.state, message.attempts, message.claim_id)
    db.session.rollback()
    return found == (MessageState.SENDING, 0, claim_id)


def result_of(address: str) -> tuple[str, int, str, str]:
    db.session.expire_all()
    message = messages()[address]
    found = (message.state.value, message.attempts, message.trouble, message.receipt)
    db.session.rollback()
    return found
