"""The server takes a mail and the line drops before its answer (F7): that mail comes once more, as the same mail."""

from collections import Counter
from pathlib import Path

import pytest

from tests.faults.conftest import Service, say
from tests.support.smtp_sink import read_ledger

DAY = "2026-05-14"


@pytest.mark.in_full
def test_of_two_hundred_mails_only_the_ten_without_an_answer_come_twice(service: Service, tmp_path: Path) -> None:
    lose_answers(service, tmp_path, 200, 4)


@pytest.mark.long
@pytest.mark.parametrize("connections", [1, 8])
def test_of_two_thousand_mails_only_the_hundred_without_an_answer_come_twice(
    service: Service, tmp_path: Path, connections: int
) -> None:
    lose_answers(service, tmp_path, 2000, connections)


def lose_answers(service: Service, folder: Path, mails: int, connections: int) -> None:
    service.load(overdue=mails, due_soon=0, people=mails)
    service.queue()
    unanswered = {f"person-{number:06d}@example.test" for number in range(7, mails, 20)}
    service.sink.faults.lost_answers = set(unanswered)

    runs = 0
    while any(message["state"] == "queued" for message in service.outbox()):
        service.jobs.run("send-outbox", DAY, MAIL_CONNECTIONS=connections)
        runs += 1
        assert runs <= 5

    verdict = service.judge(service.of_thursday())
    assert verdict.faults == {}
    assert verdict.repeats == len(unanswered) == mails // 20
    came = Counter(
        (address, line["message_id"]) for line in read_ledger(folder / "ledger") for address in line["recipients"]
    )
    assert len(came) == mails  # one Message-ID for each recipient, however often it came
    assert {address for (address, _), times in came.items() if times == 2} == unanswered
    assert set(came.values()) == {1, 2}
    assert {(message["state"], message["attempts"]) for message in service.outbox()} == {("sent", 1)}
    say(
        "F7",
        mails=mails,
        connections=connections,
        without_an_answer=len(unanswered),
        repeats=verdict.repeats,
        runs=runs,
    )
