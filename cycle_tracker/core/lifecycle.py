"""The life of a milestone: what people decide, and which move is allowed from where."""

from enum import StrEnum

from cycle_tracker.core.errors import IllegalTransition


class State(StrEnum):
    """What people have decided about a milestone. What the clock decides is worked out, never stored."""

    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    DONE = "done"
    DROPPED = "dropped"
    NOT_REQUIRED = "not-required"

    @property
    def label(self) -> str:
        """The state in words for a page."""
        return {
            State.NOT_STARTED: "Not started",
            State.IN_PROGRESS: "In progress",
            State.DONE: "Done",
            State.DROPPED: "Dropped",
            State.NOT_REQUIRED: "Not required",
        }[self]


OPEN = frozenset({State.NOT_STARTED, State.IN_PROGRESS})

# A document that was not required may be published all the same: a fact is never blocked.
ALLOWED_MOVES: dict[State, frozenset[State]] = {
    State.NOT_STARTED: frozenset({State.IN_PROGRESS, State.DONE, State.DROPPED, State.NOT_REQUIRED}),
    State.IN_PROGRESS: frozenset({State.DONE, State.DROPPED, State.NOT_REQUIRED}),
    State.DONE: frozenset({State.IN_PROGRESS}),
    State.DROPPED: frozenset({State.IN_PROGRESS}),
    State.NOT_REQUIRED: frozenset({State.IN_PROGRESS, State.DONE}),
}


def is_allowed(old: State, new: State) -> bool:
    """True where a milestone may go from `old` to `new`; the one predicate for the guard and the button."""
    return new in ALLOWED_MOVES[old]


def ensure_allowed(old: State, new: State) -> None:
    """Raises IllegalTransition, in words, where a milestone may not go from `old` to `new`."""
    if not is_allowed(old, new):
        raise IllegalTransition(f"This is {old.label.lower()}, so it cannot become {new.label.lower()}.")
