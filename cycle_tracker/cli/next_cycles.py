"""`flask open-next-cycles`: the core documents of every period, as the daily job makes them."""

import json
import time
from datetime import date, datetime

import click
from flask.cli import with_appcontext

from cycle_tracker.core import clock
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.cycles.services.core_documents import add_core_documents

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("open-next-cycles")
@click.option("--on", type=DAY, help="The day that the rules see. Default: today.")
@with_appcontext
def open_next_cycles_command(on: datetime | None) -> None:
    """Make the plans and annual reports that are missing, up to the period that begins within eighteen months."""
    started = time.perf_counter()
    today: date = on.date() if on else clock.today()
    try:
        made = add_core_documents(today, clock.now())
    except RuleBroken as rule:
        raise click.BadParameter(rule.message, param_hint="--on") from rule
    db.session.commit()
    counts = {"documents": made.documents, "periods": made.periods, "steps": made.steps}
    seconds = round(time.perf_counter() - started, 3)
    click.echo(json.dumps({"job": "open-next-cycles", "on": today.isoformat(), **counts, "seconds": seconds}))
