"""The rules of reminders as the sweep and the forecast ask them: properties and tables hold this to what is right."""

from collections.abc import Iterable
from datetime import date

from cycle_tracker.reminders.rules.policies import Policy
from cycle_tracker.reminders.rules.reminders import NoticeDue, called_for
from cycle_tracker.reminders.rules.steps import Deadline


def notices_due(milestone: Deadline, policy: Policy, already: Iterable[str], today: date) -> list[NoticeDue]:
    """The notices to write today."""
    return list(called_for(milestone, policy, already, today).notices)
