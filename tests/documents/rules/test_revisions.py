"""The steps of a revision: their keys and their dates."""

from datetime import date, timedelta

import pytest

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.periods import Period
from cycle_tracker.documents.rules.revisions import (
    OPENED_AGAIN,
    STEPS,
    due_again_on,
    ensure_target,
    guidance_on_revising,
    next_number,
    revision_of_key,
    step_keys,
)

PERIOD = Period.named("2026-29")
TARGET = date(2027, 9, 30)


def test_the_steps_are_dated_back_from_the_target() -> None:
    weeks = {step.name: (step.due.days, step.opens.days if step.opens else None) for step in STEPS}
    assert weeks == {
        "invite": (-26 * 7, None),
        "consult": (-8 * 7, -16 * 7),
        "agree": (0, None),
        "send": (14, None),
        "publish": (28, None),
    }


def test_the_keys_of_a_revision_are_known_again_and_no_others() -> None:
    assert [revision_of_key(key) for key in step_keys(PERIOD, 2)] == [2] * 5
    for other in ("2026-29.plan-prepared", "2026-29.revision-2.mine", "2026-29.revision-02.send", "revision-2.send"):
        assert revision_of_key(other) is None


def test_a_number_that_any_key_has_is_not_given_again() -> None:
    assert next_number([]) == 1
    assert next_number(step_keys(PERIOD, 1)) == 2
    assert next_number(["2026-29.revision-7.mine", "2026-29.revision-x"]) == 8


def test_the_guidance_of_the_period_is_cited() -> None:
    assert guidance_on_revising(PERIOD) == "2020 guidance, section 11"
    assert guidance_on_revising(Period.named("2017-20")) == "2016 guidance, paragraph 124"


@pytest.mark.parametrize("day", [date(2026, 12, 1), date(2026, 11, 30), PERIOD.end + timedelta(days=1)])
def test_a_target_lies_ahead_and_within_the_period(day: date) -> None:
    with pytest.raises(RuleBroken, match="after 1 December 2026 and no later than 31 March 2029"):
        ensure_target(day, date(2026, 12, 1), PERIOD.end)


def test_the_first_and_the_last_possible_target_are_taken() -> None:
    ensure_target(date(2026, 12, 2), date(2026, 12, 1), PERIOD.end)
    ensure_target(PERIOD.end, date(2026, 12, 1), PERIOD.end)


def test_each_step_that_is_opened_again_has_a_date_ahead() -> None:
    assert all(due_again_on(f"2026-29.{key}", TARGET) > TARGET for key in OPENED_AGAIN)
