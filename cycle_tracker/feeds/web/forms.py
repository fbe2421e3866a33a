"""The forms that make an address and stop one."""

from flask_wtf import FlaskForm

from cycle_tracker.web.choices import OfferedField
from cycle_tracker.web.forms import HiddenLineField

# Stands for no partnership. No partnership has this slug.
WHAT_I_OWN = "what-i-own"


class FeedForm(FlaskForm):
    """What the calendar is to show: what one owns, or the documents of a partnership, by its slug."""

    of = OfferedField("What should the calendar show?", refusal="Choose what the calendar should show, from the list")

    def offer(self, choices: list[tuple[str, str]], *, wanted: str = "") -> None:
        """Offer these, with one chosen."""
        self.of.offer(choices)
        if wanted:
            self.of.data = wanted


class StopForm(FlaskForm):
    """Which address to stop."""

    feed = HiddenLineField()
