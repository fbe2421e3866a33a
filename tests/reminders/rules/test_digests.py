"""When a person takes their mail."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.preferences import Preference, Rhythm
from cycle_tracker.reminders.rules.digests import (
    Foretold,
    belongs_in_digest,
    digest_day,
    digest_of_today,
    goes_at_once,
    is_prompt,
)
from cycle_tracker.reminders.rules.policies import DOCUMENT_POLICY, STEP_POLICY, Policy

MONDAY, WEDNESDAY, FRIDAY = 0, 2, 4


@pytest.mark.parametrize("preference", [Preference(Rhythm.DAILY), Preference(Rhythm.ONLY_LATE, FRIDAY)])
def test_daily_and_only_late_are_the_day_itself(preference: Preference) -> None:
    for number in range(14):
        day = date(2026, 6, 1) + timedelta(days=number)
        assert digest_day(preference, day) == day


@pytest.mark.parametrize(
    ("weekday", "queued_on", "expected"),
    [
        (MONDAY, date(2026, 6, 8), date(2026, 6, 8)),
        (MONDAY, date(2026, 6, 9), date(2026, 6, 16)),  # 15 June is a bank holiday
        (MONDAY, date(2026, 6, 16), date(2026, 6, 16)),
        (MONDAY, date(2026, 6, 17), date(2026, 6, 22)),
        (WEDNESDAY, date(2026, 6, 16), date(2026, 6, 17)),
        (FRIDAY, date(2026, 4, 1), date(2026, 4, 6)),  # Good Friday, then Easter Monday, a working day here
        (FRIDAY, date(2026, 4, 6), date(2026, 4, 6)),
        (FRIDAY, date(2026, 4, 7), date(2026, 4, 10)),
        (FRIDAY, date(2026, 12, 24), date(2026, 12, 29)),  # 28 December is a substitute day
        (FRIDAY, date(2026, 12, 30), date(2027, 1, 5)),
    ],
)
def test_a_weekly_digest_moves_from_a_bank_holiday_to_the_next_working_day(
    weekday: int, queued_on: date, expected: date
) -> None:
    assert digest_day(Preference(Rhythm.WEEKLY, weekday), queued_on) == expected


@pytest.mark.parametrize("weekday", range(5))
def test_a_weekly_digest_is_on_a_working_day_and_never_long_to_wait_for(weekday: int) -> None:
    for number in range(800):
        queued_on = date(2025, 12, 1) + timedelta(days=number)
        day = digest_day(Preference(Rhythm.WEEKLY, weekday), queued_on)
        assert SCOTLAND.is_working_day(day)
        assert queued_on <= day <= queued_on + timedelta(days=12)
        assert digest_day(Preference(Rhythm.WEEKLY, weekday), day) == day


def test_only_late_leaves_out_what_is_still_to_come() -> None:
    only_late = Preference(Rhythm.ONLY_LATE)
    assert belongs_in_digest(only_late, past_its_date=True)
    assert not belongs_in_digest(only_late, past_its_date=False)
    for rhythm in (Rhythm.DAILY, Rhythm.WEEKLY):
        assert belongs_in_digest(Preference(rhythm), past_its_date=False)
        assert belongs_in_digest(Preference(rhythm), past_its_date=True)


@dataclass(frozen=True)
class Waits:
    """A notice that waits for a mail."""

    due_on: date
    queued_on: date
    prompt: bool = False
    at_once: bool = False


def due_today(
    waiting: list[Waits], preference: Preference, today: date, last_digest_on: date | None = None
) -> list[Waits]:
    return digest_of_today(waiting, preference, today, is_prompt=lambda one: one.prompt, last_digest_on=last_digest_on)


def test_today_has_all_that_is_wanted_once_the_day_of_any_of_it_has_come() -> None:
    today = date(2026, 6, 10)
    due = [Waits(today + timedelta(days=number), today - timedelta(days=1)) for number in (-1, 0, 1)]
    assert due_today(due, Preference(Rhythm.DAILY), today) == due
    assert due_today(due, Preference(Rhythm.ONLY_LATE), today) == due[:1]
    assert due_today(due[1:], Preference(Rhythm.ONLY_LATE), today) == []
    on_friday = Preference(Rhythm.WEEKLY, FRIDAY)
    assert due_today(due, on_friday, today) == []
    assert due_today(due, on_friday, date(2026, 6, 12)) == due
    lost = Waits(today, date(2026, 6, 4))
    assert due_today([*due, lost], on_friday, today) == [*due, lost]


STANDARD = Preference()
WED, THU, NEXT_MON = date(2026, 6, 3), date(2026, 6, 4), date(2026, 6, 8)
LONG_AFTER = date(2026, 7, 31)


def prompt(step: str, kind: Kind, policy: Policy, **fields: object) -> bool:
    foretold = Foretold(step, (), Audience.OWNER, kind, is_first=False)
    return is_prompt(replace(foretold, **fields), policy)  # type: ignore[arg-type]


def test_of_a_document_the_first_the_last_and_the_day_wait_for_no_list_day() -> None:
    steps = ("before-28", "before-14", "before-7", "before-1", "on-day", "overdue-1", "overdue-8", "explain", "rung-14")
    for kind in (Kind.PLAN, Kind.ANNUAL_REPORT, Kind.CONSULTATION):
        found = [step for step in steps if prompt(step, kind, DOCUMENT_POLICY)]
        assert found == ["before-1", "on-day", "overdue-1", "rung-14"]
        assert prompt("before-14", kind, DOCUMENT_POLICY, is_first=True)
    found = [step for step in steps if prompt(step, Kind.STEP, STEP_POLICY)]
    assert found == ["on-day", "overdue-1", "rung-14"]


def test_of_a_new_expected_date_the_reminder_three_days_before_waits_for_no_list_day() -> None:
    for policy in (DOCUMENT_POLICY, replace(DOCUMENT_POLICY, before=(20, 5))):
        found = [
            one for one in ("before-14", "before-3", "before-1") if prompt(one, Kind.PLAN, policy, expected_date=True)
        ]
        assert found == ["before-3"]


def test_the_last_before_and_the_first_after_are_those_of_the_policy() -> None:
    policy = replace(DOCUMENT_POLICY, before=(20, 5), first_after=3)
    assert prompt("before-5", Kind.PLAN, policy)
    assert prompt("overdue-3", Kind.PLAN, policy)
    assert not prompt("before-1", Kind.PLAN, policy)
    assert not prompt("overdue-1", Kind.PLAN, policy)
    assert not prompt("before-5", Kind.PLAN, replace(policy, before=(0,)))


def test_what_was_overtaken_is_told_no_later_for_that() -> None:
    assert prompt("overdue-8", Kind.STEP, STEP_POLICY, overtook=("on-day", "overdue-1"))
    assert prompt("overdue-15", Kind.STEP, STEP_POLICY, overtook=("rung-1",))
    assert not prompt("overdue-15", Kind.STEP, STEP_POLICY, overtook=("overdue-8",))


@pytest.mark.parametrize("step", ["assigned", "answered", "raised-group", "raised-national"])
def test_what_somebody_did_waits_for_no_list_day(step: str) -> None:
    assert prompt(step, Kind.STEP, STEP_POLICY)


@pytest.mark.parametrize("audience", [Audience.CHAIR, Audience.GOVERNANCE, Audience.NATIONAL])
def test_a_decision_that_is_wanted_waits_for_no_list_day(audience: Audience) -> None:
    assert prompt("overdue-8", Kind.STEP, STEP_POLICY, audience=audience)


def test_in_the_standard_rhythm_what_can_wait_waits_for_monday() -> None:
    can_wait, cannot = Waits(LONG_AFTER, WED), Waits(LONG_AFTER, WED, prompt=True)
    assert due_today([can_wait], STANDARD, WED) == []
    assert due_today([can_wait], STANDARD, NEXT_MON) == [can_wait]
    assert due_today([can_wait], STANDARD, NEXT_MON + timedelta(days=1)) == [can_wait]  # nothing ran on Monday
    assert due_today([can_wait, cannot], STANDARD, WED) == [can_wait, cannot]
    assert due_today([can_wait], Preference(Rhythm.STANDARD, 3), THU) == [can_wait]


@given(weekday=st.integers(0, 4), queued=st.integers(0, 400), ahead=st.integers(0, 40), ago=st.integers(1, 20))
def test_in_the_standard_rhythm_nothing_waits_past_its_date(weekday: int, queued: int, ahead: int, ago: int) -> None:
    queued_on = SCOTLAND.on_or_after(date(2026, 1, 1) + timedelta(days=queued))
    due_on, preference = queued_on + timedelta(days=ahead), Preference(Rhythm.STANDARD, weekday)
    for last in (None, queued_on - timedelta(days=ago)):
        day = digest_day(preference, queued_on, due_on=due_on, last_digest_on=last)
        assert queued_on <= day <= due_on
        assert SCOTLAND.is_working_day(day)


def test_a_list_waits_for_another_week_after_a_digest_of_the_last_six_days() -> None:
    late = Waits(date(2026, 5, 1), date(2026, 6, 5))
    assert due_today([late], STANDARD, NEXT_MON, last_digest_on=date(2026, 6, 1)) == [late]
    assert due_today([late], STANDARD, NEXT_MON, last_digest_on=date(2026, 6, 2)) == []
    for day in range(8, 16):  # 15 June is a bank holiday, and the list comes on the 16th
        assert due_today([late], STANDARD, date(2026, 6, day), last_digest_on=THU) == []
    assert due_today([late], STANDARD, date(2026, 6, 16), last_digest_on=THU) == [late]


def test_a_list_that_a_bank_holiday_moved_does_not_put_off_the_next() -> None:
    moved = date(2026, 5, 5)  # 4 May is a bank holiday
    late = Waits(date(2026, 4, 1), date(2026, 5, 8))
    assert due_today([late], STANDARD, date(2026, 5, 11), last_digest_on=moved) == [late]


def test_a_second_email_of_a_day_is_for_what_is_urgent_in_every_rhythm() -> None:
    def is_urgent(one: Waits) -> bool:
        return one.prompt

    between = Waits(LONG_AFTER, WED, at_once=True)
    for rhythm in Rhythm:
        assert goes_at_once(replace(between, prompt=True), Preference(rhythm), is_urgent)
        assert goes_at_once(between, Preference(rhythm), is_urgent) == (rhythm is not Rhythm.STANDARD)
        assert not goes_at_once(Waits(LONG_AFTER, WED, prompt=True), Preference(rhythm), is_urgent)
