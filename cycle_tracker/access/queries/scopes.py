"""Conditions on Milestone, and on what belongs to a partnership, that keep a statement to what is a person's."""

from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, false, or_, true

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.models import DateChange, DateChangeKind, Milestone

IS_OPEN = Milestone.state.in_(
    bindparam("open_states", [State.NOT_STARTED, State.IN_PROGRESS], expanding=True, literal_execute=True)
)
"""True for what is open, in the very words of the partial indexes on it: SQLite uses them only then."""


IS_DOCUMENT = Milestone.kind.in_(
    bindparam("document_kinds", [Kind.PLAN, Kind.ANNUAL_REPORT], expanding=True, literal_execute=True)
)
"""True for plans and annual reports, in the very words of the partial index on them: SQLite uses it only then."""


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


def is_owned_by(viewer: Viewer) -> ColumnElement[bool]:
    """True for what the person owns, or a post that they hold, where they may change what they own."""
    return and_(
        Milestone.owner_id.in_(sorted(viewer.owns_as)),
        within(Milestone.partnership_id, viewer, Permission.CHANGE_OWN_MILESTONES),
    )


def is_work_of(viewer: Viewer) -> ColumnElement[bool]:
    """True for what the person may change: all of the partnerships that they lead, and what they own elsewhere."""
    return or_(within(Milestone.partnership_id, viewer, Permission.CHANGE_MILESTONES), is_owned_by(viewer))


def due_on_for(viewer: Viewer, partnership_id: int) -> ColumnElement[Any]:
    """The date worked to as the person may know it: the twin in SQL of `due_on` in `milestones.web.details.dates_for`.

    A new expected date goes with its explanation. Officials, who read only what was shared, see the guidance date
    where it was not, and cannot find the other by filtering.
    """
    if viewer.can(Permission.READ_PARTNERSHIP, partnership_id) or not viewer.can(
        Permission.READ_DOCUMENTS, partnership_id
    ):
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
