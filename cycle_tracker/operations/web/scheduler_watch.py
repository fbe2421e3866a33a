"""The web side looks after the scheduler, for a process that has died cannot say so itself.

After a request, at most once a minute in each process, a thread of its own asks when the scheduler was seen last. The
answer to the request has gone by then and waits for nothing. Where the scheduler has been silent for too long, one
process, the first to write the alarm, queues the mails to the administrators. As nobody else sends them, the web side
does: those and the other mails about accounts, which somebody waits for just as well, under the same claims as any
sender. It never sends anything else.

What asks for `/healthz` or `/readyz` keeps this going at night, when nobody else asks for anything.
"""

import logging
import threading
from datetime import datetime, timedelta

from flask import Flask, Response

from cycle_tracker.core import clock
from cycle_tracker.operations.services.alarms import watch_scheduler
from cycle_tracker.people.queries.account_mails import is_one_ready
from cycle_tracker.reminders.services.sending import send_ready_messages

LOOK_EVERY = timedelta(minutes=1)

log = logging.getLogger(__name__)


class SchedulerWatch:
    """Looks after the scheduler on behalf of one web process."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._since = clock.now()
        self._looked_at: datetime | None = None
        self._turn = threading.Lock()

    def after_request(self, response: Response) -> Response:
        """Begin a look where it is time for one. The response goes on as it is, whatever comes of it."""
        if self._is_time():
            response.call_on_close(self._begin)
        return response

    def look(self) -> None:
        """Ask once, and send the alarm where one is on. Whatever goes wrong is logged and tried again next time."""
        try:
            with self._app.app_context():
                is_silent = watch_scheduler(clock.now(), watched_since=self._since)
                if is_silent and is_one_ready(clock.now()):
                    send_ready_messages(clock.today(), clock.now, only_for_accounts=True)
        except Exception:  # the next look tries again, and a request never learns of it
            log.exception("Could not check whether the scheduler is running, or could not email the administrators.")

    def _is_time(self) -> bool:
        now = clock.now()
        with self._turn:
            if self._looked_at is not None and abs(now - self._looked_at) < LOOK_EVERY:
                return False
            self._looked_at = now
            return True

    def _begin(self) -> None:
        threading.Thread(target=self.look, name="scheduler-watch", daemon=True).start()


def init_app(app: Flask) -> None:
    """Have this process look after the scheduler. Only an app that is served does: see `wsgi.py`."""
    app.after_request(SchedulerWatch(app).after_request)
