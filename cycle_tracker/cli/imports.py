"""`flask import-milestones` and `flask import-organisations`: rows from a file, of which all are saved or none."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from cycle_tracker.core import clock
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.imports.rules.milestone_rows import COLUMNS
from cycle_tracker.imports.rules.organisation_rows import COLUMNS as ORGANISATION_COLUMNS
from cycle_tracker.imports.services.files import LARGEST_FILE, read_file
from cycle_tracker.imports.services.milestones import plan_milestones
from cycle_tracker.imports.services.organisations import record_organisations
from cycle_tracker.imports.services.plans import Effect, Plan
from cycle_tracker.imports.services.recorded_milestones import record_milestones


@click.command("import-milestones")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change without saving anything.")
@with_appcontext
def import_milestones(file: Path, dry_run: bool) -> None:
    """Add milestones, and change existing ones by their key, from FILE (CSV or XLSX).

    Either all rows are saved or none. The columns are partnership, key, title, kind, due_on, owner (an email address)
    and state. Empty cells are ignored.
    """
    today, now = clock.today(), clock.now()
    plan = _plan(file)
    if plan.problems:
        _print_problems(plan)
    if dry_run:
        click.echo(f"Nothing was saved. The file has {_in_words(plan)}.")
        return
    record_milestones(plan, by=None, today=today, now=now)
    db.session.commit()
    click.echo(f"Saved {_in_words(plan)}.")


@click.command("import-organisations")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change without saving anything.")
@with_appcontext
def import_organisations(file: Path, dry_run: bool) -> None:
    """Add organisations, change existing ones, and set their roles in partnerships, from FILE (CSV or XLSX).

    Either all rows are saved or none. The columns are code, name, kind, mailbox, partnership, role (lead, member or
    provider), from and to. An organisation is found by its code, or without one by its name; use one row for each of
    its partnerships. Empty cells are ignored.
    """
    plan = _organisations(file)
    if plan.problems:
        db.session.rollback()
        _print_problems(plan)
    if dry_run:
        db.session.rollback()
        click.echo(f"Nothing was saved. The file has {_in_words(plan)}.")
        return
    db.session.commit()
    click.echo(f"Saved {_in_words(plan)}.")


def _organisations(file: Path) -> Plan:
    try:
        return record_organisations(read_file(_content(file), ORGANISATION_COLUMNS), by=None, now=clock.now())
    except RuleBroken as rule:
        raise click.ClickException(f"{rule.message} Nothing was saved.") from rule


def _plan(file: Path) -> Plan:
    try:
        return plan_milestones(read_file(_content(file), COLUMNS), None, clock.today())
    except RuleBroken as rule:
        raise click.ClickException(f"{rule.message} Nothing was saved.") from rule


def _content(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LARGEST_FILE + 1)


def _print_problems(plan: Plan) -> None:
    """Every problem by its row, on standard error. Raises ClickException: nothing is recorded."""
    for problem in plan.problems:
        column = f", {problem.column}" if problem.column else ""
        click.echo(f"Row {problem.row}{column}: {problem.message}", err=True)
    count = len(plan.problems)
    raise click.ClickException(f"{count} problem{'' if count == 1 else 's'} to correct. Nothing was saved.")


def _in_words(plan: Plan) -> str:
    effects = (Effect.NEW, Effect.CHANGED, Effect.UNCHANGED)
    return ", ".join(f"{plan.count(effect)} {effect.value}" for effect in effects)
