"""The filters of the outstanding list, as they stand in the address."""

from datetime import date

from werkzeug.datastructures import MultiDict

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.periods import Period
from cycle_tracker.national.web.outstanding.forms import OutstandingFilters, Sort, periods_until
from cycle_tracker.partnerships.queries.partnerships import PartnershipName

TODAY = date(2026, 7, 3)
MORAY = [PartnershipName(1, "moray", "Moray")]


def filters_of(**asked: str) -> OutstandingFilters:
    return OutstandingFilters(MultiDict(asked), MORAY, TODAY)


def values(filters: OutstandingFilters) -> list[object]:
    return [
        filters.partnership.value,
        filters.kind.value,
        filters.period.value,
        filters.state.value,
        filters.sort.value,
    ]


def test_known_values_are_taken() -> None:
    asked = {"partnership": "moray", "kind": "plan", "period": "2023-26", "state": "explained", "sort": "partnership"}
    found = filters_of(**asked)
    assert values(found) == ["moray", Kind.PLAN, Period.named("2023-26"), DocumentState.EXPLAINED, Sort.PARTNERSHIP]
    assert found.ignored == []
    assert found.in_address() == asked


def test_unknown_values_are_left_out_and_named() -> None:
    asked = {"partnership": "fife", "kind": "step", "period": "2024-27", "state": "complete", "sort": "id; drop"}
    found = filters_of(**asked)
    assert values(found) == [None] * 5
    assert found.ignored == ["partnership", "kind of document", "plan period", "status", "order"]
    assert found.in_address() == {}
    assert not found.narrows


def test_the_address_keeps_the_filters_and_no_more() -> None:
    filters = filters_of(partnership="moray", sort="partnership")
    assert filters.in_address(state="explained") == {
        "partnership": "moray",
        "state": "explained",
        "sort": "partnership",
    }


def test_only_periods_that_have_begun_can_be_chosen() -> None:
    assert [period.name for period in periods_until(date(2026, 3, 31))] == ["2023-26", "2020-23", "2017-20"]
    assert periods_until(date(2026, 4, 1))[0].name == "2026-29"
