"""Addresses for calendar programs: made with a token that is shown once, stopped by their person, and their use noted.

What a feed may show is asked at each fetch; nothing is decided here but that the address exists.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select, update

from cycle_tracker.access.services.tokens import hash_of, new_token
from cycle_tracker.audit.services.audit import record
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.models.access import CalendarFeed
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User

AT_MOST = 20
NOTED_AGAIN_AFTER = timedelta(hours=1)


def make_feed(user: User, partnership: Partnership | None, *, now: datetime) -> str:
    """Make an address of what the person owns, or of a partnership's documents; its token, which nobody keeps.

    One like it that no program has fetched yet is stopped: pressing the button twice leaves one. Raises RuleBroken for
    a person who has very many.
    """
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())  # one at a time
    of = partnership.id if partnership else None
    never_fetched = CalendarFeed.fetched_at.is_(None)
    _stop(user, CalendarFeed.partnership_id.is_not_distinct_from(of), never_fetched, now=now)
    if _count(user) >= AT_MOST:
        raise RuleBroken(
            f"You already have {AT_MOST} calendar addresses. Stop one that you no longer use first.", field="of"
        )
    token = new_token()
    feed = CalendarFeed(user_id=user.id, partnership_id=of, token_hash=hash_of(token), made_at=now)
    db.session.add(feed)
    db.session.flush()
    record("calendar-feed", feed.id, "made", by=user, at=now, partnership_id=feed.partnership_id)
    return token


def stop_feed(user: User, feed_id: int, *, now: datetime) -> bool:
    """Make one of the person's own addresses worthless: True where there was one. The next fetch finds nothing."""
    return _stop(user, CalendarFeed.id == feed_id, now=now) == 1


def note_fetched(feed_id: int, *, now: datetime) -> None:
    """Note that a program fetched the feed, at most once an hour."""
    db.session.execute(
        update(CalendarFeed)
        .where(
            CalendarFeed.id == feed_id,
            or_(CalendarFeed.fetched_at.is_(None), CalendarFeed.fetched_at <= now - NOTED_AGAIN_AFTER),
        )
        .values(fetched_at=now)
        .execution_options(synchronize_session=False)
    )


def _stop(user: User, *which: ColumnElement[bool], now: datetime) -> int:
    """Stop those of the person's feeds that meet the conditions; how many there were."""
    stopped = db.session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.user_id == user.id, CalendarFeed.revoked_at.is_(None), *which)
        .values(revoked_at=now)
        .returning(CalendarFeed.id, CalendarFeed.partnership_id)
        .execution_options(synchronize_session=False)
    ).all()
    for feed_id, partnership_id in stopped:
        record("calendar-feed", feed_id, "stopped", by=user, at=now, partnership_id=partnership_id)
    db.session.flush()
    return len(stopped)


def _count(user: User) -> int:
    live = select(func.count(CalendarFeed.id)).where(CalendarFeed.user_id == user.id, CalendarFeed.revoked_at.is_(None))
    return db.session.scalar(live) or 0
