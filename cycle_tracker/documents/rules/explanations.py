"""New expected dates with their explanations: whose note makes one count, and what one has to say."""

from datetime import date, timedelta

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.roles import Role
from cycle_tracker.core.wording import day

SHORTEST_EXPLANATION = 10
LONGEST_EXPLANATION = 2000
# A new expected date lies within the length of a plan period; beyond that it is a slip of the keyboard.
FURTHEST_AHEAD = timedelta(days=3 * 366)


def stands_apart(
    viewer: Viewer, partnership_id: int | None, *, owner_id: int | None, proposed_by_id: int | None = None
) -> bool:
    """True for anybody but the owner, whoever holds the post that owns it, the proposer and the partnership's planning
    leads: what they note, or decide, counts. A national milestone has no leads."""
    if owner_id in viewer.owns_as or viewer.user_id == proposed_by_id:
        return False
    return partnership_id is None or Role.LEAD not in viewer.roles_in(partnership_id)


def not_open_yet(*, is_document: bool, opens_on: date | None, today: date) -> str:
    """Why the date of a plan or a report cannot be explained yet: its time has not begun. Empty where it has, and for
    anything else. From the day on which it opens an explanation can be given, also before the guidance date."""
    if not is_document or opens_on is None or today >= opens_on:
        return ""
    return f"You can explain the date from {day(opens_on)}, when it opens."


def ensure_new_date(expected_on: date, explanation: str, *, present: date | None, today: date) -> None:
    """Raises RuleBroken, beside the field, for a day that is no later one to come, and for an explanation that says
    nothing. `present` is the date worked to so far."""
    if expected_on <= today:
        raise RuleBroken("The new expected date must be in the future.", field="expected_on")
    if expected_on > today + FURTHEST_AHEAD:
        raise RuleBroken("The new expected date must be within three years.", field="expected_on")
    if present is not None and expected_on <= present:
        raise RuleBroken("The new expected date must be after the current due date.", field="expected_on")
    if len(explanation.strip()) < SHORTEST_EXPLANATION:
        raise RuleBroken(
            "Explain why the date was or will be missed, and what will happen by the new date.", field="explanation"
        )
