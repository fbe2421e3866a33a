"""When the jobs run: seven in London on weekdays, over both changes of the clocks, late rather than never."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from apscheduler.triggers.base import BaseTrigger

from cycle_tracker.core.clock import LONDON
from scheduler.jobs import JOBS
from scheduler.schedule import build_scheduler, timetable

TRIGGERS = {entry.job: entry.trigger for entry in timetable("Europe/London")}
CLOCKS_CHANGE = [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)]


def firings(trigger: BaseTrigger, first: datetime, last: datetime) -> Iterator[datetime]:
    at = trigger.get_next_fire_time(None, first)
    while at is not None and at.timestamp() <= last.timestamp():
        yield at
        at = trigger.get_next_fire_time(at, at)


def test_notices_are_queued_at_seven_in_london_on_every_weekday_of_two_years() -> None:
    first = datetime(2026, 1, 1, tzinfo=LONDON)
    last = datetime(2027, 12, 31, 23, 59, tzinfo=LONDON)
    fired = list(firings(TRIGGERS["queue-notices"], first, last))
    weekdays = [first.date() + timedelta(days=number) for number in range((last.date() - first.date()).days + 1)]
    assert [at.date() for at in fired] == [day for day in weekdays if day.weekday() < 5]
    assert {(at.hour, at.minute, at.second) for at in fired} == {(7, 0, 0)}
    assert {at.utcoffset() for at in fired} == {timedelta(0), timedelta(hours=1)}


def test_the_monday_after_each_change_of_the_clocks_is_seven_local_time() -> None:
    for sunday in CLOCKS_CHANGE:
        asked = datetime.combine(sunday, time(0, 30), tzinfo=LONDON)
        fired = next(firings(TRIGGERS["queue-notices"], asked, asked + timedelta(days=3)))
        assert fired.date() == sunday + timedelta(days=1)
        assert fired == datetime.combine(fired.date(), time(7), tzinfo=LONDON)


def test_mails_are_sent_each_minute_through_the_night_of_a_change_of_the_clocks() -> None:
    for sunday in CLOCKS_CHANGE:
        midnight = datetime.combine(sunday, time(0), tzinfo=LONDON)
        fired = [at.timestamp() for at in firings(TRIGGERS["send-outbox"], midnight, midnight + timedelta(hours=4))]
        gaps = {later - earlier for earlier, later in zip(fired, fired[1:], strict=False)}
        assert gaps == {60.0}


def test_a_late_run_still_runs_missed_ones_run_once_and_never_two_at_a_time() -> None:
    scheduler = build_scheduler(lambda job: None, "Europe/London")
    assert str(scheduler.timezone) == "Europe/London"
    jobs = {job.id: job for job, _store, _replace in scheduler._pending_jobs}
    assert set(jobs) == {*JOBS, "catch-up"}
    assert {"queue-notices", "send-outbox", "send-account-mails", "seal-audit", "seal-whole-audit"} <= set(jobs)
    assert scheduler._job_defaults == {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    for name, job in jobs.items():
        assert job.args == (name,)
        assert str(job.trigger.timezone) == "Europe/London"


def test_what_was_missed_is_looked_for_every_five_minutes_and_never_at_seven_itself() -> None:
    morning = datetime(2026, 7, 2, 6, 59, tzinfo=LONDON)
    fired = [at.time() for at in firings(TRIGGERS["catch-up"], morning, morning + timedelta(minutes=15))]
    assert fired == [time(7, 2), time(7, 7), time(7, 12)]


def test_mails_about_accounts_are_looked_for_every_five_seconds() -> None:
    night = datetime(2026, 10, 25, 0, 59, tzinfo=LONDON)
    fired = [at.timestamp() for at in firings(TRIGGERS["send-account-mails"], night, night + timedelta(minutes=2))]
    assert {later - earlier for earlier, later in zip(fired, fired[1:], strict=False)} == {5.0}


def test_the_audit_is_sealed_each_minute_and_looked_through_once_a_day() -> None:
    for sunday in CLOCKS_CHANGE:
        midnight = datetime.combine(sunday, time(0), tzinfo=LONDON)
        each = [at.timestamp() for at in firings(TRIGGERS["seal-audit"], midnight, midnight + timedelta(hours=4))]
        assert {later - earlier for earlier, later in zip(each, each[1:], strict=False)} == {60.0}
        whole = list(firings(TRIGGERS["seal-whole-audit"], midnight, midnight + timedelta(days=1, hours=12)))
        assert [at.date() for at in whole] == [sunday, sunday + timedelta(days=1)]
