"""Messages leave through SMTP: sent once, refused, tried again, and what is written down of each."""

from datetime import timedelta

import pytest
from flask import Flask

from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.mail.rules import RETRY_AFTER, SPREAD
from cycle_tracker.mail.services import lines
from cycle_tracker.mail.services.claims import (
    CUT_SHORT,
    claim_ready_messages,
    free_lost_claims,
)
from cycle_tracker.mail.services.results import Sent
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.mail.services.conftest import ANNA, BEN, CARA, DAY, START, delivered, messages, queue, send, states
from tests.support.days import ticking
from tests.support.mail_out import mail_server
from tests.support.smtp_sink import Faults, SmtpSink


def test_a_batch_goes_over_one_connection(sink: SmtpSink) -> None:
    queue(ANNA, BEN, CARA)
    sent = send()
    assert (sent.sent, sent.connections, sink.connections) == (3, 1, 1)
    assert delivered(sink) == [ANNA, BEN, CARA]
    assert send() == Sent()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("250 2.0.0 Ok: queued as 4FJ2", "250 2.0.0 Ok: queued as 4FJ2"),
        ("250-2.0.0 Taken\r\n250 as 4FJ2", "250 2.0.0 Taken as 4FJ2"),
        ("250 as\x00 \x1b[31m4FJ2", "250 as [31m4FJ2"),
        ("250 " + "x" * 2000, "250 " + "x" * 496),
    ],
)
def test_what_the_server_said_when_it_took_a_mail_is_kept_in_one_line(sink: SmtpSink, said: str, kept: str) -> None:
    sink.faults.receipt = said
    queue(ANNA)
    send()
    assert (messages()[ANNA].receipt, messages()[ANNA].trouble) == (kept, "")


@pytest.mark.parametrize("at", ["refuse_at_rcpt", "refuse_at_data"])
def test_a_refusal_fails_at_once_and_touches_nobody_else(sink: SmtpSink, at: str) -> None:
    getattr(sink.faults, at)[BEN] = "550 5.1.1 No such user"
    queue(ANNA, BEN, CARA)
    sent = send()
    assert (sent.sent, sent.refused, sent.retried, sent.trouble) == (2, 1, 0, "")
    assert delivered(sink) == [ANNA, CARA]
    assert states() == {ANNA: ("sent", 1), BEN: ("failed", 1), CARA: ("sent", 1)}
    failed = messages()[BEN]
    assert (failed.trouble, failed.receipt) == ("550 5.1.1 No such user", "")
    assert failed.ended_at is not None
    assert send(timedelta(days=7)) == Sent()


@pytest.mark.parametrize("at", ["refuse_at_rcpt", "refuse_at_data"])
@pytest.mark.parametrize("chance", [0.0, 0.5])
def test_a_temporary_refusal_is_tried_again_after_each_wait_of_the_list_and_then_fails(
    sink: SmtpSink, at: str, chance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "chance", lambda: chance)
    getattr(sink.faults, at)[BEN] = "451 4.7.1 Greylisted"
    queue(ANNA, BEN)
    assert (send().sent, delivered(sink)) == (1, [ANNA])
    passed = timedelta(0)
    for attempt, least in enumerate(RETRY_AFTER, 1):
        wait = least * (1 + SPREAD * chance)
        assert states()[BEN] == ("queued", attempt)
        assert abs(messages()[BEN].ready_at - (START + passed + wait)) < timedelta(seconds=1)
        assert send(passed + wait - timedelta(seconds=5)) == Sent()
        passed += wait + timedelta(seconds=1)
        sent = send(passed)
    assert (sent.retried, sent.refused) == (0, 1)
    assert states()[BEN] == ("failed", 7)
    assert messages()[BEN].trouble == "451 4.7.1 Greylisted"


def test_what_is_accepted_at_a_later_try_is_delivered_once(sink: SmtpSink) -> None:
    sink.faults.refuse_at_data[BEN] = "451 4.7.1 Greylisted"
    queue(BEN)
    send()
    send(timedelta(minutes=2))
    sink.faults.refuse_at_data.clear()
    assert send(timedelta(minutes=8)).sent == 1
    assert delivered(sink) == [BEN]
    assert states() == {BEN: ("sent", 3)}


@pytest.mark.parametrize("keep", [True, False])
def test_a_lost_answer_repeats_the_mail_under_the_same_message_id(core_app: Flask, keep: bool) -> None:
    queue(ANNA, BEN)
    with SmtpSink(faults=Faults(drop_after_data=1, keep_dropped=keep)) as sink, mail_server(core_app, sink.port):
        assert send().sent == 1
        assert send(timedelta(minutes=1)).sent == 1
        (dropped,) = sink.dropped
        assert delivered(sink) == ([ANNA, BEN, ANNA] if keep else [BEN, ANNA])
        to_anna = [mail for mail in sink.accepted if mail.recipients == (ANNA,)]
        known = {mail.message["Message-ID"] for mail in (dropped, *to_anna)}
        assert known == {messages()[ANNA].message_id}
        assert states() == {ANNA: ("sent", 1), BEN: ("sent", 1)}


@pytest.mark.parametrize("keep", [True, False])
def test_a_mail_that_may_have_arrived_says_so_until_it_is_sent(core_app: Flask, keep: bool) -> None:
    queue(ANNA, BEN)
    with SmtpSink(faults=Faults(drop_after_data=1, keep_dropped=keep)) as sink, mail_server(core_app, sink.port):
        send()
        assert messages()[ANNA].trouble.startswith(
            "It may have arrived. The mail server did not answer. SMTPServerDisconnected"
        )
        sink.faults.busy_every = 1
        send(timedelta(minutes=1))
        assert messages()[ANNA].trouble.startswith("It may have arrived")
        sink.faults.busy_every = 0
        send(timedelta(minutes=2))
        assert (messages()[ANNA].trouble, messages()[ANNA].receipt) == ("", "250 OK")


def test_a_server_that_is_busy_before_it_has_the_mail_leaves_no_mark_on_it(sink: SmtpSink) -> None:
    sink.faults.busy_every = 1
    queue(ANNA)
    assert send().trouble == "421 4.3.2 Busy, try again later"
    assert (states(), messages()[ANNA].trouble) == ({ANNA: ("queued", 0)}, "")


def test_of_what_a_lost_claim_held_only_the_first_can_have_been_with_the_server(sink: SmtpSink) -> None:
    queue(ANNA, BEN, CARA)
    claim_ready_messages(START, timedelta(seconds=60), not_after=START, limit=10)
    with db.session.begin_nested():
        messages()[ANNA].state = MessageState.SENT  # as its sender recorded it before it stopped
    db.session.commit()
    free_lost_claims(START + timedelta(seconds=61))
    db.session.commit()
    db.session.expire_all()
    assert {address: message.trouble for address, message in messages().items()} == {ANNA: "", BEN: CUT_SHORT, CARA: ""}
    assert send(timedelta(seconds=61)).sent == 2
    assert {message.trouble for message in messages().values()} == {""}


def test_an_address_that_smtp_cannot_carry_is_refused_and_stops_nobody(sink: SmtpSink) -> None:
    queue(ANNA, "jörg@example.test", CARA)
    sent = send()
    assert (sent.sent, sent.refused) == (2, 1)
    assert delivered(sink) == [ANNA, CARA]
    assert states()["jörg@example.test"] == ("failed", 1)


def test_asked_to_stop_it_finishes_the_mail_in_hand_and_puts_the_rest_back(sink: SmtpSink) -> None:
    queue(ANNA, BEN, CARA)
    asked = iter([False, False, False, True])
    sent = send_ready_messages(DAY, ticking(START), stop=lambda: next(asked, True))
    db.session.expire_all()
    assert delivered(sink) == [ANNA, BEN][: sent.sent]
    assert 1 <= sent.sent < 3
    assert [state for state, _ in states().values()] == ["sent"] * sent.sent + ["queued"] * (3 - sent.sent)
    assert {message.claim_id for message in messages().values()} == {None}


def test_what_another_sender_has_in_hand_is_counted_and_left_until_its_lease_is_over(sink: SmtpSink) -> None:
    queue(ANNA)
    lease = timedelta(seconds=60)
    claim_ready_messages(START, lease, not_after=START, limit=10)
    sent = send(timedelta(seconds=30))
    assert (sent.sent, sent.in_other_hands, sent.could_not_be_used) == (0, 1, False)
    assert send(timedelta(seconds=61)).sent == 1


def test_a_message_says_when_it_ended(sink: SmtpSink) -> None:
    queue(ANNA)
    send()
    message = messages()[ANNA]
    assert message.state is MessageState.SENT
    assert message.ended_at is not None
    assert timedelta(0) <= message.ended_at - START < timedelta(seconds=1)
    assert (message.trouble, message.claim_id) == ("", None)
