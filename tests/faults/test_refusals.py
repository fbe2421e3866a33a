"""One in ten is refused, one in ten put off (F6): it touches nobody else, and what was refused is final and listed."""

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask

from cycle_tracker.core import clock
from cycle_tracker.operations.queries.outbox_health import count_failed_and_unreachable, list_failed
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.faults.conftest import THURSDAY, Service, on_both_databases, say
from tests.support.days import ticking
from tests.support.mail_out import mail_server

REFUSED, PUT_OFF = "550 5.1.1 No such user", "451 4.7.1 Greylisted"


@on_both_databases([1, 4], always=[("sqlite", 1), ("postgresql", 4)])
def test_of_a_hundred_the_ten_refused_fail_and_ninety_arrive_once(
    service: Service, core_app: Flask, connections: int
) -> None:
    send_with_refusals(service, core_app, 100, connections)


@pytest.mark.long
@pytest.mark.parametrize("connections", [1, 8])
def test_of_a_thousand_the_hundred_refused_fail_and_nine_hundred_arrive_once(
    service: Service, core_app: Flask, connections: int
) -> None:
    send_with_refusals(service, core_app, 1000, connections)


def send_with_refusals(service: Service, app: Flask, mails: int, connections: int) -> None:
    """Half of each kind is said of the recipient, half of the whole mail. What is put off is taken at the next try."""
    service.load(overdue=mails, due_soon=0, people=mails)
    service.queue()
    addresses = [f"person-{number:06d}@example.test" for number in range(mails)]
    refused, put_off = addresses[0::10], addresses[5::10]
    for place, faults in enumerate((service.sink.faults.refuse_at_rcpt, service.sink.faults.refuse_at_data)):
        faults.update(dict.fromkeys(refused[place::2], REFUSED))
        faults.update(dict.fromkeys(put_off[place::2], PUT_OFF))

    now = clock.now()
    with mail_server(app, service.sink.port, MAIL_CONNECTIONS=connections):
        first = send_ready_messages(THURSDAY, ticking(now))
        between = {message["recipient"]: (message["state"], message["attempts"]) for message in service.outbox()}
        service.sink.faults.refuse_at_rcpt.clear()
        service.sink.faults.refuse_at_data.clear()
        second = send_ready_messages(THURSDAY, ticking(now + timedelta(minutes=2)))
        third = send_ready_messages(THURSDAY, ticking(now + timedelta(days=2)))

    tenth = mails // 10
    assert (first.sent, first.refused, first.retried, first.trouble) == (mails - 2 * tenth, tenth, tenth, "")
    assert Counter(between.values()) == {
        ("sent", 1): mails - 2 * tenth,
        ("failed", 1): tenth,
        ("queued", 1): tenth,
    }
    assert {between[address] for address in refused} == {("failed", 1)}
    assert (second.sent, second.refused, second.retried) == (tenth, 0, 0)
    assert (third.sent, third.refused, third.retried) == (0, 0, 0)
    arrived = Counter(address for mail in service.sink.accepted for address in mail.recipients)
    assert arrived == dict.fromkeys(set(addresses) - set(refused), 1)
    assert count_failed_and_unreachable()[0] == tenth
    assert {row.recipient for row in list_failed()} <= set(refused)
    assert {row.trouble for row in list_failed()} == {REFUSED}
    say("F6", mails=mails, connections=connections, arrived_once=len(arrived), failed=count_failed_and_unreachable()[0])
