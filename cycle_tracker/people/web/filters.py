"""The filters of the list of people."""

from collections.abc import Mapping, Sequence

from cycle_tracker.core.roles import Role
from cycle_tracker.people.queries.accounts import AccountOrder, AccountQuestion, AccountStatus
from cycle_tracker.web.list_filters import ChoiceFilter, FilterForm, Named, PartnershipFilter, TextFilter

STATUSES = {
    AccountStatus.ACTIVE: "People who can sign in",
    AccountStatus.NO_PASSWORD: "People without a password",
    AccountStatus.POST: "Posts with a shared mailbox",
    AccountStatus.OFF: "Switched off",
}


class PeopleFilters(FilterForm):
    """Which people, and in which order."""

    text = TextFilter("Name or email address")
    role = ChoiceFilter[Role]("Role")
    partnership = PartnershipFilter()
    state = ChoiceFilter[AccountStatus]("Status")
    sort = ChoiceFilter[AccountOrder]("Order")

    def __init__(self, arguments: Mapping[str, str], partnerships: Sequence[Named]) -> None:
        super().__init__(arguments)
        roles = [("", "All roles"), *((role.value, role.label) for role in Role)]
        statuses = [("", "All statuses"), *((one.value, label) for one, label in STATUSES.items())]
        self.role.offer({role.value: role for role in Role}, roles)
        self.partnership.offer_each(partnerships)
        self.state.offer({one.value: one for one in STATUSES}, statuses)
        self.sort.offer({one.value: one for one in AccountOrder})

    @property
    def question(self) -> AccountQuestion:
        """What the list asks the database for."""
        return AccountQuestion(
            text=self.text.word,
            role=self.role.value,
            partnership=self.partnership.word,
            status=self.state.value,
            order=self.sort.value or AccountOrder.NAME,
        )
