"""The filters of the list of escalations."""

from collections.abc import Mapping, Sequence

from cycle_tracker.governance.queries.escalations import EscalationStatus
from cycle_tracker.governance.web.escalations.presenters import STATUSES
from cycle_tracker.web.list_filters import ChoiceFilter, FilterForm, Named, PartnershipFilter


class EscalationFilters(FilterForm):
    """Which escalations, of the partnerships whose escalations the person reads."""

    partnership = PartnershipFilter()
    standing = ChoiceFilter[EscalationStatus]("Status")

    def __init__(self, arguments: Mapping[str, str], partnerships: Sequence[Named]) -> None:
        super().__init__(arguments)
        self.partnerships = partnerships
        statuses = [("", "All"), *((one.value, words) for one, words in STATUSES.items())]
        self.partnership.offer_each(partnerships, of_one=False)
        self.standing.offer({one.value: one for one in EscalationStatus}, statuses)
