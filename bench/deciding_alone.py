"""Deciding and nothing else, in a process of its own: `python -m bench.deciding_alone`.

What queue-notices does before it writes mails: every notice and every rung decided and written to the database.
"""

import json
import time
from datetime import date

from bench.processes import DAY
from cycle_tracker.app import create_core_app
from cycle_tracker.core import clock
from cycle_tracker.reminders.services.reminders import queue_due_notices


def main() -> None:
    """Decide for the day, and print what was decided and the seconds that it took, as JSON."""
    with create_core_app().app_context():
        started = time.perf_counter()
        swept = queue_due_notices(date.fromisoformat(DAY), clock.now())
        seconds = time.perf_counter() - started
    print(json.dumps({"notices": swept.notices, "escalations": swept.escalations, "seconds": seconds}))


if __name__ == "__main__":
    main()
