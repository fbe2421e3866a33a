"""The facts of a document: approvals, corrections, copies, newer versions, and what is not required."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.errors import IllegalTransition, RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Agreed, Manner
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.periods import Period
from cycle_tracker.core.roles import Role
from cycle_tracker.cycles.services.cycles import open_cycle
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.documents.queries.document_facts import facts_of, published_and_notified
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.documents.queries.documents import list_documents
from cycle_tracker.documents.queries.publications import get_record, get_records, list_steps_opened_again
from cycle_tracker.documents.rules.documents import document_state
from cycle_tracker.documents.rules.gaps import About, gaps_about
from cycle_tracker.documents.services.approvals import (
    ApprovalDetails,
    correct_approval,
    record_approval,
    take_back_approval,
)
from cycle_tracker.documents.services.document_copies import correct_copy, record_copies_sent, take_back_copy
from cycle_tracker.documents.services.newer_versions import record_newer_version
from cycle_tracker.documents.services.not_required import mark_not_required, require_again
from cycle_tracker.documents.services.publication_corrections import PublishedAddress, correct_publication
from cycle_tracker.documents.services.publications import record_copy_to_government, record_publication
from cycle_tracker.documents.services.versions import approvals_of, known_versions
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.publication import Form, Publication, Version
from cycle_tracker.models.user import User
from tests.factories import make_user
from tests.support.days import moment
from tests.support.pages import counted_statements

pytestmark = pytest.mark.alike_on_both_databases

TODAY = date(2026, 5, 20)
NOW = moment(TODAY)
APRIL = date(2026, 4, 7)
ADDRESS = "https://www.tayside.example.org/plan"


class Tayside:
    """Tayside with its cycle of 2026–29, whose plan three councils and a health board approve."""

    def __init__(self) -> None:
        load_reference(NOW)
        self.partnership = db.session.scalars(select(Partnership).where(Partnership.slug == "tayside")).one()
        self.partnership.notify_from = date(2024, 4, 1)
        open_cycle(self.partnership, Period.named("2026-29"), entered_on=date(2024, 4, 1), by=None, now=NOW)
        self.lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=self.partnership)
        self.lead.organisation = self.body("Dundee City")

    def body(self, name: str) -> Organisation:
        """A council or a health board, by a part of its name that it shares with its integration joint board."""
        boards = Organisation.kind == OrganisationKind.INTEGRATION_JOINT_BOARD
        return db.session.scalars(select(Organisation).where(Organisation.name.contains(name), ~boards)).one()

    def find(self, key: str) -> Milestone:
        return db.session.scalars(
            select(Milestone).where(Milestone.key == f"2026-29.{key}", Milestone.partnership_id == self.partnership.id)
        ).one()

    @property
    def plan(self) -> Milestone:
        return self.find("plan-prepared")

    @property
    def record(self) -> DocumentRecord:
        return get_record(self.plan, TODAY)

    @property
    def present(self) -> Publication:
        found = self.record.publication
        assert found is not None
        return found

    def publish(self, *, on: date | None = APRIL, version: Version = Version.FINAL) -> Publication:
        return record_publication(
            self.plan,
            address=ADDRESS,
            published_on=on,
            send_to_ministers=False,
            by=self.lead,
            today=TODAY,
            now=NOW,
            version=version,
        )

    def correct(self, **changed: object) -> None:
        publication = self.record.publication
        assert publication is not None
        facts = {
            "version": publication.version,
            "published_on": publication.first_published_on,
            "newer_on": publication.newer_on,
            "places": [PublishedAddress(one.form, one.language, one.address) for one in publication.addresses],
            **changed,
        }
        correct_publication(publication, **facts, by=self.lead, today=TODAY, now=NOW)  # type: ignore[arg-type]
        db.session.commit()

    def revise(self, published_on: date = date(2026, 5, 18), reopen: list[Milestone] | None = None) -> None:
        publication = self.record.publication
        assert publication is not None
        record_newer_version(
            publication,
            address=f"{ADDRESS}-revised",
            published_on=published_on,
            reason="The review found that a priority was missing.",
            reopen=list_steps_opened_again(self.plan) if reopen is None else reopen,
            by=self.lead,
            today=TODAY,
            now=NOW,
        )
        db.session.commit()

    def state(self) -> DocumentState:
        publication, notified = published_and_notified([self.plan]).get(self.plan.id, (None, False))
        return document_state(facts_of(self.plan, publication, None, notified=notified), TODAY)

    def events(self, action: str) -> list[AuditEvent]:
        return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


@pytest.fixture
def tayside(core_app: Flask) -> Tayside:
    return Tayside()


def approve(tayside: Tayside, body: str, by: User | None = None, **details: object) -> None:
    facts = {"manner": Manner.APPROVED, "approved_on": date(2026, 3, 10), "minute": "12", **details}
    record_approval(
        tayside.plan,
        tayside.body(body),
        ApprovalDetails(**facts),  # type: ignore[arg-type]
        by=by or tayside.lead,
        today=TODAY,
        now=NOW,
    )


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


def test_what_is_beside_a_document_counts_as_a_change_of_it(tayside: Tayside) -> None:
    version = tayside.plan.version
    approve(tayside, "Angus")
    assert tayside.plan.version == version + 1


def test_a_corrected_day_moves_what_hangs_on_it_and_nothing_else(tayside: Tayside) -> None:
    tayside.publish()
    moved = tayside.find("send-to-providers")
    own_date = tayside.find("send-to-ministers")
    own_date.due_on = date(2026, 6, 1)
    db.session.commit()
    tayside.correct(published_on=date(2026, 4, 17))
    assert (tayside.plan.done_on, tayside.find("publish-plan").done_on) == (date(2026, 4, 17), date(2026, 4, 17))
    assert (moved.target_on, moved.due_on) == (date(2026, 5, 1), date(2026, 5, 1))
    assert (own_date.target_on, own_date.due_on) == (date(2026, 5, 1), date(2026, 6, 1))
    (event,) = tayside.events("publication-corrected")
    assert (event.before["published_on"], event.after["published_on"]) == ("2026-04-07", "2026-04-17")


def test_a_day_that_nobody_knows_after_all_gives_no_dates(tayside: Tayside) -> None:
    tayside.publish()
    tayside.correct(published_on=None)
    assert tayside.plan.state is State.DONE
    assert tayside.plan.done_on is None
    assert tayside.find("send-to-providers").due_on is None
    tayside.correct(published_on=APRIL)
    assert tayside.find("send-to-providers").due_on == date(2026, 4, 21)


def test_addresses_are_set_by_form_and_language(tayside: Tayside) -> None:
    publication = tayside.publish()
    tayside.correct(
        places=[
            PublishedAddress(Form.FULL, "gd", f"{ADDRESS}-gd"),
            PublishedAddress(Form.FULL, "en", f"{ADDRESS}-2"),
            PublishedAddress(Form.CHILD, "en", f"{ADDRESS}-child"),
        ]
    )
    assert {(one.form, one.language): one.address for one in publication.addresses} == {
        (Form.FULL, "en"): f"{ADDRESS}-2",
        (Form.FULL, "gd"): f"{ADDRESS}-gd",
        (Form.CHILD, "en"): f"{ADDRESS}-child",
    }
    tayside.correct(places=[PublishedAddress(Form.CHILD, "en", f"{ADDRESS}-child")])
    assert "The web address of the full document is not recorded." in gaps_about(tayside.record.gaps, About.PUBLICATION)
    with pytest.raises(RuleBroken, match="one address for each format and language"):
        tayside.correct(
            places=[
                PublishedAddress(Form.FULL, "en", "https://a.example"),
                PublishedAddress(Form.FULL, "en", "https://b.example"),
            ]
        )


def test_a_draft_is_published_and_the_plan_is_still_to_come(tayside: Tayside) -> None:
    tayside.publish(on=date(2026, 1, 12), version=Version.DRAFT)
    db.session.commit()
    assert tayside.plan.is_open
    assert tayside.state() is DocumentState.PAST_GUIDANCE_DATE
    assert [one.key for one in list_documents(TODAY) if not one.published] == ["2026-29.plan-prepared"]
    with pytest.raises(RuleBroken, match="Only a draft"):
        record_copy_to_government(tayside.record.publication, sent_on=TODAY, by=tayside.lead, now=NOW)  # type: ignore[arg-type]
    db.session.rollback()
    tayside.publish()
    db.session.commit()
    assert tayside.state() is DocumentState.PUBLISHED_COPY_NOT_SENT
    (event,) = tayside.events("draft-replaced")
    assert event.before["published_on"] == "2026-01-12"
    assert [(one.version, one.is_present) for one in known_versions(tayside.plan)] == [
        (Version.DRAFT, False),
        (Version.FINAL, True),
    ]


def test_what_proves_to_be_a_draft_opens_the_plan_again(tayside: Tayside) -> None:
    tayside.publish()
    tayside.correct(version=Version.DRAFT)
    assert (tayside.plan.state, tayside.plan.done_on) == (State.IN_PROGRESS, None)
    assert tayside.find("publish-plan").is_open
    assert tayside.find("send-to-providers").due_on is None
    tayside.correct(version=Version.FINAL)
    assert (tayside.plan.state, tayside.plan.done_on) == (State.DONE, APRIL)
    assert tayside.find("publish-plan").state is State.DONE


def test_copies_of_a_plan_go_to_ministers_and_each_other_service_provider(tayside: Tayside) -> None:
    publication = tayside.publish()
    assert [body.name for body in tayside.record.receivers] == [
        "Scottish Government",
        "Chief Constable of the Police Service of Scotland (Police Scotland)",
        "Scottish Fire and Rescue Service",
        "Principal Reporter (Scottish Children's Reporter Administration)",
        "National Convener of Children's Hearings Scotland",
        "Scottish Courts and Tribunals Service",
        "Angus Integration Joint Board",
        "Dundee City Integration Joint Board",
        "Perth and Kinross Integration Joint Board",
    ]
    report = get_record(tayside.find("annual-report-1"), TODAY)
    assert [body.name for body in report.receivers] == ["Scottish Government"]
    record_copies_sent(
        publication, tayside.record.receivers, sent_on=date(2026, 4, 9), by=tayside.lead, today=TODAY, now=NOW
    )
    db.session.commit()
    assert db.session.scalars(select(Message)).all() == [], "it was sent already"
    assert tayside.find("send-to-ministers").done_on == date(2026, 4, 9)
    assert gaps_about(tayside.record.gaps, About.COPIES)[1] == (
        "No receipt from Chief Constable of the Police Service of Scotland (Police Scotland) is recorded."
    )
    with pytest.raises(RuleBroken, match="already recorded"):
        record_copies_sent(publication, tayside.record.receivers, sent_on=None, by=tayside.lead, today=TODAY, now=NOW)


def test_a_receipt_by_letter_and_a_corrected_day(tayside: Tayside) -> None:
    publication = tayside.publish()
    record_copies_sent(
        publication, tayside.record.receivers[:2], sent_on=date(2026, 4, 9), by=tayside.lead, today=TODAY, now=NOW
    )
    other = make_user("Calum Reid", role=Role.LEAD, partnership=tayside.partnership)
    government = tayside.record.copy_to(tayside.record.receivers[0].id)
    assert government is not None
    with pytest.raises(RuleBroken) as refused:
        correct_copy(
            publication.milestone,
            government,
            sent_on=date(2026, 4, 9),
            received_on=date(2026, 4, 8),
            by=other,
            today=TODAY,
            now=NOW,
        )
    assert refused.value.field == "received_on"
    correct_copy(
        publication.milestone,
        government,
        sent_on=date(2026, 4, 10),
        received_on=date(2026, 4, 14),
        by=other,
        today=TODAY,
        now=NOW,
    )
    assert (government.sent_recorded_by_id, government.received_recorded_by_id) == (other.id, other.id)
    assert tayside.find("send-to-ministers").done_on == date(2026, 4, 10)


def test_a_copy_is_received_on_the_day_it_was_sent_or_on_a_day_that_nobody_knows_after_all(tayside: Tayside) -> None:
    publication = tayside.publish()
    record_copies_sent(publication, tayside.record.receivers[:1], sent_on=APRIL, by=tayside.lead, today=TODAY, now=NOW)
    (copy,) = publication.copies
    for received_on, by_id in ((APRIL, tayside.lead.id), (None, None)):
        correct_copy(
            publication.milestone, copy, sent_on=APRIL, received_on=received_on, by=tayside.lead, today=TODAY, now=NOW
        )
        assert (copy.received_on, copy.received_recorded_by_id) == (received_on, by_id)


def test_a_copy_that_was_not_sent_is_taken_back_and_its_step_opened(tayside: Tayside) -> None:
    publication = tayside.publish()
    record_copies_sent(publication, tayside.record.receivers[:1], sent_on=APRIL, by=tayside.lead, today=TODAY, now=NOW)
    take_back_copy(publication.milestone, publication.copies[0], "It lay in the outbox", by=tayside.lead, now=NOW)
    db.session.commit()
    assert publication.copies == []
    assert tayside.find("send-to-ministers").is_open
    assert tayside.state() is DocumentState.PUBLISHED_COPY_NOT_SENT


def test_a_revised_plan_keeps_the_old_facts_and_opens_its_steps_again(tayside: Tayside) -> None:
    publication = tayside.publish()
    approve(tayside, "Angus")
    approve(tayside, "Dundee City", approved_on=date(2026, 5, 12))
    record_copies_sent(publication, tayside.record.receivers, sent_on=APRIL, by=tayside.lead, today=TODAY, now=NOW)
    for step in list_steps_opened_again(tayside.plan):
        step.state, step.done_on = State.DONE, step.done_on or APRIL
    db.session.commit()
    tayside.revise()
    newer = tayside.present
    assert (newer.version, newer.first_published_on, newer.newer_on, newer.published_on) == (
        Version.REVISED,
        APRIL,
        date(2026, 5, 18),
        date(2026, 5, 18),
    )
    assert [one.address for one in newer.addresses] == [f"{ADDRESS}-revised"]
    assert newer.copies == []
    assert [one.organisation.name for one in tayside.record.approvals] == ["Dundee City Council"]
    assert (tayside.plan.state, tayside.plan.done_on) == (State.DONE, APRIL), "done on the day of the first version"
    assert tayside.state() is DocumentState.PUBLISHED_COPY_NOT_SENT
    (event,) = tayside.events("newer-version-published")
    assert event.before["addresses"] == [{"form": "full", "language": "en", "address": ADDRESS}]
    assert event.before["approvals"][0]["body"] == "Angus Council"
    assert len(event.before["copies"]) == 9
    assert (publication.version, publication.published_on, publication.is_present) == (Version.FINAL, APRIL, False)
    assert [one.address for one in publication.addresses] == [ADDRESS]
    assert len(publication.copies) == 9
    assert [one.organisation.name for one in approvals_of(tayside.plan, publication)] == ["Angus Council"]
    steps = {
        step.key.removeprefix("2026-29."): (step.state, step.due_on) for step in list_steps_opened_again(tayside.plan)
    }
    assert steps == {
        "invite-bodies": (State.IN_PROGRESS, None),
        "consultation-opening": (State.IN_PROGRESS, None),
        "consultation-closing": (State.IN_PROGRESS, None),
        "approvals": (State.IN_PROGRESS, None),
        "send-to-ministers": (State.IN_PROGRESS, date(2026, 6, 1)),
        "send-to-providers": (State.IN_PROGRESS, date(2026, 6, 1)),
        "publish-plan": (State.DONE, date(2026, 6, 15)),
    }


def test_only_the_steps_that_were_ticked_are_opened(tayside: Tayside) -> None:
    tayside.publish()
    closed = tayside.find("consultation-closing")
    closed.state, closed.done_on = State.DONE, APRIL
    tayside.revise(reopen=[])
    assert closed.state is State.DONE


def test_an_interim_plan_comes_before_the_final_one(tayside: Tayside) -> None:
    tayside.publish(version=Version.INTERIM)
    assert "An interim version is published. The final version is not published yet." in gaps_about(
        tayside.record.gaps, About.PUBLICATION
    )
    assert tayside.plan.is_open, "an interim plan is not the plan"
    tayside.revise(reopen=[])
    assert [(one.version, one.published_on, one.newer_on) for one in known_versions(tayside.plan)] == [
        (Version.INTERIM, APRIL, None),
        (Version.FINAL, date(2026, 5, 18), None),
    ]
    assert (tayside.plan.state, tayside.plan.done_on) == (State.DONE, date(2026, 5, 18))


def test_a_plan_that_started_late_is_recorded_as_it_was(tayside: Tayside) -> None:
    """In 2020 the law let areas publish a plan for 2021–23 in place of one for 2020–23."""
    open_cycle(tayside.partnership, Period.named("2020-23"), entered_on=TODAY, by=None, now=NOW)
    plan = db.session.scalars(select(Milestone).where(Milestone.key == "2020-23.plan-prepared")).one()
    record_publication(
        plan,
        address=ADDRESS,
        published_on=date(2021, 4, 1),
        send_to_ministers=False,
        by=tayside.lead,
        today=TODAY,
        now=NOW,
    )
    db.session.commit()
    assert (plan.done_on, plan.target_on) == (date(2021, 4, 1), date(2020, 4, 1))
    sending = db.session.scalars(select(Milestone).where(Milestone.key == "2020-23.send-to-providers")).one()
    assert sending.due_on == date(2021, 4, 15)
    assert [gap.about for gap in get_record(plan, TODAY).gaps] == [], "it fell due before the partnership joined"


def test_a_document_that_is_not_required_stays_and_is_told_of_no_more(tayside: Tayside) -> None:
    official = make_user("Una Ross", role=Role.OFFICIAL)
    mark_not_required(tayside.plan, "Another plan took its place.", by=official, now=NOW)
    db.session.commit()
    assert tayside.state() is DocumentState.NOT_REQUIRED
    assert (tayside.plan.reason, tayside.plan.next_notice_on) == ("Another plan took its place.", None)
    with pytest.raises(IllegalTransition):
        mark_not_required(tayside.plan, "Again", by=official, now=NOW)
    require_again(tayside.plan, "The other plan was withdrawn.", by=official, now=NOW)
    db.session.commit()
    assert tayside.plan.is_open
    assert tayside.plan.reason == ""
    assert tayside.plan.next_notice_on is not None
    assert db.session.scalars(select(Notice)).all() == []


def test_only_a_document_can_be_not_required_and_only_with_a_reason(tayside: Tayside) -> None:
    official = make_user("Una Ross", role=Role.OFFICIAL)
    with pytest.raises(RuleBroken):
        mark_not_required(tayside.find("approvals"), "Reason", by=official, now=NOW)
    with pytest.raises(RuleBroken) as refused:
        mark_not_required(tayside.plan, "  ", by=official, now=NOW)
    assert refused.value.field == "reason"
    with pytest.raises(IllegalTransition):
        require_again(tayside.plan, "Reason", by=official, now=NOW)


def test_many_records_take_as_many_statements_as_few(tayside: Tayside) -> None:
    tayside.publish()
    documents = [tayside.plan, *(tayside.find(f"annual-report-{number}") for number in (1, 2, 3))]
    db.session.commit()
    _ = tayside.partnership.notify_from, [one.partnership_id for one in documents]
    counts = []
    for some in (documents[:1], documents):
        with counted_statements() as statements:
            get_records(some, TODAY)
        counts.append(len(statements))
    assert counts[0] == counts[1] == 3
