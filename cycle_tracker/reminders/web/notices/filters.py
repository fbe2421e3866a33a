"""The filters of the record of notices."""

from collections.abc import Mapping, Sequence

from cycle_tracker.reminders.queries.notices import NoticeStatus
from cycle_tracker.reminders.web.notices.presenters import STATUSES
from cycle_tracker.web.list_filters import (
    ChoiceFilter,
    DayFilter,
    FilterForm,
    Named,
    PartnershipFilter,
    TextFilter,
    keep_order,
)


class NoticeFilters(FilterForm):
    """Which notices, of the partnerships whose notices the person reads."""

    from_day = DayFilter("From date")
    to_day = DayFilter("To date")
    partnership = PartnershipFilter()
    person = TextFilter("Name or email address")
    standing = ChoiceFilter[NoticeStatus]("Status")

    def __init__(self, arguments: Mapping[str, str], partnerships: Sequence[Named]) -> None:
        super().__init__(arguments)
        keep_order(self.from_day, self.to_day)
        statuses = [("", "All"), *((one.value, STATUSES[one].label) for one in NoticeStatus)]
        self.partnership.offer_each(partnerships, of_one=False)
        self.standing.offer({one.value: one for one in NoticeStatus}, statuses)
