"""The filters of the outstanding list, as they stand in the address."""

from datetime import date

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.periods import Period
from cycle_tracker.models import Partnership
from cycle_tracker.national.web.outstanding.forms import Filters, Sort, periods_until, read_filters

TODAY = date(2026, 7, 3)
MORAY = [Partnership(slug="moray", name="Moray")]


def test_known_values_are_taken() -> None:
    asked = {"partnership": "moray", "kind": "plan", "period": "2023-26", "state": "explained", "sort": "partnership"}
    assert read_filters(asked, MORAY, TODAY) == Filters(
        "moray", Kind.PLAN, Period.named("2023-26"), DocumentState.EXPLAINED, Sort.PARTNERSHIP
    )


def test_unknown_values_are_left_out_and_named() -> None:
    asked = {"partnership": "fife", "kind": "step", "period": "2024-27", "state": "complete", "sort": "id; drop"}
    found = read_filters(asked, MORAY, TODAY)
    assert found == Filters(ignored=("partnership", "kind of document", "plan period", "status", "order"))
    assert not found.narrows


def test_the_address_keeps_the_filters_and_no_more() -> None:
    filters = Filters(partnership="moray", sort=Sort.PARTNERSHIP)
    assert filters.in_address(state="explained") == {
        "partnership": "moray",
        "state": "explained",
        "sort": "partnership",
    }


def test_only_periods_that_have_begun_can_be_chosen() -> None:
    assert [period.name for period in periods_until(date(2026, 3, 31))] == ["2023-26", "2020-23", "2017-20"]
    assert periods_until(date(2026, 4, 1))[0].name == "2026-29"
