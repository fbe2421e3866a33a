"""Switching reminders before the day off by the link of a mail: one click, nothing by opening, and nothing else."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.milestones.services.contacts import ContactDetails, add_contact, ask_contact
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.message import Message, MessageBody
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.user import User
from tests.factories import make_milestone
from tests.support.mail_out import sink_for
from tests.support.mailed_links import mail_to, run_jobs, stop_link
from tests.support.moray import Place, count
from tests.support.pages import Browser, said, soup
from tests.support.smtp_sink import SmtpSink

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def sink(place: Place) -> Iterator[SmtpSink]:
    with sink_for(place.app) as running:
        yield running


@pytest.fixture
def visitor(place: Place) -> Browser:
    return Browser(place.app, place.app.response_class)


@pytest.fixture
def link(place: Place, sink: SmtpSink) -> str:
    run_jobs()
    return stop_link(mail_to(sink, place.owner.email))


@pytest.fixture
def contact(place: Place) -> Contact:
    asked = make_milestone(place.partnership, kind=Kind.CONSULTATION, due_on=date(2026, 7, 10), owner=place.lead)
    made = add_contact(
        place.partnership, ContactDetails("Kirsty Bain", "kirsty@example.test"), by=place.lead, now=clock.now()
    )
    ask_contact(asked, made, by=place.lead, now=clock.now())
    db.session.commit()
    return made


def is_on(who: User | Contact) -> bool:
    db.session.refresh(who)
    return who.reminds_before


def test_a_digest_says_how_in_its_headers(place: Place, link: str, sink: SmtpSink) -> None:
    mail = mail_to(sink, place.owner.email)
    assert mail.message["List-Unsubscribe"] == f"<http://127.0.0.1:5000{link}>"
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_one_click_of_a_mail_program_switches_them_off(place: Place, link: str, visitor: Browser) -> None:
    answer = visitor.post(link, data=ONE_CLICK)
    assert answer.status_code == 200
    assert not is_on(place.owner)
    assert is_on(place.lead)
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "reminders-before-set")).one()
    assert (event.subject, event.subject_id, event.actor_id) == ("user", place.owner.id, None)
    assert event.after == {"reminds_before": False, "by_mailed_link": True}
    visitor.post(link, data=ONE_CLICK)
    assert (
        db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all().count("reminders-before-set") == 1
    )


def test_opening_it_says_what_it_does_and_changes_nothing(place: Place, link: str, visitor: Browser) -> None:
    events = count(AuditEvent)
    answer = visitor.get(link)
    page = said(answer)
    assert "the emails that we send in the days and weeks before a due date" in page
    assert "due dates, on the day and when they are overdue" in page
    assert "decisions needed from your group" in page
    assert len(soup(answer).find_all("button", type="submit")) >= 1
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert visitor.head(link).status_code == 200
    assert is_on(place.owner)
    assert count(AuditEvent) == events


def test_the_page_switches_them_on_again(place: Place, link: str, visitor: Browser) -> None:
    visitor.post(link)
    assert "Turn early reminders on again" in said(visitor.get(link))
    assert "on again" in said(visitor.post(link, data={"wanted": "on"}))
    assert is_on(place.owner)


def test_nothing_comes_before_the_day_and_everything_from_it_on(
    place: Place, link: str, visitor: Browser, sink: SmtpSink, morning: object
) -> None:
    visitor.post(link, data=ONE_CLICK)
    sink.accepted.clear()
    for number in (10, 13):
        run_jobs(date(2026, 7, number))
    assert [mail for mail in sink.accepted if mail.recipients == (place.owner.email,)] == []
    withdrawn = db.session.scalars(select(Notice.ended_why).where(Notice.user_id == place.owner.id)).all()
    assert "reminders before the day are switched off" in withdrawn
    for number in (14, 15):
        run_jobs(date(2026, 7, number))
    subjects = [mail.message["Subject"] for mail in sink.accepted if mail.recipients == (place.owner.email,)]
    assert subjects == ["Draft the plan, Moray: due today", "Draft the plan, Moray: overdue by 1 day"]


def test_a_mail_that_waits_is_not_sent_once_they_are_off(place: Place, sink: SmtpSink, visitor: Browser) -> None:
    run_jobs()
    link = stop_link(mail_to(sink, place.owner.email))
    make_milestone(place.partnership, key="2026-29.next", due_on=date(2026, 7, 20), owner=place.owner)
    sink.faults.refuse_at_data[place.owner.email] = "451 4.7.1 Greylisted"
    sink.accepted.clear()
    run_jobs(date(2026, 7, 6))
    visitor.post(link, data=ONE_CLICK)
    sink.faults.refuse_at_data.clear()
    run_jobs(date(2026, 7, 7))
    assert [mail for mail in sink.accepted if mail.recipients == (place.owner.email,)] == []


def test_a_contact_switches_theirs_off_and_on_on_the_same_page(
    place: Place, contact: Contact, sink: SmtpSink, visitor: Browser
) -> None:
    run_jobs()
    link = stop_link(mail_to(sink, contact.email))
    assert "This is for emails to Kirsty Bain from Moray." in said(visitor.get(link))
    visitor.post(link, data=ONE_CLICK)
    assert not is_on(contact)
    assert "Saved" in said(visitor.post(link, data={"wanted": "on"}))
    assert is_on(contact)


@pytest.mark.parametrize("path", ["nothing", "x" * 43 + ".user-1", "é" * 3000, "x" * 43 + ".contact-9999999999"])
def test_a_link_that_was_not_made_here_changes_nothing(place: Place, link: str, visitor: Browser, path: str) -> None:
    signature, _, who = link.rpartition("/")[2].partition(".")
    for forged in (path, f"{signature}.user-{place.lead.id}", f"{signature}.contact-{who.rpartition('-')[2]}"):
        for answer in (visitor.get(f"/reminders/stop/{forged}"), visitor.post(f"/reminders/stop/{forged}")):
            assert answer.status_code == 410
            assert "This link does not work" in said(answer) or "Nothing has changed" in said(answer)
    assert is_on(place.owner)
    assert is_on(place.lead)


def test_a_key_of_before_is_honoured_and_a_lost_one_is_not(place: Place, link: str, visitor: Browser) -> None:
    key = place.app.config["SECRET_KEY"]
    try:
        place.app.config["SECRET_KEY"] = "another-key-" + "y" * 32
        assert visitor.get(link).status_code == 410
        place.app.config["SECRET_KEY_FALLBACKS"] = [key]
        assert visitor.get(link).status_code == 200
    finally:
        place.app.config["SECRET_KEY"], place.app.config["SECRET_KEY_FALLBACKS"] = key, []


def test_the_database_holds_no_right_to_it(place: Place, link: str) -> None:
    signature = link.rpartition("/")[2].partition(".")[0].encode()
    for content in db.session.scalars(select(MessageBody.content)):
        assert signature not in content.replace(b"=\r\n", b"")
    assert db.session.scalars(select(Message.id)).first() is not None


def test_the_account_page_switches_them_too(place: Place) -> None:
    owner = place.client(place.owner)
    assert soup(owner.get("/account/preferences")).find("input", attrs={"name": "reminds_before", "checked": True})
    owner.post("/account/preferences", data={"rhythm": "daily", "weekday": "0"})
    assert not is_on(place.owner)
    assert "No early reminders." in said(owner.get("/account"))
    owner.post("/account/preferences", data={"rhythm": "daily", "weekday": "0", "reminds_before": "y"})
    assert is_on(place.owner)
