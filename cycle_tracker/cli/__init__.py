"""The commands: `flask --app wsgi NAME`. Each module holds one command or group."""

from flask import Flask

from cycle_tracker.cli.access import access
from cycle_tracker.cli.demo.commands import demo_accounts, seed_demo_command
from cycle_tracker.cli.forecast import forecast_command
from cycle_tracker.cli.imports import import_milestones
from cycle_tracker.cli.outbox import outbox
from cycle_tracker.cli.reference import load_reference_command
from cycle_tracker.cli.synthetic import synthetic
from cycle_tracker.cli.users import user
from cycle_tracker.cli.verify import verify
from cycle_tracker.cli.working_days import last_working_day


def register_commands(app: Flask) -> None:
    """Give the app its commands."""
    for command in (
        access,
        demo_accounts,
        forecast_command,
        import_milestones,
        last_working_day,
        load_reference_command,
        outbox,
        seed_demo_command,
        synthetic,
        user,
        verify,
    ):
        app.cli.add_command(command)
