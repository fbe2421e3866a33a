"""How far partnerships have got with joining: what is set up, who is there, and what is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from cycle_tracker.access.queries.scopes import IS_DOCUMENT, IS_OPEN
from cycle_tracker.access.queries.tenures import body_gives_access, body_holds, membership_holds
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.milestones.queries.due_states import is_before_service, is_past
from cycle_tracker.models.access import Invitation
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.group import Group, Membership
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import BodyRole, ClosureDay, Partnership, PartnershipBody
from cycle_tracker.models.user import RoleGrant, User


@dataclass(frozen=True)
class Joining:
    """How far one partnership has got: numbers of today, and the start of the newest period that is open.

    `documents` counts the plans and reports whose guidance date lies before today, `recorded` those of them that are
    done or not required. `is_reachable` says that its public mailbox is known.
    """

    id: int
    slug: str
    name: str
    notify_from: date | None
    lead_bodies: int
    leads: int
    leads_invited: int
    members: int
    closure_days: int
    newest_period: date | None
    documents: int
    recorded: int
    is_reachable: bool


def list_joining(today: date, now: datetime, *, partnership_id: int | None = None) -> Sequence[Joining]:
    """How far each partnership has got, or one of them, by name; in one statement."""
    statement = _joining(today, now).order_by(Partnership.name, Partnership.id)
    if partnership_id is not None:
        statement = statement.where(Partnership.id == partnership_id)
    return [Joining(**row._asdict()) for row in db.session.execute(statement)]


def list_closure_days(partnership: Partnership) -> Sequence[ClosureDay]:
    """The closure days of a partnership itself, and the bank holidays on which it works, by day."""
    return db.session.scalars(
        select(ClosureDay).where(ClosureDay.partnership_id == partnership.id).order_by(ClosureDay.day)
    ).all()


def get_closure_day(partnership: Partnership, closure_id: int) -> ClosureDay:
    """One closure day of a partnership. Raises NoResultFound for another's."""
    return db.session.scalars(
        select(ClosureDay).where(ClosureDay.id == closure_id, ClosureDay.partnership_id == partnership.id)
    ).one()


def count_newly_late(partnership: Partnership, notify_from: date, today: date) -> int:
    """How many open milestones would count as late from now on if notices began on another, earlier day, or on a first
    one: of a partnership that has not joined nothing counts."""
    before = [is_before_service(notify_from=partnership.notify_from)] if partnership.notify_from else []
    return (
        db.session.scalar(
            select(func.count(Milestone.id)).where(
                Milestone.partnership_id == partnership.id,
                IS_OPEN,
                ~is_before_service(notify_from=notify_from),
                *before,
                is_past(Milestone.due_on, today),
            )
        )
        or 0
    )


def _joining(today: date, now: datetime) -> Select[*tuple[Any, ...]]:
    in_the_past = and_(Milestone.partnership_id == Partnership.id, IS_DOCUMENT, is_past(Milestone.measured_on, today))
    return select(
        Partnership.id,
        Partnership.slug,
        Partnership.name,
        Partnership.notify_from,
        _count(
            PartnershipBody.id,
            PartnershipBody.partnership_id == Partnership.id,
            PartnershipBody.role == BodyRole.LEAD,
            body_holds(today),
        ).label("lead_bodies"),
        _count(User.id, User.active, _leads(today)).label("leads"),
        _count(
            Invitation.id,
            Invitation.partnership_id == Partnership.id,
            Invitation.role == Role.LEAD,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        ).label("leads_invited"),
        select(func.count(Membership.id))
        .join(Group, Group.id == Membership.group_id)
        .where(Group.partnership_id == Partnership.id, membership_holds(today))
        .correlate(Partnership)
        .scalar_subquery()
        .label("members"),
        _count(ClosureDay.id, ClosureDay.partnership_id == Partnership.id, ~ClosureDay.is_worked).label("closure_days"),
        select(func.max(Cycle.period_start))
        .where(Cycle.partnership_id == Partnership.id, Cycle.opened_on.is_not(None))
        .correlate(Partnership)
        .scalar_subquery()
        .label("newest_period"),
        _count(Milestone.id, in_the_past).label("documents"),
        _count(Milestone.id, in_the_past, Milestone.state.in_([State.DONE, State.NOT_REQUIRED])).label("recorded"),
        (func.coalesce(Partnership.mailbox, "") != "").label("is_reachable"),
    )


def _count(what: Any, *conditions: Any) -> Any:
    return select(func.count(what)).where(*conditions).correlate(Partnership).scalar_subquery()


def _leads(today: date) -> ColumnElement[bool]:
    """True for people who lead the partnership of the outer statement."""
    by_organisation = (
        exists()
        .where(
            PartnershipBody.organisation_id == RoleGrant.organisation_id,
            PartnershipBody.partnership_id == Partnership.id,
            body_gives_access(today),
        )
        .correlate(RoleGrant, Partnership)
    )
    reaches = or_(
        and_(RoleGrant.scope == Scope.PARTNERSHIP, RoleGrant.partnership_id == Partnership.id),
        and_(RoleGrant.scope == Scope.ORGANISATION, by_organisation),
    )
    return (
        exists().where(RoleGrant.user_id == User.id, RoleGrant.role == Role.LEAD, reaches).correlate(User, Partnership)
    )
