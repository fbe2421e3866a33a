"""Five processes of each job at the same moment (F11): everything is told once, and nothing comes again."""

import time

import pytest

from tests.faults.conftest import FELL_DUE, Service, on_both_databases, say

DAY = "2026-05-14"
FIVE = 5
WITHIN = 600.0  # seconds for all five, on a machine that does much else


@on_both_databases([1, 3], always=[("sqlite", 3), ("postgresql", 3)])
def test_five_of_each_job_at_once_tell_six_hundred_things_once(service: Service, connections: int) -> None:
    run_five_of_each(service, overdue=400, due_soon=200, people=80, connections=connections)


@pytest.mark.long
@pytest.mark.parametrize("round_", range(20))
def test_five_of_each_job_at_once_tell_ten_thousand_things_once_twenty_times_over(
    service: Service, round_: int
) -> None:
    """Every other round sends over three connections in each process."""
    run_five_of_each(service, overdue=6000, due_soon=4000, people=600, connections=1 + 2 * (round_ % 2))


def run_five_of_each(service: Service, *, overdue: int, due_soon: int, people: int, connections: int) -> None:
    service.load(overdue=overdue, due_soon=due_soon, people=people)
    due = overdue + due_soon

    started = time.monotonic()
    queueing = [service.jobs.start("queue-notices", DAY) for _ in range(FIVE)]
    began_within = time.monotonic() - started
    queued = [job.ended(WITHIN) for job in queueing]
    sending = [service.jobs.start("send-outbox", DAY, MAIL_CONNECTIONS=connections) for _ in range(FIVE)]
    sent = [job.ended(WITHIN) for job in sending]

    assert [status for status, _ in queued + sent] == [0] * 2 * FIVE
    assert sum(counts["notices"] for _, counts in queued) == due
    assert sum(counts["notices_in_messages"] for _, counts in queued) == due
    verdict = service.judge(service.of_thursday())
    assert (verdict.faults, verdict.repeats) == ({}, 0)
    assert sum(counts["sent"] for _, counts in sent) == len(service.sink.accepted)
    assert service.escalations() == service.first_rungs(FELL_DUE, "2026-05-12")
    say(
        "F11",
        due=due,
        mails=len(service.sink.accepted),
        connections=connections,
        started_within=round(began_within, 3),
        queued_by=[counts["notices"] for _, counts in queued],
        sent_by=[counts["sent"] for _, counts in sent],
        repeats=verdict.repeats,
    )
