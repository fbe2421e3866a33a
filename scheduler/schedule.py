"""The timetable. What is due comes from the database and the day, never from the fact that a job fired."""

from collections.abc import Callable
from dataclasses import dataclass

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from cycle_tracker.jobs.rules import QUEUE_AT
from scheduler.jobs import OPEN_NEXT_CYCLES, SEND_ACCOUNT_MAILS

# Runs queue-notices where today's run is missing or failed: at the start of the process, and every five minutes.
CATCH_UP = "catch-up"


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
        # Before seven, so that what it makes is told on the day on which it should be.
        Entry(OPEN_NEXT_CYCLES, CronTrigger(hour=6, minute=20, timezone=time_zone)),
        Entry("send-outbox", CronTrigger(minute="*", second=0, timezone=time_zone)),
        Entry(SEND_ACCOUNT_MAILS, CronTrigger(second="*/5", timezone=time_zone)),
        # Half a minute after the sender; all of the audit at a quiet hour that no change of the clocks touches.
        Entry("seal-audit", CronTrigger(minute="*", second=30, timezone=time_zone)),
        Entry("seal-whole-audit", CronTrigger(hour=4, minute=40, timezone=time_zone)),
        # Off the full hour, so that it never meets the run of seven o'clock.
        Entry(CATCH_UP, CronTrigger(minute="2-59/5", timezone=time_zone)),
    ]


def build_scheduler(run: Callable[[str], None], time_zone: str) -> BlockingScheduler:
    """A scheduler with the timetable: a late run still runs, several missed ones run once, and never two at a time."""
    scheduler = BlockingScheduler(
        timezone=time_zone, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for entry in timetable(time_zone):
        scheduler.add_job(run, entry.trigger, args=[entry.job], id=entry.job)
    return scheduler
