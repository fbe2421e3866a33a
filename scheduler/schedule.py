"""The timetable. What is due comes from the database and the day, never from the fact that a job fired."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from cycle_tracker.domain.calendar import SCOTLAND

QUEUE_AT = time(7, 0)
"""London time: after the night, outside the hour that the clock change repeats, before people open their mail."""


@dataclass(frozen=True)
class Entry:
    """One row of the timetable."""

    job: str
    trigger: BaseTrigger


def timetable(time_zone: str) -> list[Entry]:
    """Every job with when it runs. Bank holidays are the job's own affair: it says so and queues nothing."""
    return [
        Entry(
            "queue-notices",
            CronTrigger(day_of_week="mon-fri", hour=QUEUE_AT.hour, minute=QUEUE_AT.minute, timezone=time_zone),
        ),
        Entry("send-outbox", CronTrigger(minute="*", second=0, timezone=time_zone)),
    ]


def build_scheduler(run: Callable[[str], None], time_zone: str) -> BlockingScheduler:
    """A scheduler with the timetable: a late run still runs, several missed ones run once, and never two at a time."""
    scheduler = BlockingScheduler(
        timezone=time_zone, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for entry in timetable(time_zone):
        scheduler.add_job(run, entry.trigger, args=[entry.job], id=entry.job)
    return scheduler


def is_catch_up_due(london_now: datetime, *, has_run_today: bool) -> bool:
    """True where the process starts after today's queueing should have run and it has not."""
    today: date = london_now.date()
    return SCOTLAND.is_working_day(today) and london_now.time() >= QUEUE_AT and not has_run_today
