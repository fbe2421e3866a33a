"""The filters of the register."""

from collections.abc import Mapping, Sequence

from cycle_tracker.core import clock
from cycle_tracker.core.periods import FIRST_START, YEARS_IN_PERIOD, Period
from cycle_tracker.web.list_filters import ChoiceFilter, FilterForm, Named, PartnershipFilter


class RegisterFilters(FilterForm):
    """A partnership and a plan period; every period up to the one after the present one can be chosen."""

    partnership = PartnershipFilter()
    period = ChoiceFilter[Period]("Plan period")

    def __init__(self, arguments: Mapping[str, str], partnerships: Sequence[Named]) -> None:
        super().__init__(arguments)
        last = Period.containing(clock.today()).next().start.year
        periods = [Period.starting(year) for year in range(last, FIRST_START.year - 1, -YEARS_IN_PERIOD)]
        self.partnership.offer_each(partnerships)
        self.period.offer(
            {one.name: one for one in periods}, [("", "All periods"), *((one.name, one.label) for one in periods)]
        )
