"""Whether another process runs the jobs too. It does no harm: nothing is told twice. But somebody should know."""

import logging

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.jobs.queries import SEND_OUTBOX, holders_since
from cycle_tracker.jobs.rules import AT_ONCE_WITHIN, READY_WITHIN, processes_at_once
from cycle_tracker.jobs.services.processes import this_process

log = logging.getLogger(__name__)


class NeighbourWatch:
    """Says once in the log that there is another, and again after there was none."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._notified: list[str] = []

    def look_at_start(self) -> None:
        """Say who sent in the last minutes: the process that this one follows, or a second one."""
        with self._app.app_context():
            try:
                others = set(holders_since(SEND_OUTBOX, clock.now() - READY_WITHIN)) - {this_process()}
            except SQLAlchemyError:
                return  # the first run says so
            finally:
                db.session.rollback()
        if others:
            log.warning(
                "%s looked at the outbox a moment ago. If it still runs there are two schedulers: nothing is sent "
                "twice, but one of them should be stopped.",
                " and ".join(sorted(others)),
            )

    def look(self) -> None:
        """After a run of the sender: whether others took turns with it in the last minutes."""
        with self._app.app_context():
            try:
                found = processes_at_once(holders_since(SEND_OUTBOX, clock.now() - AT_ONCE_WITHIN))
            except SQLAlchemyError:
                log.exception("Who else runs the jobs cannot be asked.")
                return
            finally:
                db.session.rollback()
        others = [name for name in found if name != this_process()]
        if others and not self._notified:
            log.warning(
                "More than one process runs the jobs: %s beside this one. Nothing is sent twice, but one should be "
                "stopped.",
                " and ".join(others),
            )
        self._notified = others
