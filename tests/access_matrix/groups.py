"""The governance group of a partnership."""

from datetime import date

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.group import Group, Meeting, Membership, MembershipRole
from cycle_tracker.models.partnership import Partnership
from tests.access_matrix.cells import ADMINISTRATOR, CLERK, EVERYBODY, GOVERNANCE, LEAD, OFFICIAL, Cell
from tests.factories import make_user

GROUP = "/partnerships/<slug>/group"
HERE = "/partnerships/{slug}/group"
MEMBER = "<int(max=2147483647):membership_id>"
MEETING = "<int(max=2147483647):meeting_id>"
DECISIONS = f"{GROUP}/meetings/{MEETING}/decisions"
DECIDES = frozenset({GOVERNANCE, CLERK})
MANAGE = frozenset({LEAD, CLERK, ADMINISTRATOR})

TABLE = [
    Cell(GROUP, "GET", HERE, EVERYBODY - {OFFICIAL}),
    Cell(f"{GROUP}/members/add", "GET", f"{HERE}/members/add", MANAGE),
    Cell(
        f"{GROUP}/members/add",
        "POST",
        f"{HERE}/members/add",
        MANAGE,
        data=(("person", "{contributor}"), ("email", ""), ("place", "member")),
    ),
    Cell(f"{GROUP}/members/{MEMBER}", "GET", f"{HERE}/members/{{membership}}", MANAGE),
    Cell(f"{GROUP}/members/{MEMBER}", "POST", f"{HERE}/members/{{membership}}", MANAGE, data=(("place", "chair"),)),
    Cell(f"{GROUP}/members/{MEMBER}/end", "GET", f"{HERE}/members/{{membership}}/end", MANAGE),
    Cell(
        f"{GROUP}/members/{MEMBER}/end",
        "POST",
        f"{HERE}/members/{{membership}}/end",
        MANAGE,
        data=(("last_day", "1 7 2026"),),
    ),
    Cell(f"{GROUP}/meetings/add", "GET", f"{HERE}/meetings/add", MANAGE),
    Cell(
        f"{GROUP}/meetings/add",
        "POST",
        f"{HERE}/meetings/add",
        MANAGE,
        data=(("held_on", "1 9 2026"), ("papers_on", "20 8 2026"), ("title", "Quarterly"), ("minutes", "")),
    ),
    Cell(f"{GROUP}/meetings/{MEETING}", "GET", f"{HERE}/meetings/{{meeting}}", MANAGE),
    Cell(
        f"{GROUP}/meetings/{MEETING}",
        "POST",
        f"{HERE}/meetings/{{meeting}}",
        MANAGE,
        data=(("held_on", "24 6 2026"), ("title", "Quarterly"), ("minutes", "4.2")),
        optional=("papers_on",),
    ),
    Cell(DECISIONS, "GET", f"{HERE}/meetings/{{meeting}}/decisions", DECIDES),
    Cell(
        DECISIONS,
        "POST",
        f"{HERE}/meetings/{{meeting}}/decisions",
        DECIDES,
        data=(("minute", "4.2"),),
        optional=("shared",),
        gives_a_page=True,  # no decision is chosen
    ),
]


def make(partnership: Partnership) -> dict[str, object]:
    """A group with one member and one meeting, and a contributor who may join it."""
    contributor = make_user("Calum Reid", role=Role.CONTRIBUTOR, partnership=partnership)
    member = make_user("Una Ross", role=Role.GOVERNANCE, partnership=partnership)
    group = Group(partnership=partnership, name=f"{partnership.name} governance group")
    db.session.add(group)
    db.session.flush()
    membership = Membership(group_id=group.id, user_id=member.id, role=MembershipRole.MEMBER)
    meeting = Meeting(group_id=group.id, held_on=date(2026, 6, 24), title="", minutes="")
    db.session.add_all([membership, meeting])
    db.session.flush()
    return {"membership": membership.id, "meeting": meeting.id, "contributor": contributor.id}
