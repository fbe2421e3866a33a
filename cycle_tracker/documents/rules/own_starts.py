"""A plan that was allowed to start after the first day of its period, such as a plan for 2021–23.

The plan must be in place for the period (2014 Act, section 8(1)); a later start needs a law or a reason that allowed
it, and it counts once an official has agreed it.
"""

from datetime import date

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.wording import day


def ensure_own_start(starts_on: date, allowed_by: str, *, first_day: date, last_day: date) -> None:
    """Raises RuleBroken, beside the field, for a start that is not within the period and after its first day, and where
    nothing is said of what allowed it."""
    if not first_day < starts_on <= last_day:
        raise RuleBroken(
            f"The plan’s own start must be after {day(first_day)}, the first day of the period, and no later than "
            f"{day(last_day)}.",
            field="starts_on",
        )
    if not allowed_by.strip():
        raise RuleBroken("Enter the law or reason that allowed the plan to start late.", field="allowed_by")
