"""A sender that lives through minutes faster than the clock."""

from dataclasses import asdict
from datetime import date, timedelta
from itertools import count
from multiprocessing.connection import Connection

from cycle_tracker.app import create_core_app
from cycle_tracker.core import clock
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.support.days import ticking


def send_when_asked(day: date, line: Connection) -> None:
    """Whatever comes is one run of `send-outbox`, a minute later than the one before; it is answered with the counts.
    Ends when the other end of the line is closed."""
    app = create_core_app()
    first = clock.now()
    for minute in count():
        try:
            line.recv()
        except EOFError:
            return
        with app.app_context():
            sent = send_ready_messages(day, ticking(first + timedelta(minutes=minute)))
        line.send(asdict(sent))
