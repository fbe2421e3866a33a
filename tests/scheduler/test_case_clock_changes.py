"""The nights on which clocks change in 2026 and 2027 (F14): one sweep's worth each working day, whenever it runs."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from cycle_tracker.core import clock
from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.deadlines import due_state
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from scheduler.jobs import run_job
from tests.factories import make_milestone, make_partnership, make_user
from tests.support.days import Days, every_day, short

DAY = timedelta(days=1)
SUNDAYS = [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)]
TIMES = [
    (time(0, 30), 0),
    (time(1, 0), 0),
    (time(1, 30), 0),
    (time(1, 30), 1),
    (time(2, 0), 0),
    (time(7, 0), 0),
    (time(23, 30), 0),
    (time(23, 59), 0),
]
"""London time with its fold: in October half past one comes twice, in March it does not come at all."""


def instants(day: date) -> list[datetime]:
    """The moments of a day at which the jobs run, each once, in the order in which they come."""
    return sorted({datetime.combine(day, at, tzinfo=LONDON).replace(fold=fold).astimezone(UTC) for at, fold in TIMES})


@pytest.mark.parametrize("sunday", SUNDAYS, ids=str)
def test_nothing_on_the_sunday_and_one_of_each_on_the_working_days_around_it(days: Days, sunday: date) -> None:
    friday = SCOTLAND.on_or_before(sunday - DAY)  # a Thursday in 2027: the clocks change at Easter
    monday, tuesday = sunday + DAY, sunday + 2 * DAY
    moray = make_partnership("moray")
    owner = make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray)
    for due_on in (friday, sunday, monday, tuesday):
        make_milestone(moray, key=f"due-{due_on}", due_on=due_on, owner=owner)
    db.session.commit()

    for day in every_day(friday, tuesday):
        for at in instants(day):
            with time_machine.travel(at, tick=True):
                assert clock.today() == day
                assert run_job(days.app, "queue-notices", clock.today()).usable
                days.send(day, clock.london_time(at).time())
                db.session.rollback()  # SQLite has one writer at a time, and the job is another one

    # One mail each working day, and none on the days between: each of the four steps towards its day before the
    # weekend, and what has passed since on the Monday.
    assert [(one.day, one.steps) for one in days.notified] == [
        (
            short(friday),
            "on-day over before-14, before-3; on-day over before-14, before-3; before-3 over before-14; "
            "before-3 over before-14",
        ),
        (short(monday), "overdue-1; overdue-1; on-day"),
        (short(tuesday), "overdue-1; on-day"),
    ]


@pytest.mark.parametrize("sunday", SUNDAYS, ids=str)
def test_a_due_day_ends_at_midnight_in_london(sunday: date) -> None:
    for due_on in (sunday - DAY, sunday, sunday + DAY, date(2026, 7, 1)):
        last = datetime.combine(due_on, time(23, 30), tzinfo=LONDON)
        first = datetime.combine(due_on + DAY, time(0, 1), tzinfo=LONDON)
        states = [
            due_state(due_on, State.NOT_STARTED, None, clock.london_day(at.astimezone(UTC))) for at in (last, first)
        ]
        assert [state.value for state in states] == ["due-today", "overdue"]
