"""When a plan is prepared: on the days of its approvals, by hand, or with its publication."""

from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Agreed, Manner, PreparedFrom
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.services.approvals import (
    ApprovalDetails,
    correct_approval,
    record_preparation,
    take_back_approval,
    undo_preparation,
)
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.partnership import BodyRole, PartnershipBody
from cycle_tracker.organisations.services.parts import add_body, end_body
from tests.documents.services.moray import BOARD_AGREED, COUNCIL_AGREED, NOW, PUBLISHED, STEPS, TODAY, Moray, revise

pytestmark = pytest.mark.alike_on_both_databases


def test_a_plan_is_prepared_sent_and_published_on_days_of_their_own(moray: Moray) -> None:
    moray.approve("NHS Grampian", BOARD_AGREED)
    assert (moray.prepared(), moray.plan.is_open, moray.due("send-to-ministers")) == (None, True, None)
    assert (moray.find("approvals").fact_count, moray.find("approvals").fact_total) == (1, 2)
    moray.approve("Moray Council", COUNCIL_AGREED)
    assert moray.prepared() == (COUNCIL_AGREED, PreparedFrom.APPROVALS)
    assert moray.done("plan-prepared", *STEPS) == {"plan-prepared": COUNCIL_AGREED, "approvals": COUNCIL_AGREED}
    assert (moray.due("send-to-ministers"), moray.due("publish-plan")) == (date(2026, 4, 16), date(2026, 4, 30))
    assert moray.state() is DocumentState.PREPARED_NOT_PUBLISHED
    moray.publish()
    assert moray.done(*STEPS) == {"approvals": COUNCIL_AGREED, "publish-plan": PUBLISHED}
    assert moray.prepared() == (COUNCIL_AGREED, PreparedFrom.APPROVALS), "publication says nothing of that"
    assert moray.state() is DocumentState.PUBLISHED_COPY_NOT_SENT
    moray.send([moray.record.receivers[0]], date(2026, 4, 28))
    assert moray.done("send-to-ministers") == {"send-to-ministers": date(2026, 4, 28)}
    assert moray.state() is DocumentState.COMPLETE


def test_published_with_approvals_missing_it_counts_as_prepared_on_that_day_until_they_are_there(moray: Moray) -> None:
    moray.approve("NHS Grampian", BOARD_AGREED)
    moray.publish()
    assert moray.prepared() == (PUBLISHED, PreparedFrom.PUBLICATION)
    assert moray.done("plan-prepared", *STEPS) == {"plan-prepared": PUBLISHED, "publish-plan": PUBLISHED}
    assert moray.due("send-to-providers") == date(2026, 5, 8)
    moray.approve("Moray Council", COUNCIL_AGREED)
    assert moray.prepared() == (COUNCIL_AGREED, PreparedFrom.APPROVALS)
    assert moray.done("plan-prepared", "approvals") == {"plan-prepared": COUNCIL_AGREED, "approvals": COUNCIL_AGREED}
    assert moray.due("send-to-providers") == date(2026, 4, 16)


def test_an_approval_without_a_day_makes_the_plan_prepared_and_gives_no_dates(moray: Moray) -> None:
    moray.approve("NHS Grampian", None)
    moray.approve("Moray Council", COUNCIL_AGREED)
    assert moray.prepared() == (None, PreparedFrom.APPROVALS)
    assert (moray.plan.state, moray.plan.done_on) == (State.DONE, None)
    assert (moray.due("send-to-ministers"), moray.due("publish-plan")) == (None, None)


def test_changes_that_are_to_be_signed_off_and_a_plan_that_was_only_noted_prepare_nothing(moray: Moray) -> None:
    moray.approve("Moray Council", BOARD_AGREED, Manner.SUBJECT_TO_CHANGES)
    moray.approve("NHS Grampian", BOARD_AGREED, Manner.NOTED)
    assert moray.prepared() is None
    first, second = sorted(moray.record.approvals, key=lambda one: one.id)
    signed_off = ApprovalDetails(Manner.SUBJECT_TO_CHANGES, approved_on=BOARD_AGREED, signed_off_on=COUNCIL_AGREED)
    correct_approval(moray.plan, first, signed_off, by=moray.lead, today=TODAY, now=NOW)
    assert moray.prepared() is None
    noted = ApprovalDetails(Manner.NOTED, approved_on=BOARD_AGREED, agreed=Agreed.YES)
    correct_approval(moray.plan, second, noted, by=moray.lead, today=TODAY, now=NOW)
    assert moray.prepared() == (COUNCIL_AGREED, PreparedFrom.APPROVALS)


def test_an_approval_that_is_taken_back_opens_again_what_it_had_closed(moray: Moray) -> None:
    moray.approve_all()
    take_back_approval(moray.plan, moray.record.approvals[0], "It was the annual report.", by=moray.lead, now=NOW)
    db.session.commit()
    assert (moray.prepared(), moray.plan.state) == (None, State.IN_PROGRESS)
    assert moray.find("approvals").is_open
    assert moray.due("send-to-ministers") is None
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "reopened").order_by(AuditEvent.id)).all()
    assert {event.reason for event in events} == {"It was the annual report."}
    assert moray.plan.next_notice_on is not None


def test_a_day_recorded_by_hand_wins_and_is_undone_with_a_reason(moray: Moray) -> None:
    moray.approve_all()
    day = date(2026, 4, 1)
    record_preparation(moray.plan, day, by=moray.lead, today=TODAY, now=NOW)
    assert moray.prepared() == (day, PreparedFrom.BY_HAND)
    assert moray.done("plan-prepared", "approvals") == {"plan-prepared": day, "approvals": day}
    assert moray.due("publish-plan") == date(2026, 4, 29)
    with pytest.raises(RuleBroken) as refused:
        undo_preparation(moray.plan, " ", by=moray.lead, now=NOW)
    assert refused.value.field == "reason"
    undo_preparation(moray.plan, "A slip.", by=moray.lead, now=NOW)
    assert moray.prepared() == (COUNCIL_AGREED, PreparedFrom.APPROVALS)
    with pytest.raises(RuleBroken, match="nothing to undo"):
        undo_preparation(moray.plan, "Again.", by=moray.lead, now=NOW)


def test_a_day_by_hand_is_possible_and_of_a_plan(moray: Moray) -> None:
    for document, day in ((moray.plan, date(2026, 5, 21)), (moray.find("annual-report-1"), TODAY)):
        with pytest.raises(RuleBroken):
            record_preparation(document, day, by=moray.lead, today=TODAY, now=NOW)
    assert moray.prepared() is None


def test_a_revised_plan_was_prepared_when_it_was_and_is_agreed_to_again(moray: Moray) -> None:
    moray.approve_all()
    publication = moray.publish()
    revise(moray, publication, ("approvals",))
    assert moray.record.approvals == []
    assert moray.prepared() == (COUNCIL_AGREED, PreparedFrom.APPROVALS)
    assert moray.plan.done_on == COUNCIL_AGREED
    assert moray.find("approvals").is_open
    for body in ("Moray Council", "NHS Grampian"):
        moray.approve(body, date(2026, 5, 12))
    assert moray.prepared() == (COUNCIL_AGREED, PreparedFrom.APPROVALS)
    assert moray.done("approvals") == {"approvals": date(2026, 5, 12)}


def test_a_change_of_who_leads_is_a_change_of_who_must_have_agreed(moray: Moray) -> None:
    moray.approve("Moray Council", COUNCIL_AGREED)
    part = db.session.scalars(
        select(PartnershipBody)
        .where(PartnershipBody.organisation_id == moray.body("NHS Grampian").id)
        .limit(1)
        .where(PartnershipBody.partnership_id == moray.partnership.id)
    ).one()
    end_body(part, date(2026, 4, 9), by=moray.lead, now=NOW)
    assert moray.prepared() == (date(2026, 4, 10), PreparedFrom.APPROVALS)
    add_body(moray.partnership, moray.body("Fife Council"), BodyRole.LEAD, date(2026, 4, 10), by=moray.lead, now=NOW)
    assert (moray.prepared(), moray.plan.is_open) == (None, True)


def test_who_led_on_the_day_by_hand_is_who_the_counts_are_of(moray: Moray) -> None:
    """The step says so after the change itself, and not only after the next one."""
    add_body(moray.partnership, moray.body("Fife Council"), BodyRole.LEAD, date(2026, 5, 1), by=moray.lead, now=NOW)
    record_preparation(moray.plan, TODAY, by=moray.lead, today=TODAY, now=NOW)
    assert moray.find("approvals").fact_total == 3
    record_preparation(moray.plan, COUNCIL_AGREED, by=moray.lead, today=TODAY, now=NOW)
    assert moray.find("approvals").fact_total == 2


def test_undoing_a_day_by_hand_counts_as_a_change_of_the_plan(moray: Moray) -> None:
    record_preparation(moray.plan, COUNCIL_AGREED, by=moray.lead, today=TODAY, now=NOW)
    moray.publish()
    moray.approve_all()
    before = moray.plan.version
    undo_preparation(moray.plan, "A wrong minute.", by=moray.lead, now=NOW)
    db.session.commit()
    assert moray.plan.version > before


def test_a_revised_plan_was_prepared_on_the_day_by_hand_or_of_its_publication_all_the_same(moray: Moray) -> None:
    publication = moray.publish()
    revise(moray, publication)
    for body in ("Moray Council", "NHS Grampian"):
        moray.approve(body, date(2026, 3, 12))
    assert moray.prepared() == (PUBLISHED, PreparedFrom.PUBLICATION), "its own approvals say nothing of the first"
    record_preparation(moray.plan, COUNCIL_AGREED, by=moray.lead, today=TODAY, now=NOW)
    assert moray.prepared() == (COUNCIL_AGREED, PreparedFrom.BY_HAND)


def test_approvals_without_a_day_count_for_a_plan_that_is_far_ahead(moray: Moray) -> None:
    moray.plan.target_on = date(2029, 4, 1)
    moray.approve("Moray Council", None)
    moray.approve("NHS Grampian", None)
    assert moray.prepared() == (None, PreparedFrom.APPROVALS)
