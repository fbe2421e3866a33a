"""The filters of the forecast."""

from collections.abc import Mapping, Sequence

from cycle_tracker.models.partnership import Partnership
from cycle_tracker.web.list_filters import ChoiceFilter, FilterForm, TextFilter

SPANS = {"7": 7, "30": 30, "90": 90}
DEFAULT_SPAN = 30


class ForecastFilters(FilterForm):
    """Which mails, of the partnerships whose notices the person reads. `person` is a part of a name or address."""

    partnership = ChoiceFilter[Partnership]("Partnership")
    person = TextFilter("Name or email address")
    days = ChoiceFilter[int]("Period")

    def __init__(self, arguments: Mapping[str, str], partnerships: Sequence[Partnership]) -> None:
        super().__init__(arguments)
        places = [("", "All partnerships"), *((one.slug, one.name) for one in partnerships)]
        self.partnership.offer({one.slug: one for one in partnerships}, places if len(partnerships) > 1 else [])
        spans = [(name, f"The next {days} days") for name, days in SPANS.items()]
        self.days.offer(SPANS, spans, shown_first=str(DEFAULT_SPAN))
