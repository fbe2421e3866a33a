"""`flask load-synthetic`: bulk data for measuring and for fault tests."""

from datetime import date, datetime

import click
from flask.cli import with_appcontext

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.operations.services.synthetic import Wanted, is_loaded, load_synthetic

AT_LEAST_ONE = click.IntRange(min=1)
ANY_NUMBER = click.IntRange(min=0)


@click.command("load-synthetic")
@click.option(
    "--partnerships", type=AT_LEAST_ONE, required=True, help="Number of partnerships (syn-0000, syn-0001 and so on)."
)
@click.option(
    "--milestones", type=ANY_NUMBER, required=True, help="Number of milestones, spread over the partnerships."
)
@click.option(
    "--overdue", type=ANY_NUMBER, required=True, help="Number of milestones that were due 3 days before --on."
)
@click.option(
    "--due-soon", type=ANY_NUMBER, required=True, help="Number due 7 days after --on. The rest are due 400 days after."
)
@click.option(
    "--people", type=AT_LEAST_ONE, required=True, help="Number of owners (person-000000@example.test and so on)."
)
@click.option("--documents", is_flag=True, help="Also add the plan and reports of each period, nearly all published.")
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Date that the due dates are counted from. Default: today."
)
@with_appcontext
def synthetic(
    partnerships: int,
    milestones: int,
    overdue: int,
    due_soon: int,
    people: int,
    documents: bool,
    day: datetime | None,
) -> None:
    """Add partnerships, people and milestones in bulk. The data is the same every time."""
    if overdue + due_soon > milestones:
        raise click.UsageError("--overdue and --due-soon together are more than --milestones.")
    if is_loaded():
        raise click.ClickException("There is already synthetic data here (partnership syn-0000). Nothing was added.")
    today: date = day.date() if day else clock.today()
    load_synthetic(Wanted(partnerships, people, milestones, overdue, due_soon, documents), today)
    db.session.commit()
    click.echo(f"Added {partnerships} partnerships, {people} people and {milestones} milestones around {today}.")
