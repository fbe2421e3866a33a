"""Whether the jobs ran when they should have, for the health page and for `/readyz`."""

from datetime import datetime

from cycle_tracker.core.clock import london_time
from cycle_tracker.jobs.queries import (
    QUEUE_NOTICES,
    SEND_OUTBOX,
    first_run_began_at,
    has_finished_for,
    has_finished_since,
    is_sender_at_work,
)
from cycle_tracker.jobs.rules import NOTICES_BY, OUTBOX_WITHIN, SENT_WITHIN
from cycle_tracker.operations.queries.outbox_health import is_mail_held_up
from cycle_tracker.operations.queries.run_days import notices_day_of_service


def are_notices_queued(now: datetime) -> bool:
    """True where the notices of the last working day are queued, or where the service first ran after they had to be.
    False where nothing ever ran."""
    here = london_time(now)
    wanted = notices_day_of_service(here)
    if has_finished_for(QUEUE_NOTICES, wanted, here.date()):
        return True
    began = first_run_began_at()
    return began is not None and began > datetime.combine(wanted, NOTICES_BY, tzinfo=here.tzinfo)


def are_mails_sent(now: datetime) -> bool:
    """True where a run could send what there was within the last minutes, or one is at it now."""
    return has_finished_since(SEND_OUTBOX, now - OUTBOX_WITHIN) or is_sender_at_work(now)


def is_mail_going_out(now: datetime) -> bool:
    """Whether a message was sent in the last minutes, or none has been ready for so long. What keeps them all back
    does not matter: the mail server, a message that stops every run, or senders that die."""
    since = now - SENT_WITHIN
    return not is_mail_held_up(since, now, runs_fail=not has_finished_since(SEND_OUTBOX, since))
