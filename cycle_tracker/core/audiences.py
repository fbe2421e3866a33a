"""Who is told of a date, and the rungs on which that circle grows."""

from dataclasses import dataclass
from enum import StrEnum


class Audience(StrEnum):
    """Who a step is for. The people behind each are looked up when notices are decided."""

    OWNER = "owner"
    LEAD = "lead"
    CHAIR = "chair"
    GOVERNANCE = "governance-group"
    # Reached by no rung: it takes a person and a reason to go so far.
    NATIONAL = "national-group"
    # People without an account who are asked for an answer: told beside the owner.
    CONTACT = "contact"


# Audiences that the governance group answers for: it decides on what came to them.
OF_THE_GROUP = frozenset({Audience.CHAIR, Audience.GOVERNANCE})
# Audiences whose decision is wanted: what is for them waits for no digest.
HEARD_AT_ONCE = frozenset({Audience.CHAIR, Audience.GOVERNANCE, Audience.NATIONAL})


@dataclass(frozen=True)
class EscalationStage:
    """One escalation stage: so many days past the due date, this audience is told, once. Not `by_email`, it sees the
    stage on its page and gets no email."""

    days: int
    audiences: tuple[Audience, ...]
    by_email: bool = True
