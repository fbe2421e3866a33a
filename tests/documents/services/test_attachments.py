"""The copy that is kept of a version goes with the emails that send it, read when they are sent. If it cannot, the
email goes without it and says so."""

import re
from datetime import date, time
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from cycle_tracker.core.extensions import db
from cycle_tracker.core.file_kinds import tidy_name
from cycle_tracker.core.lines import one_line
from cycle_tracker.documents.services.attachments import LARGEST_ATTACHED, kept_copy_of
from cycle_tracker.documents.services.newer_versions import record_newer_version
from cycle_tracker.documents.services.publication_corrections import keep_copy, remove_kept_copy, undo_publication
from cycle_tracker.documents.services.publications import scottish_government, send_to_scottish_government
from cycle_tracker.mail.mime import attach
from cycle_tracker.mail.services.attachments import ATTACHED, NOT_ATTACHED
from cycle_tracker.milestones.services.files import store_file
from cycle_tracker.models.evidence import StoredContent, StoredFile
from cycle_tracker.models.message import MessageBody
from cycle_tracker.models.publication import Publication
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.documents.services.test_sendings import ADDRESS, MAILBOX, NOW, TODAY, copies, lead, moray, publish
from tests.support.days import Days, moment, ticking
from tests.support.smtp_sink import Mail

__all__ = ["lead", "moray"]

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
SAYS = b"The document is"


@pytest.fixture
def kept(lead: User) -> Publication:
    """A plan whose copy is on its way to the Scottish Government, with a file kept of it."""
    publication = publish(lead, mailbox=None, send=False)
    keep(publication, "Plan 2026-29.pdf", lead)
    return publication


def keep(publication: Publication, name: str, by: User, content: bytes = PDF) -> StoredFile:
    file = store_file(name, content, now=NOW)
    keep_copy(publication, file, by=by, now=NOW)
    db.session.commit()
    return file


def send(publication: Publication, by: User) -> None:
    scottish_government().mailbox = MAILBOX
    send_to_scottish_government(publication, by=by, today=TODAY, now=NOW)
    db.session.commit()


def sent(days: Days) -> list[Mail]:
    """What the mail server takes in the next run."""
    taken: list[Mail] = []
    send_ready_messages(TODAY, ticking(moment(TODAY, time(9))), file_of=kept_copy_of)
    taken += days.sink.accepted
    days.sink.accepted.clear()
    db.session.expire_all()
    return taken


def attached(mail: Mail) -> list[tuple[str | None, str, Any]]:
    """The name, the kind and the bytes of each attached file."""
    return [
        (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
        for part in mail.message.iter_attachments()
        if isinstance(part, EmailMessage)
    ]


def texts(mail: Mail) -> list[str]:
    """The plain text and the HTML of a mail, each on one line."""
    found = [mail.message.get_body((kind,)) for kind in ("plain", "html")]
    return [" ".join(part.get_content().split()) for part in found if part is not None]


def test_a_kept_copy_goes_with_the_email_and_with_the_senders_own(days: Days, kept: Publication, lead: User) -> None:
    send(kept, lead)
    mails = sent(days)
    assert [one.recipients for one in mails] == [(MAILBOX,), (lead.email,)]
    for mail in mails:
        assert attached(mail) == [("Plan 2026-29.pdf", "application/pdf", PDF)]
        plain, html = texts(mail)
        assert (ATTACHED in plain, ATTACHED in html, ADDRESS in plain) == (True, True, True)
        assert mail.message["Subject"].endswith("Moray: Children’s Services Plan 2026–29")
        assert mail.message["Auto-Submitted"] == "auto-generated"
        assert b"fill-" not in mail.raw
        assert max(map(len, mail.raw.split(b"\r\n"))) < 200


def test_the_stored_bytes_hold_no_file(kept: Publication, lead: User) -> None:
    send(kept, lead)
    for body in db.session.scalars(select(MessageBody.content)):
        assert b"application/pdf" not in body
        assert len(body) < 20_000
        assert SAYS not in body


def test_the_file_is_read_when_the_email_is_sent(days: Days, kept: Publication, lead: User) -> None:
    send(kept, lead)
    other = PDF.replace(b"<<>>", b"<</Other>>")
    keep(kept, "Plan, second proof.pdf", lead, other)
    assert {one for mail in sent(days) for one in attached(mail)} == {
        ("Plan, second proof.pdf", "application/pdf", other)
    }


def without_bytes(publication: Publication, _by: User) -> None:
    db.session.execute(delete(StoredContent))


def removed(publication: Publication, by: User) -> None:
    remove_kept_copy(publication, by=by, now=NOW)


def damaged(publication: Publication, _by: User) -> None:
    db.session.execute(update(StoredContent).values(content=b"%PDF-1.7 other bytes"))


def too_large(publication: Publication, _by: User) -> None:
    db.session.execute(update(StoredFile).values(size=LARGEST_ATTACHED + 1))


@pytest.mark.parametrize("change", [without_bytes, removed, damaged, too_large])
def test_an_email_whose_file_cannot_be_attached_goes_without_it_and_says_so(
    days: Days, kept: Publication, lead: User, change: object
) -> None:
    send(kept, lead)
    change(kept, lead)  # type: ignore[operator]
    db.session.commit()
    for mail in sent(days):
        assert attached(mail) == []
        for text in texts(mail):
            assert NOT_ATTACHED["-read"] in text
            assert ATTACHED not in text
    days.send(TODAY, time(10))
    assert len(copies()) == 1


def test_a_file_of_exactly_the_limit_goes_and_one_byte_more_does_not(days: Days, kept: Publication, lead: User) -> None:
    for size, names in ((LARGEST_ATTACHED, ["largest.txt"]), (LARGEST_ATTACHED + 1, [])):
        keep(kept, "largest.txt", lead, b"a" * size)
        file = kept_copy_of(db.session.connection(), kept.id)
        assert [file.name] == names if file else names == []


def test_without_an_address_the_email_says_whom_to_ask(days: Days, kept: Publication, lead: User) -> None:
    kept.milestone.kind = "annual-report"  # type: ignore[assignment]
    kept.addresses.clear()
    db.session.commit()
    send(kept, lead)
    without_bytes(kept, lead)
    db.session.commit()
    for mail in sent(days):
        assert [NOT_ATTACHED["-ask"] in text for text in texts(mail)] == [True, True]


def test_an_email_about_what_has_no_kept_copy_says_nothing_of_one(days: Days, lead: User) -> None:
    publish(lead, mailbox=MAILBOX)
    for mail in sent(days):
        assert (attached(mail), SAYS in mail.raw) == ([], False)


def test_a_sender_that_reads_no_files_claims_none(days: Days, kept: Publication, lead: User) -> None:
    send(kept, lead)
    send_ready_messages(TODAY, ticking(moment(TODAY, time(9))))
    for mail in days.sink.accepted:
        assert (attached(mail), NOT_ATTACHED["-read"] in texts(mail)[0]) == ([], True)


def test_the_file_of_a_version_that_was_undone_goes_nowhere(days: Days, kept: Publication, lead: User) -> None:
    send(kept, lead)
    undo_publication(kept, "It was another plan.", by=lead, now=NOW)
    db.session.commit()
    assert [(one.recipients, attached(one)) for one in sent(days)] == [((lead.email,), [])]


def test_each_email_carries_the_copy_and_the_day_of_its_own_version(days: Days, kept: Publication, lead: User) -> None:
    """The email to the Scottish Government about the version before is stopped; the sender's own is a record of it."""
    send(kept, lead)
    newer = record_newer_version(
        kept,
        address=ADDRESS,
        published_on=date(2026, 4, 9),
        reason="A priority was missing.",
        reopen=[],
        by=lead,
        today=TODAY,
        now=NOW,
    )
    keep(newer, "Plan 2026-29, revised.pdf", lead)
    send(newer, lead)
    found = [
        (mail.recipients[0], [name for name, *_ in attached(mail)], re.findall(r"\d+ April 2026", texts(mail)[0])[0])
        for mail in sent(days)
    ]
    assert found == [
        (lead.email, ["Plan 2026-29.pdf"], "7 April 2026"),
        (MAILBOX, ["Plan 2026-29, revised.pdf"], "9 April 2026"),
        (lead.email, ["Plan 2026-29, revised.pdf"], "9 April 2026"),
    ]


NAMES = [
    "Plan.pdf",
    "Plana Seirbheisean Chloinne 2026–29, Mòrath.pdf",
    "計画" * 70 + ".pdf",
    'Quote " and \\ back.pdf',
    "two\r\nBcc: someone@example.org\r\n\r\nlines.pdf",
    "turned \u202efdp.exe.pdf",
    "zero\u200bwidth\u2028line.pdf",
    "emoji 👩‍👧 plan.pdf",
    "a" * 140 + ".pdf",
    "=?utf-8?q?Bcc?=.pdf",
    "semi;colon=1, comma.pdf",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_file_is_one_line_in_its_header_and_comes_as_it_is_kept(
    days: Days, kept: Publication, lead: User, name: str
) -> None:
    file = keep(kept, name, lead)
    assert "\n" not in file.name
    send(kept, lead)
    mails = sent(days)
    assert len(mails) == 2
    for mail in mails:
        assert attached(mail) == [(file.name, "application/pdf", PDF)]
        assert mail.message["Bcc"] is None
        assert max(map(len, mail.raw.split(b"\r\n"))) < 200


SIGNS = st.characters(exclude_categories=["Cs"]) | st.sampled_from(";\"'\\=?%*\r\n\t\u202e")


@given(st.text(SIGNS, min_size=1, max_size=200), st.binary(max_size=2_000))
@example("\u115f", b"")
def test_any_name_and_any_bytes_come_out_as_they_went_in(name: str, content: bytes) -> None:
    stored = (
        b'Content-Type: multipart/alternative; boundary="b"\r\nMIME-Version: 1.0\r\nSubject: Plan\r\n\r\n'
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nWords\r\n--b--\r\n"
    )
    raw = attach(stored, f"{tidy_name(name)}.pdf", "application/pdf", content)
    mail = Mail("", (), raw, 0)
    (found,) = attached(mail)
    assert found[1:] == ("application/pdf", content)
    assert found[0] is not None
    assert one_line(found[0]) == one_line(f"{tidy_name(name)}.pdf")
    assert [mail.message[header] for header in ("Subject", "MIME-Version")] == ["Plan", "1.0"]
    assert mail.message.get_body(("plain",)) is not None
