"""When people are told about a due date, and how far up it goes. These are the defaults."""

from dataclasses import dataclass
from enum import StrEnum

from cycle_tracker.domain.kinds import DOCUMENTS, Basis, Kind


class Audience(StrEnum):
    """Who a step is for. The people behind each are looked up when notices are decided."""

    OWNER = "owner"
    LEAD = "lead"
    CHAIR = "chair"
    GOVERNANCE = "governance-group"
    NATIONAL = "national-group"
    """Reached by no rung: it takes a person and a reason to go so far."""
    CONTACT = "contact"
    """People without an account who are asked for an answer: told beside the owner."""


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: so many days past the due date, this audience is told, once."""

    days: int
    audiences: tuple[Audience, ...]


@dataclass(frozen=True)
class Policy:
    """Days before the due date (0 is the day itself), days after it, and the rungs.

    `repeat_every` is the number of days between repeats once the date has passed; None tells it once.
    """

    before: tuple[int, ...]
    first_after: int
    repeat_every: int | None
    rungs: tuple[Rung, ...]


FIRST_RUNG = Rung(1, (Audience.OWNER, Audience.LEAD))

DOCUMENT_STEPS = (28, 14, 7, 1, 0)
OTHER_STEPS = (14, 3, 0)
WEEKLY = 7

DOCUMENT_POLICY = Policy(DOCUMENT_STEPS, 1, WEEKLY, (FIRST_RUNG, Rung(14, (Audience.GOVERNANCE,))))
STATUTORY_STEP_POLICY = Policy(OTHER_STEPS, 1, WEEKLY, (FIRST_RUNG, Rung(14, (Audience.GOVERNANCE,))))
STEP_POLICY = Policy(OTHER_STEPS, 1, WEEKLY, (FIRST_RUNG, Rung(28, (Audience.GOVERNANCE,))))
ACTION_POLICY = Policy((14,), 1, None, (Rung(1, (Audience.OWNER,)), Rung(14, (Audience.LEAD,))))


def policy_for(kind: Kind, duty_basis: Basis) -> Policy:
    """The policy that holds for a milestone of this kind whose duty rests on this basis."""
    if kind in DOCUMENTS or kind is Kind.CONSULTATION:
        return DOCUMENT_POLICY
    if kind in {Kind.ACTION, Kind.REQUEST}:
        return ACTION_POLICY
    return STATUTORY_STEP_POLICY if duty_basis is Basis.STATUTE else STEP_POLICY
