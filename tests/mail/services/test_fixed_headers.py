"""Every email has the fixed headers and one recipient, whatever stands in it."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.mail.mime import compose
from tests.factories import make_milestone, make_partnership, make_user
from tests.mail.services.conftest import ANNA, DAY, DIGEST_HEADERS, FIXED_HEADERS, START, messages, queue, send
from tests.support.days import Days
from tests.support.mail_out import mail_server
from tests.support.selection import examples
from tests.support.smtp_sink import SmtpSink


def test_every_mail_has_exactly_the_fixed_headers_and_one_recipient(sink: SmtpSink) -> None:
    queue(ANNA)
    send()
    (mail,) = sink.accepted
    assert mail.recipients == (ANNA,)
    assert mail.sender == "cycle-tracker@example.org"
    assert mail.message.keys() == FIXED_HEADERS
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["To"] == ANNA
    stored = messages()[ANNA]
    assert mail.message["Message-ID"] == stored.message_id == f"<{stored.identity}@example.org>"
    assert mail.message["Date"].datetime == START.astimezone(UTC)
    assert [part.get_content_type() for part in mail.message.iter_parts()] == ["text/plain", "text/html"]


nasty = st.lists(
    st.one_of(
        st.sampled_from(list("\r\n\t\v\f\x00\x1c\x1d\x1e\x7f\x85\u2028\u2029\u200b\ufeff:<>@,;\"' =?é…😀")),
        st.sampled_from(["\r\n Bcc: x@y", "\r\nBcc: x@y\r\n", "\n\nbody", "=?utf-8?q?=0D=0ABcc:_x@y?=", "word " * 30]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    ),
    max_size=12,
).map("".join)


@settings(max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(subject=nasty, text=nasty, html=nasty)
def test_no_text_makes_a_header(mail_app: Flask, subject: str, text: str, html: str) -> None:
    with mail_app.app_context():
        raw = compose(
            subject=subject,
            recipient=ANNA,
            text=text,
            html=html,
            message_id="<1@example.org>",
            at=datetime(2026, 5, 14, 7, tzinfo=UTC),
        )
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message.keys() == FIXED_HEADERS
    assert message["To"] == ANNA
    assert not message.defects
    head = raw.split(b"\r\n\r\n", 1)[0]
    assert head.isascii()
    assert all(line.startswith(b" ") or line.split(b":")[0].decode() in FIXED_HEADERS for line in head.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_an_address_to_reply_to_is_one_line(mail_app: Flask) -> None:
    with mail_app.app_context():
        raw = compose(
            subject="s",
            recipient=ANNA,
            text="t",
            html="h",
            message_id="<1@example.org>",
            at=START,
            reply_to="a@example.test\r\nBcc: evil@example.test",
        )
    message = message_from_bytes(raw, policy=policy.default)
    assert message.keys() == [*FIXED_HEADERS, "Reply-To"]
    assert message["Bcc"] is None


@pytest.fixture(scope="module")
def mail_app() -> Flask:
    """An app of settings alone, which is all that a mail is built from."""
    app = Flask("mail")
    app.config["MAIL_DEFAULT_SENDER"] = "Cycle Tracker <cycle-tracker@example.org>"
    return app


@pytest.mark.parametrize("trap", ["\r\n Bcc: x@y", "\nBcc: x@y", "\x85Bcc: x@y", "\u2028Bcc: x@y", "\rBcc: x@y"])
def test_titles_and_names_with_line_ends_reach_one_person_under_the_fixed_headers(
    core_app: Flask, sink: SmtpSink, trap: str
) -> None:
    moray = make_partnership("moray", name=f"Moray{trap}")
    owner = make_user(f"Rory{trap}", email="rory@example.test", role=Role.LEAD, partnership=moray)
    make_milestone(moray, title=f"Draft{trap} the plan", due_on=DAY, owner=owner)
    db.session.commit()
    days = Days(core_app, sink)
    days.queue(DAY)
    assert send().sent == 1
    (mail,) = sink.accepted
    assert mail.recipients == ("rory@example.test",)
    assert mail.message.keys() == DIGEST_HEADERS
    assert "\n" not in mail.message["Subject"]
    assert mail.message["Subject"].startswith("Draft Bcc: x@y the plan")


def test_links_come_from_the_settings(core_app: Flask, sink: SmtpSink) -> None:
    moray = make_partnership("moray")
    owner = make_user(role=Role.LEAD, partnership=moray)
    make_milestone(moray, key="2026-29.draft-plan", due_on=DAY, owner=owner)
    db.session.commit()
    days = Days(core_app, sink)
    with mail_server(core_app, sink.port, SERVICE_URL="https://tracker.example.scot"):
        days.queue(DAY)
        send()
    (mail,) = sink.accepted
    for kind in ("plain", "html"):
        part = mail.message.get_body((kind,))
        assert part is not None
        content = part.get_content()
        assert "https://tracker.example.scot/partnerships/moray/milestones/2026-29.draft-plan" in content
        assert "127.0.0.1" not in content
