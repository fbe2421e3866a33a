"""New expected dates that planning leads proposed and that this person may note, on their home page."""

from cycle_tracker.core import addresses
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.statements import Asked
from cycle_tracker.documents.queries.proposals import as_proposals
from cycle_tracker.web.page_parts import Task
from cycle_tracker.web.wording import day

LONGEST_REASON = 200


def to_note(asked: Asked) -> list[Task]:
    """The proposals that wait, that proposed first before the others. In one statement."""
    return [
        Task(
            title=row.title,
            address=addresses.milestone(row.slug, row.key),
            summary=f"{row.partnership}. Proposed on {day(london_day(row.proposed_at))} to move the date from "
            f"{day(row.due_on)} to {day(row.new_due_on)}. {_shortened(row.reason)}",
            status="To agree",
            colour="teal",
        )
        for row in as_proposals(asked)
    ]


def _shortened(reason: str) -> str:
    return reason if len(reason) <= LONGEST_REASON else f"{reason[: LONGEST_REASON - 1].rstrip()}…"
