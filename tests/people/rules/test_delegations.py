"""Who stands in for whom: from deputy to deputy, never in a circle."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.audiences import HEARD_AT_ONCE, Audience
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.roles import Role
from cycle_tracker.core.stand_ins import stand_in, stood_in_for
from cycle_tracker.people.rules import Absence, closes_loop, ensure_days_away, goes_to_stand_in

TODAY = date(2026, 7, 3)
AILSA, BLAIR, CALUM = 1, 2, 3

people = st.integers(1, 8)
deputies = st.dictionaries(people, people, max_size=8).map(
    lambda found: {person: deputy for person, deputy in found.items() if person != deputy}
)
days = st.integers(0, 20).map(lambda number: TODAY + timedelta(days=number))


@st.composite
def absences(draw: st.DrawFn) -> Absence:
    user_id = draw(people)
    deputy_id = draw(people.filter(lambda one: one != user_id))
    from_on = draw(days)
    return Absence(user_id, deputy_id, from_on, from_on + timedelta(days=draw(st.integers(0, 10))))


@pytest.mark.parametrize(
    ("away", "gets_it"),
    [
        ({}, AILSA),
        ({AILSA: BLAIR}, BLAIR),
        ({AILSA: BLAIR, BLAIR: CALUM}, CALUM),
        ({AILSA: BLAIR, BLAIR: AILSA}, AILSA),
        ({AILSA: BLAIR, BLAIR: CALUM, CALUM: BLAIR}, AILSA),
    ],
)
def test_mails_go_from_deputy_to_deputy_and_home_where_nobody_is_there(away: dict[int, int], gets_it: int) -> None:
    assert stand_in(AILSA, away) == gets_it


@given(person=people, away=deputies)
def test_whoever_stands_in_is_there_or_is_the_person(person: int, away: Mapping[int, int]) -> None:
    found = stand_in(person, away)
    assert found == person or found not in away


@given(person=people, away=deputies)
def test_a_circle_comes_home_and_nothing_else_does(person: int, away: Mapping[int, int]) -> None:
    there, steps = person, 0
    while there in away and steps <= len(away):
        there, steps = away[there], steps + 1
    is_circle = steps > len(away)
    assert (stand_in(person, away) == person) is (is_circle or person not in away)


@given(away=deputies)
def test_who_is_stood_in_for_is_the_other_side_of_who_stands_in(away: Mapping[int, int]) -> None:
    for deputy in range(1, 9):
        expected = {person for person in range(1, 9) if person != deputy and stand_in(person, away) == deputy}
        assert stood_in_for(deputy, away) == expected


@given(wanted=st.lists(absences(), max_size=8))
def test_absences_that_are_let_in_one_by_one_never_make_a_circle_on_any_day(wanted: list[Absence]) -> None:
    kept: list[Absence] = []
    for one in wanted:
        if not any(one.user_id == other.user_id and one.overlaps(other) for other in kept) and not closes_loop(
            one, kept
        ):
            kept.append(one)
    for number in range(32):
        day = TODAY + timedelta(days=number)
        away = {one.user_id: one.deputy_id for one in kept if one.holds_on(day)}
        for person in away:
            assert stand_in(person, away) != person


def test_a_circle_only_counts_while_both_are_away() -> None:
    blair = Absence(BLAIR, AILSA, date(2026, 7, 20), date(2026, 7, 24))
    assert closes_loop(Absence(AILSA, BLAIR, date(2026, 7, 10), date(2026, 7, 20)), [blair])
    assert not closes_loop(Absence(AILSA, BLAIR, date(2026, 7, 10), date(2026, 7, 19)), [blair])
    assert not closes_loop(Absence(AILSA, CALUM, date(2026, 7, 10), date(2026, 7, 20)), [blair])


@pytest.mark.parametrize(
    ("from_on", "to_on", "field"),
    [
        (date(2026, 7, 2), date(2026, 7, 10), "from_on"),
        (date(2028, 1, 1), date(2028, 1, 2), "from_on"),
        (date(2026, 7, 10), date(2026, 7, 9), "to_on"),
        (date(2026, 7, 10), date(2027, 9, 1), "to_on"),
    ],
)
def test_days_that_cannot_be_are_refused_beside_their_field(from_on: date, to_on: date, field: str) -> None:
    with pytest.raises(RuleBroken) as rule:
        ensure_days_away(from_on, to_on, TODAY)
    assert rule.value.field == field


def test_one_day_from_today_is_right() -> None:
    ensure_days_away(TODAY, TODAY, TODAY)


def test_a_deputy_gets_what_they_may_see_and_of_decisions_only_what_they_may_decide() -> None:
    contributor = Viewer(1, "Rona Munro", within={7: frozenset({Role.CONTRIBUTOR})})
    member = Viewer(2, "Morag Reid", within={7: frozenset({Role.GOVERNANCE})})
    for audience in Audience:
        wants_a_decision = audience in HEARD_AT_ONCE
        assert goes_to_stand_in(contributor, audience, 7, is_document=False) is not wants_a_decision
        assert goes_to_stand_in(member, audience, 7, is_document=False)
        assert not goes_to_stand_in(member, audience, 8, is_document=True)
