"""Which edition of the guidance a period follows."""

from datetime import date

from cycle_tracker.core.periods import Period

# The first day of the plans that each edition applies to (2020 guidance, paragraph 1).
EDITIONS = {"guidance-2016": date(2017, 4, 1), "guidance-2020": date(2020, 4, 1)}


def edition_for(period: Period) -> str:
    """The edition in force for plans of this period: the newest that had begun to apply."""
    return max((day, edition) for edition, day in EDITIONS.items() if day <= period.start)[1]
