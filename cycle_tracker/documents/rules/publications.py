"""Days of publication that are possible and not likely: a person is asked whether they are right."""

from datetime import date

from cycle_tracker.core.errors import RuleBroken


class Unlikely(RuleBroken):
    """What was entered is possible and not likely. It is taken once a person says that it is right."""


def why_unlikely(reports_on: date | None, published_on: date) -> str:
    """Why a day of publication is not likely, in words for a page; empty if it is likely.

    A report may be published before the year that it covers is over: some are.
    """
    if reports_on is not None and published_on <= reports_on:
        return (
            f"The year this reports on ends on {reports_on:%-d %B %Y}. If it was published before then, "
            "tick “This is right” and save again."
        )
    return ""
