"""`/healthz` says that the process is up, `/readyz` that it can do its work."""

from datetime import timedelta

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from cycle_tracker import clock
from cycle_tracker.extensions import db
from cycle_tracker.queries.job_runs import SEND_OUTBOX, has_run_since
from cycle_tracker.web.access import public

bp = Blueprint("probes", __name__)

SCHEDULER_SEEN_WITHIN = timedelta(minutes=3)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Up; asks nobody else."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Whether the database answers, its tables are those of this version, and the scheduler runs: 200 or 503."""
    found = {"database": _database_answers(), "migrations": False, "scheduler": False}
    if found["database"]:
        found["migrations"] = _is_migrated()
    if found["migrations"]:
        found["scheduler"] = has_run_since(SEND_OUTBOX, clock.now() - SCHEDULER_SEEN_WITHIN)
    return jsonify(ready=all(found.values()), **found), 200 if all(found.values()) else 503


def _database_answers() -> bool:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        return False
    return True


def _is_migrated() -> bool:
    """True where the database stands at the newest migration of this version of the code."""
    current = MigrationContext.configure(db.session.connection()).get_current_heads()
    return set(current) == set(ScriptDirectory(current_app.extensions["migrate"].directory).get_heads())
