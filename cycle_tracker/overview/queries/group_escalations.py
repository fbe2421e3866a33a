"""What is escalated to a governance group or raised to the Scottish Government escalation group, for the home page."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.queries.tenures import membership_holds
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.roles import Role
from cycle_tracker.core.statements import Asked, built_once, day_of, number_of, rows_of
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.overview.queries.work import LISTED_AT_MOST, MILESTONE_COLUMNS


def list_decisions_wanted(viewer: Viewer, today: date) -> Sequence[Any]:
    """What waits for a decision of the governance groups in which the person decides, the oldest first: the columns of
    a milestone, with those of the escalation, who raised it and who replies. What was passed to a chair is for the
    chair and the clerk."""
    held = viewer.partnerships_with(Permission.DECIDE_ESCALATIONS)
    clerk_in = frozenset(partnership_id for partnership_id, roles in viewer.within.items() if Role.CLERK in roles)
    return rows_of(
        _decisions_wanted(reach_of(held), reach_of(clerk_in)),
        person=viewer.user_id,
        today=today,
        **values_of(held),
        **values_of(clerk_in, "clerk_in"),
    )


@built_once
def _decisions_wanted(reach: Reach, clerk_in: Reach) -> Select[*tuple[Any, ...]]:
    raiser, acknowledger = aliased(User), aliased(User)
    return (
        select(
            *MILESTONE_COLUMNS,
            Escalation.id.label("escalation_id"),
            Escalation.fell_due_on,
            Escalation.audience,
            Escalation.raised_why,
            Escalation.reply_by,
            raiser.name.label("raised_by"),
            acknowledger.name.label("acknowledged_by"),
        )
        .select_from(Escalation)
        .join(Escalation.milestone)
        .join(Milestone.partnership)
        .outerjoin(Milestone.owner)
        .outerjoin(raiser, raiser.id == Escalation.raised_by_id)
        .outerjoin(acknowledger, acknowledger.id == Escalation.acknowledged_by_id)
        .where(
            in_reach(Milestone.partnership_id, reach),
            or_(
                Escalation.audience == Audience.GOVERNANCE,
                and_(Escalation.audience == Audience.CHAIR, _is_for_chairs(clerk_in)),
            ),
            Escalation.resolved_at.is_(None),
            Escalation.decided_at.is_(None),
        )
        .order_by(Escalation.fell_due_on, Escalation.id)
        .limit(LISTED_AT_MOST)
    )


def _is_for_chairs(clerk_in: Reach) -> ColumnElement[bool]:
    """True in partnerships whose governance group the person chairs, or is the clerk of."""
    chairs = exists().where(
        Group.partnership_id == Milestone.partnership_id,
        Membership.group_id == Group.id,
        Membership.user_id == number_of("person"),
        Membership.role == MembershipRole.CHAIR,
        membership_holds(day_of()),
    )
    return or_(chairs.correlate(Milestone), in_reach(Milestone.partnership_id, clerk_in, "clerk_in"))


class Raised(NamedTuple):
    """A document that was raised to the national group: when, by whom and why, who will reply by when, and whether the
    person who asks is in the group."""

    key: str
    title: str
    slug: str
    partnership: str
    fell_due_on: date
    raised_why: str
    reply_by: date | None
    raised_by: str | None
    acknowledged_by: str | None
    of_the_group: bool


def raised_to_nation(viewer: Viewer, today: date) -> Asked:
    """The documents that were raised to the national group and are open, in the partnerships that the person follows,
    the first raised before the others: a row for each `Raised`."""
    held = viewer.partnerships_with(Permission.READ_OUTSTANDING)
    return Asked(_raised_to_nation(reach_of(held)), {"person": viewer.user_id, "today": today, **values_of(held)})


@built_once
def _raised_to_nation(reach: Reach) -> Select[*tuple[Any, ...]]:
    raiser, acknowledger = aliased(User), aliased(User)
    mine = exists().where(
        Group.partnership_id.is_(None),
        Membership.group_id == Group.id,
        Membership.user_id == number_of("person"),
        membership_holds(day_of()),
    )
    return (
        select(
            Milestone.key,
            Milestone.title,
            Partnership.slug,
            Partnership.name,
            Escalation.fell_due_on,
            Escalation.raised_why,
            Escalation.reply_by,
            raiser.name,
            acknowledger.name,
            mine,
        )
        .select_from(Escalation)
        .join(Escalation.milestone)
        .join(Milestone.partnership)
        .outerjoin(raiser, raiser.id == Escalation.raised_by_id)
        .outerjoin(acknowledger, acknowledger.id == Escalation.acknowledged_by_id)
        .where(
            in_reach(Milestone.partnership_id, reach),
            Escalation.audience == Audience.NATIONAL,
            Escalation.resolved_at.is_(None),
        )
        .order_by(Escalation.fell_due_on, Escalation.id)
        .limit(LISTED_AT_MOST)
    )
