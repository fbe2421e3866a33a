"""When a person takes their mail, and which of it may be switched off."""

from datetime import datetime

from cycle_tracker.audit.services import audit
from cycle_tracker.core.extensions import db
from cycle_tracker.core.preferences import Preference
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.user import User


def prefer(user: User, preference: Preference, *, now: datetime) -> None:
    """Take one's mail in another rhythm from the next run on."""
    before = user.preference
    if before == preference:
        return
    user.rhythm, user.weekday = preference.rhythm, preference.weekday
    audit.record(
        "user",
        user.id,
        "preference-set",
        by=user,
        at=now,
        before={"rhythm": before.rhythm, "weekday": before.weekday},
        after={"rhythm": preference.rhythm, "weekday": preference.weekday},
    )
    db.session.flush()


def remind_before(who: User | Contact, wanted: bool, *, by: User | None, now: datetime) -> None:
    """Switch somebody's reminders before the day on or off. That a date has come or passed, what was escalated
    and decisions that are wanted are told all the same. With nobody in `by`, it came by the link of a mail."""
    if who.reminds_before == wanted:
        return
    who.reminds_before = wanted
    audit.record(
        "user" if isinstance(who, User) else "contact",
        who.id,
        "reminders-before-set",
        by=by,
        at=now,
        partnership_id=who.partnership_id if isinstance(who, Contact) else None,
        before={"reminds_before": not wanted},
        after={"reminds_before": wanted, "by_mailed_link": by is None},
    )
    db.session.flush()
