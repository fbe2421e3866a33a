"""What an owner says of a milestone from a list, and what stands in the way of saying it."""

from enum import StrEnum

from cycle_tracker.core.kinds import DOCUMENTS, Fact, Kind
from cycle_tracker.core.lifecycle import OPEN, State, is_allowed


class Answer(StrEnum):
    """The answers that one reply may give to several milestones."""

    BEGUN = "begun"
    DONE = "done"
    ON_TRACK = "on-track"

    @property
    def label(self) -> str:
        """The answer in words for a page."""
        return {
            Answer.BEGUN: "Work has started",
            Answer.DONE: "Done",
            Answer.ON_TRACK: "Still on track",
        }[self]


def hindrance(kind: Kind, state: State, answer: Answer, *, fact: Fact | None = None) -> str:
    """Why a milestone cannot take the answer, as a sentence; empty where nothing stands in the way. `fact` is the fact
    about a document that completes it, if one does.

    >>> hindrance(Kind.STEP, State.DONE, Answer.BEGUN)
    'This is already done.'
    """
    if state not in OPEN:
        return f"This is already {state.label.lower()}."
    if answer is Answer.BEGUN and state is State.IN_PROGRESS:
        return "This is already in progress."
    if answer is Answer.DONE and kind in DOCUMENTS:
        return "To complete a plan or an annual report, record it as published on its own page."
    if answer is Answer.DONE and fact is not None:
        return "This is marked as done when its record on the page of the plan or report is complete."
    if answer is Answer.DONE and not is_allowed(state, State.DONE):
        return f"This is {state.label.lower()}, so you cannot mark it as done."
    return ""
