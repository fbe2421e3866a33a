"""What the pages share on which rows come in: a plan of the rows is kept and shown, or what is wrong is told by row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import redirect
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from cycle_tracker.core import clock
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.imports.rules.import_rows import Problem, SheetRow
from cycle_tracker.imports.services.pending import keep_rows
from cycle_tracker.imports.services.plans import Plan
from cycle_tracker.models.pending_import import ImportKind
from cycle_tracker.web.access import current_user_row
from cycle_tracker.web.forms import show_rule
from cycle_tracker.web.links import url_for

# So many problems are listed; the count tells of the others.
MOST_SHOWN = 500

NOTHING_NEW = "There is nothing to save. Everything in it is already recorded."


@dataclass
class ReceivedRows:
    """What came of rows that were sent: the way to their preview, or what is wrong with them."""

    onward: ResponseReturnValue | None = None
    problems: Sequence[Problem] = ()
    nothing_new: bool = False
    refused: bool = False

    @property
    def shown(self) -> Sequence[Problem]:
        """The problems that are listed."""
        return self.problems[:MOST_SHOWN]


def receive(
    form: FlaskForm, kind: ImportKind, read: Callable[[], list[SheetRow]], plan: Callable[[list[SheetRow]], Plan]
) -> ReceivedRows:
    """Read the rows that a form holds, plan them, and keep them for their preview."""
    if not form.validate_on_submit():
        return ReceivedRows(refused=True)
    try:
        rows = read()
    except RuleBroken as rule:
        show_rule(form, rule)
        return ReceivedRows(refused=True)
    planned = plan(rows)
    if planned.problems:
        db.session.rollback()
        return ReceivedRows(problems=planned.problems, refused=True)
    if not planned.to_record:
        return ReceivedRows(nothing_new=True)
    pending = keep_rows(kind, rows, planned, by=current_user_row(), now=clock.now())
    db.session.commit()
    return ReceivedRows(onward=redirect(url_for("imports.preview", import_id=pending.id)))
