"""What every form that changes a milestone shares: its version, and the one way to save."""

from collections.abc import Callable

from flask_wtf import FlaskForm
from sqlalchemy.orm.exc import StaleDataError
from wtforms import Field

from cycle_tracker.core.errors import ChangedMeanwhile, RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.milestones.services.milestones import ensure_unchanged
from cycle_tracker.models import Milestone
from cycle_tracker.web.forms import VersionField, show_rule


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
        raise ChangedMeanwhile("Someone else saved a change at the same time.") from error
    except ChangedMeanwhile:
        db.session.rollback()
        raise
    except RuleBroken as rule:
        db.session.rollback()
        show_rule(form, rule)
        return False
    return True


def _as_typed(field: Field) -> str:
    if field.type == "BooleanField":
        return "Yes" if field.data else "No"
    return str(field._value() or "")
