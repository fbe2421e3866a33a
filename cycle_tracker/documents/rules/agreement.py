"""Whether a lead body agreed to a document, and on which day, from the decision that was recorded for it."""

from dataclasses import dataclass
from datetime import date

from cycle_tracker.core.kinds import Agreed, Manner

_AGREE_STRAIGHT_AWAY = frozenset({Manner.APPROVED, Manner.DELEGATED, Manner.CHAIRS_ACTION})


@dataclass(frozen=True)
class Outcome:
    """What one lead body decided. Days may be unknown. `agreed` is what a person answered about a body that noted it,
    None where nobody was asked."""

    manner: Manner
    decided_on: date | None = None
    signed_off: bool = False
    signed_off_on: date | None = None
    agreed: Agreed | None = None


@dataclass(frozen=True)
class Agreement:
    """A body agreed, on a day that may be unknown."""

    on: date | None


def agreement_of(outcome: Outcome) -> Agreement | None:
    """When the body agreed; None if it has not.

    An approval subject to changes counts from the day on which the changes were signed off. A body that noted a plan
    agreed to it only if someone recorded that it did.

    >>> agreement_of(Outcome(Manner.SUBJECT_TO_CHANGES, date(2026, 3, 10), True, date(2026, 3, 24)))
    Agreement(on=datetime.date(2026, 3, 24))
    >>> agreement_of(Outcome(Manner.NOTED, date(2026, 3, 10)))
    """
    if outcome.manner in _AGREE_STRAIGHT_AWAY:
        return Agreement(outcome.decided_on)
    if outcome.manner is Manner.SUBJECT_TO_CHANGES and outcome.signed_off:
        return Agreement(outcome.signed_off_on)
    if outcome.manner is Manner.NOTED and outcome.agreed is Agreed.YES:
        return Agreement(outcome.decided_on)
    return None


def why_not_agreed(outcome: Outcome, body: str, *, is_plan: bool) -> str:
    """Why what is recorded is no agreement, in a sentence for a page; empty if it is one.

    A report may be noted: only a plan is made together by the bodies that lead (2014 Act, section 8(1)).
    """
    if agreement_of(outcome) is not None or (outcome.manner is Manner.NOTED and not is_plan):
        return ""
    if outcome.manner is Manner.SUBJECT_TO_CHANGES:
        return f"The changes that {body} asked for are not signed off yet."
    if outcome.manner is Manner.DEFERRED:
        return f"{body} has deferred its decision."
    if outcome.manner is Manner.NOT_AGREED:
        return f"{body} has not agreed to this."
    if outcome.agreed is Agreed.NO:
        return f"{body} noted the plan and did not agree to it."
    return f"{body} noted the plan. It is not recorded whether it agreed to the plan."
