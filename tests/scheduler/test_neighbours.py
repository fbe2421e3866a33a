"""A second scheduler does no harm, and is said so: in its own log, in the other's, and on the health page."""

import logging
from datetime import timedelta

import pytest
from flask import Flask

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.jobs.services.processes import this_process
from cycle_tracker.models.job_run import JobRun, RunOutcome
from scheduler.neighbours import NeighbourWatch

OTHER = "tracker-2 process 12"


def ran(holder: str, seconds_ago: int) -> None:
    at = clock.now() - timedelta(seconds=seconds_ago)
    db.session.add(
        JobRun(job="send-outbox", ran_for=at.date(), started_at=at, outcome=RunOutcome.FINISHED, holder=holder)
    )
    db.session.commit()


def test_a_scheduler_says_at_its_start_who_was_there_a_moment_ago(
    core_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    NeighbourWatch(core_app).look_at_start()
    assert caplog.messages == []
    ran(OTHER, 20)
    NeighbourWatch(core_app).look_at_start()
    assert caplog.messages == [
        "tracker-2 process 12 looked at the outbox a moment ago. If it still runs there are two schedulers: nothing is "
        "sent twice, but one of them should be stopped."
    ]
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_processes_that_take_turns_are_told_of_once(core_app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    watch = NeighbourWatch(core_app)
    for seconds, holder in ((181, OTHER), (180, this_process()), (121, OTHER), (120, this_process())):
        ran(holder, seconds)
    for _ in range(3):
        watch.look()
    assert caplog.messages == [
        "More than one process runs the jobs: tracker-2 process 12 beside this one. Nothing is sent twice, but one "
        "should be stopped."
    ]


def test_a_restart_is_no_second_scheduler(core_app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    watch = NeighbourWatch(core_app)
    for seconds, holder in ((240, OTHER), (180, OTHER), (120, this_process()), (60, this_process())):
        ran(holder, seconds)
        watch.look()
    assert caplog.messages == []
