"""Who may do what: one table, by role and scope. Pages, mails and jobs all ask here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from cycle_tracker.core.roles import Role, Scope

NATIONAL_ROLES = frozenset({Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR})
"""Roles that are granted for the nation; the others may be, for bodies that work with all 30."""


INVITED_BY_LEADS = frozenset({Role.LEAD, Role.CONTRIBUTOR, Role.GOVERNANCE, Role.CLERK})
"""Roles that a planning lead may give in their own partnership: none that reaches further than their own."""


class Permission(StrEnum):
    """One thing that may be done."""

    READ_DOCUMENTS = "read documents"
    READ_PARTNERSHIP = "read everything of the partnership"
    READ_TITLES_AND_DATES = "read titles and dates"
    CHANGE_OWN_MILESTONES = "change the milestones they own"
    CHANGE_MILESTONES = "change every milestone"
    COMMENT = "comment, and add evidence to what they can change"
    RECORD_PUBLICATION = "record a document as published"
    RECORD_APPROVALS = "record a lead body’s decision on a document"
    PROPOSE_DATES = "propose a new expected date"
    IMPORT_MILESTONES = "import milestones from a file"
    READ_OUTSTANDING = "read the national list of outstanding documents"
    READ_ESCALATIONS = "read what was escalated"
    DECIDE_ESCALATIONS = "decide on what was escalated"
    NOTE_EXPLANATIONS = "agree an explanation with a new expected date"
    MANAGE_GROUP = "manage the members and meetings of the governance group"
    RECORD_ON_BEHALF = "record plans and reports for any partnership"
    RECORD_RECEIPTS = "record that a document was received"
    MARK_NOT_REQUIRED = "mark a document as not required"
    AGREE_OWN_STARTS = "agree the own start of a plan that started late"
    RECORD_DIRECTIONS = "record a direction of Scottish Ministers"
    ASK_FOR_UPDATES = "ask a partnership for an update"
    ANSWER_UPDATES = "answer an update request"
    INVITE_PEOPLE = "invite people to a partnership, and reassign their work"
    MANAGE_PEOPLE = "manage all accounts and roles"
    SET_UP_PARTNERSHIPS = "set up partnerships"
    MANAGE_ORGANISATIONS = "manage the list of all organisations"
    MANAGE_MEMBERS = "manage the organisations of the partnership"
    READ_SERVICE_HEALTH = "read the health of the service"
    SET_POLICIES = "change the reminder settings"
    READ_NOTICES = "read the notification history and the scheduled emails"
    MANAGE_CONTACTS = "manage the contacts for a consultation or a request"
    RAISE_TO_GROUP = "escalate a milestone to the governance group early"
    RAISE_FURTHER = "escalate a document to the Scottish Government escalation group"


_CONTRIBUTOR = {
    Permission.READ_DOCUMENTS,
    Permission.READ_PARTNERSHIP,
    Permission.READ_TITLES_AND_DATES,
    Permission.CHANGE_OWN_MILESTONES,
    Permission.COMMENT,
}
_DECIDES = {
    Permission.READ_DOCUMENTS,
    Permission.READ_PARTNERSHIP,
    Permission.READ_TITLES_AND_DATES,
    Permission.READ_ESCALATIONS,
    Permission.DECIDE_ESCALATIONS,
    Permission.NOTE_EXPLANATIONS,
    Permission.COMMENT,
    Permission.READ_NOTICES,
    Permission.RAISE_TO_GROUP,
    Permission.RAISE_FURTHER,
}

HELD_BY: dict[Role, frozenset[Permission]] = {
    Role.LEAD: frozenset(
        {
            *_CONTRIBUTOR,
            Permission.CHANGE_MILESTONES,
            Permission.RECORD_PUBLICATION,
            Permission.RECORD_APPROVALS,
            Permission.PROPOSE_DATES,
            Permission.IMPORT_MILESTONES,
            Permission.READ_ESCALATIONS,
            Permission.MANAGE_GROUP,
            Permission.ANSWER_UPDATES,
            Permission.INVITE_PEOPLE,
            Permission.SET_POLICIES,
            Permission.READ_NOTICES,
            Permission.MANAGE_CONTACTS,
            Permission.MANAGE_MEMBERS,
            Permission.RAISE_TO_GROUP,
        }
    ),
    Role.CONTRIBUTOR: frozenset(_CONTRIBUTOR),
    Role.GOVERNANCE: frozenset(_DECIDES),
    Role.CLERK: frozenset({*_DECIDES, Permission.MANAGE_GROUP}),
    Role.OFFICIAL: frozenset(
        {
            Permission.READ_DOCUMENTS,
            Permission.READ_OUTSTANDING,
            Permission.NOTE_EXPLANATIONS,
            Permission.RECORD_ON_BEHALF,
            Permission.RECORD_RECEIPTS,
            Permission.MARK_NOT_REQUIRED,
            Permission.AGREE_OWN_STARTS,
            Permission.RECORD_DIRECTIONS,
            Permission.ASK_FOR_UPDATES,
            Permission.RAISE_FURTHER,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Permission.READ_DOCUMENTS,
            Permission.READ_PARTNERSHIP,
            Permission.READ_TITLES_AND_DATES,
            Permission.READ_OUTSTANDING,
            Permission.READ_ESCALATIONS,
            Permission.READ_SERVICE_HEALTH,
            Permission.READ_NOTICES,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.READ_TITLES_AND_DATES,
            Permission.READ_SERVICE_HEALTH,
            Permission.INVITE_PEOPLE,
            Permission.MANAGE_PEOPLE,
            Permission.SET_UP_PARTNERSHIPS,
            Permission.MANAGE_ORGANISATIONS,
            Permission.MANAGE_GROUP,
            Permission.SET_POLICIES,
            Permission.READ_NOTICES,
        }
    ),
}


def roles_with(permission: Permission) -> frozenset[Role]:
    """Every role that holds the permission."""
    return frozenset(role for role, held in HELD_BY.items() if permission in held)


@dataclass(frozen=True)
class Viewer:
    """A signed-in person and what they may do: the roles they hold everywhere, and those within partnerships.

    `posts` are the posts that they hold: what a post owns is theirs to change. `stands_in_for` are the people who are
    away and whose deputy they are today: what these own is theirs to change too, as far as what they own themselves
    would be.
    """

    user_id: int
    name: str
    national: frozenset[Role] = frozenset()
    within: Mapping[int, frozenset[Role]] = field(default_factory=dict)
    posts: frozenset[int] = frozenset()
    stands_in_for: frozenset[int] = frozenset()

    @property
    def owns_as(self) -> frozenset[int]:
        """The owners that stand for this person: themselves, the posts they hold, and those who are away and whose
        deputy they are."""
        return self.posts | self.stands_in_for | {self.user_id}

    def roles_in(self, partnership_id: int) -> frozenset[Role]:
        """The roles that count in one partnership."""
        return self.national | self.within.get(partnership_id, frozenset())

    def roles_anywhere(self) -> frozenset[Role]:
        """Every role that the person holds somewhere."""
        return self.national.union(*self.within.values())

    def can(self, permission: Permission, partnership_id: int | None = None) -> bool:
        """True where one of the person's roles holds the permission there; with no partnership, anywhere."""
        if partnership_id is None:
            return permission in self.held_anywhere
        return permission in self._held_everywhere or any(
            permission in HELD_BY[role] for role in self.within.get(partnership_id, ())
        )

    def partnerships_with(self, permission: Permission) -> frozenset[int] | None:
        """The partnerships in which the person holds the permission; None stands for all of them."""
        if permission in self._held_everywhere:
            return None
        return frozenset(
            partnership_id
            for partnership_id, roles in self.within.items()
            if any(permission in HELD_BY[role] for role in roles)
        )

    @cached_property
    def _held_everywhere(self) -> frozenset[Permission]:
        return frozenset().union(*(HELD_BY[role] for role in self.national))

    @cached_property
    def held_anywhere(self) -> frozenset[Permission]:
        """Every permission that one of the person's roles holds somewhere."""
        return frozenset().union(*(HELD_BY[role] for role in self.roles_anywhere()))


def may_see(viewer: Viewer, partnership_id: int | None, *, is_document: bool) -> bool:
    """True where the person may see that a milestone exists: its title and dates, or a document as officials do."""
    if viewer.can(Permission.READ_TITLES_AND_DATES, partnership_id):
        return True
    return is_document and viewer.can(Permission.READ_DOCUMENTS, partnership_id)


def may_change(viewer: Viewer, partnership_id: int | None, owner_id: int | None) -> bool:
    """True where the person may start or finish a milestone: any of the partnership's, or one that they own.

    The one predicate for the guard and for the buttons. National milestones are nobody's here.
    """
    if partnership_id is None:
        return False
    if viewer.can(Permission.CHANGE_MILESTONES, partnership_id):
        return True
    return owner_id in viewer.owns_as and viewer.can(Permission.CHANGE_OWN_MILESTONES, partnership_id)


def may_record_approval(viewer: Viewer, partnership_id: int | None, *, of_their_own: bool) -> bool:
    """True where the person may record what a lead body made of a document: a lead for every body, and whoever works
    on the partnership's milestones for the body that they are `of_their_own`.

    Nobody makes an approval here: it is made by the body, and recorded.
    """
    if partnership_id is None:
        return False
    if viewer.can(Permission.RECORD_APPROVALS, partnership_id):
        return True
    return of_their_own and viewer.can(Permission.CHANGE_OWN_MILESTONES, partnership_id)


def may_invite(viewer: Viewer, role: Role, scope: Scope, partnership_id: int | None) -> bool:
    """True where the person may ask somebody to join in this role: an administrator in any, and who may invite people
    to a partnership in those that reach no further than it.

    Asked when an invitation is issued, and again of its inviter when it is accepted.
    """
    if viewer.partnerships_with(Permission.MANAGE_PEOPLE) is None:
        return True
    return (
        scope is Scope.PARTNERSHIP
        and partnership_id is not None
        and role in INVITED_BY_LEADS
        and viewer.can(Permission.INVITE_PEOPLE, partnership_id)
    )
