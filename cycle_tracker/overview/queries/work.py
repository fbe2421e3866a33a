"""What needs a person now: the lists of the home page. Every list is cut off at a length; the counts are whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from cycle_tracker.access.queries.scopes import IS_DOCUMENT, IS_PUBLISHED, is_work_of, within
from cycle_tracker.access.queries.tenures import membership_holds
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.periods import YEARS_IN_PERIOD
from cycle_tracker.core.roles import Role
from cycle_tracker.milestones.queries.due_states import is_due_between, is_due_by, is_due_on, is_live, is_past
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
    """The open milestones of a person by date: past it, due today, and in the next 28 days."""

    past: Sequence[Any]
    today: Sequence[Any]
    coming_up: Sequence[Any]
    past_count: int
    today_count: int
    coming_up_count: int


def list_work(viewer: Viewer, today: date) -> Work:
    """A planning lead's open milestones are all those of the partnership; a contributor's, those that they own.

    Nothing that fell due before the partnership used the service. In four statements.
    """
    mine = and_(is_live(), is_work_of(viewer))
    is_late, is_today = is_past(Milestone.due_on, today), is_due_on(today)
    is_coming_up = is_due_between(today + timedelta(days=1), today + timedelta(days=COMING_UP_DAYS))
    counts = db.session.execute(
        select(func.count().filter(is_late), func.count().filter(is_today), func.count().filter(is_coming_up))
        .select_from(Milestone)
        .join(Milestone.partnership)
        .where(mine, is_due_by(today + timedelta(days=COMING_UP_DAYS)))
    ).one()
    return Work(
        past=_list(mine, is_late),
        today=_list(mine, is_today),
        coming_up=_list(mine, is_coming_up),
        past_count=counts[0],
        today_count=counts[1],
        coming_up_count=counts[2],
    )


def list_running_cycles(viewer: Viewer, today: date) -> Sequence[Any]:
    """The cycles that matter today, of the partnerships of which the person reads everything: slug, partnership and
    period_start, by partnership, the newest first."""
    return db.session.execute(
        select(Partnership.slug, Partnership.name.label("partnership"), Cycle.period_start)
        .join(Cycle.partnership)
        .where(
            within(Cycle.partnership_id, viewer, Permission.READ_PARTNERSHIP),
            Cycle.period_start > today - YEARS_IN_PERIOD * timedelta(days=366) - STILL_OF_USE,
        )
        .order_by(Partnership.name, Partnership.id, Cycle.period_start.desc())
    ).all()


def list_not_notified(viewer: Viewer) -> Sequence[Any]:
    """Documents recorded as published, in the partnerships where the person records that, of which nothing says that
    Scottish Government was told: key, title, slug, partnership and published_on."""
    told = exists().where(
        PublicationCopy.publication_id == Publication.id,
        PublicationCopy.receiver_id == Organisation.id,
        Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT,
    )
    return db.session.execute(
        _documents()
        .where(within(Milestone.partnership_id, viewer, Permission.RECORD_PUBLICATION), ~told.correlate(Publication))
        .order_by(Publication.published_on, Partnership.name, Milestone.id)
        .limit(LISTED_AT_MOST)
    ).all()


def list_to_receive(viewer: Viewer) -> Sequence[Any]:
    """Documents sent to Scottish Government whose receipt nobody recorded, that sent first: as above, with sent_on."""
    return db.session.execute(
        _documents()
        .add_columns(PublicationCopy.sent_on)
        .join(PublicationCopy, PublicationCopy.publication_id == Publication.id)
        .join(PublicationCopy.receiver)
        .where(
            within(Milestone.partnership_id, viewer, Permission.READ_OUTSTANDING),
            Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT,
            PublicationCopy.sent_on.is_not(None),
            PublicationCopy.received_on.is_(None),
        )
        .order_by(PublicationCopy.sent_on, Partnership.name, Milestone.id)
        .limit(LISTED_AT_MOST)
    ).all()


def list_decisions_wanted(viewer: Viewer, today: date) -> Sequence[Any]:
    """What came to the governance groups in which the person decides and waits for them, the oldest first: the
    columns of a milestone, with those of the escalation, who raised it and who replies. What came to a chair is for
    the chair and the clerk."""
    raiser, acknowledger = aliased(User), aliased(User)
    return db.session.execute(
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
            within(Milestone.partnership_id, viewer, Permission.DECIDE_ESCALATIONS),
            or_(
                Escalation.audience == Audience.GOVERNANCE,
                and_(Escalation.audience == Audience.CHAIR, _is_for_chairs(viewer, today)),
            ),
            Escalation.resolved_at.is_(None),
            Escalation.decided_at.is_(None),
        )
        .order_by(Escalation.fell_due_on, Escalation.id)
        .limit(LISTED_AT_MOST)
    ).all()


def _is_for_chairs(viewer: Viewer, today: date) -> ColumnElement[bool]:
    """True in partnerships whose governance group the person chairs, or is the clerk of."""
    chairs = exists().where(
        Group.partnership_id == Milestone.partnership_id,
        Membership.group_id == Group.id,
        Membership.user_id == viewer.user_id,
        Membership.role == MembershipRole.CHAIR,
        membership_holds(today),
    )
    clerk_in = sorted(partnership_id for partnership_id, roles in viewer.within.items() if Role.CLERK in roles)
    return or_(chairs.correlate(Milestone), Milestone.partnership_id.in_(clerk_in))


def list_raised_to_nation(viewer: Viewer, today: date) -> Sequence[Any]:
    """The documents that were raised to the national group and are open, in the partnerships that the person follows,
    the first raised before the others: the columns of a milestone, with those of the escalation. One statement."""
    raiser, acknowledger = aliased(User), aliased(User)
    mine = exists().where(
        Group.partnership_id.is_(None),
        Membership.group_id == Group.id,
        Membership.user_id == viewer.user_id,
        membership_holds(today),
    )
    return db.session.execute(
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
            within(Milestone.partnership_id, viewer, Permission.READ_OUTSTANDING),
            Escalation.audience == Audience.NATIONAL,
            Escalation.resolved_at.is_(None),
        )
        .order_by(Escalation.fell_due_on, Escalation.id)
        .limit(LISTED_AT_MOST)
    ).all()


def _list(*conditions: ColumnElement[bool]) -> Sequence[Any]:
    return db.session.execute(
        select(*_COLUMNS)
        .select_from(Milestone)
        .join(Milestone.partnership)
        .outerjoin(Milestone.owner)
        .where(*conditions)
        .order_by(Milestone.due_on, Partnership.name, Milestone.id)
        .limit(LISTED_AT_MOST)
    ).all()


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
