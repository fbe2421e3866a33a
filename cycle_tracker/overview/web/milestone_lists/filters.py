"""The filters of a partnership's list: no more of them than the person may see of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cycle_tracker.core.kinds import DOCUMENTS, Kind, Stage
from cycle_tracker.core.periods import Period
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.overview.rules.listing import NOBODY, ListedStates, ListOrder, ListQuestion
from cycle_tracker.web.list_filters import SORT, ChoiceFilter, DayFilter, FilterForm, FlagFilter, TextFilter, keep_order
from cycle_tracker.web.wording import kind_label, stage_label

# Whether work on a document has begun is the partnership's own.
STATUSES = {
    Detail.EVERYTHING: tuple(ListedStates),
    Detail.DOCUMENT: (ListedStates.OPEN, ListedStates.DONE, ListedStates.NOT_REQUIRED),
    Detail.DATES: (),
}
# The state in an address that leaves nothing out: without one, a list is of what is open.
ALL = "all"
ORDERS = {
    Detail.EVERYTHING: (ListOrder.DUE, ListOrder.LATEST, ListOrder.TITLE, ListOrder.OWNER),
    Detail.DOCUMENT: (ListOrder.DUE, ListOrder.LATEST, ListOrder.TITLE),
    Detail.DATES: (ListOrder.DUE, ListOrder.LATEST, ListOrder.TITLE),
}


@dataclass(frozen=True)
class Offered:
    """What can be chosen from: the partnership's cycles, and everybody who owns something there."""

    detail: Detail
    cycles: Sequence[Cycle]
    owners: Sequence[tuple[str, str]] = ()

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of what the person sees."""
        if self.detail is Detail.DATES:
            return ()
        return tuple(kind for kind in Kind if self.detail is Detail.EVERYTHING or kind in DOCUMENTS)


class MilestoneFilters(FilterForm):
    """Which milestones, and in which order."""

    due_from = DayFilter("Due on or after")
    due_to = DayFilter("Due on or before")
    cycle = ChoiceFilter[Period]("Plan period")
    stage = ChoiceFilter[Stage]("Stage")
    kind = ChoiceFilter[Kind]("Kind")
    state = ChoiceFilter[ListedStates | None]("Status")
    owner = ChoiceFilter[int]("Owner")
    overdue = FlagFilter("Overdue only")
    text = TextFilter("Title contains")
    sort = ChoiceFilter[ListOrder]("Order")

    def __init__(self, arguments: Mapping[str, str], offered: Offered) -> None:
        super().__init__(arguments)
        self.detail, cycles = offered.detail, offered.cycles
        keep_order(self.due_from, self.due_to)
        periods = [("", "All periods"), *((one.period.name, one.period.label) for one in cycles)]
        self.cycle.offer({one.period.name: one.period for one in cycles}, periods)
        stages = [("", "All stages"), *((stage.value, stage_label(stage)) for stage in Stage)]
        self.stage.offer({stage.value: stage for stage in Stage}, stages)
        kinds = [("", "All kinds"), *((kind.value, kind_label(kind)) for kind in offered.kinds)]
        self.kind.offer({kind.value: kind for kind in offered.kinds}, kinds if offered.kinds else [])
        self._offer_states()
        self._offer_owners(offered.owners if self.detail is Detail.EVERYTHING else None)
        if self.detail is Detail.DATES:
            del self.overdue
        self.sort.offer({one.value: one for one in ORDERS[self.detail]})

    def _offer_states(self) -> None:
        states = STATUSES[self.detail]
        labels = [
            *(("" if one is ListedStates.OPEN else one.value, one.label) for one in states),
            (ALL, "All statuses"),
        ]
        known: dict[str, ListedStates | None] = {one.value: one for one in states} | {ALL: None}
        self.state.offer(known, labels if states else [])

    def _offer_owners(self, owners: Sequence[tuple[str, str]] | None) -> None:
        if owners is None:
            self.owner.offer({})
            return
        known = {"nobody": NOBODY} | {number: int(number) for number, _name in owners}
        self.owner.offer(known, [("", "All owners"), ("nobody", "No owner"), *owners])

    @property
    def question(self) -> ListQuestion:
        """What the list asks the database for. Without a state, the list is of what is open, for who sees states."""
        is_open = self.detail is not Detail.DATES and not self.state.word
        return ListQuestion(
            period=self.cycle.value,
            stage=self.stage.value,
            kind=self.kind.value,
            status=ListedStates.OPEN if is_open else self.state.value,
            owner=self.owner.value,
            due_from=self.due_from.value,
            due_to=self.due_to.value,
            overdue=self.detail is not Detail.DATES and self.overdue.data,
            text=self.text.word,
        )

    @property
    def order(self) -> ListOrder:
        """How the list is sorted."""
        return self.sort.value or ListOrder.DUE

    @property
    def open_only(self) -> bool:
        """True where what is done or closed is left out."""
        return self.question.status is ListedStates.OPEN

    @property
    def narrows(self) -> bool:
        """True where something is left out of the list."""
        return any(field.word and field.word != ALL for field in self if field.name != SORT)
