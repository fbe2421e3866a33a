"""What the server that jobs are forked from imports, once; nothing else imports this.

Two thirds of the time of a job that has little to do are its imports. What the product imports when it is first needed
is named here; that it starts without is shown by the scheduler's own tests, which start it by its command.
"""

import gc
import importlib
import sys

from sqlalchemy.orm import configure_mappers

from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.clock import today
from tests.support.orphans import end_with_parent

NEEDED_LATER = (
    "cycle_tracker.operations.queries.alarms",
    "cycle_tracker.operations.services.alarms",
    "cycle_tracker.reminders.services.answer_links",
    "cycle_tracker.reminders.services.digests",
    "cycle_tracker.reminders.services.reminders",
    "cycle_tracker.reminders.services.sending",
    "encodings.idna",
    "flask.testing",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "tests.faults.forked",
    "tests.faults.minutes",
    "tests.faults.sweep",
)

end_with_parent()
for name in NEEDED_LATER:
    try:
        importlib.import_module(name)
    except ImportError as error:  # which the server would pass over in silence, and each job would import it all anew
        sys.exit(f"{__file__}: {error}")
configure_mappers()
SCOTLAND.is_working_day(today())
gc.freeze()
