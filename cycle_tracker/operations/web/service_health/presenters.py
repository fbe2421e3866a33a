"""The health of the service in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cycle_tracker.audit.queries.seals import find_sealing
from cycle_tracker.jobs.queries import QUEUE_NOTICES, SEND_OUTBOX, holders_since, latest_run, list_missed_days
from cycle_tracker.jobs.rules import AT_ONCE_WITHIN, MISSED_AT_MOST, processes_at_once
from cycle_tracker.models.job_run import RunOutcome
from cycle_tracker.operations.queries import outbox_health
from cycle_tracker.operations.queries.alarms import list_alarms
from cycle_tracker.operations.queries.outbox_health import WaitingMails
from cycle_tracker.operations.web.service_health.rows import (
    AlarmRow,
    FailedRow,
    JobHealth,
    UndecidedRow,
    UnreachableRow,
    alarm_row,
    failed_row,
    job_rows,
    undecided_row,
    unreachable_row,
)
from cycle_tracker.operations.web.service_health.trouble import about_deciding, about_mail, about_sending
from cycle_tracker.web.page_parts import Tile
from cycle_tracker.web.wording import count, day, moment


@dataclass(frozen=True)
class Summary:
    """What an administrator's home shows."""

    tiles: Sequence[Tile]
    warnings: Sequence[str]


@dataclass(frozen=True)
class HealthPage:
    """The whole page. `warnings` say what is out of order, `notes` what somebody should know."""

    tiles: Sequence[Tile]
    warnings: Sequence[str]
    notes: Sequence[str]
    jobs: Sequence[JobHealth]
    missed: Sequence[str]
    alarms: Sequence[AlarmRow]
    sealing: Sequence[str]
    oldest_waiting: str
    failed: Sequence[FailedRow]
    failed_more: str
    unreachable: Sequence[UnreachableRow]
    unreachable_more: str
    undecided: Sequence[UndecidedRow]


def health_summary(now: datetime) -> Summary:
    """The numbers, and what is wrong."""
    waiting, failed, unreachable = _numbers()
    found = (about_deciding(now), about_sending(now), about_mail(now))
    return Summary(_tiles(waiting, failed, unreachable), _warnings(found, failed))


def health_page(now: datetime) -> HealthPage:
    """Jobs, messages, unreachable notices, alarms and seals as they are at this instant."""
    jobs = job_rows(now)
    waiting, failed, unreachable = _numbers()
    missed = list_missed_days(QUEUE_NOTICES)
    decided = latest_run(QUEUE_NOTICES, RunOutcome.FINISHED)
    undecided = decided.counts.get("skipped", 0) if decided else 0
    failed_rows = [failed_row(row) for row in outbox_health.list_failed()]
    unreachable_rows = [unreachable_row(row) for row in outbox_health.list_unreachable()]
    return HealthPage(
        tiles=[*_tiles(waiting, failed, unreachable), _missed_tile(len(missed))],
        warnings=_warnings([*(job.warning for job in jobs), about_mail(now)], failed),
        notes=_notes(unreachable, undecided, now),
        jobs=jobs,
        missed=[day(one) for one in missed],
        alarms=[alarm_row(row) for row in list_alarms(now - MISSED_AT_MOST)],
        sealing=_sealing(),
        oldest_waiting=moment(waiting.oldest) if waiting.oldest else "",
        failed=failed_rows,
        failed_more=_more(len(failed_rows), failed),
        unreachable=unreachable_rows,
        unreachable_more=_more(len(unreachable_rows), unreachable),
        undecided=[undecided_row(row) for row in outbox_health.list_undecided(decided.ran_for)]
        if decided and undecided
        else [],
    )


def _numbers() -> tuple[WaitingMails, int, int]:
    return outbox_health.messages_waiting(), *outbox_health.count_failed_and_unreachable()


def _tiles(waiting: WaitingMails, failed: int, unreachable: int) -> list[Tile]:
    return [
        Tile(
            waiting.count,
            _noun(waiting.count, "email waiting", "emails waiting"),
            "blue" if waiting.count else "grey",
        ),
        Tile(
            failed,
            _noun(failed, "email failed", "emails failed"),
            "red" if failed else "grey",
            "/service-health#failed",
        ),
        Tile(
            unreachable,
            _noun(unreachable, "reminder with no recipient", "reminders with no recipient"),
            "yellow" if unreachable else "grey",
            "/service-health#unreachable",
        ),
    ]


def _noun(number: int, one: str, several: str) -> str:
    return one if number == 1 else several


def _warnings(found: Iterable[str], failed: int) -> list[str]:
    told = [warning for warning in found if warning]
    return [*told, f"{count(failed, 'email')} could not be sent."] if failed else told


def _notes(unreachable: int, undecided: int, now: datetime) -> list[str]:
    notes = []
    if unreachable:
        notes.append(f"{count(unreachable, 'reminder')} had no recipient. {_listed_below(unreachable)}")
    if undecided:
        notes.append(f"The last run could not check {count(undecided, 'milestone')}. {_listed_below(undecided)}")
    several = processes_at_once(holders_since(SEND_OUTBOX, now - AT_ONCE_WITHIN))
    if several:
        notes.append(
            f"{count(len(several), 'process', 'processes')} are running the jobs ({', '.join(several)}). "
            "Nothing is sent twice, but only one is needed. Stop the others."
        )
    return notes


def _listed_below(number: int) -> str:
    return "It is listed below." if number == 1 else "They are listed below."


def _missed_tile(missed: int) -> Tile:
    label = _noun(missed, "missed run in 30 days", "missed runs in 30 days")
    return Tile(missed, label, "yellow" if missed else "grey", "/service-health#missed")


def _sealing() -> list[str]:
    """How far the audit is sealed, in sentences."""
    found = find_sealing()
    sealed = (
        f"The last seal is number {found.head.number:,}, made on {moment(found.sealed_at)}."
        if found.sealed_at
        else "No changes are sealed yet."
    )
    if not found.waiting:
        return [sealed, "No changes are waiting to be sealed."]
    return [sealed, f"{count(found.waiting, 'change')} waiting to be sealed since {moment(found.waiting_since)}."]


def _more(listed: int, number: int) -> str:
    return f"The latest {listed} of {number:,}." if number > listed else ""
