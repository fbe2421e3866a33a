"""Who may say of an escalation that they have seen something, and by when they may promise their reply."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.calendar import SCOTLAND, WorkingCalendar
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.roles import Role
from cycle_tracker.governance.rules import LONGEST_REPLY, answers_for, ensure_reason, ensure_reply_day

TODAY = date(2026, 7, 3)
"""A Friday."""
MORAY, FIFE, OWNER = 1, 2, 7


def viewer(
    *roles: Role, user_id: int = 20, partnership: int = MORAY, stands_in_for: frozenset[int] = frozenset()
) -> Viewer:
    return Viewer(user_id, "Somebody", within={partnership: frozenset(roles)}, stands_in_for=stands_in_for)


@pytest.mark.parametrize(
    ("audience", "day", "refused"),
    [
        (Audience.LEAD, date(2026, 7, 6), ""),
        (Audience.LEAD, date(2026, 7, 17), ""),
        (Audience.LEAD, date(2026, 7, 3), "The reply date must be after today."),
        (Audience.LEAD, date(2026, 7, 20), "The reply date must be on or before 17 July 2026."),
        (Audience.OWNER, date(2026, 7, 20), "The reply date must be on or before 17 July 2026."),
        (Audience.CHAIR, date(2026, 7, 31), ""),
        (Audience.GOVERNANCE, date(2026, 8, 3), "The reply date must be on or before 31 July 2026."),
        (
            Audience.NATIONAL,
            date(2026, 7, 5),
            "The reply date must be a working day when the partnership is not closed.",
        ),
    ],
)
def test_a_reply_is_promised_for_a_working_day_that_is_not_far(audience: Audience, day: date, refused: str) -> None:
    if not refused:
        ensure_reply_day(audience, day, TODAY, SCOTLAND)
        return
    with pytest.raises(RuleBroken) as rule:
        ensure_reply_day(audience, day, TODAY, SCOTLAND)
    assert (rule.value.message, rule.value.field) == (refused, "reply_by")


def test_a_day_on_which_the_partnership_is_closed_is_none_to_reply_on() -> None:
    closed = WorkingCalendar.closed_on([date(2026, 7, 8)])
    with pytest.raises(RuleBroken):
        ensure_reply_day(Audience.LEAD, date(2026, 7, 8), TODAY, closed)


@given(
    audience=st.sampled_from(sorted(LONGEST_REPLY)),
    today=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    ahead=st.integers(-400, 400),
)
def test_what_is_allowed_lies_within_the_bound_and_is_a_working_day(
    audience: Audience, today: date, ahead: int
) -> None:
    day = today + timedelta(days=ahead)
    right = 0 < ahead <= LONGEST_REPLY[audience].days and SCOTLAND.is_working_day(day)
    try:
        ensure_reply_day(audience, day, today, SCOTLAND)
    except RuleBroken:
        assert not right
    else:
        assert right


OWNS = viewer(Role.CONTRIBUTOR, user_id=OWNER)
DEPUTY = viewer(Role.CONTRIBUTOR, stands_in_for=frozenset({OWNER}))
LEAD, MEMBER, CLERK = viewer(Role.LEAD), viewer(Role.GOVERNANCE), viewer(Role.CLERK)
LEAD_AND_MEMBER = viewer(Role.LEAD, Role.GOVERNANCE)
OFFICIAL = Viewer(30, "An official", national=frozenset({Role.OFFICIAL}))


@pytest.mark.parametrize(
    ("audience", "answering", "not_answering"),
    [
        (Audience.OWNER, [OWNS, DEPUTY, LEAD], [MEMBER, CLERK, viewer(Role.CONTRIBUTOR), OFFICIAL]),
        (Audience.LEAD, [OWNS, DEPUTY, LEAD], [MEMBER, CLERK, viewer(Role.LEAD, partnership=FIFE)]),
        (Audience.CHAIR, [CLERK], [MEMBER, LEAD, LEAD_AND_MEMBER, OFFICIAL]),
        (Audience.GOVERNANCE, [MEMBER, CLERK], [OWNS, LEAD, LEAD_AND_MEMBER, viewer(Role.GOVERNANCE, user_id=OWNER)]),
        (Audience.NATIONAL, [], [OWNS, LEAD, MEMBER, CLERK, OFFICIAL]),
    ],
)
def test_only_those_to_whom_it_came_answer_for_it(
    audience: Audience, answering: list[Viewer], not_answering: list[Viewer]
) -> None:
    for one in answering:
        assert answers_for(one, audience, MORAY, owner_id=OWNER)
    for one in not_answering:
        assert not answers_for(one, audience, MORAY, owner_id=OWNER)


def test_the_chair_and_the_national_group_are_those_of_the_day() -> None:
    assert answers_for(MEMBER, Audience.CHAIR, MORAY, owner_id=OWNER, chairs=True)
    assert not answers_for(LEAD_AND_MEMBER, Audience.CHAIR, MORAY, owner_id=OWNER, chairs=True)
    assert answers_for(OFFICIAL, Audience.NATIONAL, MORAY, owner_id=OWNER, in_national_group=True)


@pytest.mark.parametrize("why", ["", "   ", "late", "x" * 2001])
def test_a_reason_says_something_and_not_everything(why: str) -> None:
    with pytest.raises(RuleBroken) as rule:
        ensure_reason(why)
    assert rule.value.field == "why"
