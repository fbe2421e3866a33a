"""Whether a lead body agreed to a document, and when, for every decision that can be recorded."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle_tracker.core.kinds import Agreed, Manner
from cycle_tracker.documents.rules.agreement import Agreement, Outcome, agreement_of, why_not_agreed

DECIDED, SIGNED_OFF = date(2026, 3, 10), date(2026, 3, 24)
DAYS = st.none() | st.dates(date(2025, 1, 1), date(2026, 12, 31))
OUTCOMES = st.builds(
    Outcome,
    manner=st.sampled_from(Manner),
    decided_on=DAYS,
    signed_off=st.booleans(),
    signed_off_on=DAYS,
    agreed=st.none() | st.sampled_from(Agreed),
)


@pytest.mark.parametrize("manner", [Manner.APPROVED, Manner.DELEGATED, Manner.CHAIRS_ACTION])
def test_an_approval_agrees_on_its_day_which_may_be_unknown(manner: Manner) -> None:
    assert agreement_of(Outcome(manner, DECIDED)) == Agreement(DECIDED)
    assert agreement_of(Outcome(manner)) == Agreement(None)


def test_an_approval_subject_to_changes_agrees_once_they_are_signed_off() -> None:
    open_changes = Outcome(Manner.SUBJECT_TO_CHANGES, DECIDED)
    assert agreement_of(open_changes) is None
    assert why_not_agreed(open_changes, "Angus Council", is_plan=True) == (
        "The changes that Angus Council asked for are not signed off yet."
    )
    assert agreement_of(Outcome(Manner.SUBJECT_TO_CHANGES, DECIDED, True, SIGNED_OFF)) == Agreement(SIGNED_OFF)
    assert agreement_of(Outcome(Manner.SUBJECT_TO_CHANGES, DECIDED, True)) == Agreement(None)


@pytest.mark.parametrize(
    ("agreed", "words"),
    [
        (None, "NHS Tayside noted the plan. It is not recorded whether it agreed to the plan."),
        (Agreed.NOT_KNOWN, "NHS Tayside noted the plan. It is not recorded whether it agreed to the plan."),
        (Agreed.NO, "NHS Tayside noted the plan and did not agree to it."),
    ],
)
def test_a_noted_plan_is_agreed_only_where_someone_recorded_that_it_was(agreed: Agreed | None, words: str) -> None:
    noted = Outcome(Manner.NOTED, DECIDED, agreed=agreed)
    assert agreement_of(noted) is None
    assert why_not_agreed(noted, "NHS Tayside", is_plan=True) == words
    assert why_not_agreed(noted, "NHS Tayside", is_plan=False) == ""
    assert agreement_of(Outcome(Manner.NOTED, DECIDED, agreed=Agreed.YES)) == Agreement(DECIDED)


@pytest.mark.parametrize(
    ("manner", "words"),
    [
        (Manner.DEFERRED, "Angus Council has deferred its decision."),
        (Manner.NOT_AGREED, "Angus Council has not agreed to this."),
    ],
)
def test_what_was_deferred_or_refused_is_no_agreement(manner: Manner, words: str) -> None:
    assert agreement_of(Outcome(manner, DECIDED, agreed=Agreed.YES)) is None
    assert why_not_agreed(Outcome(manner, DECIDED), "Angus Council", is_plan=False) == words


@given(OUTCOMES)
def test_a_plan_is_agreed_or_the_page_says_why_not(outcome: Outcome) -> None:
    assert (agreement_of(outcome) is None) == bool(why_not_agreed(outcome, "Angus Council", is_plan=True))


@given(OUTCOMES)
def test_the_day_of_an_agreement_is_a_day_that_was_recorded(outcome: Outcome) -> None:
    agreement = agreement_of(outcome)
    if agreement is not None and agreement.on is not None:
        assert agreement.on in {outcome.decided_on, outcome.signed_off_on}
