"""Two copies to one receiver, one of the plan and one of what was recorded as an interim plan: what is kept of them,
and that nobody is sent another."""

from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.documents.queries.copies import waiting_copies_of
from cycle_tracker.documents.services.document_copies import record_copies_sent
from cycle_tracker.documents.services.publication_corrections import correct_publication, undo_publication
from cycle_tracker.documents.services.receipts import record_receipts
from cycle_tracker.documents.services.sendings import send_copy, sendings_of
from cycle_tracker.documents.services.waiting_copies import record_waiting_copies
from cycle_tracker.models.message import Message
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.publication import PublicationCopy, Version
from cycle_tracker.national.queries.picture import list_national_documents
from tests.documents.services.moray import NOW, TODAY, Moray

pytestmark = pytest.mark.alike_on_both_databases

PUBLISHED, EARLY, LATE, RECEIVED = date(2026, 4, 2), date(2026, 4, 3), date(2026, 5, 1), date(2026, 5, 4)
UNTIL = date(2027, 3, 31)


@pytest.fixture
def government(moray: Moray) -> Organisation:
    """The Scottish Government, beside what is recorded as an interim plan."""
    moray.publish(on=PUBLISHED, version=Version.INTERIM, interim_until=UNTIL)
    return moray.record.receivers[0]


def wait(moray: Moray, receiver: Organisation, on: date | None) -> PublicationCopy:
    (copy,) = record_waiting_copies(moray.plan, [receiver], sent_on=on, by=moray.lead, today=TODAY, now=NOW)
    return copy


def send(moray: Moray, receiver: Organisation, on: date | None) -> PublicationCopy:
    record_copies_sent(moray.publication, [receiver], sent_on=on, by=moray.lead, today=TODAY, now=NOW)
    return moray.publication.copies[0]


def receive(moray: Moray, copy: PublicationCopy) -> None:
    record_receipts([(moray.plan, copy)], RECEIVED, by=moray.lead, today=TODAY, now=NOW)


def correct(moray: Moray, version: Version) -> None:
    correct_publication(
        moray.publication,
        version=version,
        published_on=PUBLISHED,
        interim_until=UNTIL if version is Version.INTERIM else None,
        places=[],
        by=moray.lead,
        today=TODAY,
        now=NOW,
    )
    db.session.commit()


@pytest.mark.parametrize("received", ["of the plan", "of the interim plan"])
@pytest.mark.parametrize(("of_plan", "of_interim", "stays"), [(EARLY, LATE, EARLY), (LATE, EARLY, EARLY)])
def test_what_was_received_stays_received_whichever_copy_stays(
    moray: Moray, government: Organisation, received: str, of_plan: date, of_interim: date, stays: date
) -> None:
    """An official was asked for the same receipt once more."""
    copies = {
        "of the interim plan": send(moray, government, of_interim),
        "of the plan": wait(moray, government, of_plan),
    }
    receive(moray, copies[received])
    correct(moray, Version.FINAL)
    (copy,) = moray.publication.copies
    assert (copy.sent_on, copy.received_on, copy.received_recorded_by_id) == (stays, RECEIVED, moray.lead.id)


def test_a_copy_that_was_received_before_the_other_was_sent_is_the_first(
    moray: Moray, government: Organisation
) -> None:
    receive(moray, send(moray, government, None))
    wait(moray, government, date(2026, 5, 5))
    correct(moray, Version.FINAL)
    assert [(one.sent_on, one.received_on) for one in moray.publication.copies] == [(None, RECEIVED)]


@pytest.mark.parametrize(("of_plan", "of_interim"), [(EARLY, LATE), (LATE, EARLY)])
@pytest.mark.parametrize("then", ["undone", "corrected back"])
def test_who_was_sent_the_plan_before_it_was_published_stays_so_once_the_record_is_undone(
    moray: Moray, government: Organisation, then: str, of_plan: date, of_interim: date
) -> None:
    send(moray, government, of_interim)
    wait(moray, government, of_plan)
    correct(moray, Version.FINAL)
    if then == "undone":
        undo_publication(moray.publication, "It is not published.", by=moray.lead, now=NOW)
    else:
        correct(moray, Version.INTERIM)
    assert [one.sent_on for one in waiting_copies_of(moray.plan)] == [EARLY]
    assert moray.done("send-to-ministers") == {"send-to-ministers": EARLY}


def test_an_email_on_its_way_is_stopped_to_who_was_sent_the_plan_by_hand(
    moray: Moray, government: Organisation
) -> None:
    government.mailbox = "plans@gov.example.test"
    message = send_copy(moray.publication, government, by=moray.lead, now=NOW).message
    wait(moray, government, LATE)
    correct(moray, Version.FINAL)
    assert sendings_of(moray.publication) == {}
    assert db.session.scalar(select(Message.state).where(Message.id == message.id)) is MessageState.WITHDRAWN


def test_the_national_picture_has_the_day_on_which_the_plan_itself_was_sent(
    moray: Moray, government: Organisation
) -> None:
    """It had the day of the interim plan, and no day of a plan that was sent before it is published."""

    def sent_on() -> date | None:
        plan = list_national_documents(moray.cycle.period, TODAY)[0]
        assert plan.document == "plan"
        return plan.sent_on

    send(moray, government, EARLY)
    assert sent_on() is None
    wait(moray, government, LATE)
    assert sent_on() == LATE
    correct(moray, Version.FINAL)
    assert sent_on() == EARLY
