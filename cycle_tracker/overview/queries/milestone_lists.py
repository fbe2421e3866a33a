"""Lists of milestones as people ask for them: narrowed, sorted and paged in the database."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, case, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from cycle_tracker.access.queries.reach import Reach
from cycle_tracker.access.queries.scopes import (
    IS_DOCUMENT,
    IS_OPEN,
    due_on_as_known,
    is_mine,
    is_seen_by,
    knows_shared_only,
    owned_by,
    work_of,
)
from cycle_tracker.access.rules.permissions import Viewer, may_see
from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import built_once, day_of, number_of, rows_of
from cycle_tracker.core.wording import COUNTED_TO
from cycle_tracker.milestones.queries.due_states import is_before_service, is_due_by, is_due_on, is_live, is_overdue
from cycle_tracker.models import Cycle, Milestone, Organisation, Partnership, User
from cycle_tracker.overview.rules.listing import NOBODY, Asked, Order, Standing, When


class Whose(StrEnum):
    """Which milestones a list is kept to before anything is asked."""

    MINE = "mine"
    OF_PARTNERSHIP = "of a partnership"
    DOCUMENTS_OF_PARTNERSHIP = "documents of a partnership"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Shape:
    """What changes the words of a list's statements; everything else is a value in them.

    `narrowed` names the filters that are set, `standing`, `when` and `nobody` what some of them are set to. With
    `shared_only` a new expected date counts only where it was shared.
    """

    whose: Whose
    reaches: tuple[Reach, Reach]
    narrowed: frozenset[str]
    standing: Standing | None
    when: When | None
    nobody: bool
    order: Order
    shared_only: bool = False
    grouped: bool = False

    @property
    def due_on(self) -> ColumnElement[Any]:
        """The date worked to, as the person who asks may know it."""
        return due_on_as_known(shared_only=self.shared_only)


@dataclass(frozen=True)
class MilestoneList:
    """The milestones of a shape, with these values in its statements."""

    shape: Shape
    values: Mapping[str, Any]

    def count(self) -> int:
        """How many there are; one more than `COUNTED_TO` where there are more."""
        return int(rows_of(_count(self.shape), **self.values)[0][0])

    def count_by_when(self) -> dict[When, int]:
        """How many there are in each group by their date, counted as far; groups that have none are left out."""
        row = rows_of(_count_by_when(self.shape), **self.values)[0]
        return {when: number for when, number in zip(When, row, strict=True) if number}

    def rows(self, *, page: int | None = None, per_page: int = 0, one_more: bool = False) -> Sequence[Milestone]:
        """One page of them, with `one_more` the one after it too; or all. With partnership, cycle, owner and lead
        organisation."""
        paged = {"at_most": per_page + one_more, "skipped": (page - 1) * per_page} if page is not None else {}
        return db.session.scalars(_rows(self.shape, paged=page is not None), {**self.values, **paged}).all()

    def between(self, first: date, last: date, *, per_day: int) -> tuple[Sequence[Milestone], dict[date, int]]:
        """Those whose date lies between two days, at most so many of each day; and how many each day has in all."""
        values = {**self.values, "first": first, "last": last, "per_day": per_day}
        rows = db.session.execute(_between(self.shape), values).all()
        return [row[0] for row in rows], {row.day: row.number for row in rows}


_EAGER = (
    contains_eager(Milestone.partnership),
    contains_eager(Milestone.cycle),
    contains_eager(Milestone.owner),
    joinedload(Milestone.lead_organisation),
)


_LISTED = (
    contains_eager(Milestone.partnership).load_only(Partnership.slug, Partnership.name, Partnership.notify_from),
    contains_eager(Milestone.cycle).load_only(Cycle.period_start),
    contains_eager(Milestone.owner).load_only(User.name, User.active),
    joinedload(Milestone.lead_organisation).load_only(Organisation.name),
)
"""The same for rows that are only shown, with no more than is shown of each."""


def own_list(viewer: Viewer, asked: Asked, order: Order, today: date, *, everything: bool = False) -> MilestoneList:
    """What the person owns over all their partnerships; with `everything`, all that they may change."""
    mine = work_of(viewer) if everything else owned_by(viewer)
    shape = Shape(Whose.MINE, mine.reaches, *_narrowing(asked), order, grouped=True)
    return MilestoneList(shape, {**_values(asked, today), **mine.values})


def partnership_list(
    viewer: Viewer, partnership: Partnership, asked: Asked, order: Order, today: date
) -> MilestoneList:
    """What the person may see of a partnership's milestones, of all its cycles."""
    whose = Whose.NOTHING
    if may_see(viewer, partnership.id, is_document=False):
        whose = Whose.OF_PARTNERSHIP
    elif may_see(viewer, partnership.id, is_document=True):
        whose = Whose.DOCUMENTS_OF_PARTNERSHIP
    shared_only = knows_shared_only(viewer, partnership.id)
    nowhere = (Reach.NOWHERE, Reach.NOWHERE)
    shape = Shape(whose, nowhere, *_narrowing(asked), order, shared_only=shared_only)
    return MilestoneList(shape, {**_values(asked, today), "of_partnership": partnership.id})


def list_present_owners(partnership: Partnership) -> Sequence[Any]:
    """Everybody who owns something of the partnership: id and name, by name."""
    return db.session.execute(
        select(User.id, User.name)
        .where(User.id.in_(select(Milestone.owner_id).where(Milestone.partnership_id == partnership.id)))
        .order_by(User.name, User.id)
    ).all()


def list_ticked(viewer: Viewer, ids: Collection[int], *, within: Partnership | None = None) -> Sequence[Milestone]:
    """The milestones of these numbers that the person may see, with partnership and owner, in the order of a list.

    Their rows are locked until the end of the transaction: what is decided about them is decided on what they say now.
    """
    statement = (
        select(Milestone)
        .join(Milestone.partnership)
        .outerjoin(Milestone.cycle)
        .outerjoin(Milestone.owner)
        .where(Milestone.id.in_(ids), is_seen_by(viewer))
        .options(*_EAGER)
        .order_by(Milestone.id)
        .with_for_update(of=Milestone)
    )
    if within is not None:
        statement = statement.where(Milestone.partnership_id == within.id)
    found = db.session.scalars(statement.execution_options(populate_existing=True)).all()
    return sorted(found, key=lambda one: (one.due_on is None, one.due_on or date.max, one.title, one.id))


def _narrowing(asked: Asked) -> tuple[frozenset[str], Standing | None, When | None, bool]:
    """What of the filters changes the words of a statement."""
    names = ("partnership", "period", "stage", "kind", "due_from", "due_to", "overdue", "text")
    narrowed = {name for name in names if getattr(asked, name)}
    narrowed |= set() if asked.owner is None else {"owner"}
    return frozenset(narrowed), asked.standing, asked.when, asked.owner == NOBODY


def _values(asked: Asked, today: date) -> dict[str, Any]:
    """What of the filters is put into a statement."""
    text = asked.text.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return {
        "today": today,
        "partnership": asked.partnership,
        "period": asked.period.start if asked.period else None,
        "stage": asked.stage,
        "kind": asked.kind,
        "state": next(iter(asked.standing.states)) if asked.standing else None,
        "owner": asked.owner,
        "due_from": asked.due_from,
        "due_to": asked.due_to,
        "text": text,
    }


@built_once
def _count(shape: Shape) -> Select[int]:
    found = _counted(shape).limit(COUNTED_TO + 1).subquery()
    return select(func.count()).select_from(found)


@built_once
def _count_by_when(shape: Shape) -> Select[*tuple[Any, ...]]:
    """A number for each group. Each is counted by itself, so that none is counted further than it is shown."""
    numbers = []
    for when in When:
        found = _counted(shape).where(_is_when(when, shape.due_on)).limit(COUNTED_TO + 1).subquery()
        numbers.append(select(func.count()).select_from(found).scalar_subquery())
    return select(*numbers)


@built_once
def _rows(shape: Shape, *, paged: bool) -> Select[Milestone]:
    statement = _from(select(Milestone), shape).options(*_LISTED).order_by(*_order(shape))
    return statement.limit(number_of("at_most")).offset(number_of("skipped")) if paged else statement


@built_once
def _between(shape: Shape) -> Select[*tuple[Any, ...]]:
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
        select(Milestone, numbered.c.day, numbered.c.number)
        .join(numbered, numbered.c.id == Milestone.id)
        .join(Milestone.partnership)
        .outerjoin(Milestone.cycle)
        .outerjoin(Milestone.owner)
        .options(*_EAGER)
        .where(numbered.c.place <= number_of("per_day"))
        .order_by(numbered.c.day, Milestone.title, Milestone.id)
    )


def _counted(shape: Shape) -> Select[Any]:
    """The milestones of a list with no more of them than its conditions ask for."""
    statement = select(Milestone.id).join(Milestone.partnership)
    if "period" in shape.narrowed:
        statement = statement.join(Milestone.cycle)
    return statement.where(*_conditions(shape))


def _from(statement: Select[Any], shape: Shape) -> Select[Any]:
    return (
        statement.select_from(Milestone)
        .join(Milestone.partnership)
        .outerjoin(Milestone.cycle)
        .outerjoin(Milestone.owner)
        .where(*_conditions(shape))
    )


def _order(shape: Shape) -> Iterable[Any]:
    if shape.grouped:
        yield case(*((_is_when(when, shape.due_on), place) for place, when in enumerate(When)))
    yield from {
        Order.DUE: (),
        Order.LATEST: (shape.due_on.is_(None), shape.due_on.desc()),
        Order.TITLE: (func.lower(Milestone.title),),
        Order.OWNER: (User.name.is_(None), func.lower(User.name)),
        Order.PARTNERSHIP: (Partnership.name,),
    }[shape.order]
    yield from (shape.due_on.is_(None), shape.due_on, Milestone.title, Milestone.id)


def _conditions(shape: Shape) -> Iterable[ColumnElement[bool]]:
    """The conditions that stand for whose they are and what is asked."""
    due_on, of_partnership = shape.due_on, Milestone.partnership_id == number_of("of_partnership")
    yield {
        Whose.MINE: lambda: is_mine(shape.reaches),
        Whose.OF_PARTNERSHIP: lambda: of_partnership,
        Whose.DOCUMENTS_OF_PARTNERSHIP: lambda: and_(of_partnership, IS_DOCUMENT),
        Whose.NOTHING: false,
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
        "overdue": lambda: _is_when(When.PAST, due_on),
        "text": lambda: or_(Milestone.title.icontains(text, escape="/"), Milestone.key.icontains(text, escape="/")),
    }
    yield from (condition() for name, condition in by_name.items() if name in shape.narrowed)
    if shape.standing is not None:
        yield IS_OPEN if shape.standing is Standing.OPEN else Milestone.state == bindparam("state")
    if shape.when is not None:
        yield _is_when(shape.when, due_on)


def _is_when(when: When, due_on: ColumnElement[Any]) -> ColumnElement[bool]:
    """True for the milestones of a group: the twin of `listing.WHEN` over `due_state`."""
    today = day_of()
    return {
        When.ENDED: ~IS_OPEN,
        When.NO_DATE: and_(IS_OPEN, due_on.is_(None)),
        When.BEFORE_SERVICE: and_(IS_OPEN, is_before_service(due_on)),
        When.PAST: is_overdue(today, due_on),
        When.TODAY: and_(is_live(due_on), is_due_on(today, due_on)),
        When.COMING: and_(is_live(due_on), ~is_due_by(today, due_on)),
    }[when]
