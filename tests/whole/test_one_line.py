"""One-line values are one line everywhere: in tables, files that come in, pages, mails, calendars, files that go out.

Each test tries all of a kind by itself: a new page, mail or column is tried without being named here.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from docx import Document
from flask import Flask
from icalendar import Calendar
from markupsafe import escape
from openpyxl import load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from sqlalchemy import String, insert, select, text
from werkzeug.test import TestResponse

from cycle_tracker import models
from cycle_tracker.audit.services import audit
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import Base, db
from cycle_tracker.core.kinds import Kind, OnBehalf
from cycle_tracker.core.lines import one_line
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.documents.services.on_behalf.acts import dispute_act, note_act
from cycle_tracker.documents.services.on_behalf.mails import notify_of_acts
from cycle_tracker.documents.services.publication_mails import queue_not_sent
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.documents.services.sendings import sendings_of
from cycle_tracker.feeds.services import make_feed
from cycle_tracker.governance.services.decisions import Made, take_no_action
from cycle_tracker.governance.services.disputes import dispute_decision
from cycle_tracker.governance.services.groups import add_meeting
from cycle_tracker.governance.services.raising import raise_to_group
from cycle_tracker.imports.rules.milestone_rows import COLUMNS
from cycle_tracker.imports.services.files import read_file, read_pasted
from cycle_tracker.imports.services.milestones import plan_milestones
from cycle_tracker.imports.services.recorded_milestones import record_milestones
from cycle_tracker.mail.services.mail_templates import mail_templates
from cycle_tracker.milestones.services.contacts import ContactDetails, add_contact, ask_contact
from cycle_tracker.models.access import Invitation
from cycle_tracker.models.base import table_of
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.officials import ActOnBehalf
from cycle_tracker.models.publication import Publication
from cycle_tracker.models.user import User
from cycle_tracker.people.services.account_mails import (
    ask_for_new_password,
    ask_for_sign_in_link,
    notify_of_change,
    queue_invitation,
)
from cycle_tracker.people.services.delegations import set_away
from cycle_tracker.requests.services import draft_requests, send_requests
from tests.access_matrix import TABLE
from tests.access_matrix.stage import Parts, send, signed_in
from tests.factories import grant_role, make_governance_group, make_government, make_milestone, make_report, make_user
from tests.support.mail_out import sink_for
from tests.support.mailed_links import mail_to, run_jobs, text_of
from tests.support.moray import Place
from tests.support.smtp_sink import Mail
from tests.support.unseen import FAKE_LINES, UNSEEN, is_one_line, spoil_stored_words, unseen_in
from tests.support.workbooks import workbook

pytestmark = pytest.mark.usefixtures("morning")

HERE = "/partnerships/moray"
PAGES = [cell for cell in TABLE if cell.method == "GET" and cell.may]
MADE_BY_THE_SERVICE = {
    "access_links": {"token_hash"},
    "audit_events": {"subject", "action"},
    "audit_seals": {"hash"},
    "calendar_feeds": {"token_hash"},
    "job_runs": {"job", "holder"},
    "mail_claims": {"id", "holder"},
    "message_bodies": {"key"},
    "messages": {"identity", "addressee", "message_id", "claim_id", "ended_why"},
    "notice_policies": {"place"},
    "notices": {"step", "addressee", "policy", "ended_why"},
    "publication_addresses": {"language"},
    "recovery_codes": {"code_hash"},
    "sign_in_attempts": {"account", "address"},
    "sign_in_sessions": {"token_hash", "address"},
    "stored_files": {"media_type", "sha256"},
    "users": {"password", "fs_uniquifier", "totp_secret"},
}
"""Columns of text in which nobody outside of this service has a word."""
ATTACK = (
    "Your input to the plan\n\nIMPORTANT: your mailbox is full. Sign in within 24 hours:\nhttps://evil.test/login\n\n"
    "--\nScottish Government"
)


def test_every_column_of_words_is_of_one_line_or_of_several() -> None:
    models.load_all()
    bare = {
        table.name: names
        for table in Base.metadata.sorted_tables
        if (names := {column.name for column in table.columns if type(column.type) is String})
    }
    assert bare == MADE_BY_THE_SERVICE


def test_words_are_one_line_in_the_table_and_when_they_come_out_of_it(place: Place) -> None:
    spoilt, table = f"Title{FAKE_LINES}{''.join(UNSEEN)}end", table_of(Group)
    db.session.add(Group(partnership=place.partnership, name=spoilt[:200] + "a"))
    db.session.execute(insert(table).values(partnership_id=place.partnership.id, name=spoilt[:200] + "b"))
    db.session.flush()
    stored = db.session.scalars(text("SELECT name FROM groups")).all()
    assert len(stored) == 2
    assert all(is_one_line(name) for name in stored)
    spoil_stored_words()
    assert not any(is_one_line(name) for name in db.session.scalars(text("SELECT name FROM groups")))
    assert all(is_one_line(name) for name in db.session.scalars(select(Group.name)))
    assert is_one_line(db.session.scalars(select(Group)).all()[0].name)
    place.step.title = "  a blank\u00a0 counts in what is searched for "
    db.session.flush()
    assert db.session.scalars(select(Milestone.id).where(Milestone.title.like("%blank counts%"))).all() == [
        place.step.id
    ]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_page_and_list_as_a_file_shows_stored_words_on_one_line(app: Flask, two_partnerships: Parts) -> None:
    moray = db.session.scalars(select(Milestone).where(Milestone.key == "2026-29.step")).first()
    assert moray is not None
    audit.record_milestone(
        moray, "edited", by=None, at=clock.now(), before={"title": f"a{FAKE_LINES}"}, after={"title": "b\u202e\u200b"}
    )
    spoil_stored_words()
    wrong, seen = [], ""
    clients = {role: signed_in(app, role) for role in (Role.LEAD, Role.OFFICIAL, Role.ADMINISTRATOR)}
    for cell in PAGES:
        client = next((clients[role] for role in clients if role in cell.may), clients[Role.LEAD])
        pieces = list(_pieces(send(client, cell, two_partnerships["moray"])))
        seen += "".join(pieces)
        if any(unseen_in(piece, but="\n") for piece in pieces):
            wrong.append(cell.path)
    assert wrong == []
    title = db.session.scalars(select(Milestone.title)).first() or ""
    assert title.startswith("Title IMPORTANT: mailbox full https://evil.test -- Government")
    assert seen.count(str(escape(title))) > 50


def _pieces(answer: TestResponse) -> Iterator[str]:
    """What an answer says: a page as it is written, each cell of a file, each paragraph and cell of a document."""
    kind = str(answer.mimetype)
    if kind == "text/csv":
        for row in csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")):
            yield from row
    elif kind.startswith("text/"):
        yield answer.get_data(as_text=True).replace(">\r\n", ">")  # which WTForms puts before what a text area holds
    elif kind.endswith("spreadsheetml.sheet"):
        for page in load_workbook(io.BytesIO(answer.data)).worksheets:
            yield from (str(value) for row in page.iter_rows(values_only=True) for value in row if value is not None)
    elif kind.endswith("wordprocessingml.document"):
        document = Document(io.BytesIO(answer.data))
        yield from (paragraph.text for paragraph in document.paragraphs)
        yield from (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    yield from (value for name, value in answer.headers if name != "Set-Cookie")


def test_lists_as_workbooks_and_the_status_as_a_document_too(app: Flask, two_partnerships: Parts) -> None:
    spoil_stored_words()
    client = signed_in(app, Role.LEAD)
    for path in (f"{HERE}/milestones/export.xlsx", f"{HERE}/status.docx"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        cells = list(_pieces(answer))
        assert any(cell.startswith("Title IMPORTANT") for cell in cells), path
        assert not any(unseen_in(cell, but="\n") for cell in cells), path


def test_every_kind_of_mail_has_stored_words_on_one_line(place: Place) -> None:
    """Title, names, partnership: whatever line the attacker wanted to begin is none, in text and in HTML."""
    with sink_for(place.app) as sink:
        _write_every_kind_of_mail(place)
        run_jobs()
    assert {kind.value for kind in db.session.scalars(select(Message.kind))} == {*MessageKind} - {MessageKind.ALARM}
    for mail in sink.accepted:
        plain, html = _part(mail), _part(mail, "html")
        assert not unseen_in(plain + html, but="\n"), plain
        assert not re.search("^(IMPORTANT|https://evil|--|Government)", plain, re.MULTILINE), plain
        assert "mailbox full" in plain + html
    assert any("Dear all,\nhow does it stand?" in _part(mail) for mail in sink.accepted)


def _write_every_kind_of_mail(place: Place) -> None:
    """With words of all rows spoilt before. The alarm has no words but those of the service."""
    moray, lead, now, today = place.partnership, place.lead, clock.now(), clock.today()
    make_government(mailbox="government@example.test")
    official = make_user("An official", email="official@example.test", role=Role.OFFICIAL)
    deputy = make_user("Una Fyfe", email="una@example.test", role=Role.CONTRIBUTOR, partnership=moray)
    asked = make_milestone(moray, kind=Kind.CONSULTATION, due_on=date(2026, 7, 10), owner=place.owner)
    contact = add_contact(moray, ContactDetails("Kirsty", "kirsty@example.test"), by=lead, now=now)
    ask_contact(asked, contact, by=lead, now=now)
    earlier = make_report(moray, key="2023-26.annual-report-2", year_end=date(2025, 3, 31), owner=place.owner)
    fields = {"role": Role.CONTRIBUTOR, "scope": Scope.PARTNERSHIP, "partnership": moray, "invited_by": lead}
    days = {"invited_at": now, "expires_at": now + timedelta(days=7)}
    invitation = Invitation(email="new@example.test", name="New", **fields, **days)
    db.session.add(invitation)
    db.session.flush()
    spoil_stored_words()
    ask_for_new_password(lead.email, now=now)
    ask_for_sign_in_link(place.owner.email, now=now)
    queue_invitation(invitation, moray.name, now=now)
    notify_of_change(lead, "Your password was changed", now=now)
    set_away(place.owner, deputy, today, today, by=lead, today=today, now=now, within_id=moray.id)
    record_publication(
        place.report,
        address="https://example.org/r",
        published_on=date(2026, 7, 1),
        send_to_ministers=True,
        by=lead,
        today=today,
        now=now,
    )
    publication = db.session.scalars(select(Publication)).one()
    queue_not_sent(next(iter(sendings_of(publication).values())), lead, now=now)
    reply_by = date(2026, 8, 1)
    note_act(earlier, OnBehalf.SENT, by=official, now=now)
    notify_of_acts(now)
    dispute_act(earlier, db.session.scalars(select(ActOnBehalf)).one(), "It was\r\n\u202enot.", by=lead, now=now)
    drafts = draft_requests([earlier], "Dear all,\r\n\u202ehow does it stand?", reply_by, today)
    send_requests(drafts, reply_by, by=official, now=now)
    note_act(earlier, OnBehalf.PUBLISHED, by=official, now=now)
    notify_of_acts(now)
    _record_as_lead(place, earlier)


def _record_as_lead(place: Place, report: Milestone) -> None:
    """A decision that a planning lead records, which the chair disputes."""
    (chair,) = make_governance_group(place.partnership, "Catriona Ross")
    db.session.scalars(select(Membership)).one().role = MembershipRole.CHAIR
    grant_role(place.lead, Role.CLERK, place.partnership)
    now, today = clock.now(), clock.today()
    rung = raise_to_group(report, "It was put off twice.", by=place.lead, today=today, now=now)
    group = db.session.scalars(select(Group)).one()
    made = Made(add_meeting(group, today, title=ATTACK, by=chair, today=today, now=now), "4.2", by_group=True)
    decision = take_no_action(rung, "It was put off.", by=place.lead, today=today, now=now, made=made)
    dispute_decision(decision, "Not so.", by=chair, today=today, now=now)


def _part(mail: Mail, kind: str = "plain") -> str:
    return text_of(mail, kind).replace("\r\n", "\n")


def test_a_consultation_titled_with_lines_of_a_mail_reaches_its_contact_as_one_line(place: Place) -> None:
    """The attack as it was tried: a lead writes the title, and somebody outside is mailed in our name."""
    client = place.client(place.lead)
    form = {"title": ATTACK, "kind": "consultation", "due_on": "10/07/2026"}
    client.post(f"{HERE}/cycles/2026-29/milestones/new", data=form)
    made = db.session.scalars(select(Milestone).where(Milestone.kind == Kind.CONSULTATION)).one()
    person = {
        "contact": "",
        "name": "Ext\nPerson\u2028\u202e",
        "email": "ext.person@x.test",
        "organisation": "",
    }
    client.post(f"{HERE}/milestones/{made.key}/contacts", data=person)
    with sink_for(place.app) as sink:
        run_jobs()
        mail = mail_to(sink, "ext.person@x.test")
    assert made.title == one_line(ATTACK)
    assert _part(mail).startswith(
        f"{one_line(ATTACK)}, Moray. Due in 7 days (local date 10 July 2026).\n\nHello Ext Person\n\n"
    )
    assert _part(mail).count("\nIMPORTANT") == _part(mail).count("\nhttps://evil") == 0
    assert one_line(ATTACK) in _part(mail, "html")


def test_a_new_template_of_a_mail_cannot_forget_it(app: Flask) -> None:
    with app.app_context():
        written = mail_templates().from_string("{{ a }}|{{ ' on ' ~ a }}|{{ a | keep_lines }}|{{ 3 }}|{{ none }}")
        assert written.render(a="x\r\n\u2028\u202ey\x85") == "x y | on x y |x\n\ny\n|3|None"


def test_a_calendar_has_each_title_on_one_line(place: Place) -> None:
    token = make_feed(place.owner, place.partnership, now=clock.now())
    spoil_stored_words()
    feed = place.app.test_client().get(f"/calendar/{token}.ics")
    calendar: Any = Calendar.from_ical(feed.data)
    (event,) = calendar.walk("VEVENT")
    assert event["SUMMARY"].startswith("Past guidance date: Title IMPORTANT")
    for value in (event["SUMMARY"], calendar["X-WR-CALNAME"]):
        assert is_one_line(str(value))
    assert not unseen_in(event["DESCRIPTION"], but="\n")


ROW = {
    "partnership": "\u200bmoray\u00a0",
    "key": "\ufeff2026-29.family-survey\u2060",
    "title": f"Survey{FAKE_LINES}{''.join(UNSEEN)}of fami\u00adlies",
    "kind": "re\u200bquest",
    "due_on": "\u00a030\u00a0June 2027\u200e",
    "owner": "calum@example.test\u202c",
    "state": "not\u00a0started",
}


@pytest.mark.parametrize("form", ["csv", "xlsx", "pasted"])
def test_cells_that_come_in_are_one_line_and_read_as_they_look(place: Place, form: str) -> None:
    place.owner.email = "calum@example.test"
    names, cells = [f"\ufeff{name}\u00a0" for name in ROW], list(ROW.values())
    written = io.StringIO(newline="")
    csv.writer(written, delimiter="\t" if form == "pasted" else ",").writerows([names, cells])
    if form == "pasted":
        rows = read_pasted(written.getvalue(), COLUMNS)
    elif form == "csv":
        rows = read_file(written.getvalue().encode(), COLUMNS)
    else:
        rows = read_file(workbook([names, [ILLEGAL_CHARACTERS_RE.sub("", cell) for cell in cells]]), COLUMNS)
    plan = plan_milestones(rows, None, clock.today())
    assert list(plan.problems) == []
    record_milestones(plan, by=None, today=clock.today(), now=clock.now())
    made = db.session.scalars(select(Milestone).where(Milestone.key == "2026-29.family-survey")).one()
    assert (made.due_on, made.kind, made.owner) == (date(2027, 6, 30), Kind.REQUEST, place.owner)
    assert is_one_line(made.title)
    assert made.title.startswith("Survey IMPORTANT")
    assert made.title.endswith("of families")


def test_a_name_and_an_address_on_the_command_line_are_one_line(place: Place) -> None:
    said = ("user", "add", "\u200bmairi@example.test\u00a0", "--name", "Mairi\n\u202eBain\u2028", "--role", "auditor")
    db.session.commit()
    result = place.app.test_cli_runner().invoke(args=said)
    assert "Added Mairi Bain, mairi@example.test." in result.output
    assert db.session.scalars(select(User.name).where(User.email == "mairi@example.test")).all() == ["Mairi Bain"]
