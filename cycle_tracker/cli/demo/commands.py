"""`flask seed-demo` and `flask demo-accounts`."""

from datetime import date, datetime

import click
from flask.cli import with_appcontext

from cycle_tracker.cli.demo.emails import is_unfinished
from cycle_tracker.cli.demo.people import ACCOUNTS, PASSWORD
from cycle_tracker.cli.demo.story import is_seeded, seed_demo
from cycle_tracker.core import clock
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.mail.services.demonstration import mark_as_demonstration


@click.command("seed-demo")
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Last day of the history. Default: today."
)
@with_appcontext
def seed_demo_command(on: datetime | None) -> None:
    """Add made-up people and histories for the 30 partnerships. It is safe to run again."""
    if is_unfinished():
        raise click.ClickException("An earlier run was stopped before it was done. Start with an empty database.")
    if is_seeded():
        mark_as_demonstration()  # a demo of an earlier version did not say so
        db.session.commit()
        click.echo("The demo data is already there. Nothing was changed.")
        return
    day: date = on.date() if on else clock.today()
    try:
        seeded = seed_demo(day, clock.now())
    except RuleBroken as refused:
        raise click.ClickException(refused.message) from refused
    click.echo(
        f"Added the demo data up to {day:%-d %B %Y}, with {seeded.partnerships} partnerships, "
        f"{seeded.people} people and {seeded.milestones} milestones. The histories are made up. "
        f"{len(ACCOUNTS)} people can sign in (`demo-accounts` lists them), with the password {PASSWORD}."
    )


@click.command("demo-accounts")
def demo_accounts() -> None:
    """Show the demo accounts and their passwords."""
    widths = [max(len(row[column]) for row in _rows()) for column in range(4)]
    for row in _rows():
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _rows() -> list[tuple[str, str, str, str]]:
    accounts = ((one.post, one.name, one.email, PASSWORD) for one in ACCOUNTS)
    return [("Account", "Name", "Email", "Password"), *accounts]
