"""What every form that changes a milestone shares: its version, the rules that refuse, and the one way to save."""

import re
from collections.abc import Callable
from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy.orm.exc import StaleDataError
from wtforms import Field, Form, HiddenField
from wtforms.validators import StopValidation

from cycle_tracker.domain.errors import ChangedMeanwhile, RuleBroken
from cycle_tracker.extensions import db
from cycle_tracker.models import Milestone
from cycle_tracker.services.milestones import ensure_unchanged

NO_VERSION = 0
"""The version of no milestone: what a form counts as that lost its own."""

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class VersionField(HiddenField):
    """The version of the milestone that the person is looking at."""

    def _value(self) -> str:
        return str(self.data or "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]) if valuelist else ""
        self.data = int(text) if re.fullmatch("[0-9]{1,9}", text) else NO_VERSION


class MilestoneForm(FlaskForm):
    """A form about one milestone. With no fields of its own it is a button."""

    version = VersionField()

    def for_version(self, milestone: Milestone) -> None:
        """Make the form one about the milestone as it is now."""
        self.version.data = milestone.version

    def typed(self) -> list[tuple[str, str]]:
        """What the person wrote, by label, so that it can be shown to them where the form itself cannot."""
        shown = [field for field in self if field.type not in {"VersionField", "CSRFTokenField", "SubmitField"}]
        return [(field.label.text, _as_typed(field)) for field in shown if _as_typed(field)]


def save(form: MilestoneForm, milestone: Milestone, change: Callable[[], object]) -> bool:
    """Make a change to a milestone, and commit it. False where a rule refuses, which the form then shows.

    Raises ChangedMeanwhile where somebody else changed the milestone since the form was shown to this person.
    """
    try:
        ensure_unchanged(milestone, form.version.data)
        change()
        db.session.commit()
    except StaleDataError as error:
        db.session.rollback()
        raise ChangedMeanwhile("Somebody else saved a change at the same moment.") from error
    except ChangedMeanwhile:
        db.session.rollback()
        raise
    except RuleBroken as rule:
        db.session.rollback()
        show_rule(form, rule)
        return False
    return True


def show_rule(form: Form, rule: RuleBroken) -> None:
    """Put the words of a rule beside the field that they belong to, or at the top where it is none of the form's."""
    field = form[rule.field] if rule.field and rule.field in form else None
    if field is None:
        form.form_errors.append(rule.message)
    else:
        field.errors = [*field.errors, rule.message]


def clean(text: object) -> str:
    """A filter for fields: text without control characters and outer blanks, its lines ended alike.

    A file that was sent where a text belongs is no text.
    """
    written = text if isinstance(text, str) else ""
    return CONTROL.sub("", written.replace("\r\n", "\n").replace("\r", "\n")).strip()


def required(message: str) -> Callable[[Form, Field], None]:
    """A validator that asks for something. It leaves what the field itself found wrong as it is."""

    def check(_form: Form, field: Field) -> None:
        if field.data in (None, "") and not field.errors:
            raise StopValidation(message)

    return check


def _as_typed(field: Field) -> str:
    if field.type == "BooleanField":
        return "Yes" if field.data else "No"
    return str(field._value() or "")
