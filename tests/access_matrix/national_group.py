"""The Scottish Government escalation group: administrators say who is in it; officials and auditors read it."""

from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.partnership import Partnership
from tests.access_matrix.cells import ADMINISTRATOR, NATIONAL, Cell, everywhere
from tests.factories import make_user

MANAGE = frozenset({ADMINISTRATOR})
END = "/national-group/members/<int(max=2147483647):membership_id>/end"

TABLE = [
    everywhere("/national-group", NATIONAL),
    everywhere("/national-group/members/add", MANAGE),
    everywhere("/national-group/members/add", MANAGE, "POST", (("person", "{an_official}"), ("place", "member"))),
    Cell(END, "GET", "/national-group/members/{national_place}/end", MANAGE, everywhere=True),
    Cell(
        END,
        "POST",
        "/national-group/members/{national_place}/end",
        MANAGE,
        everywhere=True,
        data=(("last_day", "1 7 2026"),),
    ),
]


def make(partnership: Partnership) -> dict[str, object]:
    """The Scottish Government escalation group with one member, and an official who may join it."""
    group = db.session.scalars(select(Group).where(Group.partnership_id.is_(None))).one_or_none()
    if group is None:
        group = Group(partnership_id=None, name="Scottish Government escalation group")
        db.session.add(group)
        db.session.flush()
    member = make_user(f"National {partnership.name}", role=Role.OFFICIAL)
    membership = Membership(group_id=group.id, user_id=member.id, role=MembershipRole.MEMBER)
    db.session.add(membership)
    db.session.flush()
    joiner = make_user(f"Joins after {partnership.name}", role=Role.OFFICIAL)
    return {"national_place": membership.id, "an_official": joiner.id}
