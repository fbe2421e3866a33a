"""Decisions of a governance group as pages list them."""

from collections.abc import Iterable
from dataclasses import dataclass

from cycle_tracker.core import addresses
from cycle_tracker.governance.services.decision_words import (
    confirmation_words,
    dispute_words,
    made_by,
    meeting_words,
    what_was_decided,
)
from cycle_tracker.models.decision import Decision
from cycle_tracker.web.wording import moment


@dataclass(frozen=True)
class DecisionRow:
    """One decision. `step_address` is the page of the next steps that it asked for, and `minutes` where the minutes of
    its meeting are, where that is a web address. `confirmed` says of what a planning lead recorded which chair can
    dispute it, and `disputed` who does and why. `number` is its id."""

    number: int
    outcome: str
    what: str
    reason: str
    made: str
    meeting: str
    when: str
    step_address: str = ""
    minutes: str = ""
    confirmed: str = ""
    disputed: str = ""


def decision_lines(decisions: Iterable[Decision]) -> list[DecisionRow]:
    """Decisions as they stand in a list."""
    return [
        DecisionRow(
            number=one.id,
            outcome=one.outcome.label,
            what=what_was_decided(one),
            reason=one.text,
            made=made_by(one),
            meeting=meeting_words(one),
            when=moment(one.recorded_at),
            step_address=_step_address(one),
            minutes=minutes_address(one.meeting.minutes) if one.meeting else "",
            confirmed=confirmation_words(one),
            disputed=dispute_words(one),
        )
        for one in decisions
    ]


def minutes_address(minutes: str) -> str:
    """Where the minutes are, where what was recorded is a web address."""
    return minutes if minutes.lower().startswith(("https://", "http://")) else ""


def _step_address(decision: Decision) -> str:
    step = decision.next_step
    return addresses.milestone(step.partnership.slug, step.key) if step and step.partnership else ""
