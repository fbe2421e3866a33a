"""What comes before what."""

from hypothesis import given
from hypothesis import strategies as st

from cycle_tracker.milestones.rules.order import comes_before

CHAIN = {4: [3], 3: [2], 2: [1]}


def test_what_comes_first_is_found_by_way_of_others() -> None:
    assert comes_before(1, 4, CHAIN)
    assert not comes_before(4, 1, CHAIN)
    assert not comes_before(1, 1, CHAIN)


@given(st.dictionaries(st.integers(0, 9), st.lists(st.integers(0, 9), max_size=4), max_size=10))
def test_it_ends_whatever_the_order_and_only_a_circle_puts_something_before_itself(
    before: dict[int, list[int]],
) -> None:
    edges = [(first, then) for then, firsts in before.items() for first in firsts]
    assert all(comes_before(first, then, before) for first, then in edges)
    without_circle = {then: [first for first in firsts if first < then] for then, firsts in before.items()}
    assert not any(comes_before(one, one, without_circle) for one in without_circle)


def test_a_circle_that_the_first_is_no_part_of_has_an_end() -> None:
    assert not comes_before(9, 1, {1: [2], 2: [1]})
