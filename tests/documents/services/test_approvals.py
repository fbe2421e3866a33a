"""Decisions of lead bodies on a plan: recorded, corrected and taken back."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Agreed, Manner
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.rules.gaps import About, gaps_about
from cycle_tracker.documents.services.approvals import (
    ApprovalDetails,
    correct_approval,
    take_back_approval,
)
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, PartnershipBody
from tests.documents.services.tayside import NOW, TODAY, Tayside, approve
from tests.factories import make_user

pytestmark = pytest.mark.alike_on_both_databases


def test_taysides_plan_is_approved_by_four_lead_bodies(tayside: Tayside) -> None:
    assert [body.name for body in tayside.record.lead_bodies] == [
        "Angus Council",
        "Dundee City Council",
        "Perth and Kinross Council",
        "NHS Tayside",
    ]


def test_a_lead_records_for_their_own_body_and_on_behalf_of_the_others(tayside: Tayside) -> None:
    approve(tayside, "Dundee City")
    approve(tayside, "Angus", manner=Manner.DELEGATED, minute="")
    db.session.commit()
    assert [(one.organisation.name, one.on_behalf) for one in tayside.record.approvals] == [
        ("Dundee City Council", False),
        ("Angus Council", True),
    ]
    assert [event.after["on_behalf"] for event in tayside.events("approval-recorded")] == [False, True]
    tayside.publish()
    assert gaps_about(tayside.record.gaps, About.APPROVALS) == [
        "The minute of the approval of Angus Council is missing.",
        "The approval of Perth and Kinross Council is not recorded.",
        "The approval of NHS Tayside is not recorded.",
    ]


def test_who_led_on_the_day_of_the_document_approves_it(tayside: Tayside) -> None:
    tayside.publish()
    board = db.session.scalars(
        select(PartnershipBody).where(PartnershipBody.organisation_id == tayside.body("NHS Tayside").id)
    ).one()
    board.to_on = date(2026, 3, 31)
    db.session.add(
        PartnershipBody(
            partnership_id=tayside.partnership.id,
            organisation=Organisation(
                code="S37000099", name="Tayside IJB", kind=OrganisationKind.OTHER_SERVICE_PROVIDER
            ),
            role=BodyRole.LEAD,
            from_on=date(2026, 4, 1),
        )
    )
    db.session.commit()
    names = [body.name for body in tayside.record.lead_bodies]
    assert "NHS Tayside" not in names
    assert "Tayside IJB" in names
    assert "Tayside IJB" not in [body.name for body in tayside.record.receivers], "a lead body sends, and is not sent"


def test_a_correction_of_an_approval_keeps_what_it_was_in_the_audit(tayside: Tayside) -> None:
    approve(tayside, "Angus")
    approval = tayside.record.approvals[0]
    correct_approval(tayside.plan, approval, ApprovalDetails(Manner.NOTED), by=tayside.lead, today=TODAY, now=NOW)
    (event,) = tayside.events("approval-corrected")
    assert (event.before["manner"], event.after["manner"]) == ("approved", "noted")
    assert (event.before["approved_on"], event.after["approved_on"]) == ("2026-03-10", None)


def test_an_approval_is_taken_back_with_a_reason(tayside: Tayside) -> None:
    approve(tayside, "Angus")
    with pytest.raises(RuleBroken) as refused:
        take_back_approval(tayside.plan, tayside.record.approvals[0], " ", by=tayside.lead, now=NOW)
    assert refused.value.field == "reason"
    take_back_approval(tayside.plan, tayside.record.approvals[0], "Wrong plan", by=tayside.lead, now=NOW)
    db.session.commit()
    assert tayside.record.approvals == []
    (event,) = tayside.events("approval-taken-back")
    assert (event.before["body"], event.reason) == ("Angus Council", "Wrong plan")


def test_an_approval_is_not_made_in_the_future(tayside: Tayside) -> None:
    with pytest.raises(RuleBroken) as refused:
        approve(tayside, "Angus", approved_on=date(2026, 5, 21))
    assert refused.value.field == "approved_on"


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"manner": Manner.SUBJECT_TO_CHANGES, "signed_off_on": date(2026, 3, 9)}, "signed_off_on"),
        ({"manner": Manner.SUBJECT_TO_CHANGES, "signed_off_on": date(2026, 5, 21)}, "signed_off_on"),
        ({"manner": Manner.SUBJECT_TO_CHANGES, "sign_off_by": date(2100, 1, 1)}, "sign_off_by"),
        ({"manner": Manner.DEFERRED, "deferred_to_on": date(2026, 3, 10)}, "deferred_to_on"),
    ],
)
def test_days_of_a_decision_that_cannot_be_are_refused(tayside: Tayside, details: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        approve(tayside, "Angus", **details)
    assert refused.value.field == field


def test_what_does_not_belong_to_the_decision_is_not_kept(tayside: Tayside) -> None:
    every: dict[str, Any] = {
        "signs_off": "Chief Officer",
        "sign_off_by": date(2026, 4, 1),
        "signed_off_on": date(2026, 3, 24),
        "deferred_to": "Council",
        "deferred_to_on": date(2026, 4, 2),
        "agreed": Agreed.YES,
    }
    approve(tayside, "Angus", manner=Manner.SUBJECT_TO_CHANGES, **every)
    approval = tayside.record.approvals[0]
    assert (approval.signed_off, approval.signed_off_on, approval.deferred_to, approval.agreed) == (
        True,
        date(2026, 3, 24),
        "",
        None,
    )
    noted = ApprovalDetails(Manner.NOTED, **every)
    correct_approval(tayside.plan, approval, noted, by=tayside.lead, today=TODAY, now=NOW)
    assert (approval.signs_off, approval.signed_off, approval.agreed) == ("", False, Agreed.YES)
    assert approval.agreed_recorded_by_id == tayside.lead.id
    other = make_user("Calum Reid", role=Role.LEAD, partnership=tayside.partnership)
    correct_approval(tayside.plan, approval, noted, by=other, today=TODAY, now=NOW)
    assert (approval.recorded_by_id, approval.agreed_recorded_by_id) == (other.id, tayside.lead.id)
