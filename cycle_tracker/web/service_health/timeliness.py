"""Whether the jobs ran when they should have, for the health page and for `/readyz`."""

from datetime import datetime

from cycle_tracker.clock import london_time
from cycle_tracker.domain.punctuality import NOTICES_BY, OUTBOX_WITHIN, notices_day
from cycle_tracker.queries.job_runs import (
    QUEUE_NOTICES,
    SEND_OUTBOX,
    first_run_began_at,
    has_finished_for,
    has_finished_since,
    is_sender_at_work,
)


def are_notices_queued(now: datetime) -> bool:
    """True where the notices of the last working day are queued, or where the service first ran after they had to be.
    False where nothing ever ran."""
    here = london_time(now)
    wanted = notices_day(here)
    if has_finished_for(QUEUE_NOTICES, wanted, here.date()):
        return True
    began = first_run_began_at()
    return began is not None and began > datetime.combine(wanted, NOTICES_BY, tzinfo=here.tzinfo)


def are_mails_sent(now: datetime) -> bool:
    """True where a run could send what there was within the last minutes, or one is at it now."""
    return has_finished_since(SEND_OUTBOX, now - OUTBOX_WITHIN) or is_sender_at_work(now)
