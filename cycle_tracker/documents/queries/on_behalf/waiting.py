"""Whether anything that an official recorded waits for an email. The morning's job asks it each day and loads nothing
of documents for that: with their tables it would take a tenth longer."""

from sqlalchemy import column, select, table

from cycle_tracker.core.extensions import db

_ACTS = table("acts_on_behalf", column("id"), column("notified_at"))
_WAITING = select(_ACTS.c.id).where(_ACTS.c.notified_at.is_(None)).limit(1)


def is_any_to_notify() -> bool:
    """Whether there is anything that no planning lead was notified of."""
    return db.session.scalar(_WAITING) is not None
