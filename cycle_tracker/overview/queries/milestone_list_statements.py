"""The statements behind the lists of milestones. Each is built once for each shape of a list."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    false,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import contains_eager, joinedload

from cycle_tracker.access.queries.scopes import IS_DOCUMENT, IS_OPEN, WorkReaches, due_on_as_known, is_mine
from cycle_tracker.core.statements import built_once, day_of, number_of
from cycle_tracker.core.wording import COUNTED_TO
from cycle_tracker.documents.queries.listed import IN_A_FILE, LISTED
from cycle_tracker.milestones.queries.due_states import is_before_service, is_due_by, is_due_on, is_live, is_overdue
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.overview.rules.listing import DateGroup, ListedStates, ListOrder


class ListScope(StrEnum):
    """Which milestones a list starts from, before any filter."""

    MINE = "mine"
    OF_PARTNERSHIP = "of a partnership"
    DOCUMENTS_OF_PARTNERSHIP = "documents of a partnership"
    NOTHING = "nothing"


@dataclass(frozen=True)
class ListShape:
    """What changes the words of a list's statements; everything else is a value in them.

    `narrowed` names the filters that are set, `status`, `when` and `nobody` what some of them are set to. With
    `shared_only` a new expected date counts only where it was shared.
    """

    whose: ListScope
    reaches: WorkReaches
    narrowed: frozenset[str]
    status: ListedStates | None
    when: DateGroup | None
    nobody: bool
    order: ListOrder
    shared_only: bool = False
    grouped: bool = False

    @property
    def due_on(self) -> ColumnElement[Any]:
        """The due date, as the person who asks may know it."""
        return due_on_as_known(shared_only=self.shared_only)


EAGER = (
    contains_eager(Milestone.partnership),
    contains_eager(Milestone.cycle),
    contains_eager(Milestone.owner),
    joinedload(Milestone.lead_organisation),
)
"""What is loaded with each milestone: its partnership, cycle, owner and lead organisation."""


@built_once
def count_statement(shape: ListShape) -> Select[int]:
    """The number of milestones in a list, counted no further than it is shown."""
    found = counted(shape).limit(COUNTED_TO + 1).subquery()
    return select(func.count()).select_from(found)


@built_once
def count_by_when_statement(shape: ListShape) -> Select[*tuple[Any, ...]]:
    """A number for each group. Each is counted by itself, so that none is counted further than it is shown."""
    numbers = []
    for when in DateGroup:
        found = counted(shape).where(is_when(when, shape.due_on)).limit(COUNTED_TO + 1).subquery()
        numbers.append(select(func.count()).select_from(found).scalar_subquery())
    return select(*numbers)


@built_once
def page_statement(shape: ListShape) -> Select[*tuple[Any, ...]]:
    """One page of the milestones of a list, in their order."""
    return paged(_from(select(*LISTED), shape), shape)


@built_once
def file_statement(shape: ListShape) -> Select[*tuple[Any, ...]]:
    """All milestones of a list in their order, with the columns of a file."""
    return _from(select(*IN_A_FILE), shape).outerjoin(Milestone.lead_organisation).order_by(*_order(shape))


def number(number: int) -> ColumnElement[int]:
    """A number that is written into the statement when it is built."""
    return literal_column(f"{number}", Integer)


@built_once
def between_statement(shape: ListShape) -> Select[*tuple[Any, ...]]:
    """The first milestones of each day between two days, with the day and how many it has in all."""
    due_on = shape.due_on
    numbered = (
        _from(
            select(
                Milestone.id,
                due_on.label("day"),
                func.row_number().over(partition_by=due_on, order_by=(Milestone.title, Milestone.id)).label("place"),
                func.count().over(partition_by=due_on).label("number"),
            ),
            shape,
        )
        .where(due_on.between(day_of("first"), day_of("last")))
        .subquery()
    )
    return (
        select(*LISTED, numbered.c.day, numbered.c.number)
        .select_from(numbered)
        .join(Milestone, Milestone.id == numbered.c.id)
        .join(Milestone.partnership)
        .outerjoin(Milestone.cycle)
        .outerjoin(Milestone.owner)
        .where(numbered.c.place <= number_of("per_day"))
        .order_by(numbered.c.day, Milestone.title, Milestone.id)
    )


def counted(shape: ListShape) -> Select[Any]:
    """The milestones of a list with no more of them than its conditions ask for."""
    statement = select(Milestone.id).join(Milestone.partnership)
    if "period" in shape.narrowed:
        statement = statement.join(Milestone.cycle)
    return statement.where(*_conditions(shape))


def _from(statement: Select[Any], shape: ListShape) -> Select[Any]:
    return (
        statement.select_from(Milestone)
        .join(Milestone.partnership)
        .outerjoin(Milestone.cycle)
        .outerjoin(Milestone.owner)
        .where(*_conditions(shape))
    )


def paged(statement: Select[Any], shape: ListShape) -> Select[Any]:
    """One page of what a statement finds, in the order of the list."""
    return statement.order_by(*_order(shape)).limit(number_of("at_most")).offset(number_of("skipped"))


def _order(shape: ListShape) -> Iterable[Any]:
    if shape.grouped and shape.order is ListOrder.DUE:
        # The days themselves put what is past before today and today before what comes, and no date after all dates.
        yield case((~IS_OPEN, number(2)), (is_before_service(shape.due_on), number(1)), else_=number(0))
    elif shape.grouped:
        yield case(*((is_when(when, shape.due_on), number(place)) for place, when in enumerate(DateGroup)))
    yield from {
        ListOrder.DUE: (),
        ListOrder.LATEST: (shape.due_on.is_(None), shape.due_on.desc()),
        ListOrder.TITLE: (func.lower(Milestone.title),),
        ListOrder.OWNER: (User.name.is_(None), func.lower(User.name)),
        ListOrder.PARTNERSHIP: (Partnership.name,),
    }[shape.order]
    yield from (shape.due_on.is_(None), shape.due_on, Milestone.title, Milestone.id)


def _conditions(shape: ListShape) -> Iterable[ColumnElement[bool]]:
    """The conditions for whose milestones the list shows, and for its filters."""
    due_on, of_partnership = shape.due_on, Milestone.partnership_id == number_of("of_partnership")
    yield {
        ListScope.MINE: lambda: is_mine(shape.reaches),
        ListScope.OF_PARTNERSHIP: lambda: of_partnership,
        ListScope.DOCUMENTS_OF_PARTNERSHIP: lambda: and_(of_partnership, IS_DOCUMENT),
        ListScope.NOTHING: false,
    }[shape.whose]()
    text = bindparam("text", type_=String)
    by_name: dict[str, Callable[[], ColumnElement[bool]]] = {
        "partnership": lambda: Partnership.slug == bindparam("partnership"),
        "period": lambda: Cycle.period_start == day_of("period"),
        "stage": lambda: Milestone.stage == bindparam("stage"),
        "kind": lambda: Milestone.kind == bindparam("kind"),
        "owner": lambda: Milestone.owner_id.is_(None) if shape.nobody else Milestone.owner_id == number_of("owner"),
        "due_from": lambda: due_on >= day_of("due_from"),
        "due_to": lambda: due_on <= day_of("due_to"),
        "overdue": lambda: is_when(DateGroup.PAST, due_on),
        "text": lambda: or_(Milestone.title.icontains(text, escape="/"), Milestone.key.icontains(text, escape="/")),
    }
    yield from (condition() for name, condition in by_name.items() if name in shape.narrowed)
    if shape.status is not None:
        yield IS_OPEN if shape.status is ListedStates.OPEN else Milestone.state == bindparam("state")
    if shape.when is not None:
        yield is_when(shape.when, due_on)


def is_when(when: DateGroup, due_on: ColumnElement[Any]) -> ColumnElement[bool]:
    """True for the milestones of a group: the twin in SQL of `listing.DATE_GROUPS` over `due_state`."""
    today = day_of()
    return {
        DateGroup.ENDED: ~IS_OPEN,
        DateGroup.NO_DATE: and_(IS_OPEN, due_on.is_(None)),
        DateGroup.BEFORE_SERVICE: and_(IS_OPEN, is_before_service(due_on)),
        DateGroup.PAST: is_overdue(today, due_on),
        DateGroup.TODAY: and_(is_live(due_on), is_due_on(today, due_on)),
        DateGroup.COMING: and_(is_live(due_on), ~is_due_by(today, due_on)),
    }[when]
