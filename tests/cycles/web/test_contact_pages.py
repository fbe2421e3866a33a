"""Where a partnership can be reached, and how officials ask one that has not joined."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from email import message_from_bytes, policy

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core import addresses, clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.roles import Role
from cycle_tracker.cycles.services.letters import JOINED
from cycle_tracker.cycles.services.reference import fill_in_contacts
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.message import Message, MessageBody
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.reference.files import read_partnerships
from scheduler.jobs import run_job
from tests.factories import make_partnership, make_report, make_user
from tests.support.mail_out import sink_for
from tests.support.pages import Browser, said, sign_in, soup, value_of

CONTACT, LETTER = "/partnerships/moray/set-up/contact", "/partnerships/moray/letter"
MAILBOX = "plans@moray.example.org"


@dataclass
class Place:
    """Moray, which has not joined, with one report of which nothing is recorded."""

    app: Flask
    moray: Partnership
    official: User

    def client(self, role: Role = Role.OFFICIAL) -> Browser:
        return sign_in(self.app, self.official if role is Role.OFFICIAL else make_user("Jean Hay", role=role))


@pytest.fixture
def place(app: Flask, morning: time_machine.Traveller) -> Iterator[Place]:
    with app.app_context():
        moray = make_partnership("moray", notify_from=None)
        make_report(moray, title="Annual report on 2025–26")
        yield Place(app, moray, make_user("Fiona Shaw", role=Role.OFFICIAL, email="fiona@gov.example.org"))
        db.session.remove()


def letters() -> list[Message]:
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def test_an_administrator_fills_in_the_address_and_the_mailbox_and_everybody_reads_them(place: Place) -> None:
    client = place.client(Role.ADMINISTRATOR)
    wrong = said(client.post(CONTACT, data={"web_address": "moray.example.org", "mailbox": "nobody"}))
    assert "Enter the full web address" in wrong
    wrong = said(client.post(CONTACT, data={"web_address": "", "mailbox": "nobody"}))
    assert "email address" in wrong
    assert (place.moray.web_address, place.moray.mailbox) == (None, None)
    sent = {"web_address": "https://moray.example.org/plans", "mailbox": "Plans@Moray.example.org"}
    assert client.post(CONTACT, data=sent).status_code == 302
    assert value_of(client.get(CONTACT), "mailbox") == MAILBOX
    page = soup(place.client().get("/partnerships/moray"))
    assert {one["href"] for one in page.select("main a")} >= {
        "https://moray.example.org/plans",
        f"mailto:{MAILBOX}",
        LETTER,
    }
    assert client.post(CONTACT, data=sent).status_code == 302
    (event,) = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "contact-set")).all()
    assert event.before == {"web_address": "", "mailbox": ""}
    assert event.after == {"web_address": "https://moray.example.org/plans", "mailbox": MAILBOX}


def test_without_a_mailbox_the_letter_can_be_copied_and_is_not_sent(place: Place) -> None:
    client = place.client()
    text = said(client.get(LETTER))
    assert "No public mailbox is recorded for Moray." in text
    assert "We have no record that these plans and reports are published:" in text, "a copy may be here already"
    assert "- Annual report on 2025–26" in text
    assert "no public mailbox" in said(client.post(LETTER, data={"text": "Please tell us."}))
    assert letters() == []


def test_the_letter_goes_to_the_mailbox_once_a_day_and_answers_go_to_the_official(place: Place) -> None:
    place.moray.mailbox = MAILBOX
    db.session.commit()
    client = place.client()
    (box,) = soup(client.get(LETTER)).select("textarea")
    text = box.get_text()
    assert "- Annual report on 2025–26" in text
    typed = text + "\n\nKind regards <b>&\nFiona"
    assert client.post(LETTER, data={"text": typed}).status_code == 302
    (letter,) = letters()
    assert (letter.recipient, letter.user_id, letter.milestone_id) == (MAILBOX, None, None)
    body = db.session.get_one(MessageBody, letter.id).content
    assert b"Reply-To: fiona@gov.example.org" in body
    assert b"Fiona Shaw, for the Scottish Government" in body
    assert "A letter was sent to them today" in said(client.post(LETTER, data={"text": typed}))
    assert len(letters()) == 1
    (event,) = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "letter-sent")).all()
    assert (event.actor_id, event.partnership_id) == (place.official.id, place.moray.id)
    assert "is being sent by email." in said(client.get(LETTER))
    db.session.commit()
    with sink_for(place.app) as sink:
        assert run_job(place.app, "send-outbox", clock.today()).counts["sent"] == 1
        assert sink.started_mails == 1
    assert "The last letter was sent on 3 July 2026" in said(client.get(LETTER))


def test_a_letter_that_was_refused_is_said_to_be_and_another_may_go_on_the_same_day(place: Place) -> None:
    """The page said that it was sent, and officials waited for an answer."""
    place.moray.mailbox = MAILBOX
    db.session.commit()
    client, typed = place.client(), {"text": "Please tell us how your plan stands."}
    assert client.post(LETTER, data=typed).status_code == 302
    (letter,) = letters()
    letter.state, letter.trouble = MessageState.FAILED, "550 No such user"
    db.session.commit()
    assert "was not sent. The email was refused: 550 No such user" in said(client.get(LETTER))
    assert client.post(LETTER, data=typed).status_code == 302
    assert len(letters()) == 2


def test_a_partnership_that_has_joined_gets_no_letter(place: Place) -> None:
    place.moray.mailbox, place.moray.notify_from = MAILBOX, date(2026, 7, 1)
    db.session.commit()
    client = place.client()
    assert "Moray has a start date for reminders." in said(client.get(LETTER))
    client.post(LETTER, data={"text": "Please tell us how your plan stands."})
    assert letters() == []
    assert LETTER not in {one["href"] for one in soup(client.get("/partnerships/moray")).select("main a")}


def test_the_page_of_a_document_offers_the_letter_and_nothing_that_would_be_refused(place: Place) -> None:
    report = addresses.milestone("moray", db.session.scalars(select(Milestone.key)).one())
    offered = {one["href"] for one in soup(place.client().get(report)).select("main a")}
    assert LETTER in offered
    assert not [one for one in offered if "/update-requests" in one or "raise" in one]
    place.moray.notify_from = date(2026, 4, 1)
    db.session.commit()
    offered = {one["href"] for one in soup(place.client().get(report)).select("main a")}
    assert LETTER not in offered
    assert f"{report}/raise-further" in offered


def test_the_status_says_that_there_is_no_record_and_not_that_nothing_is_late(place: Place) -> None:
    text = said(place.client().get("/partnerships/moray/status"))
    assert "1 plan or report has no record here yet." in text
    assert "No plan or annual report is past its guidance date." not in text
    assert "Not published" not in text


def test_what_a_person_entered_or_took_away_is_never_overwritten_by_the_reference_data(place: Place) -> None:
    fife = make_partnership("fife", notify_from=None)
    place.moray.mailbox, place.moray.web_address = MAILBOX, ""
    db.session.commit()
    fill_in_contacts(
        replace(one, mailbox=f"{one.slug}@example.org", web_address="https://example.org")
        for one in read_partnerships()
    )
    db.session.expire_all()
    assert (place.moray.mailbox, place.moray.web_address) == (MAILBOX, "")
    assert (fife.mailbox, fife.web_address) == ("fife@example.org", "https://example.org")


def test_an_address_that_no_header_can_hold_stands_in_the_words_of_the_letter(place: Place) -> None:
    place.moray.mailbox, place.official.email = MAILBOX, "fionä@gov.example.org"
    db.session.commit()
    assert place.client().post(LETTER, data={"text": "Please tell us how your plan stands."}).status_code == 302
    (letter,) = letters()
    mail = message_from_bytes(db.session.get_one(MessageBody, letter.id).content, policy=policy.default)
    assert mail["Reply-To"] is None
    for part in mail.iter_parts():
        words = part.get_content()
        assert "To reply, write to fionä@gov.example.org." in words
        assert "Replies go to" not in words


def test_a_letter_that_still_waits_when_the_partnership_joins_is_not_sent(place: Place) -> None:
    place.moray.mailbox = MAILBOX
    db.session.commit()
    assert place.client().post(LETTER, data={"text": "Please tell us how your plan stands."}).status_code == 302
    administrator = place.client(Role.ADMINISTRATOR)
    joins = {"notify_from": "01/08/2026"}
    assert administrator.post("/partnerships/moray/set-up/notices-from", data=joins).status_code == 302
    (letter,) = letters()
    assert (letter.state, letter.ended_why) == (MessageState.WITHDRAWN, JOINED)
    db.session.commit()
    with sink_for(place.app) as sink:
        assert run_job(place.app, "send-outbox", clock.today()).counts["sent"] == 0
        assert sink.started_mails == 0
