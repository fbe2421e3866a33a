"""The health of the service in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cycle_tracker.domain import addresses
from cycle_tracker.models import JobRun, Outcome
from cycle_tracker.queries import outbox_health
from cycle_tracker.queries.job_runs import (
    QUEUE_NOTICES,
    SEND_OUTBOX,
    has_finished_for,
    has_finished_since,
    latest_run,
)
from cycle_tracker.queries.outbox_health import Waiting
from cycle_tracker.web.milestones.histories import AUDIENCES, step_in_words
from cycle_tracker.web.page_parts import Tile
from cycle_tracker.web.service_health.timeliness import OUTBOX_WITHIN, notices_day
from cycle_tracker.web.wording import Status, count, day, moment

RUNS_WELL = Status("Runs as it should", "green")
RUNS_LATE = Status("Too long ago", "red")
FAILS = Status("Fails", "red")

OUTCOMES = {
    Outcome.RUNNING: "Running, or stopped half-way",
    Outcome.FINISHED: "Did all that it had to",
    Outcome.FAILED: "Could not do its work",
}


@dataclass(frozen=True)
class JobHealth:
    """One job: whether it ran when it should have, and its last run. `warning` is empty where all is well."""

    title: str
    timetable: str
    status: Status
    last_run: str
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
class Summary:
    """What an administrator's home shows."""

    tiles: Sequence[Tile]
    warnings: Sequence[str]


@dataclass(frozen=True)
class HealthPage:
    """The whole page."""

    tiles: Sequence[Tile]
    warnings: Sequence[str]
    jobs: Sequence[JobHealth]
    oldest_waiting: str
    failed: Sequence[FailedRow]
    failed_more: str
    unreachable: Sequence[UnreachableRow]
    unreachable_more: str


def health_summary(now: datetime) -> Summary:
    """The numbers, and what is wrong."""
    jobs = _jobs(now)
    waiting, failed, unreachable = _numbers()
    return Summary(_tiles(waiting, failed, unreachable), _warnings(jobs, failed))


def health_page(now: datetime) -> HealthPage:
    """Jobs, messages and unreachable notices as they are at this instant."""
    jobs = _jobs(now)
    waiting, failed, unreachable = _numbers()
    failed_rows = [_failed(row) for row in outbox_health.list_failed()]
    unreachable_rows = [_unreachable(row) for row in outbox_health.list_unreachable()]
    return HealthPage(
        tiles=_tiles(waiting, failed, unreachable),
        warnings=_warnings(jobs, failed),
        jobs=jobs,
        oldest_waiting=moment(waiting.oldest) if waiting.oldest else "",
        failed=failed_rows,
        failed_more=_more(len(failed_rows), failed),
        unreachable=unreachable_rows,
        unreachable_more=_more(len(unreachable_rows), unreachable),
    )


def _jobs(now: datetime) -> list[JobHealth]:
    wanted = notices_day(now)
    queued = has_finished_for(QUEUE_NOTICES, wanted)
    looked = has_finished_since(SEND_OUTBOX, now - OUTBOX_WITHIN)
    return [
        _job(
            latest_run(QUEUE_NOTICES),
            "Deciding who is told what",
            "At 07:00 on working days",
            "" if queued else f"The notices of {day(wanted)} have not been queued. Is the scheduler running?",
        ),
        _job(
            latest_run(SEND_OUTBOX),
            "Sending mails",
            "Every minute",
            ""
            if looked
            else "No mails could be sent for more than three minutes. "
            "Is the scheduler running, and does the mail server answer?",
        ),
    ]


def _job(run: JobRun | None, title: str, timetable: str, warning: str) -> JobHealth:
    return JobHealth(
        title=title,
        timetable=timetable,
        status=_status(run, warning),
        last_run=f"{moment(run.started_at)}, for {day(run.ran_for)}" if run else "Has not run yet",
        outcome=OUTCOMES[run.outcome] if run else "",
        counts=_counts(run.counts) if run else "",
        trouble=run.error if run else "",
        warning=warning,
    )


def _status(run: JobRun | None, warning: str) -> Status:
    if not warning:
        return RUNS_WELL
    return FAILS if run is not None and run.outcome is Outcome.FAILED else RUNS_LATE


def _counts(counts: dict[str, Any]) -> str:
    """The numbers that say something: `messages 3, notices 12, seconds 0.4`."""
    return ", ".join(
        f"{name.replace('_', ' ')} {number}" for name, number in counts.items() if number and name != "working_day"
    )


def _numbers() -> tuple[Waiting, int, int]:
    return outbox_health.messages_waiting(), outbox_health.count_failed(), outbox_health.count_unreachable()


def _tiles(waiting: Waiting, failed: int, unreachable: int) -> list[Tile]:
    return [
        Tile(
            waiting.count,
            _noun(waiting.count, "message waiting", "messages waiting"),
            "blue" if waiting.count else "grey",
        ),
        Tile(
            failed,
            _noun(failed, "message failed", "messages failed"),
            "red" if failed else "grey",
            "/service-health#failed",
        ),
        Tile(
            unreachable,
            _noun(unreachable, "notice with nobody to tell", "notices with nobody to tell"),
            "yellow" if unreachable else "grey",
            "/service-health#unreachable",
        ),
    ]


def _noun(number: int, one: str, several: str) -> str:
    return one if number == 1 else several


def _warnings(jobs: Sequence[JobHealth], failed: int) -> list[str]:
    told = [job.warning for job in jobs if job.warning]
    return [*told, f"{count(failed, 'message')} could not be sent."] if failed else told


def _failed(row: Any) -> FailedRow:
    return FailedRow(row.recipient, row.subject, moment(row.ended_at), count(row.attempts, "try", "tries"), row.trouble)


def _unreachable(row: Any) -> UnreachableRow:
    return UnreachableRow(
        title=row.title,
        address=addresses.milestone(row.slug, row.key) if row.slug else "",
        partnership=row.partnership or "Scotland",
        step=step_in_words(row.step),
        audience=AUDIENCES[row.audience],
        queued_on=day(row.queued_on),
    )


def _more(listed: int, number: int) -> str:
    return f"The latest {listed} of {number:,}." if number > listed else ""
