"""The day whose notices should be there by now."""

from datetime import date, datetime

from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.jobs.rules import day_asked_about, notices_day
from cycle_tracker.partnerships.queries.calendars import calendar_of_service


def notices_day_of_service(london_now: datetime) -> date:
    """The last day on which notices should have been decided; who works on which bank holiday is asked for only where
    that can make a difference."""
    if SCOTLAND.is_working_day(day_asked_about(london_now)):
        return notices_day(london_now)
    return notices_day(london_now, calendar_of_service())
