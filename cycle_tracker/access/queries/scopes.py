"""Conditions on Milestone, and on what belongs to a partnership, that keep a statement to what is a person's."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, false, or_, true
from sqlalchemy.orm import aliased

from cycle_tracker.access.queries.tenures import body_holds
from cycle_tracker.access.rules.permissions import Permission, Viewer, roles_with
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Scope
from cycle_tracker.models import (
    DateChange,
    DateChangeKind,
    Milestone,
    PartnershipBody,
    Publication,
    RoleGrant,
    User,
    Version,
)

IS_OPEN = Milestone.state.in_(
    bindparam("open_states", [State.NOT_STARTED, State.IN_PROGRESS], expanding=True, literal_execute=True)
)
"""True for what is open, in the very words of the partial indexes on it: SQLite uses them only then."""


IS_DOCUMENT = Milestone.kind.in_(
    bindparam("document_kinds", [Kind.PLAN, Kind.ANNUAL_REPORT], expanding=True, literal_execute=True)
)
"""True for plans and annual reports, in the very words of the partial index on them: SQLite uses it only then."""

IS_PUBLISHED = Publication.version != Version.DRAFT
"""True for what the world may read; a draft for a consultation is not published, and counts for nothing."""


def within(column: Any, viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    """True in the partnerships where the person holds the permission."""
    return is_among(column, viewer.partnerships_with(permission))


def is_among(column: Any, partnerships: frozenset[int] | None) -> ColumnElement[bool]:
    """True in these partnerships; None is all of them."""
    if partnerships is None:
        return true()
    return column.in_(sorted(partnerships)) if partnerships else false()


def is_seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """True for each milestone that the person may see at all: the twin of `access.rules.permissions.may_see`."""
    return or_(
        within(Milestone.partnership_id, viewer, Permission.READ_TITLES_AND_DATES),
        and_(IS_DOCUMENT, within(Milestone.partnership_id, viewer, Permission.READ_DOCUMENTS)),
    )


def may_be_seen_by(user_id: Any, today: date) -> ColumnElement[bool]:
    """True for each milestone that this active account may see at all, by the grants in the database.

    As `is_seen_by`, where the person is a column of the statement: for jobs, which ask for many people together.
    """
    titles = RoleGrant.role.in_(sorted(roles_with(Permission.READ_TITLES_AND_DATES)))
    documents = and_(RoleGrant.role.in_(sorted(roles_with(Permission.READ_DOCUMENTS))), IS_DOCUMENT)
    national = Milestone.partnership_id.is_(None)
    # Said outright: by itself the inner question would be asked of every milestone that there is.
    of_organisation = (
        exists()
        .where(
            PartnershipBody.organisation_id == RoleGrant.organisation_id,
            or_(national, PartnershipBody.partnership_id == Milestone.partnership_id),
            body_holds(today),
        )
        .correlate(RoleGrant, Milestone)
    )
    reaches = or_(
        RoleGrant.scope == Scope.NATIONAL,
        and_(RoleGrant.scope == Scope.PARTNERSHIP, or_(national, RoleGrant.partnership_id == Milestone.partnership_id)),
        and_(RoleGrant.scope == Scope.ORGANISATION, of_organisation),
    )
    granted = exists().where(RoleGrant.user_id == user_id, or_(titles, documents), reaches)
    account = aliased(User)  # the statement may be one on accounts itself
    return and_(exists().where(account.id == user_id, account.active), granted)


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
