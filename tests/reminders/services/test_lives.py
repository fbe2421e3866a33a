"""How many emails people get in a partnership in which nobody acts: two months here, three years in `make long`."""

from datetime import date

import pytest

from scripts.lives import CHAIR, FIRST, LEAD, ROLES, Share, begin, live, shares
from tests.support.days import Days

FIRST_DAY, LAST_DAY = date(2027, 6, 1), date(2027, 7, 31)


@pytest.mark.in_full
def test_where_nobody_acts_nobody_is_written_to_every_other_day(days: Days) -> None:
    found = {share.person: share for share in shares(begin(FIRST_DAY), live(FIRST_DAY, LAST_DAY), 2)}
    assert found.keys() == ROLES.keys()
    assert not any(share.is_too_much for share in found.values())
    assert found[LEAD].mails >= 6


def test_a_share_is_too_much_above_what_that_person_should_get() -> None:
    assert not Share(LEAD, 7, "2028-06", 4.0, 128).is_too_much
    assert Share(LEAD, 8, "2028-06", 4.0, 128).is_too_much
    assert not Share(CHAIR, 2, "2028-06", 0.5, 16).is_too_much
    assert Share(CHAIR, 3, "2028-06", 0.5, 16).is_too_much
    assert not Share(FIRST, 30, "2028-06", 30.0, 900).is_too_much


def test_the_worst_month_and_the_mean_are_counted_by_person() -> None:
    mails = [(1, date(2027, 6, 1)), (1, date(2027, 6, 2)), (1, date(2027, 7, 1)), (2, date(2027, 7, 1))]
    assert shares({1: "a", 2: "b", 3: "c"}, iter(mails), 2) == [
        Share("a", 2, "2027-06", 1.5, 3),
        Share("b", 1, "2027-07", 0.5, 1),
        Share("c", 0, "", 0.0, 0),
    ]
