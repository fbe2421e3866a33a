"""Whether a job ran when it should have: the two rules of the health page."""

from datetime import date, datetime, time, timedelta

from cycle_tracker.clock import london_time
from cycle_tracker.domain.calendar import DAY, SCOTLAND

NOTICES_BY = time(7, 15)
"""By when, in London, the notices of a working day are queued; the job runs at 07:00."""

OUTBOX_WITHIN = timedelta(minutes=3)
"""How long ago the outbox, which goes out each minute, may have been looked at last."""


def notices_day(now: datetime) -> date:
    """The last working day whose notices should be queued by now."""
    here = london_time(now)
    today = here.date()
    return SCOTLAND.on_or_before(today if here.time() >= NOTICES_BY else today - DAY)
