"""A sender that lives through minutes faster than the clock: `python -m tests.faults.minutes DAY`.

Each line on its input is one run of `send-outbox`, a minute later than the one before; it answers each with the counts.
"""

import json
import sys
from dataclasses import asdict
from datetime import date, timedelta

from cycle_tracker import clock
from cycle_tracker.app import create_core_app
from cycle_tracker.services.outbox import send_ready_messages
from tests.support.days import ticking


def main(day: date) -> None:
    app = create_core_app()
    first = clock.now()
    for minute, _ in enumerate(sys.stdin):
        with app.app_context():
            sent = send_ready_messages(day, ticking(first + timedelta(minutes=minute)))
        print(json.dumps(asdict(sent)), flush=True)


if __name__ == "__main__":
    main(date.fromisoformat(sys.argv[1]))
