"""Sending what is in the outbox, so that a crash repeats at most the mail in hand on each connection.

A run sends over one line, or over several at once (`MAIL_CONNECTIONS`), each in a thread with claims and a database
connection of its own. A line claims nothing before it can speak to the server: while that is away, a run reads, and
writes only to free what a claim that ran out held.
For each batch a line claims it, brings up to date what is no longer true, and then, for each message,

1. records the result of the message before, checks and renews the claim, and commits;
2. talks to the mail server, with no transaction open;
3. keeps the answer, for the next turn of this loop to record.

A mail with a link that carries a right gets a new link in step 2, whose hash is committed first; the links of the
digests of a batch are made together, with its first.

Whatever is wrong with one message, in any of these steps, fails that message, is shown to the administrators, and
keeps back no other. Only what is wrong with the database or with the mail server ends a run.

Between the server's "accepted" and our commit lies the one window in which a crash makes a repeat: the mail is sent
again, with the same Message-ID. What the server does as a whole costs a message no attempt; what it says of a message
does (`mail/rules.py`).
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from math import ceil
from threading import Lock

from flask import Flask, current_app

from cycle_tracker.core.extensions import db
from cycle_tracker.mail.services.claims import count_in_other_hands, count_ready_messages
from cycle_tracker.mail.services.connections import ServerGate
from cycle_tracker.mail.services.hooks import Hooks
from cycle_tracker.mail.services.lines import SendingLine
from cycle_tracker.mail.services.results import Sent
from cycle_tracker.mail.services.runs import Run

BATCH = 100
# Mails that a further line must find waiting: for fewer, opening it takes longer than they do.
WORTH_A_LINE = 5


def send_messages(
    hooks: Hooks,
    today: date,
    clock: Callable[[], datetime],
    *,
    stop: Callable[[], bool] = lambda: False,
    batch_size: int = BATCH,
    only_for_accounts: bool = False,
) -> Sent:
    """Send all that is ready, and give the counts. Commits each claim before sending and each result after.

    `clock` gives the real time for leases and retries; `today` is the day that the words of the mails hold for.
    `stop` is asked between mails: what is not yet tried then goes back to the queue. What this run puts back is for
    the next run. `only_for_accounts` sends the mails about an account, and leaves the others. With several lines
    `clock` and `stop` are called from several threads.
    """
    started = clock()
    lines, batch = _lines_and_batch(started, batch_size, only_for_accounts=only_for_accounts)
    run = Run(
        hooks=hooks,
        today=today,
        clock=clock,
        stop=stop,
        started=started,
        batch_size=batch,
        only_for_accounts=only_for_accounts,
        door=ServerGate(),
        turn=Lock() if db.engine.dialect.name == "sqlite" else nullcontext(),
        lease=timedelta(seconds=current_app.config["CLAIM_LEASE_SECONDS"]),
        sender=parseaddr(current_app.config["MAIL_DEFAULT_SENDER"])[1],
    )
    sent = Sent()
    for line in [SendingLine(run).send()] if lines == 1 else _send_over(lines, run):
        sent.count_in(line)
    if sent.did_anything:
        sent.trouble = run.door.refusal
    sent.connections = run.door.opened
    sent.in_other_hands = count_in_other_hands()
    db.session.rollback()
    return sent


def _lines_and_batch(now: datetime, batch_size: int, *, only_for_accounts: bool) -> tuple[int, int]:
    """How many lines to send over, and how much each claims at a time.

    Several lines take turns of the same size, as few as there can be but two at least: so they end together, and what
    a slow one has claimed is not all that is left.
    """
    allowed: int = current_app.config["MAIL_CONNECTIONS"]
    ready = count_ready_messages(now, only_for_accounts=only_for_accounts) if allowed > 1 else 0
    lines = min(allowed, ready // WORTH_A_LINE)
    if lines < 2:
        return 1, batch_size
    turns = max(2, ceil(ready / (lines * batch_size)))
    return lines, ceil(ready / (lines * turns))


def _send_over(lines: int, run: Run) -> Iterable[Sent]:
    """What each line did, once all have ended. An error in one of them is raised then."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with ThreadPoolExecutor(lines) as threads:
        running = [threads.submit(_send_in_thread, app, run) for _ in range(lines)]
    return [line.result() for line in running]


def _send_in_thread(app: Flask, run: Run) -> Sent:
    """One of several lines. It is opened first: while it waits its turn at the door, others may send what it would
    have claimed."""
    with app.app_context():
        line = SendingLine(run)
        return line.send() if line.is_open() else line.sent
