"""The name of what is published."""

from datetime import date

import pytest

from cycle_tracker.core.kinds import Kind
from cycle_tracker.documents.web.versions import interim_words, version_words
from cycle_tracker.models.publication import Version

DAY = date(2027, 5, 4)


@pytest.mark.parametrize(
    ("version", "kind", "until", "newer_on", "words"),
    [
        (Version.FINAL, Kind.PLAN, None, None, ""),
        (Version.FINAL, Kind.ANNUAL_REPORT, None, DAY, "Final version, 4 May 2027"),
        (Version.INTERIM, Kind.PLAN, DAY, None, "One-year or interim plan until 4 May 2027"),
        (Version.INTERIM, Kind.PLAN, None, None, "One-year or interim plan, last day not known"),
        (Version.INTERIM, Kind.ANNUAL_REPORT, None, None, "Interim"),
        (Version.REVISED, Kind.PLAN, None, DAY, "Revised version 2, 4 May 2027"),
        (Version.REVISED, Kind.PLAN, None, None, "Revised version 2"),
    ],
)
def test_a_version_has_its_name(
    version: Version, kind: Kind, until: date | None, newer_on: date | None, words: str
) -> None:
    assert version_words(version, kind, interim_until=until, newer_on=newer_on, revised=2) == words


def test_an_interim_plan_has_its_last_day() -> None:
    assert interim_words(DAY) == "One-year or interim plan until 4 May 2027"
