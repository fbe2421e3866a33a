"""A place in a governance group, the role that goes with it, and meetings."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.governance.queries.groups import list_people_to_add
from cycle_tracker.governance.services.groups import (
    add_meeting,
    add_member,
    change_meeting,
    change_place,
    end_membership,
    governance_group,
    meeting_on,
)
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import AccountKind, User
from cycle_tracker.reminders.queries.audiences import addressee_of, audiences_for
from tests.factories import make_partnership, make_user
from tests.support.days import moment

pytestmark = pytest.mark.alike_on_both_databases

TODAY = date(2026, 9, 1)
NOW = moment(TODAY)


@pytest.fixture
def moray(core_app: Flask) -> Partnership:
    return make_partnership("moray", name="Moray")


@pytest.fixture
def lead(moray: Partnership) -> User:
    return make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)


@pytest.fixture
def group(moray: Partnership) -> Group:
    return governance_group(moray)


def join(
    moray: Partnership, lead: User, name: str = "Catriona Ross", place: MembershipRole = MembershipRole.MEMBER
) -> Membership:
    return add_member(moray, make_user(name), place, by=lead, now=NOW)


def roles(person: User, moray: Partnership) -> set[str]:
    return {role.value for role in viewer_of(person.id, TODAY).roles_in(moray.id)}


def reached(moray: Partnership) -> tuple[str, ...]:
    return audiences_for([moray.id], [], TODAY).of(owner_id=None, partnership_id=moray.id, is_document=True)[
        Audience.GOVERNANCE
    ]


def test_a_place_brings_its_role_and_the_mails_of_the_group(moray: Partnership, lead: User) -> None:
    chair = join(moray, lead, place=MembershipRole.CHAIR)
    clerk = join(moray, lead, "Iain Bell", MembershipRole.CLERK)
    assert roles(chair.user, moray) == {"governance-member"}
    assert roles(clerk.user, moray) == {"clerk"}
    assert reached(moray) == (addressee_of(chair.user_id), addressee_of(clerk.user_id))
    assert db.session.scalars(select(Group.name)).one() == "Moray governance group"


def test_nobody_joins_twice_and_neither_a_post_nor_the_switched_off_joins(moray: Partnership, lead: User) -> None:
    membership = join(moray, lead)
    with pytest.raises(RuleBroken, match="already in the group"):
        add_member(moray, membership.user, MembershipRole.CHAIR, by=lead, now=NOW)
    with pytest.raises(RuleBroken, match="is a post"):
        add_member(moray, make_user("Inbox", kind=AccountKind.POST), MembershipRole.MEMBER, by=lead, now=NOW)
    with pytest.raises(RuleBroken, match="switched off"):
        add_member(moray, make_user("Gone", active=False), MembershipRole.MEMBER, by=lead, now=NOW)
    assert len(db.session.scalars(select(Membership)).all()) == 1


def test_another_place_brings_another_role_and_takes_the_old_one(moray: Partnership, lead: User) -> None:
    membership = join(moray, lead)
    change_place(membership, MembershipRole.CHAIR, by=lead, today=TODAY, now=NOW)
    assert (membership.role, roles(membership.user, moray)) == (MembershipRole.CHAIR, {"governance-member"})
    change_place(membership, MembershipRole.CLERK, by=lead, today=TODAY, now=NOW)
    assert (membership.role, membership.to_on, roles(membership.user, moray)) == (MembershipRole.CLERK, None, {"clerk"})
    with pytest.raises(RuleBroken, match="already the clerk"):
        change_place(membership, MembershipRole.CLERK, by=lead, today=TODAY, now=NOW)


def test_who_leaves_loses_the_role_of_the_place_and_no_other(moray: Partnership, lead: User) -> None:
    person = make_user("Calum Reid", role=Role.CONTRIBUTOR, partnership=moray)
    membership = add_member(moray, person, MembershipRole.MEMBER, by=lead, now=NOW)
    end_membership(membership, date(2026, 8, 31), by=lead, today=TODAY, now=NOW)
    assert roles(person, moray) == {"contributor"}
    assert not viewer_of(person.id, TODAY).can(Permission.DECIDE_ESCALATIONS, moray.id)
    assert (membership.to_on, reached(moray)) == (date(2026, 8, 31), ())
    with pytest.raises(RuleBroken, match="already left the group"):
        end_membership(membership, TODAY, by=lead, today=TODAY, now=NOW)
    assert add_member(moray, person, MembershipRole.CLERK, by=lead, now=NOW).to_on is None
    assert roles(person, moray) == {"contributor", "clerk"}


@pytest.mark.parametrize("day", [date(2026, 9, 2), date(2014, 3, 26), date(1, 1, 1)])
def test_the_last_day_is_a_day_that_can_be(moray: Partnership, lead: User, day: date) -> None:
    membership = join(moray, lead)
    with pytest.raises(RuleBroken) as refused:
        end_membership(membership, day, by=lead, today=TODAY, now=NOW)
    assert refused.value.field == "last_day"
    assert roles(membership.user, moray) == {"governance-member"}


def test_every_change_of_the_group_is_written_down(moray: Partnership, lead: User) -> None:
    membership = join(moray, lead)
    change_place(membership, MembershipRole.CHAIR, by=lead, today=TODAY, now=NOW)
    end_membership(membership, TODAY, by=lead, today=TODAY, now=NOW)
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.subject == "group").order_by(AuditEvent.id)).all()
    assert [(event.action, event.actor_id, event.partnership_id) for event in events] == [
        ("member-joined", lead.id, moray.id),
        ("member-changed", lead.id, moray.id),
        ("member-left", lead.id, moray.id),
    ]
    assert "Catriona" not in repr([(event.before, event.after, event.reason) for event in events])


def test_only_people_of_the_partnership_who_are_not_in_the_group_are_offered(
    moray: Partnership, lead: User, group: Group
) -> None:
    member = join(moray, lead)
    make_user("Una Ross", role=Role.LEAD, partnership=make_partnership("fife"))
    make_user("Inbox", role=Role.CONTRIBUTOR, partnership=moray, kind=AccountKind.POST)
    make_user("Gone", role=Role.CONTRIBUTOR, partnership=moray, active=False)
    assert [one.name for one in list_people_to_add(moray, group)] == ["Ailsa Grant"]
    end_membership(member, TODAY, by=lead, today=TODAY, now=NOW)
    assert [one.name for one in list_people_to_add(moray, None)] == ["Ailsa Grant"]


def test_a_group_meets_once_a_day_on_a_day_that_can_be(group: Group, lead: User) -> None:
    meeting = add_meeting(group, date(2026, 9, 24), title="Quarterly", by=lead, today=TODAY, now=NOW)
    for day in (date(2026, 9, 24), date(2014, 3, 26), date(2036, 1, 1)):
        with pytest.raises(RuleBroken) as refused:
            add_meeting(group, day, by=lead, today=TODAY, now=NOW)
        assert refused.value.field == "held_on"
    change_meeting(meeting, date(2026, 9, 24), title="Quarterly", minutes="4.2", by=lead, today=TODAY, now=NOW)
    assert meeting.minutes == "4.2"


def test_the_meeting_of_a_day_is_found_or_added(group: Group, lead: User) -> None:
    first = meeting_on(group, date(2026, 8, 28), by=lead, today=TODAY, now=NOW)
    assert meeting_on(group, date(2026, 8, 28), by=lead, today=TODAY, now=NOW) is first
    with pytest.raises(RuleBroken) as refused:
        meeting_on(group, date(2026, 9, 2), by=lead, today=TODAY, now=NOW)
    assert refused.value.field == "meeting_on"
