"""The commands: `flask --app wsgi NAME`. Each module holds one command or group."""

from flask import Flask

from cycle_tracker.cli.access import access
from cycle_tracker.cli.outbox import outbox
from cycle_tracker.cli.synthetic import synthetic
from cycle_tracker.cli.users import user


def register_commands(app: Flask) -> None:
    """Give the app its commands."""
    for command in (access, outbox, synthetic, user):
        app.cli.add_command(command)
