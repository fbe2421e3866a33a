"""The day whose notices should be queued by now."""

from datetime import UTC, date, datetime

import pytest

from cycle_tracker.web.service_health.timeliness import notices_day


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 7, 3, 6, 14, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 7, 3, 6, 15, tzinfo=UTC), date(2026, 7, 3)),
        (datetime(2026, 1, 5, 7, 14, tzinfo=UTC), date(2025, 12, 31)),
        (datetime(2026, 1, 5, 7, 15, tzinfo=UTC), date(2026, 1, 5)),
        (datetime(2026, 7, 5, 12, 0, tzinfo=UTC), date(2026, 7, 3)),
    ],
)
def test_it_is_the_last_working_day_from_a_quarter_past_seven(now: datetime, day: date) -> None:
    assert notices_day(now) == day
