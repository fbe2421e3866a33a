"""Lists of milestones as people ask for them: narrowed, sorted and paged in the database."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from cycle_tracker.access.queries.scopes import IS_OPEN, due_on_for, is_owned_by, is_seen_by, is_work_of
from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.milestones.queries.due_states import by_due_state, is_overdue
from cycle_tracker.models import Cycle, Milestone, Partnership, User
from cycle_tracker.overview.rules.listing import NOBODY, WHEN, Asked, Order, Standing, When


@dataclass(frozen=True)
class MilestoneList:
    """Milestones that meet conditions, grouped by their date where `grouped`, then in an order.

    `due_on` is the date worked to as the person who asks may know it.
    """

    conditions: tuple[ColumnElement[bool], ...]
    due_on: ColumnElement[Any]
    order: Order
    today: date
    grouped: bool = False

    def count(self) -> int:
        """How many there are."""
        return db.session.scalar(self._from(select(func.count(Milestone.id)))) or 0

    def count_by_when(self) -> dict[When, int]:
        """How many there are in each group by their date."""
        groups = self._from(select(_when_expression(self.due_on, self.today).label("place"))).subquery()
        rows = db.session.execute(select(groups.c.place, func.count()).group_by(groups.c.place)).all()
        return {list(When)[place]: count for place, count in rows}

    def rows(self, *, page: int | None = None, per_page: int = 0) -> Sequence[Milestone]:
        """One page of them, or all, with partnership, cycle, owner and lead organisation."""
        statement = self._from(select(Milestone)).options(*_EAGER).order_by(*self._order())
        if page is not None:
            statement = statement.limit(per_page).offset((page - 1) * per_page)
        return db.session.scalars(statement).all()

    def between(self, first: date, last: date, *, per_day: int) -> tuple[Sequence[Milestone], dict[date, int]]:
        """Those whose date lies between two days, at most so many of each day; and how many each day has in all."""
        place = func.row_number().over(partition_by=self.due_on, order_by=(Milestone.title, Milestone.id))
        numbered = (
            self._from(
                select(
                    Milestone.id,
                    self.due_on.label("day"),
                    place.label("place"),
                    func.count().over(partition_by=self.due_on).label("number"),
                )
            )
            .where(self.due_on.between(first, last))
            .subquery()
        )
        rows = db.session.execute(
            select(Milestone, numbered.c.day, numbered.c.number)
            .join(numbered, numbered.c.id == Milestone.id)
            .join(Milestone.partnership)
            .outerjoin(Milestone.cycle)
            .outerjoin(Milestone.owner)
            .options(*_EAGER)
            .where(numbered.c.place <= per_day)
            .order_by(numbered.c.day, Milestone.title, Milestone.id)
        ).all()
        return [row[0] for row in rows], {row.day: row.number for row in rows}

    def _from(self, statement: Select[Any]) -> Select[Any]:
        return (
            statement.select_from(Milestone)
            .join(Milestone.partnership)
            .outerjoin(Milestone.cycle)
            .outerjoin(Milestone.owner)
            .where(*self.conditions)
        )

    def _order(self) -> Iterable[Any]:
        if self.grouped:
            yield _when_expression(self.due_on, self.today)
        yield from {
            Order.DUE: (),
            Order.LATEST: (self.due_on.is_(None), self.due_on.desc()),
            Order.TITLE: (func.lower(Milestone.title),),
            Order.OWNER: (User.name.is_(None), func.lower(User.name)),
            Order.PARTNERSHIP: (Partnership.name,),
        }[self.order]
        yield from (self.due_on.is_(None), self.due_on, Milestone.title, Milestone.id)


_EAGER = (
    contains_eager(Milestone.partnership),
    contains_eager(Milestone.cycle),
    contains_eager(Milestone.owner),
    joinedload(Milestone.lead_organisation),
)


def own_list(viewer: Viewer, asked: Asked, order: Order, today: date, *, everything: bool = False) -> MilestoneList:
    """What the person owns over all their partnerships; with `everything`, all that they may change."""
    due_on = Milestone.due_on.expression
    mine = is_work_of(viewer) if everything else is_owned_by(viewer)
    return MilestoneList((mine, *_narrowed(asked, due_on, today)), due_on, order, today, grouped=True)


def partnership_list(
    viewer: Viewer, partnership: Partnership, asked: Asked, order: Order, today: date
) -> MilestoneList:
    """What the person may see of a partnership's milestones, of all its cycles."""
    due_on = due_on_for(viewer, partnership.id)
    seen = (Milestone.partnership_id == partnership.id, is_seen_by(viewer))
    return MilestoneList((*seen, *_narrowed(asked, due_on, today)), due_on, order, today)


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


def _narrowed(asked: Asked, due_on: ColumnElement[Any], today: date) -> Iterable[ColumnElement[bool]]:
    """The conditions that stand for what is asked."""
    if asked.partnership:
        yield Partnership.slug == asked.partnership
    if asked.period is not None:
        yield Cycle.period_start == asked.period.start
    if asked.stage is not None:
        yield Milestone.stage == asked.stage
    if asked.kind is not None:
        yield Milestone.kind == asked.kind
    if asked.standing is not None:
        yield IS_OPEN if asked.standing is Standing.OPEN else Milestone.state.in_(asked.standing.states)
    if asked.when is not None:
        yield _when_expression(due_on, today) == list(When).index(asked.when)
    if asked.owner is not None:
        yield Milestone.owner_id.is_(None) if asked.owner == NOBODY else Milestone.owner_id == asked.owner
    if asked.due_from is not None:
        yield due_on >= asked.due_from
    if asked.due_to is not None:
        yield due_on <= asked.due_to
    if asked.overdue:
        yield is_overdue(today, due_on)
    if asked.text:
        yield or_(
            Milestone.title.icontains(asked.text, autoescape=True),
            Milestone.key.icontains(asked.text, autoescape=True),
        )


def _when_expression(due_on: ColumnElement[Any], today: date) -> ColumnElement[int]:
    """The place of each milestone's group among the groups."""
    return by_due_state(today, {state: list(When).index(when) for state, when in WHEN.items()}, due_on)
