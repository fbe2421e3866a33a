"""What every form that changes a milestone shares: the version of the milestone that the person saw."""

from wtforms import Field

from cycle_tracker.milestones.services.milestones import ensure_unchanged
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.forms import FormAbout, VersionField


class MilestoneForm(FormAbout):
    """A form about one milestone. With no fields of its own it is a button."""

    version = VersionField()

    def for_now(self, milestone: Milestone) -> None:
        """Make the form one about the milestone as it is now."""
        self.version.data = milestone.version

    def ensure_current(self, milestone: Milestone) -> None:
        """Raises ChangedMeanwhile where somebody else changed the milestone since the person saw it."""
        ensure_unchanged(milestone, self.version.data)

    def come_too_late(self, milestone: Milestone, _message: str) -> None:
        """Be ready to be sent again. The page of the form shows what others changed, instead of the message."""
        self.for_now(milestone)

    def typed(self) -> list[tuple[str, str]]:
        """What the person wrote, by label, so that it can be shown to them where the form itself cannot."""
        shown = [field for field in self if field.type not in {"VersionField", "CSRFTokenField", "SubmitField"}]
        return [(field.label.text, _as_typed(field)) for field in shown if _as_typed(field)]


def _as_typed(field: Field) -> str:
    if field.short_name == "confirmed" and not field.data:
        return ""
    if field.type == "BooleanField":
        return "Yes" if field.data else "No"
    return str(field._value() or "")
