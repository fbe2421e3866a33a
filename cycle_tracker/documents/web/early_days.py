"""The warning of a report that was published before the year that it covers had ended."""

from datetime import date

from flask import flash

from cycle_tracker.documents.rules.documents import early_words
from cycle_tracker.models.milestone import Milestone


def warn_of_early(document: Milestone, *published_on: date | None) -> None:
    """Ask to check such a day; it is recorded all the same."""
    for day in published_on:
        if words := early_words(document.reports_on, day):
            flash(words, "warning")
