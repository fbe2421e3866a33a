"""The commands: `flask --app wsgi NAME`. Each module holds one command or group, and is loaded when that is asked for:
a web server has no use for them, nor for the demo."""

from importlib import import_module

import click
from flask import Flask
from flask.cli import AppGroup

# Where each command is: the module in this package, and its name in there.
COMMANDS = {
    "access": "access:access",
    "demo-accounts": "demo.commands:demo_accounts",
    "forecast": "forecast:forecast_command",
    "import-milestones": "imports:import_milestones",
    "import-organisations": "imports:import_organisations",
    "last-working-day": "working_days:last_working_day",
    "load-reference": "reference:load_reference_command",
    "load-synthetic": "synthetic:synthetic",
    "national": "national:national_command",
    "open-next-cycles": "next_cycles:open_next_cycles_command",
    "outbox": "outbox:outbox",
    "seed-demo": "demo.commands:seed_demo_command",
    "user": "users:user",
    "verify": "verify:verify",
}


class Commands(AppGroup):
    """A group that loads each of our commands when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, loaded or not."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, loaded; None where there is none."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"{__name__}.{module}"), name)
        return command


def register_commands(app: Flask) -> None:
    """Give the app its commands, beside those that it has."""
    app.cli = Commands(app.cli.name, commands=app.cli.commands)
