"""The jobs. Each reads the clock, calls its services, and leaves a row that says what it did."""

import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from threading import Event
from typing import Any

from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from cycle_tracker.core import clock
from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.extensions import db
from cycle_tracker.documents.queries.on_behalf.waiting import is_any_to_notify
from cycle_tracker.governance.queries.unasked import list_unasked
from cycle_tracker.governance.queries.undecided import list_undecided
from cycle_tracker.jobs.queries import QUEUE_NOTICES, SEND_OUTBOX
from cycle_tracker.jobs.services.each_by_itself import describe
from cycle_tracker.jobs.services.job_runs import end_run, note_missed_runs, start_run
from cycle_tracker.mail.services.attachments import AttachedFile
from cycle_tracker.mail.services.results import a_sending_is_over
from cycle_tracker.models.job_run import RunOutcome
from cycle_tracker.operations.services.alarms import watch_sender
from cycle_tracker.operations.services.settings_in_use import note_settings
from cycle_tracker.partnerships.queries.calendars import at_work_on, calendar_of_service
from cycle_tracker.reminders.services.digests import gather_waiting_notices
from cycle_tracker.reminders.services.reminders import queue_due_notices
from cycle_tracker.reminders.services.sending import send_ready_messages

SEND_ACCOUNT_MAILS = "send-account-mails"
OPEN_NEXT_CYCLES = "open-next-cycles"
# The jobs without which nobody is told anything.
WATCHED = frozenset({QUEUE_NOTICES, SEND_OUTBOX})

log = logging.getLogger(__name__)
# Set when the process is asked to stop: the sender finishes the mail in hand and puts the rest back.
stopping = Event()


@dataclass(frozen=True)
class Report:
    """What a run did: its counts, what to say of it, and whether the database and the mail server could be used."""

    counts: dict[str, Any]
    said: str = ""
    usable: bool = True


def queue_notices(today: date) -> Report:
    """Decide who is told what today, and write the mails. On a day that is no working day it queues nothing; on a bank
    holiday only for the partnerships that work on it.

    Either way it first writes down the working days before it on which nobody ran it.
    """
    note_settings(today, clock.now())
    calendar = calendar_of_service()
    missed = note_missed_runs(QUEUE_NOTICES, today, clock.now(), calendar)
    if not calendar.is_working_day(today):
        said = f"{today:%A %-d %B %Y} is not a working day in Scotland: nothing is queued."
        return Report({"working_day": 0, "missed_runs": missed}, said)
    at_work = None if SCOTLAND.is_working_day(today) else at_work_on(today)
    swept = queue_due_notices(today, clock.now(), at_work=at_work)
    undecided = _remind_of_undecided(today) if at_work is None else 0
    gathered = gather_waiting_notices(today, clock.now(), of_today_alone=at_work is not None)
    written = _notify_of_acts() if at_work is None else 0
    asked = _ask_clerks(today) if at_work is None else 0
    counts = {
        "working_day": 1,
        **asdict(swept),
        "messages": gathered.messages,
        "notices_in_messages": gathered.notices,
        "failed": gathered.failed,
        "folded": gathered.folded,
        "missed_runs": missed,
        "acts_on_behalf": written,
        "clerks_asked": asked,
        "undecided": undecided,
    }
    return Report(counts)


def _remind_of_undecided(today: date) -> int:
    """Remind groups that have no meeting to come of what they have not decided; on a bank holiday it waits."""
    partnership_ids = list_undecided(today)
    if not partnership_ids:
        return 0
    # Not at the top: what governance needs is loaded only where something waits.
    from cycle_tracker.governance.services.undecided import remind_of_undecided

    reminded = remind_of_undecided(partnership_ids, today, clock.now())
    db.session.commit()
    return reminded


def _notify_of_acts() -> int:
    """Write to planning leads what officials recorded on their behalf; on a bank holiday it waits."""
    if not is_any_to_notify():
        return 0
    # Not at the top: what documents need is loaded only where something was recorded.
    from cycle_tracker.documents.services.on_behalf.mails import notify_of_acts

    written = notify_of_acts(clock.now())
    db.session.commit()
    return written


def _ask_clerks(today: date) -> int:
    """Ask the clerks of governance groups about what is on the agenda of their meetings; on a bank holiday it waits."""
    meeting_ids = list_unasked(today)
    if not meeting_ids:
        return 0
    # Not at the top: what governance needs is loaded only where something waits.
    from cycle_tracker.governance.services.questions import ask_clerks

    asked = ask_clerks(meeting_ids, today, clock.now())
    db.session.commit()
    return asked


def send_outbox(today: date) -> Report:
    """Send every message that is ready."""
    return _send(today)


def send_account_mails(today: date) -> Report:
    """Send the mails about an account that are ready: somebody waits for them."""
    return _send(today, only_for_accounts=True)


def _send(today: date, *, only_for_accounts: bool = False) -> Report:
    sent = send_ready_messages(
        today, clock.now, stop=stopping.is_set, only_for_accounts=only_for_accounts, file_of=_file_of
    )
    if not only_for_accounts and a_sending_is_over():
        # Not at the top: what documents need is loaded only where one was sent.
        from cycle_tracker.documents.services.sendings import settle_sendings

        settle_sendings(now=clock.now())
    counts = {name: value for name, value in asdict(sent).items() if name != "trouble"}
    said = f"The mail server: {sent.trouble}" if sent.trouble else ""
    if sent.failed and not said:
        said = f"Mails that failed by themselves: {sent.failed}. The service health page says why."
    return Report(counts, said, usable=not sent.could_not_be_used)


def _file_of(connection: Connection, number: int) -> AttachedFile | None:
    # Not at the top: what documents need is loaded only where one is sent.
    from cycle_tracker.documents.services.attachments import kept_copy_of

    return kept_copy_of(connection, number)


def seal_audit(_today: date) -> Report:
    """Add what the audit has new to its hash chain."""
    return _seal()


def seal_whole_audit(_today: date) -> Report:
    """The same, looking through all of the audit for an event that was committed long after it was numbered."""
    return _seal(in_full=True)


def open_next_cycles(today: date) -> Report:
    """Make the plans and annual reports that are missing, up to the period that begins within eighteen months."""
    # Not at the top: what cycles need is loaded only where this runs, once a day.
    from cycle_tracker.cycles.services.core_documents import add_core_documents

    made = add_core_documents(today, clock.now())
    db.session.commit()
    return Report({"documents": made.documents, "periods": made.periods, "steps": made.steps})


def _seal(*, in_full: bool = False) -> Report:
    # Not at the top: 25 ms that the two daily jobs do without (together 2% of P0).
    from cycle_tracker.audit.services.seals import seal_new_events

    sealed = seal_new_events(clock.now, stop=stopping.is_set, in_full=in_full)
    said = "Another process sealed at the same moment: the rest was left to it." if sealed.elsewhere else ""
    return Report({"sealed": sealed.events, "elsewhere": int(sealed.elsewhere)}, said)


JOBS: dict[str, Callable[[date], Report]] = {
    "queue-notices": queue_notices,
    "send-outbox": send_outbox,
    SEND_ACCOUNT_MAILS: send_account_mails,
    OPEN_NEXT_CYCLES: open_next_cycles,
    "seal-audit": seal_audit,
    "seal-whole-audit": seal_whole_audit,
}


def run_job(app: Flask, name: str, today: date) -> Report:
    """Run a job for a day, in an app context, and record the run. `seconds` counts from here.

    An error of the database ends the run, is recorded where that is still possible, and never ends the scheduler.
    """
    started = time.perf_counter()
    with app.app_context():
        try:
            run_id = start_run(name, today, clock.now())
        except SQLAlchemyError as error:
            log.exception("%s: the database cannot be used.", name)
            return Report(
                {"seconds": _since(started)},
                f"The database cannot be used: {type(error).__name__}",
                usable=False,
            )
        try:
            report = JOBS[name](today)
        except Exception as error:  # a job that fails is recorded, and never ends the scheduler
            log.exception("%s failed.", name)
            db.session.rollback()
            report = Report({}, describe(error), usable=False)
        report.counts["seconds"] = _since(started)
        _record(run_id, name, report)
        if name in WATCHED:
            _watch()
        return report


def _watch() -> None:
    """Whether runs fail one after another, and that the scheduler is here: the administrators are told of either."""
    try:
        watch_sender(clock.now())
    except SQLAlchemyError:
        log.exception("Whether mails go out could not be looked at.")
        db.session.rollback()


def _record(run_id: int, name: str, report: Report) -> None:
    outcome = RunOutcome.FINISHED if report.usable else RunOutcome.FAILED
    try:
        end_run(run_id, outcome, clock.now(), counts=report.counts, error=report.said if not report.usable else "")
    except SQLAlchemyError:
        log.exception("%s: the run could not be recorded.", name)


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 3)
