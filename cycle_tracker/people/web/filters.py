"""The filters of the list of people."""

from collections.abc import Mapping, Sequence

from cycle_tracker.core.roles import Role
from cycle_tracker.people.queries.accounts import Asked, Order, Standing
from cycle_tracker.web.list_filters import ChoiceFilter, FilterForm, Named, PartnershipFilter, TextFilter

STATUSES = {
    Standing.ACTIVE: "People who can sign in",
    Standing.NO_PASSWORD: "People without a password",
    Standing.POST: "Posts with a shared mailbox",
    Standing.OFF: "Switched off",
}


class PeopleFilters(FilterForm):
    """Which people, and in which order."""

    text = TextFilter("Name or email address")
    role = ChoiceFilter[Role]("Role")
    partnership = PartnershipFilter()
    state = ChoiceFilter[Standing]("Status")
    sort = ChoiceFilter[Order]("Order")

    def __init__(self, arguments: Mapping[str, str], partnerships: Sequence[Named]) -> None:
        super().__init__(arguments)
        roles = [("", "All roles"), *((role.value, role.label) for role in Role)]
        statuses = [("", "All statuses"), *((one.value, label) for one, label in STATUSES.items())]
        self.role.offer({role.value: role for role in Role}, roles)
        self.partnership.offer_each(partnerships)
        self.state.offer({one.value: one for one in STATUSES}, statuses)
        self.sort.offer({one.value: one for one in Order})

    @property
    def asked(self) -> Asked:
        """What the list asks the database for."""
        return Asked(
            text=self.text.word,
            role=self.role.value,
            partnership=self.partnership.word,
            standing=self.state.value,
            order=self.sort.value or Order.NAME,
        )
