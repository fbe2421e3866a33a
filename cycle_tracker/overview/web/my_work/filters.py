"""The filters of a person's own list."""

from collections.abc import Mapping, Sequence

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.kinds import Kind
from cycle_tracker.overview.rules.listing import DateGroup, ListedStates, ListOrder, ListQuestion
from cycle_tracker.web.list_filters import ChoiceFilter, FilterForm, Named, PartnershipFilter, TextFilter
from cycle_tracker.web.wording import kind_label

EVERYTHING = "everything"
ORDERS = {ListOrder.DUE: "Date", ListOrder.PARTNERSHIP: "Partnership", ListOrder.TITLE: "Title"}
WHENS = (DateGroup.PAST, DateGroup.TODAY, DateGroup.COMING, DateGroup.NO_DATE, DateGroup.BEFORE_SERVICE)

# What is offered to everybody.
KINDS = {kind.value: kind for kind in Kind}
KIND_CHOICES = [("", "All kinds"), *((kind.value, kind_label(kind)) for kind in Kind)]
BY_WHEN = {when.value: when for when in WHENS}
WHEN_CHOICES = [("", "Any time"), *((when.value, when.label) for when in WHENS)]
STATES = {one.value: one for one in ListedStates}
STATE_CHOICES = [("", "Open"), *((one.value, one.label) for one in ListedStates if one is not ListedStates.OPEN)]
WHOSE = {EVERYTHING: True}
WHOSE_CHOICES = [("", "Milestones I own"), (EVERYTHING, "Everything I own or lead")]
BY_ORDER = {order.value: order for order in ORDERS}
ORDER_CHOICES = [("" if order is ListOrder.DUE else order.value, label) for order, label in ORDERS.items()]


class MyWorkFilters(FilterForm):
    """Which of the person's milestones, and in which order. Without a state the list is of what is open."""

    state = ChoiceFilter[ListedStates]("Status")
    partnership = PartnershipFilter(everywhere="All my partnerships")
    kind = ChoiceFilter[Kind]("Kind")
    when = ChoiceFilter[DateGroup]("When", called="time")
    text = TextFilter("Title contains")
    whose = ChoiceFilter[bool]("Show", called="owner")
    sort = ChoiceFilter[ListOrder]("Sort by", called="order")

    def __init__(self, arguments: Mapping[str, str], viewer: Viewer, partnerships: Sequence[Named]) -> None:
        super().__init__(arguments)
        leads = viewer.can(Permission.CHANGE_MILESTONES)
        self.partnership.offer_each(partnerships, of_one=False)
        self.kind.offer(KINDS, KIND_CHOICES)
        self.when.offer(BY_WHEN, WHEN_CHOICES)
        self.state.offer(STATES, STATE_CHOICES)
        self.whose.offer(WHOSE, WHOSE_CHOICES) if leads else self.whose.offer({})
        self.sort.offer(BY_ORDER, ORDER_CHOICES)

    @property
    def question(self) -> ListQuestion:
        """What the list asks the database for."""
        return ListQuestion(
            partnership=self.partnership.word,
            kind=self.kind.value,
            status=self.state.value or ListedStates.OPEN,
            when=self.when.value,
            text=self.text.word,
        )

    @property
    def order(self) -> ListOrder:
        """How the list is sorted."""
        return self.sort.value or ListOrder.DUE

    @property
    def everything(self) -> bool:
        """True where what others own is added, in the partnerships that the person leads."""
        return bool(self.whose.value)

    @property
    def narrows(self) -> bool:
        """True where something is left out of the list."""
        return any(one.word for one in (self.state, self.partnership, self.kind, self.when, self.text))
