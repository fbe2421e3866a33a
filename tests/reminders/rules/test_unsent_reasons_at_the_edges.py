"""Why nobody was told, on the very day on which it changes."""

from dataclasses import replace
from datetime import date, timedelta

from cycle_tracker.core.audiences import Audience
from cycle_tracker.reminders.rules.silences import Silence, Stuck
from cycle_tracker.reminders.rules.unsent_reasons import Why, reasons
from tests.reminders.rules.test_silences import DEADLINE, NOTHING, ONLY_LATE, STEP_POLICY, TODAY, WEEKLY, waits

DAY = timedelta(days=1)
FOURTEEN_BEFORE = date(2026, 5, 14)
"""The day of the first reminder of DEADLINE."""


def kinds(silence: Silence, today: date = TODAY) -> list[Why]:
    return [one.why for one in reasons(silence, today)]


def test_an_acknowledgement_counts_until_the_day_before_the_reply() -> None:
    acknowledged = replace(NOTHING, deadline=replace(DEADLINE, reply_by=TODAY))
    assert kinds(acknowledged, TODAY - DAY) == [Why.ACKNOWLEDGED]
    assert kinds(acknowledged, TODAY) == []


def test_a_reminder_of_the_day_on_which_it_was_entered_was_not_missed() -> None:
    entered = replace(NOTHING, deadline=replace(DEADLINE, entered_on=FOURTEEN_BEFORE))
    assert kinds(entered, FOURTEEN_BEFORE + DAY) == []
    later = replace(NOTHING, deadline=replace(DEADLINE, entered_on=FOURTEEN_BEFORE + DAY))
    assert kinds(later, FOURTEEN_BEFORE - DAY) == []
    assert kinds(later, FOURTEEN_BEFORE) == [Why.ENTERED_LATER]


def test_a_reminder_counts_under_the_settings_of_its_day() -> None:
    def changed(since: date, entered_on: date = date(2026, 1, 1)) -> list[Why]:
        policy = replace(STEP_POLICY, before=(14,), before_since=since)
        return kinds(replace(NOTHING, policy=policy, deadline=replace(DEADLINE, entered_on=entered_on)))

    assert changed(FOURTEEN_BEFORE) == []
    assert changed(FOURTEEN_BEFORE + DAY) == [Why.POLICY_CHANGED]
    assert changed(FOURTEEN_BEFORE + DAY, entered_on=FOURTEEN_BEFORE) == [Why.POLICY_CHANGED]


def test_somebody_stands_in_or_nobody_does() -> None:
    nobody = replace(NOTHING, owner="", owner_may_be_notified=False)
    assert kinds(nobody) == [Why.NOBODY]
    assert kinds(replace(nobody, stands_in=["Ailsa Grant"])) == [Why.STANDS_IN]
    assert kinds(replace(NOTHING, unreachable=[Audience.CHAIR])) == [Why.NOBODY]


def test_who_wants_only_what_is_late_waits_until_the_day_after_the_date() -> None:
    due = waits(preference=ONLY_LATE, due_on=TODAY)
    assert kinds(due, TODAY) == [Why.ONLY_LATE]
    assert kinds(due, TODAY + DAY) == [Why.NEXT_RUN]


def test_a_weekly_mail_is_waited_for_until_its_day() -> None:
    friday = date(2026, 5, 15)
    assert kinds(waits(preference=WEEKLY), friday - DAY) == [Why.WEEKLY]
    assert kinds(waits(preference=WEEKLY), friday) == [Why.NEXT_RUN]
    assert kinds(waits(queued_on=TODAY + DAY), TODAY) == [Why.NEXT_RUN]


def test_what_the_mail_server_said_keeps_its_letters() -> None:
    said = reasons(replace(NOTHING, stuck=[Stuck("Rory Baird", "550 Not for X", is_final=True)]), TODAY)
    assert "“550 Not for X”" in said[0].words
