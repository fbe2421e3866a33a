"""Lists of milestones as people ask for them: narrowed, sorted and paged in the database."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from cycle_tracker.access.queries.reach import Reach
from cycle_tracker.access.queries.scopes import is_seen_by, knows_shared_only, owned_by, work_of
from cycle_tracker.access.rules.permissions import Viewer, may_see
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Fact, Kind
from cycle_tracker.core.lifecycle import OPEN, State
from cycle_tracker.core.statements import rows_of
from cycle_tracker.core.wording import COUNTED_TO
from cycle_tracker.documents.queries.listed import ListedMilestone
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.overview.queries.milestone_list_statements import (
    EAGER,
    ListScope,
    ListShape,
    between_statement,
    count_by_when_statement,
    count_statement,
    file_statement,
    page_statement,
)
from cycle_tracker.overview.queries.own_list_statements import BETWEEN_NUMBERS, own_page_statement
from cycle_tracker.overview.rules.listing import NOBODY, DateGroup, ListedStates, ListOrder, ListQuestion


class OwnMilestone(NamedTuple):
    """One milestone of a person's own list, in the order of `OWN_COLUMNS`, then its owner; `owner` is None where all is
    owned by the person who asks."""

    id: int
    version: int
    partnership_id: int
    key: str
    title: str
    kind: Kind
    state: State
    date_basis: Basis
    target_on: date | None
    due_on: date | None
    expected_date: bool
    done_on: date | None
    date_citation: str
    owner_id: int | None
    fact: Fact | None
    fact_count: int | None
    fact_total: int | None
    owner: str | None
    owner_active: bool | None

    @property
    def is_open(self) -> bool:
        """True until it is done, dropped or not required."""
        return self.state in OPEN


@dataclass(frozen=True)
class MilestoneList:
    """The milestones of a shape, with these values in its statements."""

    shape: ListShape
    values: Mapping[str, Any]

    def count(self) -> int:
        """How many there are; one more than `COUNTED_TO` where there are more."""
        return int(rows_of(count_statement(self.shape), **self.values)[0][0])

    def count_by_when(self) -> dict[DateGroup, int]:
        """How many there are in each group by their date, counted as far; groups that have none are left out."""
        return _by_when(rows_of(count_by_when_statement(self.shape), **self.values)[0])

    def page(self, page: int, per_page: int, *, one_more: bool = False) -> list[ListedMilestone]:
        """One page of them, with `one_more` the one after it too, so that the way on is known."""
        rows = rows_of(page_statement(self.shape), **self.values, **_place_of(page, per_page, one_more=one_more))
        return [ListedMilestone(*row) for row in rows]

    def own_page(self, page: int, per_page: int) -> tuple[list[OwnMilestone], dict[DateGroup, int]]:
        """One page of a person's own list and one more, with how many there are in each group, also in those that are
        not shown. In one statement, for a page with rows of a list that is no longer than what is counted."""
        rows = rows_of(own_page_statement(self.shape), **self.values, **_place_of(page, per_page, one_more=True))
        numbers = _by_when(map(int, rows[0].numbers.split(BETWEEN_NUMBERS))) if rows else {}
        if not 0 < sum(numbers.values()) <= COUNTED_TO:
            numbers = replace(self, shape=replace(self.shape, when=None)).count_by_when()
        return [OwnMilestone(*row[:-1]) for row in rows], numbers

    def rows(self) -> list[ListedMilestone]:
        """All of them, as a file has them."""
        return [ListedMilestone(*row) for row in rows_of(file_statement(self.shape), **self.values)]

    def between(self, first: date, last: date, *, per_day: int) -> tuple[list[ListedMilestone], dict[date, int]]:
        """Those whose date lies between two days, at most so many of each day; and how many each day has in all."""
        rows = rows_of(between_statement(self.shape), **self.values, first=first, last=last, per_day=per_day)
        return [ListedMilestone(*row[:-2]) for row in rows], {row.day: row.number for row in rows}


def own_list(
    viewer: Viewer, question: ListQuestion, order: ListOrder, today: date, *, everything: bool = False
) -> MilestoneList:
    """What the person owns over all their partnerships; with `everything`, all that they may change."""
    mine = work_of(viewer) if everything else owned_by(viewer)
    shape = ListShape(ListScope.MINE, mine.reaches, *_narrowing(question), order, grouped=True)
    return MilestoneList(shape, {**_values(question, today), **mine.values})


def partnership_list(
    viewer: Viewer, partnership: Partnership, question: ListQuestion, order: ListOrder, today: date
) -> MilestoneList:
    """What the person may see of a partnership's milestones, of all its cycles."""
    whose = ListScope.NOTHING
    if may_see(viewer, partnership.id, is_document=False):
        whose = ListScope.OF_PARTNERSHIP
    elif may_see(viewer, partnership.id, is_document=True):
        whose = ListScope.DOCUMENTS_OF_PARTNERSHIP
    shared_only = knows_shared_only(viewer, partnership.id)
    nowhere = (Reach.NOWHERE,) * 3
    shape = ListShape(whose, nowhere, *_narrowing(question), order, shared_only=shared_only)
    return MilestoneList(shape, {**_values(question, today), "of_partnership": partnership.id})


def list_present_owners(partnership: Partnership) -> Sequence[Any]:
    """Everyone who owns something of the partnership: id and name, by name."""
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
        .options(*EAGER)
        .order_by(Milestone.id)
        .with_for_update(of=Milestone)
    )
    if within is not None:
        statement = statement.where(Milestone.partnership_id == within.id)
    found = db.session.scalars(statement.execution_options(populate_existing=True)).all()
    return sorted(found, key=lambda one: (one.due_on is None, one.due_on or date.max, one.title, one.id))


def _by_when(numbers: Iterable[int]) -> dict[DateGroup, int]:
    return {when: number for when, number in zip(DateGroup, numbers, strict=True) if number}


def _place_of(page: int, per_page: int, *, one_more: bool) -> dict[str, int]:
    return {"at_most": per_page + one_more, "skipped": (page - 1) * per_page}


def _narrowing(question: ListQuestion) -> tuple[frozenset[str], ListedStates | None, DateGroup | None, bool]:
    """What of the filters changes the words of a statement."""
    names = ("partnership", "period", "stage", "kind", "due_from", "due_to", "overdue", "text")
    narrowed = {name for name in names if getattr(question, name)}
    narrowed |= set() if question.owner is None else {"owner"}
    return frozenset(narrowed), question.status, question.when, question.owner == NOBODY


def _values(question: ListQuestion, today: date) -> dict[str, Any]:
    """What of the filters is put into a statement."""
    text = question.text.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return {
        "today": today,
        "partnership": question.partnership,
        "period": question.period.start if question.period else None,
        "stage": question.stage,
        "kind": question.kind,
        "state": next(iter(question.status.states)) if question.status else None,
        "owner": question.owner,
        "due_from": question.due_from,
        "due_to": question.due_to,
        "text": text,
    }
