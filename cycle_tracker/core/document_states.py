"""The officials' words for a document, and how long after its guidance date one without an explanation is
outstanding."""

from datetime import date, timedelta
from enum import StrEnum

import config

# Days past the guidance date after which an unexplained document is outstanding: a setting, 60 by default.
OUTSTANDING_AFTER_DAYS = config.OUTSTANDING_AFTER_DAYS


# Working days before a document becomes outstanding at which the lead is offered to explain it.
EXPLAIN_WORKING_DAYS = 10


class DocumentState(StrEnum):
    """The officials' word for a document, worked out from facts and the day."""

    NOT_OPEN = "not-open"
    OPEN = "open"
    PAST_GUIDANCE_DATE = "past-guidance-date"
    EXPLAINED = "explained"
    OUTSTANDING = "outstanding"
    NO_RECORD = "no-record"
    INTERIM = "interim"
    PREPARED_NOT_PUBLISHED = "prepared-not-published"
    PUBLISHED_COPY_NOT_SENT = "published-copy-not-sent"
    COMPLETE = "complete"
    NOT_REQUIRED = "not-required"


# Counted as late on the national picture. "No record here yet" never is, nor is a plan that is prepared: how soon it
# was sent and published is measured from that day.
LATE = frozenset({DocumentState.PAST_GUIDANCE_DATE, DocumentState.EXPLAINED, DocumentState.OUTSTANDING})

# In these states the new expected date of a shared explanation is told with the state: agreed before the guidance date,
# it holds from then on, and the document is never past its guidance date without it.
EXPLAINED_AHEAD = frozenset({DocumentState.OPEN, DocumentState.EXPLAINED})


def last_day_before_outstanding(target_on: date, outstanding_after: int = OUTSTANDING_AFTER_DAYS) -> date:
    """The last day on which an unexplained document is only past its guidance date."""
    return target_on + timedelta(days=outstanding_after)


def report_guidance_date(year: int, month_and_day: tuple[int, int] = config.REPORT_GUIDANCE_DATE) -> date:
    """The guidance date of an annual report in the year in which it falls due: a setting, 30 June by default, for the
    2020 guidance says "ideally by June" and no day."""
    return date(year, *month_and_day)
