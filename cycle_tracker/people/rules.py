"""Who stands in for whom while people are away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cycle_tracker.access.rules.permissions import Permission, Viewer, may_see
from cycle_tracker.core.audiences import HEARD_AT_ONCE, Audience
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.roles import Role
from cycle_tracker.core.stand_ins import stand_in

LONGEST_AWAY = timedelta(days=366)
FURTHEST_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Absence:
    """A person is away from one day to another, both included, and a deputy stands in."""

    user_id: int
    deputy_id: int
    from_on: date
    to_on: date

    def holds_on(self, day: date) -> bool:
        """True on a day on which the person is away."""
        return self.from_on <= day <= self.to_on

    def overlaps(self, other: "Absence") -> bool:
        """True where the two have a day in common."""
        return self.from_on <= other.to_on and other.from_on <= self.to_on


def ensure_days_away(from_on: date, to_on: date, today: date) -> None:
    """Raises RuleBroken, beside the field, for days that cannot be: a first day that has passed, a last day before it,
    or either too far ahead."""
    if from_on < today:
        raise RuleBroken("The first day must be today or later.", field="from_on")
    if from_on > today + FURTHEST_AHEAD:
        raise RuleBroken("The first day must be within a year.", field="from_on")
    if to_on < from_on:
        raise RuleBroken("The last day must be on or after the first day.", field="to_on")
    if to_on > from_on + LONGEST_AWAY:
        raise RuleBroken("The last day must be within a year of the first day.", field="to_on")


def closes_loop(wanted: Absence, others: Iterable[Absence]) -> bool:
    """True where on some day the deputies would lead back to the person: from deputy to deputy nobody would be there.

    Who is away changes only where an absence begins or ends, and the fewer are away the less is there to loop: it is
    enough to look at the days on which one begins.
    """
    meanwhile = [one for one in others if one.overlaps(wanted) and one.user_id != wanted.user_id]
    days = {wanted.from_on, *(max(one.from_on, wanted.from_on) for one in meanwhile)}
    return any(_leads_back(wanted, [one for one in meanwhile if one.holds_on(day)]) for day in days)


def _leads_back(wanted: Absence, others: Iterable[Absence]) -> bool:
    deputies = {one.user_id: one.deputy_id for one in others}
    return stand_in(wanted.user_id, {**deputies, wanted.user_id: wanted.deputy_id}) == wanted.user_id


def goes_to_stand_in(deputy: Viewer, audience: Audience, partnership_id: int | None, *, is_document: bool) -> bool:
    """True for what a deputy gets: what they may see themselves and, where a decision is wanted, may decide. The rest
    goes to the person."""
    if audience in HEARD_AT_ONCE:
        return deputy.can(Permission.DECIDE_ESCALATIONS, partnership_id)
    return may_see(deputy, partnership_id, is_document=is_document)


def may_set_away(viewer: Viewer, person: Viewer, partnership_id: int | None) -> bool:
    """True where somebody may say that a person is away, or end it: the person themselves, an administrator, and a
    planning lead for who works in their partnership.

    A lead does not for members and clerks of a governance group, nor for people of the nation: whoever is late must
    not be able to send elsewhere what goes to those who ask.
    """
    if viewer.user_id == person.user_id or viewer.partnerships_with(Permission.MANAGE_PEOPLE) is None:
        return True
    if partnership_id is None or person.national or not viewer.can(Permission.INVITE_PEOPLE, partnership_id):
        return False
    roles = person.within.get(partnership_id, frozenset())
    return bool(roles) and not roles & {Role.GOVERNANCE, Role.CLERK}
