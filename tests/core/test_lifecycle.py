"""Which move a milestone may make."""

from itertools import product

import pytest

from cycle_tracker.core.errors import IllegalTransition
from cycle_tracker.core.lifecycle import OPEN, State, ensure_allowed, is_allowed

NOT_STARTED, IN_PROGRESS, DONE = State.NOT_STARTED, State.IN_PROGRESS, State.DONE
DROPPED, NOT_REQUIRED = State.DROPPED, State.NOT_REQUIRED

ALLOWED = {
    (NOT_STARTED, IN_PROGRESS),
    (NOT_STARTED, DONE),
    (NOT_STARTED, DROPPED),
    (NOT_STARTED, NOT_REQUIRED),
    (IN_PROGRESS, DONE),
    (IN_PROGRESS, DROPPED),
    (IN_PROGRESS, NOT_REQUIRED),
    (DONE, IN_PROGRESS),
    (DROPPED, IN_PROGRESS),
    (NOT_REQUIRED, IN_PROGRESS),
    (NOT_REQUIRED, DONE),  # a fact is never blocked: it was published all the same
}


@pytest.mark.parametrize(("old", "new"), list(product(State, State)))
def test_a_milestone_makes_only_these_moves(old: State, new: State) -> None:
    assert is_allowed(old, new) is ((old, new) in ALLOWED)
    if (old, new) in ALLOWED:
        ensure_allowed(old, new)
        return
    with pytest.raises(IllegalTransition) as refused:
        ensure_allowed(old, new)
    assert refused.value.message == f"This is {old.label.lower()}, so it cannot become {new.label.lower()}."


def test_a_milestone_is_open_until_somebody_ends_it() -> None:
    assert {NOT_STARTED, IN_PROGRESS} == OPEN
    assert [state.label for state in State] == ["Not started", "In progress", "Done", "Dropped", "Not required"]
