"""Days of publication about which a person is asked."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle_tracker.documents.rules.documents import early_words
from cycle_tracker.documents.rules.publications import why_copy_unlikely, why_interim_unlikely, why_unlikely

YEAR_END = date(2024, 3, 31)


@pytest.mark.parametrize("published_on", [date(2024, 2, 20), YEAR_END])
def test_a_report_published_before_its_year_is_over_is_asked_about(published_on: date) -> None:
    assert why_unlikely(YEAR_END, published_on) == (
        "The year this reports on ends on 31 March 2024. If it was published before then, tick “This is right” and "
        "save again."
    )


@pytest.mark.parametrize(("reports_on", "published_on"), [(YEAR_END, date(2024, 4, 1)), (None, date(2024, 2, 20))])
def test_a_likely_day_is_taken(reports_on: date | None, published_on: date) -> None:
    assert why_unlikely(reports_on, published_on) == ""


@given(st.dates(date(2024, 3, 25), date(2024, 4, 5)))
def test_what_is_asked_about_on_a_page_is_warned_of_in_an_import(published_on: date) -> None:
    assert bool(early_words(YEAR_END, published_on)) == bool(why_unlikely(YEAR_END, published_on))


PREPARED, SENT = date(2026, 3, 1), date(2026, 3, 5)


def test_a_copy_is_not_likely_to_be_sent_before_the_plan_was_prepared() -> None:
    assert "prepared on 5 March 2026" in why_copy_unlikely(SENT, PREPARED)
    for prepared_on, sent_on in ((PREPARED, SENT), (SENT, SENT), (None, SENT), (PREPARED, None)):
        assert why_copy_unlikely(prepared_on, sent_on) == ""


def test_an_interim_plan_is_not_likely_to_be_published_after_its_last_day() -> None:
    assert "(1 March 2026) is before it was published" in why_interim_unlikely(SENT, PREPARED)
    for published_on, until in ((PREPARED, SENT), (SENT, SENT), (None, SENT), (PREPARED, None)):
        assert why_interim_unlikely(published_on, until) == ""
