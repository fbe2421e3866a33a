"""What stands in the headers of a mail, and where its links lead: nothing that a person typed, and no Host header."""

from collections.abc import Iterator
from datetime import date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from random import Random
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from cycle_tracker.core import clock
from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.placeholders import LONGEST_VALUE, fill, new_key, placeholder, placeholders_in
from cycle_tracker.core.roles import Role
from cycle_tracker.mail.mime import compose
from cycle_tracker.mail.services.outgoing import enqueue
from cycle_tracker.milestones.services.contacts import ContactDetails, add_contact, ask_contact
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.factories import make_government, make_milestone, make_organisation, make_partnership, make_report, make_user
from tests.mail.services.conftest import DIGEST_HEADERS, FIXED_HEADERS
from tests.support.mail_out import sink_for
from tests.support.mailed_links import mail_to, run_jobs, text_of
from tests.support.page_fixtures import MORNING
from tests.support.pages import Browser, sign_in, value_of
from tests.support.selection import examples
from tests.support.smtp_sink import Mail, SmtpSink

DAY = date(2026, 5, 14)
STRINGS = 2_000
"""On both databases and in both kinds of mail together, in `make test-all`."""
AT_ONCE = 100
LINE_ENDS = ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\x00"]
PIECES = [
    *LINE_ENDS,
    *(f"{end} Bcc: evil@example.test" for end in LINE_ENDS),
    "\r\n\r\nbody",
    "=?utf-8?q?=0D=0ABcc:_x@y?=",
    "List-Unsubscribe: <https://x>",
    "word " * 30,
    *":<>@,;\"' =?é…😀\u200b\ufeff\t\x7f",
]


def nasty(seed: int) -> list[str]:
    """As many strings as go into the outbox at once, of what is known to make trouble and of any letters."""
    chosen = Random(seed)
    letters = [chr(chosen.choice([chosen.randrange(1, 0x250), chosen.randrange(0x2000, 0x2100)])) for _ in range(200)]
    return ["".join(chosen.choices([*PIECES, *letters], k=chosen.randrange(1, 9))) for _ in range(AT_ONCE)]


@pytest.fixture
def sink(core_app: Flask) -> Iterator[SmtpSink]:
    with sink_for(core_app) as running:
        yield running


@pytest.mark.more_in_full
@pytest.mark.alike_on_both_databases
@pytest.mark.parametrize("template", ["reminders/mail/digest", "requests/mail/update_request"])
def test_two_thousand_names_and_titles_make_no_header_and_no_second_recipient(
    core_app: Flask, sink: SmtpSink, template: str
) -> None:
    """Through the outbox and a real server: each mail that it took has the fixed headers, and one recipient."""
    seen = 0

    @settings(
        max_examples=examples(STRINGS // AT_ONCE // 4),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**32))
    def send(seed: int) -> None:
        nonlocal seen
        texts = nasty(seed)
        sink.accepted.clear()
        for number, words in enumerate(texts):
            _store(template, f"person-{number}@example.test", words)
        db.session.commit()
        assert send_ready_messages(DAY, clock.now).sent == len(texts)
        db.session.remove()
        assert len(sink.accepted) == len(texts)
        seen += len(texts)
        for mail in sink.accepted:
            _check(mail, DIGEST_HEADERS if template == "reminders/mail/digest" else FIXED_HEADERS)

    send()
    assert seen >= AT_ONCE * examples(STRINGS // AT_ONCE // 4)


def _store(template: str, recipient: str, words: str) -> None:
    from cycle_tracker.reminders.services.words.parts import Item, Reader, Section

    key = new_key()
    message = Message(identity=uuid4().hex, kind=MessageKind.UPDATE_REQUEST, recipient=recipient, rendered_on=DAY)
    if template == "requests/mail/update_request":
        shown = {"title": words, "partnership": words, "text": words, "link": "http://127.0.0.1:5000/"}
        enqueue(message, template=template, now=clock.now(), **shown)
        return
    item = Item(words, words, words, words, words, "http://127.0.0.1:5000/", "", words)
    enqueue(
        message,
        template="reminders/mail/digest",
        now=clock.now(),
        thread="milestone-1.thread",
        key=key,
        stop_address=f"http://127.0.0.1:5000/reminders/stop/{placeholder(key, 'stop-user-1')}",
        reader=Reader(words, recipient, user_id=1, covers={2: words}),
        sections=[Section("Past its date", "red", words, [item])],
        subject=words,
        first_line=words,
        count=1,
        more=0,
        home="http://127.0.0.1:5000/",
        why="http://127.0.0.1:5000/",
        stop="",
        partnerships=words,
    )


def _check(mail: Mail, headers: list[str]) -> None:
    assert len(mail.recipients) == 1
    head = mail.raw.split(b"\r\n\r\n", 1)[0]
    lines = head.split(b"\r\n")
    names = [line.split(b":")[0].decode("ascii") for line in lines if not line.startswith(b" ")]
    assert names == headers
    assert mail.message["To"] == mail.recipients[0]
    assert not mail.message.defects


@pytest.mark.parametrize("end", LINE_ENDS)
def test_names_of_people_partnerships_and_contacts_with_line_ends_reach_one_person_each(
    core_app: Flask, sink: SmtpSink, end: str
) -> None:
    trap = end.replace("\x00", "\x01") + " Bcc: evil@example.test"  # PostgreSQL keeps no NUL
    moray = make_partnership("moray", name=f"Moray{trap}")
    owner = make_user(f"Rory{trap}", email="rory@example.test", role=Role.LEAD, partnership=moray)
    asked = make_milestone(moray, title=f"Consult{trap}", kind=Kind.CONSULTATION, due_on=DAY, owner=owner)
    contact = Contact(partnership_id=moray.id, name=f"Kirsty{trap}", email="kirsty@example.test")
    contact.organisation = make_organisation(trap)
    db.session.add(contact)
    db.session.flush()
    ask_contact(asked, contact, by=owner, now=clock.now())
    run_jobs(DAY)
    assert sorted(mail.recipients for mail in sink.accepted) == [("kirsty@example.test",), ("rory@example.test",)]
    for mail in sink.accepted:
        _check(mail, DIGEST_HEADERS)


def test_mails_about_one_milestone_and_one_persons_digests_stand_in_one_thread_each(
    core_app: Flask, sink: SmtpSink
) -> None:
    moray = make_partnership("moray")
    owner = make_user(email="ailsa@example.test", role=Role.LEAD, partnership=moray)
    other = make_user(email="blair@example.test", role=Role.CONTRIBUTOR, partnership=moray)
    first = make_milestone(moray, due_on=DAY, owner=owner)
    make_milestone(moray, due_on=DAY, owner=other)
    run_jobs(DAY)
    run_jobs(date(2026, 5, 15))
    threads: dict[str, list[str]] = {}
    for mail in sink.accepted:
        assert mail.message["In-Reply-To"] == mail.message["References"]
        threads.setdefault(mail.recipients[0], []).append(str(mail.message["References"]))
    # on 15 May the lead also hears, as lead, that the other date has passed: a digest
    assert threads["ailsa@example.test"] == [
        f"<milestone-{first.id}.thread@example.org>",
        f"<digests-user-{owner.id}.thread@example.org>",
    ]
    assert len(set(threads["blair@example.test"])) == 1


meanings = st.sampled_from(["link", "answer-7", "answer-4123456789", "stop-user-12", "stop-contact-3"])
around = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=90)


@settings(max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.tuples(around, meanings), max_size=6), end=around, letters=st.integers(1, LONGEST_VALUE))
def test_a_placeholder_is_whole_in_the_bytes_and_what_fills_it_makes_no_line_too_long(
    mail_app: Flask, parts: list[tuple[str, str]], end: str, letters: int
) -> None:
    key, value = new_key(), "v" * letters
    text = "".join(f"{words}{placeholder(key, what)}" for words, what in parts) + end
    stop = f"https://tracker.example.org/reminders/stop/{placeholder(key, 'stop-user-12')}"
    with mail_app.app_context():
        content = compose(
            subject="s",
            recipient="a@example.test",
            text=text,
            html=text,
            message_id="<1@example.org>",
            at=datetime(2026, 5, 14, 7, tzinfo=LONDON),
            stop_address=stop,
            key=key,
        )
    expected = [what for _, what in parts]
    assert placeholders_in(content, key) == ["stop-user-12", *expected, *expected]
    assert placeholders_in(content, new_key()) == placeholders_in(content, "") == []
    filled = fill(content, key, dict.fromkeys(["stop-user-12", *expected], value))
    body = filled.split(b"\r\n\r\n", 1)[1]
    assert max(map(len, body.split(b"\r\n"))) <= 76
    message = message_from_bytes(filled, policy=policy.default)
    assert isinstance(message, EmailMessage)
    plain = message.get_body(("plain",))
    assert plain is not None
    written = plain.get_payload(decode=True)
    assert isinstance(written, bytes)
    assert written.decode().replace("\r\n", "\n") == "".join(f"{words}{value}" for words, _ in parts) + end
    assert message["List-Unsubscribe"] == f"<https://tracker.example.org/reminders/stop/{value}>"


@pytest.fixture(scope="module")
def mail_app() -> Flask:
    app = Flask("mail")
    app.config["MAIL_DEFAULT_SENDER"] = "Cycle Tracker <cycle-tracker@example.org>"
    return app


EVERY_KIND = {
    "account-changed",
    "digest",
    "document-published",
    "invitation",
    "password-reset",
    "sign-in-link",
    "update-request",
}
POISONS: list[dict[str, Any]] = [
    {"headers": {"Host": "evil.example"}},
    {"base_url": "http://evil.example/"},
    {"headers": {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}},
    {"headers": {"Forwarded": "host=evil.example;proto=https"}},
    {"environ_overrides": {"RAW_URI": "http://evil.example/", "REQUEST_URI": "http://evil.example/"}},
]
"""Of these the first two are refused, or done under the right name: the others are done."""


@pytest.mark.parametrize("poison", POISONS)
def test_no_header_of_a_request_comes_into_a_link_of_any_mail(app: Flask, poison: dict[str, Any]) -> None:
    """Each kind of mail that a page writes is asked for under a false name of the host; then the jobs run."""
    with time_machine.travel(MORNING, tick=False), app.app_context(), sink_for(app) as sink:
        moray = make_partnership("moray")
        make_government(mailbox="government@example.test")
        lead = make_user("Ailsa Grant", email="lead@example.test", role=Role.LEAD, partnership=moray)
        official = make_user("An official", email="official@example.test", role=Role.OFFICIAL)
        administrator = make_user("Rhona Bell", email="admin@example.test", role=Role.ADMINISTRATOR)
        asked = make_milestone(moray, kind=Kind.CONSULTATION, due_on=date(2026, 7, 10), owner=lead)
        contact = add_contact(moray, ContactDetails("Kirsty", "kirsty@example.test"), by=lead, now=clock.now())
        ask_contact(asked, contact, by=lead, now=clock.now())
        report = make_report(moray, owner=lead)
        earlier = make_report(moray, key="2023-26.annual-report-2", year_end=date(2025, 3, 31))
        people = {person.email: person for person in (lead, official, administrator)}
        for email, path, data in _requests(str(report.version)):
            client = sign_in(app, people[email]) if email else Browser(app, app.response_class)
            client.post(path, data=data, **poison)  # refused, or done under the right name
        browser = sign_in(app, official)
        page = browser.get(f"/update-requests/new?document={earlier.id}")
        data = {name: value_of(page, name) for name in ("text", "reply_by", "seen")}
        browser.post("/update-requests/new", data={**data, "document": str(earlier.id), "action": "send"}, **poison)
        run_jobs()
        if poison not in POISONS[:2]:
            assert {kind.value for kind in db.session.scalars(select(Message.kind))} == EVERY_KIND
        assert mail_to(sink, "kirsty@example.test")
        for mail in sink.accepted:
            assert b"evil" not in mail.raw
            assert "http://127.0.0.1:5000/" in text_of(mail)
        db.session.remove()


def _requests(version: str) -> list[tuple[str, str, dict[str, str]]]:
    """What a page does that writes a mail: who asks, where, and what they send."""
    report = "/partnerships/moray/milestones/2023-26.annual-report-3"
    return [
        ("", "/forgotten-password", {"email": "lead@example.test"}),
        ("", "/sign-in/link", {"email": "official@example.test"}),
        (
            "lead@example.test",
            f"{report}/publication",
            {
                "address": "https://www.moray.example.org/r",
                "published_on": "01/07/2026",
                "tell": "yes",
                "version": version,
            },
        ),
        (
            "lead@example.test",
            "/account/password",
            {"old": "a-password-for-tests", "password": "three random words here"},
        ),
        (
            "lead@example.test",
            "/partnerships/moray/people/invite",
            {"name": "New", "email": "new@example.test", "role": "contributor"},
        ),
    ]
