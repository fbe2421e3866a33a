"""Saving what a form says where it is about no milestone: a rule that refuses is shown in the form."""

from collections.abc import Callable

from flask import g
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from wtforms import Form

from cycle_tracker.core.database import ONLY_READS_NOW
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.web.forms import show_rule

AT_THE_SAME_MOMENT = "Someone else saved a change at the same time. Check the page, then try again."


def give_way() -> None:
    """What follows in this request only reads, and may take its time: let others write meanwhile."""
    db.session.rollback()
    setattr(g, ONLY_READS_NOW, True)


def saved(form: Form, change: Callable[[], object]) -> bool:
    """Make a change and commit it. False where a rule refuses, or another change came first; the form says so."""
    try:
        change()
        db.session.commit()
    except RuleBroken as rule:
        db.session.rollback()
        show_rule(form, rule)
        return False
    except (IntegrityError, StaleDataError):
        db.session.rollback()
        form.form_errors.append(AT_THE_SAME_MOMENT)
        return False
    return True
