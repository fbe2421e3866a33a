"""What a policy may say, and what a planning lead may not take from those above them."""

from datetime import date

import pytest

from cycle_tracker.core.audiences import Audience, EscalationStage
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.reminders.rules.policies import (
    ACTION_POLICY,
    DOCUMENT_POLICY,
    STEP_POLICY,
    Policy,
    PolicyChange,
    Repeats,
    policy_under,
)
from cycle_tracker.reminders.rules.policy_rules import ensure_may_set, escalation_stages, group_rung_of

MONDAY, LATER = date(2026, 5, 11), date(2026, 6, 1)
NATIONAL = [DOCUMENT_POLICY, STEP_POLICY]
OWNER, LEAD, CHAIR, GROUP = Audience.OWNER, Audience.LEAD, Audience.CHAIR, Audience.GOVERNANCE


def change(**parts: object) -> PolicyChange:
    return PolicyChange(MONDAY, **parts)  # type: ignore[arg-type]


def broken(wanted: PolicyChange, without: list[Policy] = NATIONAL, *, by_a_lead: bool) -> tuple[str | None, str]:
    with pytest.raises(RuleBroken) as caught:
        ensure_may_set(wanted, without, by_a_lead=by_a_lead)
    assert caught.value.message.endswith(".")
    return caught.value.field, caught.value.message


@pytest.mark.parametrize("by_a_lead", [True, False])
@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (change(before=(181,)), "days_before"),
        (change(before=(7, 7)), "days_before"),
        (change(before=tuple(range(11))), "days_before"),
        (change(repeats=Repeats(0, 7)), "first_after"),
        (change(repeats=Repeats(29, 7)), "first_after"),
        (change(repeats=Repeats(1, 0)), "repeat_every"),
        (change(repeats=Repeats(1, 91)), "repeat_every"),
        (change(rungs=escalation_stages(1, 0, None, 14)), "lead_after"),
        (change(rungs=escalation_stages(1, 1, None, 181)), "group_after"),
        (change(rungs=escalation_stages(1, 1, 1, 14)), "chair_after"),
        (change(rungs=escalation_stages(1, 1, 14, 14)), "group_after"),
        (change(rungs=escalation_stages(1, 1, None, None)), "group_after"),
    ],
)
def test_nobody_may_set_what_makes_no_sense(wanted: PolicyChange, field: str, by_a_lead: bool) -> None:
    assert broken(wanted, by_a_lead=by_a_lead)[0] == field


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (change(repeats=Repeats(2, 7)), "first_after"),
        (change(repeats=Repeats(1, None)), "how_often"),
        (change(rungs=escalation_stages(1, 1, None, 15)), "group_after"),
    ],
)
def test_a_planning_lead_weakens_nothing_and_an_administrator_may(wanted: PolicyChange, field: str) -> None:
    assert broken(wanted, by_a_lead=True)[0] == field
    ensure_may_set(wanted, NATIONAL, by_a_lead=False)


def test_the_governance_group_never_vanishes_where_the_nation_has_it_told() -> None:
    wanted = change(rungs=(EscalationStage(1, (OWNER, LEAD)),))
    for by_a_lead in (True, False):
        assert broken(wanted, by_a_lead=by_a_lead) == (
            "group_after",
            "Enter the number of days after which we email the governance group.",
        )
    ensure_may_set(wanted, [ACTION_POLICY], by_a_lead=True)


@pytest.mark.parametrize(
    "wanted",
    [
        change(before=(60, 0)),
        change(before=(1,)),
        change(repeats=Repeats(1, 1)),
        change(repeats=Repeats(1, 28)),
        change(rungs=escalation_stages(1, 1, 7, 14)),
        change(rungs=escalation_stages(1, 2, None, 3)),
        change(),
    ],
)
def test_a_planning_lead_may_have_more_told_and_sooner(wanted: PolicyChange) -> None:
    ensure_may_set(wanted, NATIONAL, by_a_lead=True)


def test_of_several_policies_the_earliest_counts() -> None:
    assert group_rung_of([STEP_POLICY, DOCUMENT_POLICY, ACTION_POLICY]) == 14
    assert group_rung_of([ACTION_POLICY]) is None


def test_the_owner_stands_beside_the_leads_only_on_the_day_that_they_are_told_anyway() -> None:
    assert escalation_stages(1, 1, None, 14) == DOCUMENT_POLICY.rungs
    assert escalation_stages(1, 3, 7, None) == (EscalationStage(3, (LEAD,)), EscalationStage(7, (CHAIR,)))


def test_days_before_that_are_given_up_send_nothing_late() -> None:
    changes = {
        "all": PolicyChange(MONDAY, before=(30, 10)),
        "partnership:7": PolicyChange(LATER, before=()),
    }
    theirs = policy_under(changes, Kind.PLAN, Basis.STATUTE, 7)
    assert (theirs.before, theirs.before_since, theirs.place) == ((30, 10), LATER, "all")
    del changes["all"]
    theirs = policy_under(changes, Kind.PLAN, Basis.STATUTE, 7)
    assert (theirs.before, theirs.before_since, theirs.place) == (DOCUMENT_POLICY.before, LATER, "")


@pytest.mark.parametrize(
    "wanted",
    [
        change(before=tuple(range(10))),
        change(before=(180, 0)),
        change(repeats=Repeats(28, 90)),
        change(rungs=escalation_stages(1, 1, None, 180)),
    ],
)
def test_the_furthest_that_may_be_set_may_be_set(wanted: PolicyChange) -> None:
    ensure_may_set(wanted, NATIONAL, by_a_lead=False)


def test_where_the_nation_has_no_policy_a_lead_weakens_none() -> None:
    ensure_may_set(change(repeats=Repeats(28, None)), [], by_a_lead=True)


def test_a_refusal_says_what_the_national_policy_has() -> None:
    assert "1 day " in broken(change(repeats=Repeats(2, 7)), by_a_lead=True)[1]
    assert "14 days " in broken(change(rungs=escalation_stages(1, 1, None, 15)), by_a_lead=True)[1]
