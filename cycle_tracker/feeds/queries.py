"""Calendar feeds: whose a token is, and the dates that go into one, each as far as its person may see it now."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import contains_eager, joinedload

from cycle_tracker.access.queries.scopes import IS_DOCUMENT, due_on_for, is_owned_by, is_seen_by
from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.milestones.queries.due_states import is_live
from cycle_tracker.models.access import CalendarFeed
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.partnerships.queries.partnerships import list_partnerships

PUBLISHED_FOR = timedelta(days=365)
"""So long a plan or report stays in a partnership's feed after it was published."""

_OPENED_BY = (Permission.READ_TITLES_AND_DATES, Permission.READ_DOCUMENTS)


def get_feed(token_hash: str, today: date) -> tuple[CalendarFeed, Viewer]:
    """The feed with this token and its partnership, and what its person may do now.

    Raises NoResultFound for an unknown or stopped token, and where its person is no longer active or may not see what
    the feed shows.
    """
    feed = db.session.scalars(
        select(CalendarFeed)
        .join(CalendarFeed.user)
        .where(CalendarFeed.token_hash == token_hash, CalendarFeed.revoked_at.is_(None), User.active)
        .options(joinedload(CalendarFeed.partnership))
    ).one()
    viewer = viewers_of([feed.user_id], today).get(feed.user_id)
    if viewer is None or not is_open_to(viewer, feed.partnership_id):
        raise NoResultFound
    return feed, viewer


def is_open_to(viewer: Viewer, partnership_id: int | None) -> bool:
    """True where the person may have the documents of this partnership in their calendar; with none, what they own."""
    if partnership_id is None:
        return viewer.can(Permission.CHANGE_OWN_MILESTONES)
    return any(viewer.can(permission, partnership_id) for permission in _OPENED_BY)


def list_followed(viewer: Viewer) -> Sequence[Partnership]:
    """The partnerships whose documents the person may have in their calendar, by name."""
    within = [viewer.partnerships_with(permission) for permission in _OPENED_BY]
    known = [one for one in within if one is not None]
    return list_partnerships(frozenset().union(*known) if len(known) == len(within) else None)


def list_feeds(user_id: int) -> Sequence[CalendarFeed]:
    """A person's feeds that were not stopped, with their partnerships, the newest first."""
    return db.session.scalars(
        select(CalendarFeed)
        .where(CalendarFeed.user_id == user_id, CalendarFeed.revoked_at.is_(None))
        .options(joinedload(CalendarFeed.partnership))
        .order_by(CalendarFeed.made_at.desc(), CalendarFeed.id.desc())
    ).all()


def list_own_dates(viewer: Viewer, *, limit: int) -> Sequence[Milestone]:
    """Open milestones with a date that the person, or a post that they have, owns, the earliest date first."""
    mine = and_(is_live(), is_owned_by(viewer))
    return _list(Milestone.due_on.expression, mine, limit=limit)


def list_document_dates(viewer: Viewer, partnership: Partnership, today: date, *, limit: int) -> Sequence[Milestone]:
    """The plans and annual reports of a partnership that have a date and are open or were published lately, the
    earliest date first. The dates are those that the person may know."""
    due_on = due_on_for(viewer, partnership.id)
    return _list(
        due_on,
        and_(
            Milestone.partnership_id == partnership.id,
            IS_DOCUMENT,
            is_seen_by(viewer),
            or_(
                is_live(due_on),
                and_(Milestone.state == State.DONE, Milestone.done_on >= today - PUBLISHED_FOR),
            ),
        ),
        limit=limit,
    )


def last_changes(milestone_ids: Collection[int]) -> dict[int, datetime]:
    """When each of these milestones was last changed, as far as the audit knows."""
    rows = db.session.execute(
        select(AuditEvent.subject_id, func.max(AuditEvent.at))
        .where(AuditEvent.subject == "milestone", AuditEvent.subject_id.in_(milestone_ids))
        .group_by(AuditEvent.subject_id)
    )
    return {row[0]: row[1] for row in rows}


def _list(due_on: ColumnElement[date | None], condition: ColumnElement[bool], *, limit: int) -> Sequence[Milestone]:
    statement: Select[Milestone] = (
        select(Milestone)
        .join(Milestone.partnership)
        .outerjoin(Milestone.cycle)
        .outerjoin(Milestone.owner)
        .where(condition, due_on.is_not(None))
        .options(
            contains_eager(Milestone.partnership), contains_eager(Milestone.cycle), contains_eager(Milestone.owner)
        )
        .order_by(due_on, Milestone.id)
        .limit(limit)
    )
    return db.session.scalars(statement).all()
