"""Conditions on Milestone, and on what belongs to a partnership, that keep a statement to what is a person's."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, false, literal_column, or_, true

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.statements import numbers_of
from cycle_tracker.models import DateChange, DateChangeKind, Milestone

IS_OPEN = Milestone.state.in_(
    bindparam("open_states", [State.NOT_STARTED, State.IN_PROGRESS], expanding=True, literal_execute=True)
)
"""True for what is open, in the very words of the partial indexes on it: SQLite uses them only then."""


IS_DOCUMENT = Milestone.kind.in_(
    bindparam("document_kinds", [Kind.PLAN, Kind.ANNUAL_REPORT], expanding=True, literal_execute=True)
)
"""True for plans and annual reports, in the very words of the partial index on them: SQLite uses it only then."""


IS_INCOMPLETE: ColumnElement[bool] = literal_column("NOT milestones.complete")
"""True for a document that is not published, or of which nothing says that Scottish Government was told; in the very
words of the partial index on such documents."""


def within(column: Any, viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    """True in the partnerships where the person holds the permission."""
    partnerships = viewer.partnerships_with(permission)
    if partnerships is None:
        return true()
    return column.in_(sorted(partnerships)) if partnerships else false()


def is_seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """True for each milestone that the person may see at all: the twin of `access.rules.permissions.may_see`."""
    return or_(
        within(Milestone.partnership_id, viewer, Permission.READ_TITLES_AND_DATES),
        and_(IS_DOCUMENT, within(Milestone.partnership_id, viewer, Permission.READ_DOCUMENTS)),
    )


@dataclass(frozen=True)
class Mine:
    """What is a person's: `reaches` change the words of its condition, `values` are put in when it runs."""

    reaches: tuple[Reach, Reach]
    values: dict[str, Any]


def owned_by(viewer: Viewer) -> Mine:
    """What the person owns, or a post that they hold, where they may change what they own."""
    works_in = viewer.partnerships_with(Permission.CHANGE_OWN_MILESTONES)
    values = {"owners": sorted(viewer.owns_as), **values_of(works_in, "works_in")}
    return Mine((Reach.NOWHERE, reach_of(works_in)), values)


def work_of(viewer: Viewer) -> Mine:
    """What the person may change: all of the partnerships that they lead, and what they own elsewhere."""
    leads, owned = viewer.partnerships_with(Permission.CHANGE_MILESTONES), owned_by(viewer)
    works_in = viewer.partnerships_with(Permission.CHANGE_OWN_MILESTONES)
    has_all = leads is None or (works_in is not None and works_in <= leads)
    elsewhere = Reach.NOWHERE if has_all else owned.reaches[1]
    return Mine((reach_of(leads), elsewhere), {**owned.values, **values_of(leads, "leads")})


def is_mine(reaches: tuple[Reach, Reach]) -> ColumnElement[bool]:
    """True for what `owned_by` or `work_of` says is a person's."""
    leads, works_in = reaches
    owned = and_(Milestone.owner_id.in_(numbers_of("owners")), in_reach(Milestone.partnership_id, works_in, "works_in"))
    if works_in is Reach.NOWHERE:
        owned = false()
    return owned if leads is Reach.NOWHERE else or_(in_reach(Milestone.partnership_id, leads, "leads"), owned)


def is_owned_by(viewer: Viewer) -> ColumnElement[bool]:
    """The same as `owned_by`, for a statement that is built for one person."""
    return and_(
        Milestone.owner_id.in_(sorted(viewer.owns_as)),
        within(Milestone.partnership_id, viewer, Permission.CHANGE_OWN_MILESTONES),
    )


def due_on_for(viewer: Viewer, partnership_id: int) -> ColumnElement[Any]:
    """The date worked to as the person may know it: the twin in SQL of `due_on` in `milestones.web.details.dates_for`.

    A new expected date goes with its explanation. Officials, who read only what was shared, see the guidance date
    where it was not, and cannot find the other by filtering.
    """
    return due_on_as_known(shared_only=knows_shared_only(viewer, partnership_id))


def knows_shared_only(viewer: Viewer, partnership_id: int) -> bool:
    """True for whoever reads of a new expected date only what was shared."""
    return not viewer.can(Permission.READ_PARTNERSHIP, partnership_id) and viewer.can(
        Permission.READ_DOCUMENTS, partnership_id
    )


def due_on_as_known(*, shared_only: bool) -> ColumnElement[Any]:
    """The date worked to, or what those know of it who read only what was shared."""
    if not shared_only:
        return Milestone.due_on.expression
    return case(
        (and_(IS_DOCUMENT, Milestone.expected_date, ~_is_shared()), Milestone.target_on), else_=Milestone.due_on
    )


def _is_shared() -> ColumnElement[bool]:
    """True where an explanation of the milestone was noted and shared."""
    return (
        exists()
        .where(
            DateChange.milestone_id == Milestone.id,
            DateChange.kind == DateChangeKind.EXPECTED,
            DateChange.shared,
            DateChange.noted_at.is_not(None),
        )
        .correlate(Milestone)
    )
