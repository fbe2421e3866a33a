"""When a person takes their mail."""

from datetime import datetime

from cycle_tracker.domain.digests import Preference
from cycle_tracker.extensions import db
from cycle_tracker.models import User
from cycle_tracker.services import audit


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
