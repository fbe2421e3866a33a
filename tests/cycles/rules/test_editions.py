"""Which edition of the guidance holds for which period."""

import pytest

from cycle_tracker.core.periods import Period
from cycle_tracker.cycles.rules.editions import edition_for


@pytest.mark.parametrize(
    ("name", "edition"),
    [
        ("2017-20", "guidance-2016"),
        ("2020-23", "guidance-2020"),
        ("2023-26", "guidance-2020"),
        ("2026-29", "guidance-2020"),
        ("2029-32", "guidance-2020"),
    ],
)
def test_a_period_follows_the_newest_edition_that_applied_when_it_began(name: str, edition: str) -> None:
    assert edition_for(Period.named(name)) == edition
