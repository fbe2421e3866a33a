"""The filters of the list of escalations."""

from collections.abc import Mapping, Sequence

from cycle_tracker.governance.queries.escalations import Standing
from cycle_tracker.governance.web.escalations.presenters import STANDINGS
from cycle_tracker.models import Partnership
from cycle_tracker.web.list_filters import ChoiceFilter, FilterForm


class EscalationFilters(FilterForm):
    """Which escalations, of the partnerships whose escalations the person reads."""

    partnership = ChoiceFilter[str]("Partnership")
    standing = ChoiceFilter[Standing]("Status")

    def __init__(self, arguments: Mapping[str, str], partnerships: Sequence[Partnership]) -> None:
        super().__init__(arguments)
        self.partnerships = partnerships
        places = [("", "All partnerships"), *((one.slug, one.name) for one in partnerships)]
        statuses = [("", "All"), *((one.value, words) for one, words in STANDINGS.items())]
        self.partnership.offer({one.slug: one.slug for one in partnerships}, places if len(partnerships) > 1 else [])
        self.standing.offer({one.value: one for one in Standing}, statuses)
