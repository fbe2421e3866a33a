"""The form of a local milestone."""

from flask_wtf import FlaskForm
from wtforms.validators import Length

from cycle_tracker.milestones.services.local_milestones import LOCAL_KINDS, LONGEST_TITLE
from cycle_tracker.web.choices import OfferedField, stage_choices
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LineField, required
from cycle_tracker.web.wording import kind_label


class LocalMilestoneForm(FlaskForm):
    """What is to be done, by when and by whom."""

    title = LineField(
        "Title",
        validators=[
            required("Enter a title"),
            Length(max=LONGEST_TITLE, message=f"The title must be {LONGEST_TITLE} characters or fewer"),
        ],
    )
    kind = OfferedField("Kind", refusal="Choose a kind from the list")
    stage = OfferedField("Stage of the cycle", refusal="Choose a stage from the list")
    opens_on = UkDateField("Earliest start date (optional)", description="For example, 30/06/2026")
    due_on = UkDateField("Due date", description="Leave this empty if there is no date yet. For example, 30/06/2026")
    owner = OfferedField("Owner", refusal="Choose an owner from the list")
    lead_organisation = OfferedField("Lead organisation", refusal="Choose an organisation from the list")

    def offer(self, *, owners: list[tuple[str, str]], bodies: list[tuple[str, str]]) -> None:
        """Offer the kinds that a lead adds, the stages, and these people and bodies."""
        self.kind.offer((kind.value, kind_label(kind)) for kind in LOCAL_KINDS)
        self.stage.offer(stage_choices())
        self.owner.offer(owners)
        self.lead_organisation.offer(bodies)
