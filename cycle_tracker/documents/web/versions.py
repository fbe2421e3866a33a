"""The versions of a document by their names, in words."""

from datetime import date

from cycle_tracker.core.kinds import Kind
from cycle_tracker.models.publication import Version
from cycle_tracker.web.wording import day

INTERIM_PLAN = "One-year or interim plan"


def version_label(version: Version, kind: Kind) -> str:
    """The version in words. The Act knows no interim plan: what goes by that name is a plan for part of the period."""
    return INTERIM_PLAN if version is Version.INTERIM and kind is Kind.PLAN else version.label


def interim_words(until: date | None) -> str:
    """An interim plan with its last day.

    >>> interim_words(date(2026, 9, 30))
    'One-year or interim plan until 30 September 2026'
    """
    return f"{INTERIM_PLAN} until {day(until)}" if until else f"{INTERIM_PLAN}, last day not known"


def version_words(
    version: Version, kind: Kind, *, interim_until: date | None, newer_on: date | None, revised: int
) -> str:
    """The name of what is published, empty for a first and only version; `revised` counts the revised versions up to
    it.

    >>> version_words(Version.REVISED, Kind.PLAN, interim_until=None, newer_on=date(2027, 5, 4), revised=2)
    'Revised version 2, 4 May 2027'
    """
    if version is Version.INTERIM and kind is Kind.PLAN:
        return interim_words(interim_until)
    on = f", {day(newer_on)}" if newer_on else ""
    if version is Version.REVISED:
        return f"Revised version {revised}{on}"
    if version is Version.INTERIM:
        return version.label
    return f"{version.label} version{on}" if newer_on else ""
