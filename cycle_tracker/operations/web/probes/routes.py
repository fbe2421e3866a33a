"""`/healthz` says that the process is up, `/readyz` that the service can do its work."""

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.jobs.queries import seen_last_at
from cycle_tracker.jobs.rules import READY_WITHIN
from cycle_tracker.operations.web.service_health.timeliness import are_notices_queued, is_mail_going_out
from cycle_tracker.web.access import public

bp = Blueprint("probes", __name__)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Up; asks nobody else."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Whether the database answers, its tables are those of this version, the scheduler runs, the notices of the last
    working day are queued, and mail goes out: 200 or 503."""
    found = dict.fromkeys(("database", "migrations", "scheduler", "notices", "mail"), False)
    try:
        _look(found)
    except SQLAlchemyError:
        db.session.rollback()
    return jsonify(ready=all(found.values()), **found), 200 if all(found.values()) else 503


def _look(found: dict[str, bool]) -> None:
    """Go from one to the next, as far as things are well: what comes later needs what comes before."""
    db.session.execute(text("SELECT 1"))
    found["database"] = True
    found["migrations"] = _is_migrated()
    if found["migrations"]:
        now = clock.now()
        seen = seen_last_at(now)
        found["scheduler"] = seen is not None and now - seen <= READY_WITHIN
        found["notices"] = are_notices_queued(now)
        found["mail"] = is_mail_going_out(now)


def _is_migrated() -> bool:
    """True where the database stands at the newest migration of this version of the code."""
    current = MigrationContext.configure(db.session.connection()).get_current_heads()
    return set(current) == set(ScriptDirectory(current_app.extensions["migrate"].directory).get_heads())
