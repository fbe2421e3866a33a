"""`flask last-working-day`."""

import click

from cycle_tracker.core import clock
from cycle_tracker.core.calendar import SCOTLAND


@click.command("last-working-day")
def last_working_day() -> None:
    """Print today, or the last Scottish working day before it."""
    click.echo(SCOTLAND.on_or_before(clock.today()).isoformat())
