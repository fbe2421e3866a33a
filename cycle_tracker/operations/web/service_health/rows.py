"""What the page of the service’s health lists: jobs, alarms, messages, notices and milestones, in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cycle_tracker.core import addresses
from cycle_tracker.jobs.queries import QUEUE_NOTICES, SEND_OUTBOX, latest_run
from cycle_tracker.models.job_run import Alarm, AlarmKind, JobRun, RunOutcome
from cycle_tracker.operations.web.service_health.trouble import about_deciding, about_sending
from cycle_tracker.reminders.rules.notice_words import AUDIENCE_WORDS, step_words
from cycle_tracker.web.wording import Status, count, day, moment

RUNS_WELL = Status("Working", "green")


RUNS_LATE = Status("Not running", "red")


FAILS = Status("Failing", "red")


OUTCOMES = {
    RunOutcome.RUNNING: "In progress, or stopped part-way",
    RunOutcome.FINISHED: "Finished",
    RunOutcome.FAILED: "Failed",
}


ALARMS = {
    AlarmKind.SCHEDULER_SILENT: "The scheduler is not running",
    AlarmKind.SENDER_FAILING: "Reminders are not being sent",
}


ON, OVER = Status("On", "red"), Status("Over", "grey")


@dataclass(frozen=True)
class JobHealth:
    """One job: whether it ran when it should have, its last run, and the last that did all that it had to. `warning` is
    empty where all is well."""

    title: str
    timetable: str
    status: Status
    last_run: str
    holder: str
    last_good_run: str
    outcome: str
    counts: str
    trouble: str
    warning: str


@dataclass(frozen=True)
class FailedRow:
    """One message that was given up."""

    recipient: str
    subject: str
    when: str
    tries: str
    said: str


@dataclass(frozen=True)
class UnreachableRow:
    """One notice that reached nobody."""

    title: str
    address: str
    partnership: str
    step: str
    audience: str
    queued_on: str


@dataclass(frozen=True)
class UndecidedRow:
    """One milestone about which the rules could not be asked."""

    title: str
    address: str
    partnership: str


@dataclass(frozen=True)
class AlarmRow:
    """One alarm of the last thirty days."""

    title: str
    status: Status
    said: str
    raised: str
    ended: str


def job_rows(now: datetime) -> list[JobHealth]:
    """The two jobs without which no mail goes out."""
    return [
        _job(QUEUE_NOTICES, "Preparing reminders", "At 07:00 on working days", about_deciding(now)),
        _job(SEND_OUTBOX, "Sending emails", "Every minute", about_sending(now)),
    ]


def _job(job: str, title: str, timetable: str, warning: str) -> JobHealth:
    run, good = latest_run(job), latest_run(job, RunOutcome.FINISHED)
    return JobHealth(
        title=title,
        timetable=timetable,
        status=_status(run, warning),
        last_run=_run(run),
        holder=run.holder if run else "",
        last_good_run=_run(good),
        outcome=OUTCOMES[run.outcome] if run else "",
        counts=_counts(run.counts) if run else "",
        trouble=run.error if run else "",
        warning=warning,
    )


def _run(run: JobRun | None) -> str:
    return f"{moment(run.started_at)}, for {day(run.ran_for)}" if run else "Has not run yet"


def _status(run: JobRun | None, warning: str) -> Status:
    if not warning:
        return RUNS_WELL
    return FAILS if run is not None and run.outcome is RunOutcome.FAILED else RUNS_LATE


def _counts(counts: dict[str, Any]) -> str:
    """The numbers that say something: `messages 3, notices 12, seconds 0.4`."""
    return ", ".join(
        f"{name.replace('_', ' ')} {number}" for name, number in counts.items() if number and name != "working_day"
    )


def alarm_row(row: Alarm) -> AlarmRow:
    """An alarm, with what was said of it."""
    return AlarmRow(
        title=ALARMS[row.kind],
        status=OVER if row.ended_at else ON,
        said=row.said,
        raised=moment(row.raised_at),
        ended=moment(row.ended_at) if row.ended_at else "",
    )


def failed_row(row: Any) -> FailedRow:
    """A message that was given up."""
    return FailedRow(row.recipient, row.subject, moment(row.ended_at), count(row.attempts, "attempt"), row.trouble)


def unreachable_row(row: Any) -> UnreachableRow:
    """A notice that reached nobody."""
    return UnreachableRow(
        title=row.title,
        address=addresses.milestone(row.slug, row.key) if row.slug else "",
        partnership=row.partnership or "Scotland",
        step=step_words(row.step),
        audience=AUDIENCE_WORDS[row.audience],
        queued_on=day(row.queued_on),
    )


def undecided_row(row: Any) -> UndecidedRow:
    """A milestone that the last run could not check."""
    return UndecidedRow(
        title=row.title,
        address=addresses.milestone(row.slug, row.key) if row.slug else "",
        partnership=row.partnership or "Scotland",
    )
