"""Whether the jobs run when they should: one set of rules for `/readyz`, the health page, the alarms and the catch-up.

Nothing here reads a clock: `london_now` is an instant as London's clocks show it.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from cycle_tracker.core.calendar import DAY, SCOTLAND, WorkingCalendar

# How often the outbox is looked at.
SEND_EVERY = timedelta(minutes=1)

# How long ago the outbox may have been begun last: two runs have been missed then, and the second had five seconds to
# write down that it began. A restart takes less than one period, so it turns nothing red.
READY_WITHIN = 2 * SEND_EVERY + timedelta(seconds=5)

# How long ago a run that could send may have begun; a mail server that was away for one run is no trouble yet.
OUTBOX_WITHIN = timedelta(minutes=3)

# How long a message may be ready while not one is sent. Whatever keeps them all back, this is what people miss.
SENT_WITHIN = timedelta(minutes=15)

# How long something is out of order before people are mailed. Two periods are missed by then, and three minutes over
# are left for a new version: stop, migrate, start. So a restart mails nobody.
ALARM_AFTER = timedelta(minutes=5)

# London time: after the night, outside the hour that the clock change repeats, before people open their mail.
QUEUE_AT = time(7, 0)

# By when, in London, the notices of a working day are queued.
NOTICES_BY = time(7, 15)

# How far back days on which nothing ran are written down: as long as runs are kept.
MISSED_AT_MOST = timedelta(days=30)

# The stretch in which several processes are seen to run the jobs at once.
AT_ONCE_WITHIN = timedelta(minutes=5)


def notices_day(london_now: datetime, calendar: WorkingCalendar = SCOTLAND) -> date:
    """The last working day whose notices should be queued by now."""
    return calendar.on_or_before(day_asked_about(london_now))


def day_asked_about(london_now: datetime) -> date:
    """The last day, working or not, whose notices could be queued by now."""
    return london_now.date() if london_now.time() >= NOTICES_BY else london_now.date() - DAY


def missed_days(ran_for: Iterable[date], last: date, today: date, calendar: WorkingCalendar = SCOTLAND) -> list[date]:
    """The working days between `last`, a day that had a run, and `today` that are not among those it `ran_for`."""
    first = max(last + DAY, today - MISSED_AT_MOST)
    had_one = set(ran_for)
    days = (first + DAY * number for number in range((today - first).days))
    return [day for day in days if calendar.is_working_day(day) and day not in had_one]


def processes_at_once(holders: Sequence[str]) -> list[str]:
    """Who ran a job turn by turn with somebody else, given who ran it each time, in the order of the runs.

    One process after another, as at a restart, is no turn by turn; nor is a single run by hand amid those of the
    scheduler. Empty where one process at most runs the job.
    """
    changes = sum(before != after for before, after in pairwise(holders))
    several = sorted(set(holders))
    is_by_turns = changes >= len(several) and len(several) > 1
    is_one_by_hand = len(several) == 2 and min(holders.count(name) for name in several) == 1
    return several if is_by_turns and not is_one_by_hand else []
