"""Copies of a plan that was sent before it was published: two acts, in either order (2014 Act, section 10(7))."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.errors import ChangedMeanwhile, RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.queries.copies import waiting_copies_of
from cycle_tracker.documents.queries.receipts import list_government_copies, list_to_receive
from cycle_tracker.documents.rules.gaps import About, gaps_about
from cycle_tracker.documents.rules.publications import Unlikely
from cycle_tracker.documents.services.approvals import record_preparation
from cycle_tracker.documents.services.document_copies import correct_copy, record_copies_sent, take_back_copy
from cycle_tracker.documents.services.facts import settle_documents
from cycle_tracker.documents.services.newer_versions import record_newer_version
from cycle_tracker.documents.services.publication_corrections import correct_publication, undo_publication
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.documents.services.receipts import (
    ReceivedDocument,
    record_receipts,
    record_received_document,
    undo_receipt,
)
from cycle_tracker.documents.services.waiting_copies import record_waiting_copies
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.publication import PublicationCopy, Version
from tests.documents.services.moray import NOW, TODAY, Moray
from tests.factories import make_organisation, make_user

pytestmark = pytest.mark.alike_on_both_databases

PREPARED, PUBLISHED = date(2026, 3, 1), date(2026, 4, 2)
MINISTERS, FIRST, LAST = date(2026, 3, 5), date(2026, 3, 6), date(2026, 3, 20)
SENT = {"send-to-ministers": MINISTERS, "send-to-providers": LAST}
BOTH = tuple(SENT)


def prepare(moray: Moray, on: date = PREPARED) -> None:
    record_preparation(moray.plan, on, by=moray.lead, today=TODAY, now=NOW)


def send(moray: Moray, to: list[Organisation], on: date | None, confirmed: bool = False) -> list[PublicationCopy]:
    found = record_waiting_copies(moray.plan, to, sent_on=on, by=moray.lead, today=TODAY, now=NOW, confirmed=confirmed)
    db.session.commit()
    return found


def send_all(moray: Moray) -> None:
    providers = moray.providers()
    send(moray, [moray.record.receivers[0]], MINISTERS)
    send(moray, providers[:-1], FIRST)
    send(moray, providers[-1:], LAST)


def undo(moray: Moray) -> None:
    undo_publication(moray.publication, "It is not on the website yet.", by=moray.lead, now=NOW)
    db.session.commit()


def is_complete(moray: Moray) -> bool:
    return bool(db.session.scalar(select(Milestone.complete).where(Milestone.id == moray.plan.id)))


def count_waiting(moray: Moray) -> int:
    return len(waiting_copies_of(moray.plan))


def test_a_plan_is_prepared_sent_and_then_published_undone_and_published_again(moray: Moray) -> None:
    prepare(moray)
    send_all(moray)
    assert moray.done(*BOTH) == SENT
    assert (moray.state(), is_complete(moray)) == (DocumentState.PREPARED_NOT_PUBLISHED, False)
    moray.publish(on=PUBLISHED)
    assert moray.done(*BOTH, "publish-plan") == {**SENT, "publish-plan": PUBLISHED}
    assert (moray.state(), is_complete(moray), count_waiting(moray)) == (DocumentState.COMPLETE, True, 0)
    assert len(moray.publication.copies) == len(moray.record.receivers)
    undo(moray)
    assert moray.done(*BOTH, "publish-plan") == SENT, "who was sent a copy was sent it"
    assert (moray.state(), is_complete(moray)) == (DocumentState.PREPARED_NOT_PUBLISHED, False)
    moray.publish(on=PUBLISHED)
    assert moray.done(*BOTH) == SENT
    assert (moray.state(), is_complete(moray), count_waiting(moray)) == (DocumentState.COMPLETE, True, 0)


def test_the_step_counts_copies_that_wait_and_opens_again_when_one_is_taken_back(moray: Moray) -> None:
    prepare(moray)
    providers, step = moray.providers(), moray.find("send-to-providers")
    send(moray, providers[:-1], FIRST)
    assert (step.is_open, step.fact_count, step.fact_total) == (True, len(providers) - 1, len(providers))
    (copy,) = send(moray, providers[-1:], LAST)
    assert (step.state, step.done_on) == (State.DONE, LAST)
    correct_copy(moray.plan, copy, sent_on=FIRST, received_on=LAST, by=moray.lead, today=TODAY, now=NOW)
    assert (step.done_on, copy.received_on) == (FIRST, LAST)
    take_back_copy(moray.plan, copy, "It lay in the outbox.", by=moray.lead, now=NOW)
    assert (step.is_open, step.fact_count, count_waiting(moray)) == (True, len(providers) - 1, len(providers) - 1)


def test_a_copy_of_a_plan_that_is_not_known_to_be_prepared_is_recorded_and_the_gap_shows(moray: Moray) -> None:
    send_all(moray)
    assert (moray.done(*BOTH), moray.plan.is_open) == (SENT, True)
    expected = ["A copy was sent, but the plan is not recorded as prepared."]
    assert gaps_about(moray.record.gaps, About.COPIES) == expected
    prepare(moray)
    assert gaps_about(moray.record.gaps, About.COPIES) == []


def test_a_day_before_the_plan_was_prepared_is_asked_about_once(moray: Moray) -> None:
    prepare(moray, FIRST)
    receivers = moray.providers()
    with pytest.raises(Unlikely) as asked:
        send(moray, receivers[:1], MINISTERS)
    assert asked.value.field == "confirmed"
    (copy,) = send(moray, receivers[:1], MINISTERS, confirmed=True)
    correct_copy(moray.plan, copy, sent_on=MINISTERS, received_on=LAST, by=moray.lead, today=TODAY, now=NOW)
    with pytest.raises(Unlikely):
        correct_copy(moray.plan, copy, sent_on=PREPARED, received_on=LAST, by=moray.lead, today=TODAY, now=NOW)
    publication = moray.publish(on=PUBLISHED)
    with pytest.raises(Unlikely):
        record_copies_sent(publication, receivers[1:], sent_on=MINISTERS, by=moray.lead, today=TODAY, now=NOW)


def test_a_plan_that_counts_as_prepared_by_its_publication_may_have_been_sent_before(moray: Moray) -> None:
    publication = moray.publish(on=PUBLISHED)
    record_copies_sent(publication, moray.providers(), sent_on=FIRST, by=moray.lead, today=TODAY, now=NOW)
    assert moray.done("send-to-providers") == {"send-to-providers": FIRST}


def test_a_draft_and_an_interim_plan_leave_copies_of_the_plan_waiting(moray: Moray) -> None:
    send_all(moray)
    number = count_waiting(moray)
    moray.publish(on=MINISTERS, version=Version.DRAFT)
    assert (count_waiting(moray), moray.done(*BOTH)) == (number, SENT)
    interim = moray.publish(on=PUBLISHED, version=Version.INTERIM, interim_until=date(2027, 3, 31))
    assert (count_waiting(moray), moray.done(*BOTH), is_complete(moray)) == (number, SENT, False)
    newer = {"address": "https://x.test", "published_on": TODAY, "reason": "The plan itself.", "reopen": []}
    final = record_newer_version(interim, **newer, by=moray.lead, today=TODAY, now=NOW)  # type: ignore[arg-type]
    assert (len(final.copies), count_waiting(moray), is_complete(moray)) == (number, 0, True)
    undo(moray)
    assert (count_waiting(moray), moray.done(*BOTH), is_complete(moray)) == (number, SENT, False)


def test_what_was_recorded_of_a_version_goes_with_it_and_what_waited_for_it_waits_again(moray: Moray) -> None:
    government, *providers = moray.record.receivers
    send(moray, [government], MINISTERS)
    publication = moray.publish(on=PUBLISHED)
    moray.send(providers, TODAY)
    undo(moray)
    assert [one.receiver_id for one in waiting_copies_of(moray.plan)] == [government.id]
    assert [one.receiver_id for one in publication.copies] == [one.id for one in providers]
    assert moray.done(*BOTH) == {"send-to-ministers": MINISTERS}


def correct(moray: Moray, version: Version, until: date | None = None) -> None:
    publication = moray.publication
    correct_publication(
        publication,
        version=version,
        published_on=publication.published_on,
        interim_until=until,
        places=[],
        by=moray.lead,
        today=TODAY,
        now=NOW,
    )
    db.session.commit()


def test_corrected_to_an_interim_plan_and_back_the_copies_of_the_plan_wait_and_come(moray: Moray) -> None:
    send_all(moray)
    number = count_waiting(moray)
    moray.publish(on=PUBLISHED)
    correct(moray, Version.INTERIM, date(2027, 3, 31))
    assert (count_waiting(moray), moray.done(*BOTH), is_complete(moray)) == (number, SENT, False)
    correct(moray, Version.FINAL)
    assert (count_waiting(moray), moray.done(*BOTH), is_complete(moray)) == (0, SENT, True)


@pytest.mark.parametrize(("waiting", "of_interim", "stays"), [(FIRST, LAST, FIRST), (LAST, FIRST, FIRST)])
def test_of_two_copies_to_one_receiver_the_one_that_was_sent_first_stays(
    moray: Moray, waiting: date, of_interim: date, stays: date
) -> None:
    government = moray.record.receivers[0]
    publication = moray.publish(on=PUBLISHED, version=Version.INTERIM, interim_until=date(2027, 3, 31))
    record_copies_sent(publication, [government], sent_on=of_interim, by=moray.lead, today=TODAY, now=NOW)
    send(moray, [government], waiting)
    correct(moray, Version.FINAL)
    assert [one.sent_on for one in moray.publication.copies] == [stays]
    assert count_waiting(moray) == 0
    gone = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "copy-taken-back")).one()
    assert gone.before["sent_on"] == LAST.isoformat()


def test_ministers_who_were_sent_a_copy_are_not_sent_another_by_the_one_button(moray: Moray) -> None:
    government = moray.record.receivers[0]
    government.mailbox = "plans@gov.example.test"
    send(moray, [government], MINISTERS)
    assert db.session.scalars(select(Message)).all() == [], "it was sent by hand"
    published = record_publication(
        moray.plan,
        address="https://x.test",
        published_on=PUBLISHED,
        send_to_ministers=True,
        by=moray.lead,
        today=TODAY,
        now=NOW,
    )
    assert db.session.scalars(select(Message)).all() == []
    assert [(one.sent_on, one.waited) for one in published.copies] == [(MINISTERS, True)]


REFUSED: dict[str, Callable[[Moray], object]] = {
    "nobody": lambda moray: send(moray, [], FIRST),
    "a day to come": lambda moray: send(moray, moray.providers(), date(2026, 5, 21)),
    "twice": lambda moray: (send(moray, moray.providers(), FIRST), send(moray, moray.providers()[:1], LAST)),
    "a report": lambda moray: record_waiting_copies(
        moray.find("annual-report-1"), moray.providers(), sent_on=FIRST, by=moray.lead, today=TODAY, now=NOW
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_refused(moray: Moray, what: str) -> None:
    with pytest.raises(RuleBroken):
        REFUSED[what](moray)


def test_a_plan_that_was_published_meanwhile_takes_no_copy_that_waits(moray: Moray) -> None:
    moray.publish(on=PUBLISHED)
    with pytest.raises(ChangedMeanwhile):
        send(moray, moray.providers(), FIRST)


def test_steps_that_are_added_later_are_done_by_copies_that_wait(moray: Moray) -> None:
    send_all(moray)
    step = moray.find("send-to-ministers")
    step.state, step.done_on = State.NOT_STARTED, None
    settle_documents([moray.plan.id], by=None, now=NOW)
    assert moray.done(*BOTH) == SENT


def test_officials_receive_a_plan_that_is_not_published(moray: Moray) -> None:
    prepare(moray)
    send(moray, [moray.record.receivers[0]], MINISTERS)
    official = make_user("Fiona Shaw", role=Role.OFFICIAL)
    viewer = viewer_of(official.id, TODAY)
    (waiting,) = list_to_receive(viewer)
    assert (waiting.sent_on, waiting.is_published, waiting.published_on) == (MINISTERS, False, None)
    found = list_government_copies(viewer, [waiting.copy_id])
    record_receipts(found, FIRST, by=official, today=TODAY, now=NOW)
    db.session.commit()
    assert list_to_receive(viewer) == []
    ((plan, copy),) = found
    assert (copy.received_on, moray.record.publication) == (FIRST, None)
    undo_receipt(plan, copy, "It was another plan.", by=official, now=NOW)
    received = ReceivedDocument(received_on=LAST)
    record_received_document(plan, received, by=official, today=TODAY, now=NOW)
    assert (copy.received_on, moray.record.publication) == (LAST, None), "the copy that was sent, and nothing more"
    assert list_government_copies(viewer, [copy.id]) != []
    moray.publish(on=PUBLISHED)
    assert (list_to_receive(viewer), moray.publication.copies[0].received_on) == ([], LAST)


def test_an_official_records_that_a_plan_came_before_it_is_published(moray: Moray) -> None:
    official = make_user("Fiona Shaw", role=Role.OFFICIAL)
    known = {"received_on": FIRST, "sent_on": MINISTERS, "not_published": True}
    with pytest.raises(RuleBroken) as refused:
        record_received_document(
            moray.plan,
            ReceivedDocument(**known, published_on=PUBLISHED),  # type: ignore[arg-type]
            by=official,
            today=TODAY,
            now=NOW,
        )
    assert refused.value.field == "not_published"
    record_received_document(moray.plan, ReceivedDocument(**known), by=official, today=TODAY, now=NOW)  # type: ignore[arg-type]
    (copy,) = waiting_copies_of(moray.plan)
    assert (copy.sent_on, copy.received_on, moray.record.publication) == (MINISTERS, FIRST, None)
    undo_receipt(moray.plan, copy, "It was another plan.", by=official, now=NOW)
    assert (count_waiting(moray), moray.done(*BOTH)) == (0, {}), "their receipt was all that told of it"


def test_a_copy_to_any_other_body_may_wait_too(moray: Moray) -> None:
    other = make_organisation("A community planning partnership")
    send(moray, [other], None)
    (copy,) = waiting_copies_of(moray.plan)
    assert (copy.receiver_id, copy.sent_on) == (other.id, None)
    moray.publish(on=PUBLISHED)
    assert [one.receiver_id for one in moray.publication.copies] == [other.id]
