"""Days of publication, and of copies, that are possible and not likely: a person is asked whether they are right."""

from datetime import date

from cycle_tracker.core.errors import RuleBroken

NOTHING_KNOWN = (
    "You have not entered a date or a web address. If it was published and neither is known, tick “This is right” and "
    "save again."
)


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


def why_interim_unlikely(published_on: date | None, interim_until: date | None) -> str:
    """Why the last day of an interim plan is not likely; empty if it is. One may be put on a web page late.

    >>> why_interim_unlikely(date(2026, 4, 2), date(2027, 3, 31))
    ''
    """
    if published_on is None or interim_until is None or published_on <= interim_until:
        return ""
    return (
        f"The last day that it covers ({interim_until:%-d %B %Y}) is before it was published. If both dates are right, "
        "tick “This is right” and save again."
    )


def why_copy_unlikely(prepared_on: date | None, sent_on: date | None) -> str:
    """Why the day on which a copy of a plan was sent is not likely; empty if it is. The plan is prepared, then sent
    (2014 Act, section 10(7)). `prepared_on` is None where no day is recorded."""
    if prepared_on is None or sent_on is None or sent_on >= prepared_on:
        return ""
    return (
        f"The plan is recorded as prepared on {prepared_on:%-d %B %Y}. If a copy was sent before then, "
        "tick “This is right” and save again."
    )
