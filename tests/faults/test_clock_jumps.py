"""The clock of the machine jumps ahead and back (F13): nobody is told a thing twice, and nothing is forgotten."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.jobs.queries import QUEUE_NOTICES, list_missed_days
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.job_run import JobRun, RunOutcome
from tests.faults.conftest import FALLS_DUE, FELL_DUE, Service

MONDAY, TUESDAY, WEDNESDAY = (datetime(2026, 5, day, 7, 0, tzinfo=LONDON) for day in (18, 19, 20))

MINUTE = timedelta(minutes=1)


@pytest.mark.in_full
def test_two_days_ahead_and_back_again_tell_everything_once(service: Service) -> None:
    """In the order d, d+2, d, d+1, d+2. The rules, the leases and the retries all see the same clock."""
    service.load(overdue=30, due_soon=20, people=25)
    mails = []
    for at in (MONDAY, WEDNESDAY, MONDAY, TUESDAY, WEDNESDAY):
        for job, moment in ((QUEUE_NOTICES, at), ("send-outbox", at + MINUTE)):
            assert service.run_at(job, moment).usable
        mails.append(len(service.sink.accepted))

    # Monday: overdue-1 for 25 people, before-3 for 20 of them, in a mail each. Wednesday: overdue-8, which was
    # Tuesday's, for all who own one of the 30. Then nothing more, whichever day it seems to be.
    assert mails == [25, 50, 50, 50, 50]
    verdict = service.judge(
        service.notified(FELL_DUE, "overdue-1")
        | service.notified(FALLS_DUE, "before-3")
        | service.notified(FELL_DUE, "overdue-8")
    )
    assert (verdict.faults, verdict.repeats) == ({}, 0)
    assert service.escalations() == service.first_rungs(FELL_DUE, "2026-05-12")
    assert list_missed_days(QUEUE_NOTICES) == []  # Tuesday was written down as missed, and run after all


@pytest.mark.in_full
def test_an_hour_back_neither_sends_again_nor_keeps_anything_back_for_good(service: Service) -> None:
    service.load(overdue=10, due_soon=0, people=10)
    ahead = MONDAY.replace(hour=8)
    service.run_at(QUEUE_NOTICES, ahead)
    held_back = service.run_at("send-outbox", MONDAY)
    sent = service.run_at("send-outbox", ahead + MINUTE)
    assert (held_back.counts["sent"], sent.counts["sent"]) == (0, 10)
    verdict = service.judge(service.notified(FELL_DUE, "overdue-1"))
    assert (verdict.faults, verdict.repeats) == ({}, 0)


@pytest.mark.in_full
def test_what_happened_stays_in_the_order_of_its_numbers(service: Service) -> None:
    service.load(overdue=4, due_soon=0, people=4)
    for at in (MONDAY, WEDNESDAY, MONDAY):
        service.run_at(QUEUE_NOTICES, at)
    runs = db.session.scalars(
        select(JobRun.started_at).where(JobRun.outcome == RunOutcome.FINISHED).order_by(JobRun.id)
    ).all()
    assert [at.astimezone(UTC).day for at in runs] == [18, 20, 18]
    numbers = db.session.scalars(select(AuditEvent.id).order_by(AuditEvent.id)).all()
    assert all(earlier < later for earlier, later in pairwise(numbers))
