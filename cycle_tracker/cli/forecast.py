"""`flask forecast`: the scheduled emails of the days ahead."""

import json
from collections.abc import Iterable
from datetime import date, datetime

import click
from flask.cli import with_appcontext

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.wording import count, day
from cycle_tracker.reminders.queries.forecast_mails import MailToCome
from cycle_tracker.reminders.queries.forecast_notices import NoticeToCome
from cycle_tracker.reminders.queries.forecasts import forecast
from cycle_tracker.reminders.rules.forecasts import LONGEST

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("forecast")
@click.option(
    "--days",
    type=click.IntRange(1, LONGEST),
    default=30,
    show_default=True,
    help="Number of days, including the first.",
)
@click.option("--on", type=DAY, help="First day. Default: today.")
@click.option("--json", "as_json", is_flag=True, help="Print the emails as a JSON array.")
@with_appcontext
def forecast_command(days: int, on: datetime | None, as_json: bool) -> None:
    """Show the scheduled emails: what we would send to whom if nothing changes."""
    first: date = on.date() if on else clock.today()
    found = forecast(first, days, let_go=db.session.rollback)
    if as_json:
        click.echo(json.dumps([_described(mail) for mail in found.mails], indent=1, ensure_ascii=False))
        return
    for mail in found.mails:
        place = f" (for {mail.stands_in_for})" if mail.stands_in_for else ""
        steps = "; ".join(f"{one.about.slug} {one.about.key} {one.due_on} {one.step}" for one in _sorted(mail.notices))
        click.echo(f"{mail.day}  {mail.recipient}{place}  {steps}")
    for one in found.unreachable:
        click.echo(f"{one.queued_on}  no recipient  {one.about.slug} {one.about.key} {one.due_on} {one.step}")
    emails, people = count(len(found.mails), "email"), count(found.people, "person", "people")
    click.echo(f"{emails} to {people} from {day(found.first)} to {day(found.last)}.")


def _described(mail: MailToCome) -> dict[str, object]:
    return {
        "day": mail.day.isoformat(),
        "recipient": mail.recipient,
        "stands_in_for": mail.stands_in_for,
        "notices": [
            {
                "partnership": one.about.slug or None,
                "key": one.about.key,
                "due_on": one.due_on.isoformat(),
                "step": one.step,
            }
            for one in _sorted(mail.notices)
        ],
    }


def _sorted(notices: Iterable[NoticeToCome]) -> list[NoticeToCome]:
    """The notices of an email in one order, whatever order they were found in."""
    return sorted(notices, key=lambda one: (one.due_on, one.about.slug, one.about.key, one.step))
