"""Whether a mail about an account waits: asked every five seconds, so that a run is begun only for something."""

import logging
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from cycle_tracker.core import clock
from cycle_tracker.people.queries.account_mails import is_one_ready

# A mail server that could not be used is tried each minute, by the job that sends everything, and no more often.
REST_AFTER_TROUBLE = timedelta(minutes=1)

log = logging.getLogger(__name__)


class AccountMailWatch:
    """Looks for mails about an account, and rests for a while after a run that could not send any."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._rests_until: datetime | None = None

    def has_one(self) -> bool:
        """True where a run has something to send. Where the database cannot be asked, the answer is no."""
        now = clock.now()
        if self._rests_until is not None and now < self._rests_until:
            return False
        with self._app.app_context():
            try:
                return is_one_ready(now)
            except SQLAlchemyError:
                log.exception("Whether a mail about an account waits cannot be asked.")
                self.rest()
                return False

    def rest(self) -> None:
        """Leave the mails to the job of each minute for now."""
        self._rests_until = clock.now() + REST_AFTER_TROUBLE
