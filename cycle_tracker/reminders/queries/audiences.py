"""The people behind each audience of a milestone, as notices key them, at the moment of asking."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select, union_all

from cycle_tracker.access.queries.tenures import body_gives_access, membership_holds
from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.access.rules.permissions import Viewer, may_see
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.contact import Contact, milestone_contacts
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.partnership import PartnershipBody
from cycle_tracker.models.user import RoleGrant, User

_USER, _CONTACT = "user:", "contact:"


def addressee_of(user_id: int) -> str:
    """How a notice names a person."""
    return f"{_USER}{user_id}"


def addressee_of_contact(contact_id: int) -> str:
    """How a notice names a contact."""
    return f"{_CONTACT}{contact_id}"


def user_of(addressee: str) -> int | None:
    """The number of the person that an addressee names, if it is one."""
    return int(addressee.removeprefix(_USER)) if addressee.startswith(_USER) else None


def contact_of(addressee: str) -> int | None:
    """The number of the contact that an addressee names, if it is one."""
    return int(addressee.removeprefix(_CONTACT)) if addressee.startswith(_CONTACT) else None


@dataclass(frozen=True)
class Audiences:
    """Everyone who may be notified about milestones of some partnerships, looked up once for a batch."""

    viewers: Mapping[int, Viewer]
    leads: Mapping[int, tuple[int, ...]]
    governance: Mapping[int, tuple[int, ...]]
    chairs: Mapping[int, tuple[int, ...]]
    administrators: tuple[int, ...]
    _found: dict[tuple[int | None, bool], dict[Audience, tuple[str, ...]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def of(
        self, *, owner_id: int | None, partnership_id: int | None, is_document: bool
    ) -> dict[Audience, tuple[str, ...]]:
        """The people behind each audience of one milestone.

        With no owner who may be notified, the planning leads replace them, and without planning leads the
        administrators. Everyone named may see the milestone now.
        """
        asked = (partnership_id, is_document)
        if asked not in self._found:
            self._found[asked] = self._within(partnership_id, is_document=is_document)
        within = self._found[asked]
        owners = self._allowed([owner_id] if owner_id else [], partnership_id, is_document=is_document)
        leads = within[Audience.LEAD]
        return {
            Audience.OWNER: owners or leads or tuple(addressee_of(user_id) for user_id in self.administrators),
            **within,
        }

    def _within(self, partnership_id: int | None, *, is_document: bool) -> dict[Audience, tuple[str, ...]]:
        """The audiences that do not depend on the owner: the same for every such milestone of the partnership."""
        people = {Audience.LEAD: self.leads, Audience.CHAIR: self.chairs, Audience.GOVERNANCE: self.governance}
        return {
            audience: self._allowed(self._in(of, partnership_id), partnership_id, is_document=is_document)
            for audience, of in people.items()
        }

    def _in(self, people: Mapping[int, tuple[int, ...]], partnership_id: int | None) -> tuple[int, ...]:
        return people.get(partnership_id, ()) if partnership_id is not None else ()

    def _allowed(self, user_ids: Collection[int], partnership_id: int | None, *, is_document: bool) -> tuple[str, ...]:
        return tuple(
            addressee_of(user_id)
            for user_id in user_ids
            if (viewer := self.viewers.get(user_id)) and may_see(viewer, partnership_id, is_document=is_document)
        )


def audiences_for(partnership_ids: Collection[int], owner_ids: Collection[int], today: date) -> Audiences:
    """Everyone in the audiences of a batch of milestones, in five statements however many there are."""
    leads = _leads_of(partnership_ids, today)
    governance, chairs = _governance_of(partnership_ids, today)
    everybody = {*owner_ids, *_people(leads), *_people(governance)}
    return Audiences(
        viewers=viewers_of(everybody, today),
        leads=leads,
        governance=governance,
        chairs=chairs,
        administrators=_administrators(),
    )


def _people(by_partnership: Mapping[int, tuple[int, ...]]) -> set[int]:
    return {user_id for user_ids in by_partnership.values() for user_id in user_ids}


def _leads_of(partnership_ids: Collection[int], today: date) -> dict[int, tuple[int, ...]]:
    """Who leads each partnership: by a role in it, or by one in all partnerships of an organisation that is in it."""
    by_partnership = select(RoleGrant.partnership_id, RoleGrant.user_id, RoleGrant.id.label("grant_id")).where(
        RoleGrant.role == Role.LEAD,
        RoleGrant.scope == Scope.PARTNERSHIP,
        RoleGrant.partnership_id.in_(partnership_ids),
    )
    by_organisation = (
        select(PartnershipBody.partnership_id, RoleGrant.user_id, RoleGrant.id)
        .join(PartnershipBody, PartnershipBody.organisation_id == RoleGrant.organisation_id)
        .where(
            RoleGrant.role == Role.LEAD,
            RoleGrant.scope == Scope.ORGANISATION,
            PartnershipBody.partnership_id.in_(partnership_ids),
            body_gives_access(today),
        )
    )
    rows: Sequence[Any] = db.session.execute(union_all(by_partnership, by_organisation).order_by("grant_id")).all()
    return _grouped((row.partnership_id, row.user_id) for row in rows)


def contacts_of(milestone_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The contacts who are asked about each milestone, as notices key them; one statement, or none where none is
    named."""
    if not milestone_ids:
        return {}
    rows = db.session.execute(
        select(milestone_contacts.c.milestone_id, Contact.id)
        .join(Contact, Contact.id == milestone_contacts.c.contact_id)
        .where(milestone_contacts.c.milestone_id.in_(milestone_ids), Contact.active)
        .order_by(Contact.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for milestone_id, contact_id in rows:
        found[milestone_id].append(addressee_of_contact(contact_id))
    return {milestone_id: tuple(contacts) for milestone_id, contacts in found.items()}


def _governance_of(
    partnership_ids: Collection[int], today: date
) -> tuple[dict[int, tuple[int, ...]], dict[int, tuple[int, ...]]]:
    """The members of each partnership's governance groups, and their chairs."""
    rows = db.session.execute(
        select(Group.partnership_id, Membership.user_id, Membership.role)
        .join(Membership, Membership.group_id == Group.id)
        .where(
            Group.partnership_id.in_(partnership_ids),
            membership_holds(today),
        )
        .order_by(Membership.id)
    ).all()
    return (
        _grouped((row.partnership_id, row.user_id) for row in rows),
        _grouped((row.partnership_id, row.user_id) for row in rows if row.role is MembershipRole.CHAIR),
    )


def _administrators() -> tuple[int, ...]:
    return tuple(
        db.session.scalars(
            select(User.id)
            .join(RoleGrant, RoleGrant.user_id == User.id)
            .where(RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.scope == Scope.NATIONAL, User.active)
            .order_by(User.id)
        )
    )


def _grouped(rows: Iterable[tuple[int | None, int]]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = defaultdict(list)
    for partnership_id, user_id in rows:
        if partnership_id is not None:
            found[partnership_id].append(user_id)
    return {partnership_id: tuple(dict.fromkeys(user_ids)) for partnership_id, user_ids in found.items()}
