"""Whose reminders the link of a mail switches off."""

from cycle_tracker.core.extensions import db
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.answer_links import read_stop_token


def find_stopper(token: str) -> User | Contact | None:
    """Whose reminders the link of a mail switches off; None for a link that was not made here, and for those who are
    mailed nothing any more."""
    named = read_stop_token(token)
    if named is None:
        return None
    found = db.session.get(User, named.user_id) if named.user_id else db.session.get(Contact, named.contact_id)
    return found if found is not None and found.active else None
