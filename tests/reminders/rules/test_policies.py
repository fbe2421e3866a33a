"""The default policies, and what changes them."""

from dataclasses import replace
from datetime import date

import pytest

from cycle_tracker.core.audiences import Audience, EscalationStage
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.reminders.rules.policies import Gaps, Policy, PolicyChange, Repeats, policy_for, policy_under

OWNER, LEAD, GOVERNANCE = Audience.OWNER, Audience.LEAD, Audience.GOVERNANCE

RARER = Gaps(7, until=57, later=28)
DOCUMENT = Policy((28, 14, 7, 1, 0), 1, RARER, (EscalationStage(1, (OWNER, LEAD)), EscalationStage(14, (GOVERNANCE,))))
STATUTORY = Policy((14, 3, 0), 1, RARER, (EscalationStage(1, (OWNER, LEAD)), EscalationStage(14, (GOVERNANCE,))))
STEP = Policy(
    (14, 3, 0), 1, RARER, (EscalationStage(1, (OWNER, LEAD)), EscalationStage(28, (GOVERNANCE,), by_email=False))
)
ACTION = Policy((14,), 1, None, (EscalationStage(1, (OWNER,)), EscalationStage(14, (LEAD,))))


@pytest.mark.parametrize("basis", Basis)
def test_documents_and_consultations_have_one_policy_whatever_they_rest_on(basis: Basis) -> None:
    for kind in (Kind.PLAN, Kind.CONSULTATION):
        assert policy_for(kind, basis) == DOCUMENT
    assert policy_for(Kind.ANNUAL_REPORT, basis) == replace(DOCUMENT, opens=True)


def test_days_before_that_a_place_chose_are_all_that_there_is_before_the_date() -> None:
    monday = date(2026, 5, 11)
    chosen = policy_under({"all": PolicyChange(monday, before=(7,))}, Kind.ANNUAL_REPORT, Basis.STATUTE, 7)
    given_up = policy_under({"all": PolicyChange(monday, before=())}, Kind.ANNUAL_REPORT, Basis.STATUTE, 7)
    assert (chosen.before, chosen.opens) == ((7,), False)
    assert (given_up.before, given_up.opens, given_up.before_since) == (DOCUMENT.before, True, monday)


@pytest.mark.parametrize("basis", Basis)
def test_actions_and_requests_are_told_once_before_and_once_after(basis: Basis) -> None:
    for kind in (Kind.ACTION, Kind.REQUEST):
        assert policy_for(kind, basis) == ACTION


@pytest.mark.parametrize("kind", [Kind.STEP, Kind.REVIEW, Kind.ALIGNED_REPORT, Kind.SUB_TASK])
@pytest.mark.parametrize("basis", Basis)
def test_a_statutory_duty_goes_to_the_group_after_14_days_and_any_other_after_28(kind: Kind, basis: Basis) -> None:
    assert policy_for(kind, basis) == (STATUTORY if basis is Basis.STATUTE else STEP)


def test_no_rung_goes_further_than_the_governance_group() -> None:
    policies = [policy_for(kind, basis) for kind in Kind for basis in Basis]
    notified = {audience for policy in policies for rung in policy.rungs for audience in rung.audiences}
    assert notified == {OWNER, LEAD, GOVERNANCE}


def test_the_most_particular_place_wins_part_by_part() -> None:
    monday = date(2026, 5, 11)
    changes = {
        "all": PolicyChange(monday, before=(30,), repeats=Repeats(2, 5)),
        "kind:step": PolicyChange(monday, before=(20,)),
        "partnership:7": PolicyChange(monday, rungs=(EscalationStage(10, (Audience.CHAIR,)),)),
        "partnership:7/kind:step": PolicyChange(monday, repeats=Repeats(3, None)),
    }

    theirs = policy_under(changes, Kind.STEP, Basis.LOCAL, 7)
    others = policy_under(changes, Kind.STEP, Basis.LOCAL, 8)
    documents = policy_under(changes, Kind.PLAN, Basis.STATUTE, 7)

    assert theirs == Policy(
        (20,), 3, None, (EscalationStage(10, (Audience.CHAIR,)),), "partnership:7/kind:step", monday
    )
    assert others == Policy((20,), 2, Gaps(5), STEP.rungs, "kind:step", monday)
    assert documents == Policy((30,), 2, Gaps(5), (EscalationStage(10, (Audience.CHAIR,)),), "partnership:7", monday)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("basis", Basis)
def test_without_changes_the_default_holds(kind: Kind, basis: Basis) -> None:
    assert policy_under({}, kind, basis, 7) == policy_for(kind, basis)


def test_repeats_are_weekly_for_eight_weeks_and_then_every_four() -> None:
    days, told = 1, []
    while days < 200:
        told.append(days)
        days = RARER.after(days)
    assert told == [1, 8, 15, 22, 29, 36, 43, 50, 57, 85, 113, 141, 169, 197]
    assert (RARER.longest, Gaps(7).longest) == (28, 7)


def test_repeats_that_a_place_chose_keep_their_gap_for_good() -> None:
    chosen = {"partnership:7": PolicyChange(date(2026, 5, 11), repeats=Repeats(1, 7))}
    theirs = policy_under(chosen, Kind.PLAN, Basis.STATUTE, 7).repeat_every
    assert theirs is not None
    assert [theirs.after(days) for days in (50, 57, 64)] == [57, 64, 71]
