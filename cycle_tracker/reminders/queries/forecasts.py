"""What will be emailed to whom in the days ahead."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement

from cycle_tracker.core.calendar import DAY
from cycle_tracker.jobs.queries import QUEUE_NOTICES, has_finished_on
from cycle_tracker.partnerships.queries.calendars import calendar_of_service
from cycle_tracker.reminders.queries.audiences import contact_of, user_of
from cycle_tracker.reminders.queries.deadlines import Policies, policies_now
from cycle_tracker.reminders.queries.forecast_mails import MailToCome, mails_to_come
from cycle_tracker.reminders.queries.forecast_notices import NoticeToCome, notices_to_come, notices_waiting
from cycle_tracker.reminders.rules.forecasts import working_days


@dataclass(frozen=True)
class Forecast:
    """The emails of some days, in the order of day and recipient, and what will reach no one."""

    first: date
    last: date
    mails: Sequence[MailToCome]
    unreachable: Sequence[NoticeToCome]

    @property
    def people(self) -> int:
        """How many different people get one."""
        return len({mail.recipient for mail in self.mails})


def forecast(
    today: date,
    days: int,
    *,
    which: ColumnElement[bool] | None = None,
    policies: Policies | None = None,
    let_go: Callable[[], None] = lambda: None,
) -> Forecast:
    """What will be emailed on `days` days from today, including today, about the milestones that `which` names.

    Where today's notices are already decided, the first to come are tomorrow's. With `policies`, the forecast is as if
    these applied from now on and the rules were applied again to each of these milestones. `let_go` is called between
    batches: a command ends its transaction there, which on SQLite would keep every writer waiting.
    """
    last = today + DAY * (days - 1)
    first = today + DAY if has_finished_on(QUEUE_NOTICES, today) else today
    ahead = working_days(first, last, calendar_of_service())
    lines = notices_waiting(which, policies or policies_now())
    lines += notices_to_come(ahead, today, which, policies, let_go) if ahead else []
    reached = [line for line in lines if user_of(line.addressee) or contact_of(line.addressee)]
    mails = mails_to_come(reached, ahead, today) if ahead else []
    return Forecast(
        first=today,
        last=last,
        mails=sorted(mails, key=lambda mail: (mail.day, mail.recipient, mail.addressee)),
        unreachable=sorted(
            (line for line in lines if not (user_of(line.addressee) or contact_of(line.addressee))),
            key=lambda line: (line.queued_on, line.due_on, line.about.id, line.step),
        ),
    )
