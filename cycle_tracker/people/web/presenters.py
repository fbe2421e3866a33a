"""People and posts in words."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cycle_tracker.access.rules.permissions import Viewer, may_invite
from cycle_tracker.core import addresses
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.roles import Scope
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.accounts import Account, AccountOrder
from cycle_tracker.people.queries.held_roles import HeldRole, reaches
from cycle_tracker.people.web.filters import PeopleFilters
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Row
from cycle_tracker.web.sheets import Cell
from cycle_tracker.web.wording import NO_DATE, Status, count, day, milestone_status

EVERYWHERE = "all of Scotland"
NO_ROLE = "No role"
NOT_LATELY = "Not in the last 30 days"

FILE_COLUMNS = ("Name", "Email address", "Organisation", "Roles", "Open milestones owned", "Last seen", "Status")
OWNED_COLUMNS = ("Partnership", "Milestone", "Due date", "Status")


@dataclass(frozen=True)
class PersonRow:
    """One person or post in a list."""

    id: int
    name: str
    address: str
    email: str
    organisation: str
    roles: Sequence[str]
    owned: int
    last_seen: str
    status: Status
    note: str


@dataclass(frozen=True)
class RoleRow:
    """One role that someone has. `address` is where it can be removed, empty if the viewer may not."""

    role: str
    where: str
    address: str
    who_may: str


@dataclass(frozen=True)
class OwnedRow:
    """One open milestone that someone owns."""

    title: str
    address: str
    partnership: str
    due: str
    status: Status


def lines(accounts: Iterable[Account]) -> list[PersonRow]:
    """People and posts as the administrators' list has them."""
    return [_line(one, url_for("people.show", person_id=one.id), one.roles, "") for one in accounts]


def lines_within(
    accounts: Iterable[Account],
    slug: str,
    partnership_id: int,
    organisation_ids: Collection[int],
    holders: Mapping[int, Sequence[str]],
) -> list[PersonRow]:
    """People and posts as the list of one partnership has them: with the roles that count in it."""
    return [
        _line(
            one,
            url_for("people_within.show", slug=slug, person_id=one.id),
            [held for held in one.roles if reaches(held, partnership_id, organisation_ids)],
            _holders_wording(holders.get(one.id, ())) if one.is_post else "",
        )
        for one in accounts
    ]


def file_rows(found: Iterable[PersonRow]) -> list[Sequence[Cell]]:
    """The list as a file has it."""
    return [
        (line.name, line.email, line.organisation, "; ".join(line.roles), line.owned, line.last_seen, line.status.label)
        for line in found
    ]


def columns(filters: PeopleFilters) -> list[Any]:
    """The headings of the administrators' list; three of them sort it."""

    def sorting(label: str, order: AccountOrder) -> dict[str, Any]:
        is_this = filters.question.order is order
        direction = "descending" if order is AccountOrder.LAST_SEEN else "ascending"
        address = url_for(
            "people.index", **filters.in_address(sort=order.value if order is not AccountOrder.NAME else "")
        )
        return {"label": label, "address": address, "sort": direction if is_this else None}

    return [
        sorting("Name", AccountOrder.NAME),
        sorting("Email address", AccountOrder.EMAIL),
        "Roles",
        {"label": "Open milestones", "number": True},
        sorting("Last seen", AccountOrder.LAST_SEEN),
        "Status",
    ]


def status_of(user: User | Account) -> Status:
    """What an account is, in one word."""
    if not user.active:
        return Status("Switched off", "red")
    if user.is_post:
        return Status("Post", "purple")
    has_password = user.has_password if isinstance(user, Account) else user.password is not None
    return Status("Can sign in", "green") if has_password else Status("No password yet", "grey")


def role_wording(held: HeldRole) -> str:
    """A role and where it is held: `Contributor, all partnerships of NHS Grampian`."""
    return f"{held.role.label}, {where_wording(held)}"


def where_wording(held: HeldRole) -> str:
    """Where a role is held."""
    if held.scope is Scope.NATIONAL:
        return EVERYWHERE
    return f"all partnerships of {held.place}" if held.scope is Scope.ORGANISATION else held.place


def role_lines(held_roles: Iterable[HeldRole], person_id: int) -> list[RoleRow]:
    """The roles of a person as an administrator sees them: each can be removed."""
    return [
        RoleRow(
            held.role.label,
            where_wording(held),
            url_for("people.take_away", person_id=person_id, grant_id=held.grant_id),
            "",
        )
        for held in held_roles
    ]


def role_lines_within(held_roles: Iterable[HeldRole], slug: str, viewer: Viewer) -> list[RoleRow]:
    """The roles of a person that count in one partnership, as its lead sees them."""
    return [
        RoleRow(
            held.role.label,
            where_wording(held),
            url_for("people_within.take_away", slug=slug, person_id=held.user_id, grant_id=held.grant_id)
            if may_invite(viewer, held.role, held.scope, held.partnership_id)
            else "",
            "Only administrators can change this role.",
        )
        for held in held_roles
    ]


def facts(user: User, last_seen: datetime | None, posts: Iterable[User]) -> list[Row]:
    """Who a person or post is."""
    rows = [Row("Shared mailbox" if user.is_post else "Email address", user.email)]
    if user.organisation is not None:
        rows.append(Row("Organisation", user.organisation.name))
    if not user.is_post:
        rows.append(Row("Last seen", last_seen_wording(last_seen)))
    held = [post.name for post in posts]
    if held:
        rows.append(Row("Acts for", ", ".join(held)))
    return rows


def last_seen_wording(at: datetime | None) -> str:
    """The day on which someone last used the service. Sign-ins are kept for 30 days, so older ones are not known."""
    return day(london_day(at)) if at else NOT_LATELY


def owned_lines(milestones: Iterable[Milestone], today: date) -> list[OwnedRow]:
    """Open milestones by title and date, which is what administrators see of them."""
    return [
        OwnedRow(
            title=one.title,
            address=addresses.milestone(one.partnership.slug, one.key),
            partnership=one.partnership.name,
            due=day(one.due_on) if one.due_on else NO_DATE,
            status=milestone_status(one, today, one.partnership.notify_from),
        )
        for one in milestones
        if one.partnership is not None
    ]


def owned_rows(found: Iterable[OwnedRow]) -> list[Sequence[Cell]]:
    """The same as a file has it."""
    return [(line.partnership, line.title, line.due, line.status.label) for line in found]


def owns_wording(number: int, place: str = "") -> str:
    """How much someone owns, inside a sentence; empty for nothing."""
    where = f" in {place}" if place else ""
    return f"{count(number, 'open milestone')}{where}" if number else ""


def _line(account: Account, address: str, roles: Iterable[HeldRole], note: str) -> PersonRow:
    return PersonRow(
        id=account.id,
        name=account.name,
        address=address,
        email=account.email,
        organisation=account.organisation,
        roles=[role_wording(held) for held in roles] or [NO_ROLE],
        owned=account.owned,
        last_seen="" if account.is_post else last_seen_wording(account.last_seen),
        status=status_of(account),
        note=note,
    )


def _holders_wording(names: Sequence[str]) -> str:
    return f"{', '.join(names)} {'act' if len(names) > 1 else 'acts'} for it" if names else "No one acts for it yet"
