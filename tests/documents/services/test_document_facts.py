"""The facts of a document: corrections, drafts, copies and receipts."""

from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.periods import Period
from cycle_tracker.core.roles import Role
from cycle_tracker.cycles.services.cycles import open_cycle
from cycle_tracker.documents.queries.documents import list_documents
from cycle_tracker.documents.queries.publications import get_record, get_records
from cycle_tracker.documents.rules.gaps import About, gaps_about
from cycle_tracker.documents.services.document_copies import correct_copy, record_copies_sent, take_back_copy
from cycle_tracker.documents.services.publications import (
    PublishedAddress,
    record_copy_to_government,
    record_publication,
)
from cycle_tracker.documents.services.versions import known_versions
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Form, Version
from tests.documents.services.tayside import ADDRESS, APRIL, NOW, TODAY, Tayside, approve
from tests.factories import make_user
from tests.support.pages import counted_statements

pytestmark = pytest.mark.alike_on_both_databases


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
