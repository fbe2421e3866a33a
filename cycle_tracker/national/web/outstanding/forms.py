"""The filters of the list of outstanding documents."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.periods import FIRST_START, Period
from cycle_tracker.web.list_filters import ChoiceFilter, FilterForm, Named, PartnershipFilter
from cycle_tracker.web.wording import document_state_label, kind_label

KINDS = (Kind.PLAN, Kind.ANNUAL_REPORT)

# The states that a document on the list can be in, in the order in which they need somebody.
STATES = (
    DocumentState.OUTSTANDING,
    DocumentState.EXPLAINED,
    DocumentState.PAST_GUIDANCE_DATE,
    DocumentState.INTERIM,
    DocumentState.PREPARED_NOT_PUBLISHED,
    DocumentState.PUBLISHED_COPY_NOT_SENT,
    DocumentState.NO_RECORD,
    DocumentState.NOT_REQUIRED,
)


class Sort(StrEnum):
    """What the list can be sorted by."""

    DAYS = "days"
    PARTNERSHIP = "partnership"


class OutstandingFilters(FilterForm):
    """Which documents, and in which order."""

    partnership = PartnershipFilter()
    kind = ChoiceFilter[Kind]("Plan or report", called="kind of document")
    period = ChoiceFilter[Period]("Plan period")
    state = ChoiceFilter[DocumentState]("Status")
    sort = ChoiceFilter[Sort]("Order")

    def __init__(self, arguments: Mapping[str, str], partnerships: Sequence[Named], today: date) -> None:
        super().__init__(arguments)
        periods = periods_until(today)
        kinds = [("", "Plans and reports"), *((kind.value, kind_label(kind)) for kind in KINDS)]
        labels = [("", "All periods"), *((one.name, one.label) for one in periods)]
        states = [("", "All statuses"), *((state.value, document_state_label(state)) for state in STATES)]
        self.partnership.offer_each(partnerships)
        self.kind.offer({kind.value: kind for kind in KINDS}, kinds)
        self.period.offer({one.name: one for one in periods}, labels)
        self.state.offer({state.value: state for state in STATES}, states)
        self.sort.offer({sort.value: sort for sort in Sort})


def periods_until(today: date) -> list[Period]:
    """Every plan period that has begun, the newest first."""
    periods = [Period(FIRST_START)]
    while periods[0].next().start <= today:
        periods.insert(0, periods[0].next())
    return periods
