"""Conditions on Milestone, and on what belongs to a partnership, that keep a statement to what is a person's."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, literal_column, or_, true
from sqlalchemy.orm import aliased

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.queries.tenures import body_gives_access
from cycle_tracker.access.rules.permissions import Permission, Viewer, roles_with
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Scope
from cycle_tracker.core.statements import is_one_of
from cycle_tracker.models.date_change import NOTED, DateChange, DateChangeKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import PartnershipBody
from cycle_tracker.models.user import RoleGrant, User

IS_OPEN = is_one_of(Milestone.state, (State.NOT_STARTED, State.IN_PROGRESS))
"""True for what is open, in the very words of the partial indexes on it: SQLite uses them only then."""


IS_DOCUMENT = is_one_of(Milestone.kind, (Kind.PLAN, Kind.ANNUAL_REPORT))
"""True for plans and annual reports, in the very words of the partial index on them: SQLite uses it only then."""

IS_INCOMPLETE: ColumnElement[bool] = literal_column("NOT milestones.complete")
"""True for a document that is not published, or without a record that the Scottish Government was notified; in exactly
the words of the partial index on such documents."""


def within(column: Any, viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    """True in the partnerships where the person has the permission."""
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
            body_gives_access(today),
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


WorkReaches = tuple[Reach, Reach, Reach]
"""How many partnerships a person leads, in how many they own milestones, and for how many owners they may act."""


@dataclass(frozen=True)
class OwnWork:
    """What is a person's: `reaches` change the words of its condition, `values` are put in when it runs."""

    reaches: WorkReaches
    values: dict[str, Any]


def owned_by(viewer: Viewer) -> OwnWork:
    """What is owned by the person, or by a post that they have, where they may change what they own."""
    works_in = viewer.partnerships_with(Permission.CHANGE_OWN_MILESTONES)
    values = {**values_of(viewer.owns_as, "owners"), **values_of(works_in, "works_in")}
    return OwnWork((Reach.NOWHERE, reach_of(works_in), reach_of(viewer.owns_as)), values)


def work_of(viewer: Viewer) -> OwnWork:
    """What the person may change: all of the partnerships that they lead, and what they own elsewhere."""
    leads, owned = viewer.partnerships_with(Permission.CHANGE_MILESTONES), owned_by(viewer)
    works_in = viewer.partnerships_with(Permission.CHANGE_OWN_MILESTONES)
    has_all = leads is None or (works_in is not None and works_in <= leads)
    elsewhere = Reach.NOWHERE if has_all else owned.reaches[1]
    return OwnWork((reach_of(leads), elsewhere, owned.reaches[2]), {**owned.values, **values_of(leads, "leads")})


def is_mine(reaches: WorkReaches) -> ColumnElement[bool]:
    """True for what `owned_by` or `work_of` says is a person's."""
    leads, works_in, owners = reaches
    owned = and_(
        in_reach(Milestone.owner_id, owners, "owners"), in_reach(Milestone.partnership_id, works_in, "works_in")
    )
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
    """The due date as the person may know it: the twin in SQL of `due_on` in `milestones.web.details.dates_for`.

    A new expected date goes with its explanation. Officials, who read only what was shared, see the guidance date where
    it was not, and cannot find the other by filtering.
    """
    return due_on_as_known(shared_only=knows_shared_only(viewer, partnership_id))


def knows_shared_only(viewer: Viewer, partnership_id: int) -> bool:
    """True for people who see a new expected date only where it was shared."""
    return not viewer.can(Permission.READ_PARTNERSHIP, partnership_id) and viewer.can(
        Permission.READ_DOCUMENTS, partnership_id
    )


def due_on_as_known(*, shared_only: bool) -> ColumnElement[Any]:
    """The due date, or for people who see only what was shared, the date that they know."""
    if not shared_only:
        return Milestone.due_on.expression
    return case(
        (and_(IS_DOCUMENT, Milestone.expected_date, ~_is_shared()), Milestone.measured_on), else_=Milestone.due_on
    )


def _is_shared() -> ColumnElement[bool]:
    """True where an explanation of the milestone was noted and shared."""
    return (
        exists()
        .where(
            DateChange.milestone_id == Milestone.id,
            DateChange.kind == DateChangeKind.EXPECTED,
            DateChange.shared,
            NOTED,
        )
        .correlate(Milestone)
    )
