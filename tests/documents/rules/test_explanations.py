"""Which new expected dates may be noted, and by whom; what a revised plan asks for again; languages in words."""

from datetime import date, timedelta

import pytest

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.periods import Period
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.rules.explanations import (
    FURTHEST_AHEAD,
    SHORTEST_EXPLANATION,
    ensure_new_date,
    stands_apart,
)
from cycle_tracker.documents.rules.languages import LANGUAGES, language_name
from cycle_tracker.documents.rules.revisions import OPENED_AGAIN, keys_opened_again

TODAY = date(2026, 7, 3)
DAY = timedelta(days=1)
WHY = "The board meets in September."
MORAY, FIFE = 1, 2


def refused(expected_on: date, explanation: str = WHY, *, present: date | None = None) -> str | None:
    """The field beside which it is refused; None where it is taken."""
    try:
        ensure_new_date(expected_on, explanation, present=present, today=TODAY)
    except RuleBroken as rule:
        return rule.field if str(rule.message).endswith(".") else "refused without a word"
    return None


def test_a_new_date_lies_ahead_and_within_three_years() -> None:
    assert [refused(TODAY + DAY * number) for number in (-1, 0, 1)] == ["expected_on", "expected_on", None]
    assert refused(TODAY + FURTHEST_AHEAD) is None
    assert refused(TODAY + FURTHEST_AHEAD + DAY) == "expected_on"


def test_a_new_date_is_later_than_the_present_one() -> None:
    present = TODAY + 10 * DAY
    assert [refused(present + DAY * number, present=present) for number in (-1, 0, 1)] == [
        "expected_on",
        "expected_on",
        None,
    ]


def test_an_explanation_says_something() -> None:
    ahead = TODAY + DAY
    assert refused(ahead, "x" * SHORTEST_EXPLANATION) is None
    assert refused(ahead, "x" * (SHORTEST_EXPLANATION - 1)) == "explanation"
    assert refused(ahead, " " * 20 + "x" + " " * 20) == "explanation"


def anybody(*, lead_of: int | None = None, posts: tuple[int, ...] = (), away: tuple[int, ...] = ()) -> Viewer:
    within = {lead_of: frozenset({Role.LEAD, Role.GOVERNANCE})} if lead_of else {FIFE: frozenset({Role.GOVERNANCE})}
    return Viewer(7, "Anybody", within=within, posts=frozenset(posts), stands_in_for=frozenset(away))


@pytest.mark.parametrize(
    ("viewer", "partnership_id", "owner_id", "proposed_by_id", "expected"),
    [
        (anybody(), MORAY, None, None, True),
        (anybody(), MORAY, 8, 9, True),
        (anybody(), MORAY, 7, None, False),
        (anybody(posts=(8,)), MORAY, 8, None, False),
        (anybody(away=(8,)), MORAY, 8, None, False),
        (anybody(), MORAY, 8, 7, False),
        (anybody(posts=(8,)), MORAY, None, 8, True),
        (anybody(lead_of=MORAY), MORAY, None, None, False),
        (anybody(lead_of=MORAY), FIFE, None, None, True),
        (anybody(lead_of=MORAY), None, None, None, True),
        (anybody(), None, 7, None, False),
    ],
)
def test_who_stands_apart_from_a_milestone(
    viewer: Viewer, partnership_id: int | None, owner_id: int | None, proposed_by_id: int | None, expected: bool
) -> None:
    assert stands_apart(viewer, partnership_id, owner_id=owner_id, proposed_by_id=proposed_by_id) is expected


def test_a_revised_plan_asks_again_for_steps_of_its_own_period() -> None:
    keys = keys_opened_again(Period.named("2026-29"))
    assert len(keys) == len(OPENED_AGAIN)
    assert keys[0] == "2026-29.invite-bodies"
    assert keys[-1] == "2026-29.publish-plan"


def test_a_language_has_its_name_and_a_code_that_is_none_stands_for_itself() -> None:
    assert {code: language_name(code) for code in LANGUAGES} == LANGUAGES
    assert language_name("cy") == "cy"
