"""Whether today's queueing is missing: the process was down at seven, or the run did not succeed."""

import logging
from datetime import datetime

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from cycle_tracker.core import clock
from cycle_tracker.core.calendar import SCOTLAND, WorkingCalendar
from cycle_tracker.jobs.queries import QUEUE_NOTICES, has_finished_on
from cycle_tracker.jobs.rules import QUEUE_AT
from cycle_tracker.partnerships.queries.calendars import calendar_of_service

log = logging.getLogger(__name__)


def is_catch_up_due(london_now: datetime, *, has_run_today: bool, calendar: WorkingCalendar = SCOTLAND) -> bool:
    """True on a working day after seven where today's queueing has not run, or did not succeed."""
    return calendar.is_working_day(london_now.date()) and london_now.time() >= QUEUE_AT and not has_run_today


def is_queueing_missed(app: Flask) -> bool:
    """True where a run of queue-notices should have succeeded today and none has. Where the database cannot be asked,
    the answer is no: it is asked again soon."""
    with app.app_context():
        try:
            has_run = has_finished_on(QUEUE_NOTICES, clock.today())
            calendar = calendar_of_service()
        except SQLAlchemyError:
            log.exception("Whether queue-notices has run today cannot be asked.")
            return False
    return is_catch_up_due(clock.london_time(clock.now()), has_run_today=has_run, calendar=calendar)
