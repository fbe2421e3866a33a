"""How much of a fact is recorded, and on which day it was whole."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from cycle_tracker.core.kinds import Fact, PreparedFrom
from cycle_tracker.documents.rules.agreement import Agreement
from cycle_tracker.documents.rules.facts import (
    FactState,
    Sent,
    agreed_state,
    progress,
    published_state,
    sent_state,
)
from cycle_tracker.documents.rules.prepared import Prepared

APRIL, MAY = date(2026, 4, 9), date(2026, 5, 7)


def test_copies_are_whole_on_the_day_of_the_last() -> None:
    assert sent_state({1: Sent(APRIL), 2: Sent(MAY)}, [1, 2]) == FactState(2, 2, whole=True, on=MAY)
    assert sent_state({1: Sent(APRIL), 2: Sent(None)}, [1, 2]) == FactState(2, 2, whole=True, on=None)
    assert sent_state({1: Sent(APRIL), 9: Sent(MAY)}, [1, 2]) == FactState(1, 2)


def test_with_nobody_owed_a_copy_nothing_is_sent() -> None:
    assert sent_state({1: Sent(APRIL)}, []) == FactState(0, 0)


def test_bodies_agreed_as_the_plan_says_it_was_prepared() -> None:
    both = {1: Agreement(APRIL), 2: Agreement(MAY)}
    by_approvals = Prepared(MAY, PreparedFrom.APPROVALS)
    assert agreed_state(both, [1, 2], by_approvals) == FactState(2, 2, whole=True, on=MAY)
    assert agreed_state({1: Agreement(APRIL)}, [1, 2], None) == FactState(1, 2)
    assert agreed_state({1: Agreement(APRIL), 9: Agreement(APRIL)}, [1, 2], None) == FactState(1, 2), "9 does not lead"
    by_hand = Prepared(MAY, PreparedFrom.BY_HAND)
    assert agreed_state({}, [1, 2], by_hand) == FactState(0, 2, whole=True, on=MAY)


def test_a_published_plan_whose_approvals_are_missing_is_not_agreed() -> None:
    assert agreed_state({1: Agreement(APRIL)}, [1, 2], Prepared(MAY, PreparedFrom.PUBLICATION)) == FactState(1, 2)


def test_published_is_one_thing() -> None:
    assert published_state(None) == FactState(0, 1)
    assert published_state(Agreement(MAY)) == FactState(1, 1, whole=True, on=MAY)


def test_progress_is_shown_of_what_has_several_parts() -> None:
    assert progress(Fact.PROVIDERS_SENT, 3, 4) == "3 of 4"
    assert progress(Fact.AGREED, None, 2) == "0 of 2"
    assert progress(Fact.PUBLISHED, 0, 1) == progress(Fact.AGREED, None, None) == progress(None, None, None) == ""


days = st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(st.dictionaries(st.integers(1, 8), st.builds(Sent, days), max_size=8), st.lists(st.integers(1, 8), unique=True))
def test_copies_are_whole_exactly_where_each_that_is_owed_one_was_sent_one(
    copies: dict[int, Sent], owed: list[int]
) -> None:
    found = sent_state(copies, owed)
    assert found.whole == (bool(owed) and set(owed) <= set(copies))
    assert 0 <= found.count <= found.total == len(owed)
    assert found.on is None or found.whole
