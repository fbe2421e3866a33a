"""Who is in a governance group, and when it meets.

A place in the group goes with a role in the partnership: a member or chair holds that of a governance group member, a
clerk that of a clerk. It is given and taken away with the place.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.governance.rules import ensure_papers_day
from cycle_tracker.governance.services.agendas import move_agenda
from cycle_tracker.milestones.services.milestones import EARLIEST_DONE, TOO_EARLY
from cycle_tracker.models.decision import Decision
from cycle_tracker.models.group import Group, Meeting, Membership, MembershipRole
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.users import find_governance_group, find_grant, find_membership
from cycle_tracker.people.services.people import take_away_role
from cycle_tracker.people.services.users import grant_role

# The role in the partnership that goes with each place in its group.
ROLE_OF = {
    MembershipRole.MEMBER: Role.GOVERNANCE,
    MembershipRole.CHAIR: Role.GOVERNANCE,
    MembershipRole.CLERK: Role.CLERK,
}

FURTHEST_MEETING = timedelta(days=3 * 366)


def governance_group(partnership: Partnership) -> Group:
    """The governance group of a partnership, which is made where there is none yet."""
    group = find_governance_group(partnership.id)
    if group is None:
        group = Group(partnership=partnership, name=f"{partnership.name} governance group")
        db.session.add(group)
        db.session.flush()
    return group


def add_member(partnership: Partnership, person: User, place: MembershipRole, *, by: User, now: datetime) -> Membership:
    """Give a person a place in the group, with the role that goes with it.

    Raises RuleBroken for a post, for an account that is switched off, and for somebody who is in the group.
    """
    if person.is_post:
        raise RuleBroken(f"{person.name} is a post with a shared mailbox. Only people can join a group.", field="email")
    if not person.active:
        raise RuleBroken(f"{person.name} is switched off, so they cannot join.", field="email")
    group = governance_group(partnership)
    membership = find_membership(group, person)
    if membership is not None and membership.to_on is None:
        raise RuleBroken(f"{person.name} is already in the group, as {membership.role.value}.")
    grant_role(person, ROLE_OF[place], partnership, place=place, by=by, now=now)
    membership = find_membership(group, person)
    if membership is None:
        raise ValueError("a role in a governance group brings a place in it")
    _record(group, "member-joined", by=by, now=now, after={"user_id": person.id, "place": place})
    return membership


def change_place(membership: Membership, place: MembershipRole, *, by: User, today: date, now: datetime) -> None:
    """Make a member the chair, the clerk, or a member; their role in the partnership follows.

    Raises RuleBroken where they have left, or have that place already.
    """
    if membership.to_on is not None:
        raise RuleBroken("They have left the group. Add them again.")
    if membership.role is place:
        raise RuleBroken(
            f"They are already {'a' if place is MembershipRole.MEMBER else 'the'} {place.value}.", field="place"
        )
    group = db.session.get_one(Group, membership.group_id)
    partnership = _partnership_of(group)
    before = membership.role
    grant_role(membership.user, ROLE_OF[place], partnership, place=place, by=by, now=now)
    membership.role = place
    db.session.flush()
    if ROLE_OF[before] is not ROLE_OF[place]:
        _take_role(membership.user, ROLE_OF[before], partnership, by=by, today=today, now=now)
    _record(
        group,
        "member-changed",
        by=by,
        now=now,
        before={"user_id": membership.user_id, "place": before},
        after={"user_id": membership.user_id, "place": place},
    )


def end_membership(membership: Membership, last_day: date, *, by: User, today: date, now: datetime) -> None:
    """Say on which day a person was in the group last. The role in the partnership that goes with it ends now.

    Raises RuleBroken for a day to come, for one before the 2014 Act, and where they have left already.
    """
    if membership.to_on is not None:
        raise RuleBroken("They have already left the group.")
    if last_day > today:
        raise RuleBroken("The last day must be today or in the past.", field="last_day")
    if last_day < EARLIEST_DONE:
        raise RuleBroken(TOO_EARLY, field="last_day")
    group = db.session.get_one(Group, membership.group_id)
    membership.to_on = last_day
    db.session.flush()
    _take_role(membership.user, ROLE_OF[membership.role], _partnership_of(group), by=by, today=today, now=now)
    _record(
        group,
        "member-left",
        by=by,
        now=now,
        before={"user_id": membership.user_id, "place": membership.role},
        after={"to_on": last_day},
    )


def add_meeting(
    group: Group,
    held_on: date,
    *,
    title: str = "",
    minutes: str = "",
    papers_on: date | None = None,
    by: User,
    today: date,
    now: datetime,
) -> Meeting:
    """A meeting that was, or is to come. Raises RuleBroken for a day that cannot be, for a second one on a day, and for
    papers that are due after it."""
    _ensure_meeting_day(group, held_on, today)
    ensure_papers_day(held_on, papers_on)
    meeting = Meeting(
        group_id=group.id, held_on=held_on, title=title.strip(), minutes=minutes.strip(), papers_on=papers_on
    )
    db.session.add(meeting)
    db.session.flush()
    _record(group, "meeting-added", by=by, now=now, after={"meeting_id": meeting.id, "held_on": held_on})
    return meeting


def meeting_on(group: Group, held_on: date, *, by: User, today: date, now: datetime) -> Meeting:
    """The group's meeting of a day that has come, which is added where it is not there yet."""
    if held_on > today:
        raise RuleBroken("The date of the meeting must be today or in the past.", field="meeting_on")
    meeting = _find_meeting(group, held_on)
    return meeting or add_meeting(group, held_on, by=by, today=today, now=now)


def change_meeting(
    meeting: Meeting,
    held_on: date,
    *,
    title: str,
    minutes: str,
    papers_on: date | None = None,
    by: User,
    today: date,
    now: datetime,
) -> None:
    """Another day, title, minutes or day of the papers. Raises RuleBroken for a day that cannot be, for that of another
    meeting, for one to come of a meeting that decided something, and for papers that are due after it."""
    group = db.session.get_one(Group, meeting.group_id)
    before = {
        "held_on": meeting.held_on,
        "title": meeting.title,
        "minutes": meeting.minutes,
        "papers_on": meeting.papers_on,
    }
    after = {"held_on": held_on, "title": title.strip(), "minutes": minutes.strip(), "papers_on": papers_on}
    if after == before:
        return
    if held_on != meeting.held_on:
        _ensure_meeting_day(group, held_on, today)
        _ensure_nothing_decided(meeting, held_on, today)
    ensure_papers_day(held_on, papers_on)
    meeting.held_on, meeting.title, meeting.minutes = held_on, title.strip(), minutes.strip()
    meeting.papers_on = papers_on
    if held_on != before["held_on"]:
        move_agenda(meeting, today)
    _record(group, "meeting-changed", by=by, now=now, before={"meeting_id": meeting.id, **before}, after=after)


def _ensure_nothing_decided(meeting: Meeting, held_on: date, today: date) -> None:
    decided = select(Decision.id).where(Decision.meeting_id == meeting.id).limit(1)
    if held_on > today and db.session.scalar(decided) is not None:
        raise RuleBroken(
            "Decisions are recorded for this meeting, so its date must be today or in the past.", field="held_on"
        )


def _ensure_meeting_day(group: Group, held_on: date, today: date) -> None:
    if held_on < EARLIEST_DONE:
        raise RuleBroken(TOO_EARLY, field="held_on")
    if held_on > today + FURTHEST_MEETING:
        raise RuleBroken("The date must be within three years.", field="held_on")
    if _find_meeting(group, held_on) is not None:
        raise RuleBroken("The group already has a meeting on this date.", field="held_on")


def _find_meeting(group: Group, held_on: date) -> Meeting | None:
    return db.session.scalars(
        select(Meeting).where(Meeting.group_id == group.id, Meeting.held_on == held_on)
    ).one_or_none()


def _take_role(user: User, role: Role, partnership: Partnership, *, by: User, today: date, now: datetime) -> None:
    grant = find_grant(user, role, partnership.id)
    if grant is not None:
        take_away_role(grant, by=by, today=today, now=now)


def _partnership_of(group: Group) -> Partnership:
    if group.partnership is None:
        raise ValueError("the Scottish Government escalation group gives no role in a partnership")
    return group.partnership


def _record(
    group: Group,
    action: str,
    *,
    by: User,
    now: datetime,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    audit.record(
        "group", group.id, action, by=by, at=now, partnership_id=group.partnership_id, before=before, after=after
    )
    db.session.flush()
