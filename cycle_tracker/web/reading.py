"""How a page that only read ends on PostgreSQL: with a commit.

The driver forgets what it prepared when a transaction is rolled back, and asks the server to forget it too. Each page
would then have all its statements planned anew, which takes longer than running them.
"""

from contextlib import suppress

from flask import Flask, request
from sqlalchemy.exc import SQLAlchemyError

from cycle_tracker.core.database import SAFE_METHODS
from cycle_tracker.core.extensions import db


def init_app(app: Flask) -> None:
    """Let pages end so."""
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            app.teardown_request(_end)


def _end(error: BaseException | None) -> None:
    """Commit what was only read; anything else is left to be rolled back. Of a page nothing is lost where it fails."""
    if error is not None or request.method not in SAFE_METHODS or not db.session.registry.has():
        return
    session = db.session()
    if session.is_active and session.in_transaction() and not any((session.new, session.dirty, session.deleted)):
        with suppress(SQLAlchemyError):
            session.commit()
