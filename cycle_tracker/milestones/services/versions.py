"""The version of a milestone counts for all that hangs on it: what two people change at once is one change too many."""

from sqlalchemy.orm.attributes import flag_modified

from cycle_tracker.models.milestone import Milestone


def count_as_changed(milestone: Milestone) -> None:
    """Give the milestone a new version although none of its own columns changed, because something beside it did."""
    flag_modified(milestone, "state")
