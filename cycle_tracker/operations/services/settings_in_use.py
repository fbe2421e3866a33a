"""What follows from a changed setting: it is written down, and the rules are asked again of what it decides."""

from datetime import date, datetime

from sqlalchemy import select, update

from cycle_tracker.access.queries.scopes import IS_DOCUMENT
from cycle_tracker.audit.services import audit
from cycle_tracker.core.document_states import OUTSTANDING_AFTER_DAYS
from cycle_tracker.core.extensions import db
from cycle_tracker.jobs.services.missing_rows import insert_missing
from cycle_tracker.models.reference import ServiceSetting
from cycle_tracker.reminders.services.bookmarks import ask_again

OUTSTANDING_AFTER = "outstanding-after-days"


def note_settings(today: date, now: datetime, *, outstanding_after: int = OUTSTANDING_AFTER_DAYS) -> bool:
    """Whether the days after which a document is outstanding are others than at the run before. Commits.

    The change is in the audit, and open documents are asked about today: the offer to explain may now be due.
    """
    used = db.session.scalar(select(ServiceSetting.value).where(ServiceSetting.name == OUTSTANDING_AFTER))
    if used == str(outstanding_after):
        return False
    if used is None:
        insert_missing(ServiceSetting, [{"name": OUTSTANDING_AFTER, "value": str(outstanding_after)}])
        db.session.commit()
        return False
    # Of two schedulers at once, the second changes no row.
    changed = db.session.connection().execute(
        update(ServiceSetting)
        .where(ServiceSetting.name == OUTSTANDING_AFTER, ServiceSetting.value == used)
        .values(value=str(outstanding_after))
    )
    if is_changed := changed.rowcount == 1:
        before, after = {OUTSTANDING_AFTER: used}, {OUTSTANDING_AFTER: str(outstanding_after)}
        audit.record("service", 0, "setting-changed", by=None, at=now, before=before, after=after)
        ask_again(IS_DOCUMENT, today)
    db.session.commit()
    return is_changed
