"""The statement behind a person's own list: one page of it, and how many there are in each group."""

from dataclasses import replace
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, func, literal_column, null, select

from cycle_tracker.access.queries.reach import Reach
from cycle_tracker.core.statements import built_once
from cycle_tracker.core.wording import COUNTED_TO
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from cycle_tracker.overview.queries.milestone_list_statements import ListShape, counted, is_when, number, paged
from cycle_tracker.overview.rules.listing import DateGroup

OWN_COLUMNS: tuple[Any, ...] = (
    Milestone.id,
    Milestone.version,
    Milestone.partnership_id,
    Milestone.key,
    Milestone.title,
    Milestone.kind,
    Milestone.state,
    Milestone.date_basis,
    Milestone.measured_on.label("target_on"),
    Milestone.due_on,
    Milestone.expected_date,
    Milestone.done_on,
    Milestone.date_citation,
    Milestone.owner_id,
    Milestone.fact,
    Milestone.fact_count,
    Milestone.fact_total,
)
"""What a person's own list shows of a milestone. Of its partnership the page knows already."""

_OWNER: tuple[Any, ...] = (User.name, User.active)
_OWNER_IS_KNOWN: tuple[Any, ...] = (null().label("name"), null().label("active"))

BETWEEN_NUMBERS = " "


@built_once
def own_page_statement(shape: ListShape) -> Select[*tuple[Any, ...]]:
    """One page of a list that is grouped: the columns of `OwnMilestone`, then on each row how many there are in each
    group, whichever group is shown, as one text. The owner is not named where all is owned by the person who asks.

    The groups are counted together, as far as `COUNTED_TO` milestones and one more: where the numbers come to that,
    there may be others, and `count_by_when_statement` is asked.
    """
    whole = replace(shape, when=None)
    place = case(*((is_when(when, whole.due_on), number(place)) for place, when in enumerate(DateGroup)))
    found = counted(whole).with_only_columns(place.label("place")).limit(COUNTED_TO + 1).subquery()
    counts: list[ColumnElement[str]] = [
        func.count().filter(found.c.place == number(place)).cast(String) for place, _ in enumerate(DateGroup)
    ]
    numbers = select(reduce(_beside, counts)).select_from(found).scalar_subquery().label("numbers")
    statement: Select[Any] = counted(shape)
    if (shape.reaches[0], shape.reaches[2]) == (Reach.NOWHERE, Reach.ONE):
        return paged(statement.with_only_columns(*OWN_COLUMNS, *_OWNER_IS_KNOWN, numbers), shape)
    return paged(statement.with_only_columns(*OWN_COLUMNS, *_OWNER, numbers).outerjoin(Milestone.owner), shape)


def _beside(text: ColumnElement[str], number: ColumnElement[str]) -> ColumnElement[str]:
    return text + literal_column(f"'{BETWEEN_NUMBERS}'", String) + number
