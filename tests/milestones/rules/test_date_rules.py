"""Date rules: reading them, and their arithmetic."""

from datetime import date

import pytest

from cycle_tracker.core.errors import TemplateError
from cycle_tracker.core.periods import Period
from cycle_tracker.milestones.rules.date_rules import DateRule

PERIOD = Period.named("2026-29")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("period_start", date(2026, 4, 1)),
        ("period_end", date(2029, 3, 31)),
        ("year_1_end", date(2027, 3, 31)),
        ("year_3_end", date(2029, 3, 31)),
        ("  period_start  ", date(2026, 4, 1)),
        ("period_start - 1 day", date(2026, 3, 31)),
        ("period_start - 2 weeks", date(2026, 3, 18)),
        ("period_start - 9 months", date(2025, 7, 1)),
        ("period_start - 18 months", date(2024, 10, 1)),
        ("period_start + 0 days", date(2026, 4, 1)),
        ("year_2_end + 3 months", date(2028, 6, 30)),
        ("year_1_end + 45 days", date(2027, 5, 15)),
        ("year_1_end + 11 months", date(2028, 2, 29)),
        ("year_2_end + 11 months", date(2029, 2, 28)),
        ("year_1_end - 1 month", date(2027, 2, 28)),
        ("period_end + 6 months", date(2029, 9, 30)),
    ],
)
def test_a_rule_gives_a_day_of_the_period(text: str, day: date) -> None:
    rule = DateRule.parse(text)
    assert rule.follows is None
    assert rule.on(PERIOD) == day


def test_months_end_where_the_calendar_does() -> None:
    later = DateRule.parse("@plan-prepared + 1 month")
    assert later.on(PERIOD, {"plan-prepared": date(2027, 1, 31)}) == date(2027, 2, 28)
    assert later.on(PERIOD, {"plan-prepared": date(2028, 1, 31)}) == date(2028, 2, 29)


def test_a_rule_that_hangs_on_another_milestone_waits_for_its_day() -> None:
    rule = DateRule.parse("@plan-prepared + 14 days")
    assert rule.follows == "plan-prepared"
    assert rule.on(PERIOD) is None
    assert rule.on(PERIOD, {"annual-report-1": date(2026, 3, 20)}) is None
    assert rule.on(PERIOD, {"plan-prepared": date(2026, 3, 20)}) == date(2026, 4, 3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "period_start - 9",
        "period_start - months",
        "period_start-9 months",
        "period_start -9 months",
        "period_start * 9 months",
        "period_start + 1 year",
        "period_start + 1.5 months",
        "period_start + -1 months",
        "period_start + 1 day + 1 day",
        "year_0_end",
        "year_4_end",
        "year_{k}_end",
        "@",
        "@ plan-prepared",
        "Period_start",
    ],
)
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(TemplateError, match="is not a date rule"):
        DateRule.parse(text)
