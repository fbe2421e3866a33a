"""What a milestone says to an answer from a list."""

from itertools import product

import pytest

from cycle_tracker.core.kinds import DOCUMENTS, Fact, Kind
from cycle_tracker.core.lifecycle import OPEN, State, is_allowed
from cycle_tracker.overview.rules.listing import ListedStates
from cycle_tracker.overview.rules.replies import Answer, hindrance


@pytest.mark.parametrize(("kind", "state", "answer"), list(product(Kind, State, Answer)))
def test_an_answer_is_taken_where_the_life_of_a_milestone_allows_it(kind: Kind, state: State, answer: Answer) -> None:
    allowed = {
        Answer.BEGUN: state is State.NOT_STARTED,
        Answer.DONE: state in OPEN and is_allowed(state, State.DONE) and kind not in DOCUMENTS,
        Answer.ON_TRACK: state in OPEN,
    }[answer]
    words = hindrance(kind, state, answer)
    assert (words == "") is allowed
    assert not words or words.endswith(".")


@pytest.mark.parametrize("fact", list(Fact))
def test_what_a_record_completes_is_not_done_by_an_answer(fact: Fact) -> None:
    words = hindrance(Kind.STEP, State.IN_PROGRESS, Answer.DONE, fact=fact)
    assert words == "This is marked as done when its record on the page of the plan or report is complete."
    assert hindrance(Kind.STEP, State.NOT_STARTED, Answer.BEGUN, fact=fact) == ""
    assert hindrance(Kind.STEP, State.NOT_STARTED, Answer.ON_TRACK, fact=fact) == ""


def test_every_state_can_be_asked_for_by_its_own_word() -> None:
    assert {one.states for one in ListedStates if one is not ListedStates.OPEN} == {
        frozenset({state}) for state in State
    }
    assert ListedStates.OPEN.states == OPEN
