"""The policies by where they apply, what would apply there without them, and the history of their changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, true

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import NoticePolicy
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.partnerships.queries.partnerships import get_partnership
from cycle_tracker.reminders.queries.deadlines import Policies
from cycle_tracker.reminders.rules.policies import EVERYWHERE, Policy, PolicyChange, place_of, policy_under

SUBJECT = "notice-policy"


@dataclass(frozen=True)
class PolicyScope:
    """Where a policy applies: everywhere, for a kind, in a partnership, or for a kind in a partnership."""

    kind: Kind | None = None
    partnership: Partnership | None = None

    @property
    def place(self) -> str:
        """The word for it."""
        return place_of(self.kind, self.partnership_id)

    @property
    def partnership_id(self) -> int | None:
        """The partnership's number, where it applies in one."""
        return self.partnership.id if self.partnership else None

    @property
    def which(self) -> ColumnElement[bool]:
        """The milestones that are under it."""
        which: ColumnElement[bool] = true()
        if self.kind is not None:
            which &= Milestone.kind == self.kind
        if self.partnership is not None:
            which &= Milestone.partnership_id == self.partnership.id
        return which

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of what is under it."""
        return tuple(Kind) if self.kind is None else (self.kind,)


def get_where(
    viewer: Viewer, slug: str | None, kind: Kind | None, *, to: Permission = Permission.SET_POLICIES
) -> PolicyScope:
    """Where a policy applies, for someone who may set it there.

    Raises NoResultFound for a partnership that they see nothing of, and NotAllowed where they may not set it: outside
    partnerships, only people with the permission for all of them may.
    """
    if slug is not None:
        return PolicyScope(kind, get_partnership(viewer, slug, to=to))
    if viewer.partnerships_with(to) is not None:
        raise NotAllowed
    return PolicyScope(kind)


def find_policy(place: str) -> NoticePolicy | None:
    """What was changed at a place, if anything ever was."""
    return db.session.scalars(select(NoticePolicy).where(NoticePolicy.place == place)).one_or_none()


def held_at(where: PolicyScope, changes: Mapping[str, PolicyChange]) -> dict[tuple[Kind, Basis], Policy]:
    """The policies that apply at a place under these changes, by kind and by the basis of the duty."""
    return {
        (kind, basis): policy_under(_down_to(changes, where), kind, basis, where.partnership_id)
        for kind in where.kinds
        for basis in Basis
    }


def held_without(where: PolicyScope, changes: Mapping[str, PolicyChange]) -> dict[tuple[Kind, Basis], Policy]:
    """The policies that would apply there if this place had changed nothing."""
    return held_at(where, {place: change for place, change in changes.items() if place != where.place})


def national_at(where: PolicyScope, changes: Mapping[str, PolicyChange]) -> list[Policy]:
    """The national policies for everything under a place, except what the place itself changes."""
    national = {
        place: change for place, change in changes.items() if "partnership:" not in place and place != where.place
    }
    return [policy_under(national, kind, basis, None) for kind in where.kinds for basis in Basis]


def with_change(policies: Policies, place: str, change: PolicyChange) -> Policies:
    """The policies as they would be with this change."""
    return replace(policies, changes={**policies.changes, place: change}, _found={})


def _down_to(changes: Mapping[str, PolicyChange], where: PolicyScope) -> dict[str, PolicyChange]:
    """The changes without those of more particular places: what applies at the place itself."""
    if where.kind is not None:
        return dict(changes)
    own = {where.place, EVERYWHERE}
    in_partnership = where.partnership is not None
    return {
        place: change
        for place, change in changes.items()
        if place in own or (in_partnership and "partnership:" not in place)
    }


@dataclass(frozen=True)
class PolicyEvent:
    """One change of a policy, by whom and when, with what applied before and after."""

    at: datetime
    by: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def list_changes(policy: NoticePolicy | None) -> Sequence[PolicyEvent]:
    """Every change at one place, the newest first; one statement."""
    if policy is None:
        return []
    rows = db.session.execute(
        select(AuditEvent.at, User.name, AuditEvent.before, AuditEvent.after)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .where(AuditEvent.subject == SUBJECT, AuditEvent.subject_id == policy.id)
        .order_by(AuditEvent.id.desc())
    )
    return [PolicyEvent(row.at, row.name or "The service", row.before, row.after) for row in rows]


def changed_places() -> frozenset[str]:
    """The places at which something differs from what would otherwise apply there; one statement."""
    rows = db.session.scalars(select(NoticePolicy).order_by(NoticePolicy.id))
    return frozenset(one.place for one in rows if one.before or one.first_after is not None or one.rungs is not None)
