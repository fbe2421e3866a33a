"""`flask national`: the national picture of one plan period."""

import json
from collections import Counter
from datetime import date, datetime
from typing import Any

import click
from flask.cli import with_appcontext

from cycle_tracker.core import clock
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.periods import Period
from cycle_tracker.core.wording import count, day
from cycle_tracker.documents.queries.beside_plan.listed import Beside, BesidePlan, list_beside_plans
from cycle_tracker.national.queries.picture import (
    CountedCriterion,
    NationalDocument,
    list_criteria,
    list_national_documents,
)

DAY = click.DateTime(["%Y-%m-%d"])


def _period(_context: click.Context, _parameter: click.Parameter, text: str) -> Period:
    try:
        return Period.named(text)
    except (RuleBroken, ValueError):
        raise click.BadParameter(f"{text!r} is not a plan period such as 2023-26.") from None


@click.command("national")
@click.option("--period", required=True, callback=_period, help="The plan period, such as 2023-26.")
@click.option("--on", type=DAY, help="The day that the rules see. Default: today.")
@click.option("--json", "as_json", is_flag=True, help="Print documents, totals and criteria as one JSON object.")
@with_appcontext
def national_command(period: Period, on: datetime | None, as_json: bool) -> None:
    """Show where the plan and the annual reports of every partnership stand for a plan period."""
    today: date = on.date() if on else clock.today()
    documents = list_national_documents(period, today)
    totals = Counter(one.state.value for one in documents)
    if as_json:
        found = {
            "documents": [_document(one) for one in documents],
            **_beside(list_beside_plans(period)),
            "totals": dict(sorted(totals.items())),
            "criteria": [_criterion(one) for one in list_criteria(period)],
        }
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
        return
    for one in documents:
        click.echo(f"{one.partnership}  {one.document}  {one.state.value}")
    click.echo(f"{count(len(documents), 'document')} of plan period {period.label} on {day(today)}.")


def _document(one: NationalDocument) -> dict[str, Any]:
    return {
        "partnership": one.partnership,
        "document": one.document,
        "state": one.state.value,
        **{
            name: _word(getattr(one, name))
            for name in (
                *("target_on", "own_start_on", "due_on", "prepared_on", "sent_on", "published_on"),
                *("interim_until", "revision_target_on"),
            )
        },
    }


def _beside(records: list[BesidePlan]) -> dict[str, Any]:
    """Notices of disagreement and directions. An own start that is agreed is with its plan."""
    notices = [one for one in records if one.kind is Beside.DISAGREEMENT]
    directions = [one for one in records if one.kind is Beside.DIRECTION]
    return {
        "disagreements": [
            {
                "partnership": one.slug,
                "body": one.body,
                "service": one.subject,
                "published_on": _word(one.on),
                "address": one.address,
                "reasons_recorded": bool(one.reasons),
            }
            for one in notices
        ],
        "directions": [
            {
                "partnership": one.slug,
                "given_on": _word(one.on),
                "given_to": one.body,
                "section": one.section.value if one.section else "",
                "about": one.subject,
                "address": one.address,
            }
            for one in directions
        ],
    }


def _criterion(one: CountedCriterion) -> dict[str, Any]:
    return {
        "criterion": one.number,
        "fully": one.fully,
        "partially": one.partially,
        "not_met": one.not_met,
        "unknown": one.unknown,
    }


def _word(value: date | None) -> str | None:
    return value.isoformat() if value else None
