"""Who is in the national group, to which documents are raised by hand. A place in it gives no role: its members are
officials, who see plans and annual reports anyway."""

from datetime import date, datetime

from sqlalchemy import select

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.governance.queries.open_escalations import find_national_group, list_officials
from cycle_tracker.milestones.services.milestones import EARLIEST_DONE, TOO_EARLY
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.users import find_membership

NAME = "Scottish Government escalation group"


def national_group() -> Group:
    """The Scottish Government escalation group, which is made where there is none yet."""
    group = find_national_group()
    if group is None:
        group = Group(partnership_id=None, name=NAME)
        db.session.add(group)
        db.session.flush()
    return group


def join_national_group(person: User, place: MembershipRole, *, by: User, now: datetime) -> Membership:
    """Give an official a place in the group, or another place. Raises RuleBroken for anybody who is no official, and
    where they have that place already."""
    if person.id not in {one.id for one in list_officials()}:
        raise RuleBroken(
            f"{person.name} cannot join because they are not a Scottish Government official.", field="person"
        )
    _wait_for_others(person)
    group = national_group()
    membership = find_membership(group, person)
    if membership is None:
        membership = Membership(group_id=group.id, user_id=person.id, role=place)
        db.session.add(membership)
    elif membership.to_on is None and membership.role is place:
        raise RuleBroken(f"{person.name} already has this role in the group.", field="person")
    membership.role, membership.to_on = place, None
    db.session.flush()
    _record(group, "member-joined", by=by, now=now, after={"user_id": person.id, "place": place})
    return membership


def leave_national_group(membership: Membership, last_day: date, *, by: User, today: date, now: datetime) -> None:
    """Say on which day a person was in the group last. Raises RuleBroken for a day to come or before the 2014 Act, and
    where they have left already."""
    if membership.to_on is not None:
        raise RuleBroken("They have already left the group.")
    if last_day > today:
        raise RuleBroken(
            "The last day must be today or in the past. You can remove them when that day comes.", field="last_day"
        )
    if last_day < EARLIEST_DONE:
        raise RuleBroken(TOO_EARLY, field="last_day")
    membership.to_on = last_day
    group = db.session.get_one(Group, membership.group_id)
    _record(group, "member-left", by=by, now=now, after={"user_id": membership.user_id, "to_on": last_day})


def _wait_for_others(person: User) -> None:
    """Two administrators who add the same person at once: the second finds what the first did."""
    db.session.execute(select(User.id).where(User.id == person.id).with_for_update())


def _record(group: Group, action: str, *, by: User, now: datetime, after: dict[str, object]) -> None:
    audit.record("group", group.id, action, by=by, at=now, after=after)
    db.session.flush()
