"""Handing over everything at once: all that somebody owns and that is open goes to one successor."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.milestones.services.owners import change_owner
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.owners import owners_within


@dataclass(frozen=True)
class HandOver:
    """What goes to a successor, and what stays where it is because the successor may not own in its partnership."""

    successor: User
    goes: Sequence[Milestone]
    stays: Sequence[Milestone]


def successors_for(owned: Iterable[Milestone], owner: User, today: date) -> list[HandOver]:
    """Everybody who may take over something of what somebody owns, by name, with what would go and what would stay.

    In three statements, whatever the number of milestones.
    """
    listed = list(owned)
    allowed = owners_within({one.partnership_id for one in listed if one.partnership_id is not None}, today)
    people = {person.id: person for persons in allowed.values() for person in persons if person.id != owner.id}
    may_own = {partnership_id: {person.id for person in persons} for partnership_id, persons in allowed.items()}
    return [
        _plan(person, listed, may_own)
        for person in sorted(people.values(), key=lambda person: (person.name.casefold(), person.id))
    ]


def transfer_all(
    owner: User, successor: User, owned: Collection[Milestone], *, by: User, today: date, now: datetime
) -> HandOver:
    """Give all that the successor may own to them, each milestone with its event in the audit.

    Raises RuleBroken, beside the field `to`, where there is nothing that they may own.
    """
    plan = next((one for one in successors_for(owned, owner, today) if one.successor.id == successor.id), None)
    if plan is None:
        raise RuleBroken(f"{successor.name} does not have a role that lets them own any of these.", field="to")
    change_owner(plan.goes, successor, by=by, today=today, now=now)
    audit.record(
        "user",
        owner.id,
        "handed-over",
        by=by,
        at=now,
        after={"successor_id": successor.id, "milestones": len(plan.goes), "left": len(plan.stays)},
    )
    return plan


def _plan(successor: User, owned: Sequence[Milestone], may_own: Mapping[int, set[int]]) -> HandOver:
    goes = [one for one in owned if successor.id in may_own.get(one.partnership_id or 0, ())]
    going = {one.id for one in goes}
    return HandOver(successor, goes, [one for one in owned if one.id not in going])
