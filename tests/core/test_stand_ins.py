"""Who gets whose mails while people are away."""

from cycle_tracker.core.stand_ins import covered_by


def test_whoever_is_there_at_the_end_of_a_chain_covers_all_of_it() -> None:
    assert covered_by({1: 2, 2: 3, 5: 3, 8: 9}) == {3: [1, 2, 5], 9: [8]}


def test_in_a_circle_nobody_is_covered() -> None:
    assert covered_by({1: 2, 2: 1}) == {}
    assert covered_by({}) == {}
