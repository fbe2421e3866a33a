"""The default policies."""

import pytest

from cycle_tracker.domain.kinds import Basis, Kind
from cycle_tracker.domain.policies import Audience, Policy, Rung, policy_for

OWNER, LEAD, GOVERNANCE = Audience.OWNER, Audience.LEAD, Audience.GOVERNANCE

DOCUMENT = Policy((28, 14, 7, 1, 0), 1, 7, (Rung(1, (OWNER, LEAD)), Rung(14, (GOVERNANCE,))))
STATUTORY = Policy((14, 3, 0), 1, 7, (Rung(1, (OWNER, LEAD)), Rung(14, (GOVERNANCE,))))
STEP = Policy((14, 3, 0), 1, 7, (Rung(1, (OWNER, LEAD)), Rung(28, (GOVERNANCE,))))
ACTION = Policy((14,), 1, None, (Rung(1, (OWNER,)), Rung(14, (LEAD,))))


@pytest.mark.parametrize("basis", Basis)
def test_documents_and_consultations_have_one_policy_whatever_they_rest_on(basis: Basis) -> None:
    for kind in (Kind.PLAN, Kind.ANNUAL_REPORT, Kind.CONSULTATION):
        assert policy_for(kind, basis) == DOCUMENT


@pytest.mark.parametrize("basis", Basis)
def test_actions_and_requests_are_told_once_before_and_once_after(basis: Basis) -> None:
    for kind in (Kind.ACTION, Kind.REQUEST):
        assert policy_for(kind, basis) == ACTION


@pytest.mark.parametrize("kind", [Kind.STEP, Kind.REVIEW, Kind.ALIGNED_REPORT, Kind.SUB_TASK])
@pytest.mark.parametrize("basis", Basis)
def test_a_statutory_duty_goes_to_the_group_after_14_days_and_any_other_after_28(kind: Kind, basis: Basis) -> None:
    assert policy_for(kind, basis) == (STATUTORY if basis is Basis.STATUTE else STEP)


def test_no_rung_mails_an_official() -> None:
    assert {audience.value for audience in Audience} == {"owner", "lead", "governance-group"}
