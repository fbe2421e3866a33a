"""Sending what is in the outbox, held to what is true of the notices in it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from cycle_tracker.mail.services.attachments import AttachedFile, no_file
from cycle_tracker.mail.services.hooks import Hooks
from cycle_tracker.mail.services.outbox import BATCH, send_messages
from cycle_tracker.mail.services.results import Sent
from cycle_tracker.reminders.services.answer_links import LinksInHand
from cycle_tracker.reminders.services.freshness import withdraw_or_rerender_stale

HOOKS = Hooks(refresh=withdraw_or_rerender_stale, links_of=LinksInHand)


def send_ready_messages(
    today: date,
    clock: Callable[[], datetime],
    *,
    stop: Callable[[], bool] = lambda: False,
    batch_size: int = BATCH,
    only_for_accounts: bool = False,
    file_of: Callable[[Connection, int], AttachedFile | None] = no_file,
) -> Sent:
    """Send all that is ready and still true, and give the counts: `send_messages` says what each argument means, and
    `Hooks` what `file_of` is. Without it no file is attached, and the mails say so."""
    hooks = replace(HOOKS, file_of=file_of)
    return send_messages(hooks, today, clock, stop=stop, batch_size=batch_size, only_for_accounts=only_for_accounts)
