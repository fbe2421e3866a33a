"""What needs a person now: the lists of the home page, cut off at a length. Counts stop at a thousand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.queries.scopes import IS_DOCUMENT, IS_PUBLISHED, is_mine, work_of
from cycle_tracker.access.queries.tenures import membership_holds
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.periods import YEARS_IN_PERIOD
from cycle_tracker.core.roles import Role
from cycle_tracker.core.statements import OneOf, built_once, day_of, number_of, rows_of
from cycle_tracker.core.wording import COUNTED_TO
from cycle_tracker.milestones.queries.due_states import is_due_by, is_due_on, is_live, is_past
from cycle_tracker.models import (
    Cycle,
    Escalation,
    Group,
    Membership,
    MembershipRole,
    Milestone,
    Organisation,
    OrganisationKind,
    Partnership,
    Publication,
    PublicationCopy,
    User,
)

_SCOTTISH_GOVERNMENT = (
    select(Organisation.id).where(Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT).scalar_subquery()
)
"""The one organisation that oversees, by number: an index on numbers is used only for one that is known before."""

LISTED_AT_MOST = 50
COMING_UP_DAYS = 28
STILL_OF_USE = timedelta(days=365)
"""A cycle is linked until so long after its period: its third annual report and its review come then."""

_COLUMNS = (
    Milestone.key,
    Milestone.title,
    Milestone.kind,
    Milestone.state,
    Milestone.duty_basis,
    Milestone.duty_citation,
    Milestone.date_basis,
    Milestone.date_citation,
    Milestone.target_on,
    Milestone.due_on,
    Milestone.expected_date,
    Milestone.done_on,
    Milestone.owner_id,
    User.name.label("owner"),
    User.active.label("owner_active"),
    Partnership.slug,
    Partnership.name.label("partnership"),
    Partnership.notify_from,
)


@dataclass(frozen=True)
class Work:
    """The open milestones of a person by date: past it, due today, and in the next 28 days. Counts stop at one more
    than `COUNTED_TO`."""

    past: Sequence[Any]
    today: Sequence[Any]
    coming_up: Sequence[Any]
    past_count: int
    today_count: int
    coming_up_count: int


PAST, TODAY, COMING_UP = 0, 1, 2


def list_work(viewer: Viewer, today: date) -> Work:
    """A planning lead's open milestones are all those of the partnership; a contributor's, those that they own.

    Nothing that fell due before the partnership used the service. In one statement.
    """
    mine = work_of(viewer)
    rows = rows_of(_work(mine.reaches), today=today, last_day=today + timedelta(days=COMING_UP_DAYS), **mine.values)
    numbers = rows[0][-3:] if rows else (0, 0, 0)
    past, due_today, coming_up = ([row for row in rows if row.part == part] for part in (PAST, TODAY, COMING_UP))
    return Work(past, due_today, coming_up, *numbers)


@built_once
def _work(reaches: tuple[Reach, Reach]) -> Select[*tuple[Any, ...]]:
    """The first of each part with their columns, then on each row how many there are of each part."""
    today, last_day = day_of(), day_of("last_day")
    mine = is_mine(reaches)
    counts = (is_live(), mine)
    parts = {
        PAST: is_past(Milestone.due_on, today),
        TODAY: is_due_on(today),
        COMING_UP: and_(~is_due_by(today), is_due_by(last_day)),
    }
    numbers = [
        select(func.count())
        .select_from(
            select(Milestone.id).join(Milestone.partnership).where(*counts, condition).limit(COUNTED_TO + 1).subquery()
        )
        .scalar_subquery()
        for condition in parts.values()
    ]
    first = [
        select(
            select(Milestone.id, Milestone.due_on, Partnership.name, literal(part).label("part"))
            .join(Milestone.partnership)
            .where(*counts, condition)
            .order_by(Milestone.due_on, Partnership.name, Milestone.id)
            .limit(LISTED_AT_MOST)
            .subquery()
        )
        for part, condition in parts.items()
    ]
    chosen = union_all(*first).subquery()
    return (
        select(chosen.c.part, *_COLUMNS, *numbers)
        .select_from(chosen)
        .join(Milestone, Milestone.id == chosen.c.id)
        .join(Milestone.partnership)
        .outerjoin(Milestone.owner)
        .order_by(chosen.c.part, chosen.c.due_on, chosen.c.name, chosen.c.id)
    )


def list_running_cycles(viewer: Viewer, today: date) -> Sequence[Any]:
    """The cycles that matter today, of the partnerships of which the person reads everything: slug, partnership and
    period_start, by partnership, the newest first."""
    held = viewer.partnerships_with(Permission.READ_PARTNERSHIP)
    began_after = today - YEARS_IN_PERIOD * timedelta(days=366) - STILL_OF_USE
    return rows_of(_running_cycles(reach_of(held)), began_after=began_after, **values_of(held))


@built_once
def _running_cycles(reach: Reach) -> Select[*tuple[Any, ...]]:
    return (
        select(Partnership.slug, Partnership.name.label("partnership"), Cycle.period_start)
        .join(Cycle.partnership)
        .where(in_reach(Cycle.partnership_id, reach), Cycle.period_start > day_of("began_after"))
        .order_by(Partnership.name, Partnership.id, Cycle.period_start.desc())
    )


def list_not_notified(viewer: Viewer) -> Sequence[Any]:
    """Documents recorded as published, in the partnerships where the person records that, of which nothing says that
    Scottish Government was told: key, title, slug, partnership and published_on."""
    held = viewer.partnerships_with(Permission.RECORD_PUBLICATION)
    return rows_of(_not_notified(reach_of(held)), **values_of(held))


@built_once
def _not_notified(reach: Reach) -> Select[*tuple[Any, ...]]:
    told = exists().where(
        PublicationCopy.publication_id == Publication.id,
        PublicationCopy.receiver_id == Organisation.id,
        Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT,
    )
    return (
        _documents()
        .where(in_reach(Milestone.partnership_id, reach), ~told.correlate(Publication))
        .order_by(Publication.published_on, Partnership.name, Milestone.id)
        .limit(LISTED_AT_MOST)
    )


def list_to_receive(viewer: Viewer) -> Sequence[Any]:
    """Documents sent to Scottish Government whose receipt nobody recorded, that sent first: as above, with sent_on."""
    held = viewer.partnerships_with(Permission.READ_OUTSTANDING)
    return rows_of(_to_receive(reach_of(held)), **values_of(held))


@built_once
def _to_receive(reach: Reach) -> Select[*tuple[Any, ...]]:
    waiting = select(PublicationCopy.id).where(
        PublicationCopy.receiver_id == _SCOTTISH_GOVERNMENT,
        PublicationCopy.sent_on.is_not(None),
        PublicationCopy.received_on.is_(None),
    )
    if reach is Reach.EVERYWHERE:  # otherwise the first may all be elsewhere
        waiting = waiting.order_by(PublicationCopy.sent_on, PublicationCopy.id).limit(LISTED_AT_MOST)
    first = OneOf(PublicationCopy.id, waiting)
    return (
        _documents()
        .add_columns(PublicationCopy.sent_on)
        .join(PublicationCopy, PublicationCopy.publication_id == Publication.id)
        .where(in_reach(Milestone.partnership_id, reach), first)
        .order_by(PublicationCopy.sent_on, Partnership.name, Milestone.id)
        .limit(LISTED_AT_MOST)
    )


def list_decisions_wanted(viewer: Viewer, today: date) -> Sequence[Any]:
    """What came to the governance groups in which the person decides and waits for them, the oldest first: the
    columns of a milestone, with those of the escalation, who raised it and who replies. What came to a chair is for
    the chair and the clerk."""
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
            *_COLUMNS,
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


def list_raised_to_nation(viewer: Viewer, today: date) -> Sequence[Any]:
    """The documents that were raised to the national group and are open, in the partnerships that the person follows,
    the first raised before the others: the columns of a milestone, with those of the escalation. One statement."""
    held = viewer.partnerships_with(Permission.READ_OUTSTANDING)
    return rows_of(_raised_to_nation(reach_of(held)), person=viewer.user_id, today=today, **values_of(held))


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
            *_COLUMNS,
            Escalation.fell_due_on,
            Escalation.raised_why,
            Escalation.reply_by,
            raiser.name.label("raised_by"),
            acknowledger.name.label("acknowledged_by"),
            mine.label("of_the_group"),
        )
        .select_from(Escalation)
        .join(Escalation.milestone)
        .join(Milestone.partnership)
        .outerjoin(Milestone.owner)
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


def _documents() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Milestone.key,
            Milestone.title,
            Partnership.slug,
            Partnership.name.label("partnership"),
            Publication.published_on,
        )
        .select_from(Publication)
        .join(Publication.milestone)
        .join(Milestone.partnership)
        .where(IS_DOCUMENT, IS_PUBLISHED)
    )
