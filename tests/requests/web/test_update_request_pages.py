"""Officials ask how documents stand: what they tick, what they see before it is sent, and how a partnership answers."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select

from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.message import Message, MessageBody
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.update_request import UpdateRequest
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.requests.services import answer_request
from tests.factories import (
    make_cycle,
    make_government,
    make_milestone,
    make_partnership,
    make_report,
    make_user,
)
from tests.support.pages import Browser, counted_statements, said, sign_in, soup, value_of

LIST = "/update-requests"
NEW = f"{LIST}/new"
TODAY = date(2026, 9, 2)
NOW = datetime(2026, 9, 2, 10, tzinfo=LONDON)
STATEMENTS = {"list": 4, "new": 8, "show": 3}
"""What each page asks for, however many rows it has; the person and the menu included."""


@dataclass
class Moray:
    """Moray's report, 64 days past its guidance date, with its lead, and an official."""

    app: Flask
    partnership: Partnership
    lead: User
    official: User
    report: Milestone

    def client(self, user: User | None = None) -> Browser:
        return sign_in(self.app, user or self.official)

    def form(self, client: Browser, *documents: Milestone) -> dict[str, Any]:
        """The form as it stands once the documents were ticked: ready to be sent."""
        page = client.get(address(*(documents or (self.report,))))
        return {
            "document": [str(tag["value"]) for tag in soup(page).select("input[name=document]")],
            "text": value_of(page, "text"),
            "reply_by": value_of(page, "reply_by"),
            "seen": value_of(page, "seen"),
            "action": "send",
        }

    def asked(self, report: Milestone | None = None, **fields: Any) -> UpdateRequest:
        about = report or self.report
        values = {"text": "How does it stand?", "reply_by": date(2026, 9, 16), **fields}
        request = UpdateRequest(milestone_id=about.id, asked_by_id=self.official.id, **{"asked_at": NOW, **values})
        db.session.add(request)
        db.session.flush()
        return request


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    morning.move_to(NOW)
    with app.app_context():
        make_government()
        place = make_partnership("moray", name="Moray")
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place, email="ailsa@example.test")
        official = make_user("Fiona Shaw", role=Role.OFFICIAL)
        report = make_report(place, owner=lead, cycle=make_cycle(place, "2023-26"))
        yield Moray(app, place, lead, official, report)
        db.session.remove()


def address(*documents: Milestone) -> str:
    return f"{NEW}?{'&'.join(f'document={document.id}' for document in documents)}"


def requests() -> list[UpdateRequest]:
    return list(db.session.scalars(select(UpdateRequest).order_by(UpdateRequest.id)))


def recipients() -> list[str]:
    return list(db.session.scalars(select(Message.recipient).order_by(Message.id)))


def page_of(report: Milestone) -> str:
    return f"/partnerships/moray/milestones/{report.key}"


def link_in(mail: str, link: str) -> str:
    found = next(word for word in mail.split() if LIST in word)
    assert found.endswith(link.rpartition(LIST)[2])
    return found


def mail_part(kind: str) -> str:
    """What the one mail that was written says, as plain text or as HTML."""
    content = db.session.scalars(select(MessageBody.content)).one()
    parsed = email.message_from_bytes(content, policy=email.policy.default)
    return str(parsed.get_body((kind,)).get_content())  # type: ignore[union-attr]


def rows(client: Browser, query: str = "") -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in soup(client.get(f"{LIST}{query}")).select("tbody tr")]


@pytest.mark.parametrize("start", ["/", "/outstanding"])
def test_select_preview_send_are_three_clicks(moray: Moray, start: str) -> None:
    """The counted journey of an official, with what a browser would send at each click."""
    client = moray.client()
    page = soup(client.get(start))
    box = page.select_one("input[type=checkbox][name=document]")
    assert box is not None
    form = box.find_parent("form")
    assert form is not None
    assert (form["action"], form["method"]) == (NEW, "get")
    ticked = {"document": str(box["value"])}  # the first click
    preview = client.get(str(form["action"]), query_string=ticked)  # the second
    assert preview.status_code == 200
    sent = client.post(  # the third
        NEW,
        data={
            **ticked,
            "text": value_of(preview, "text"),
            "reply_by": value_of(preview, "reply_by"),
            "seen": value_of(preview, "seen"),
            "action": "send",
        },
    )
    assert sent.status_code == 302
    assert recipients() == ["ailsa@example.test"]
    assert "You have sent 1 request in 1 email." in said(client.get(sent.headers["Location"]))


def test_the_preview_is_the_mail_to_the_letter(moray: Moray) -> None:
    client = moray.client()
    page = client.get(address(moray.report))
    shown = soup(page).select_one(".app-mail")
    assert shown is not None
    text = said(page)
    assert "To Ailsa Grant, ailsa@example.test" in text
    assert "Subject Update requested, Moray: Annual report on 2025–26" in text
    assert "The guidance date was 30 June 2026 (64 days before 2 September 2026)." in shown.get_text()
    assert "Please reply by 16 September 2026." in shown.get_text()
    client.post(NEW, data=moray.form(client))
    (request,) = requests()
    link = f"http://localhost{LIST}/{request.id}"
    mailed = mail_part("plain").replace("\r\n", "\n")
    written = shown.get_text().replace("(a link to this request)", "LINK")
    assert mailed.strip().replace(link_in(mailed, link), "LINK") == written.strip()


def test_one_text_goes_to_many_and_each_reads_of_its_own_document(moray: Moray) -> None:
    fife = make_partnership("fife", name="Fife")
    other = make_report(fife, owner=make_user("Una Ross", role=Role.LEAD, partnership=fife))
    client = moray.client()
    data = moray.form(client, moray.report, other)
    data["text"] = "The Minister asks.\r\n\r\nHow does it stand?"
    shown = client.post(NEW, data={**data, "action": "preview"})
    mails = [tag.get_text() for tag in soup(shown).select(".app-mail")]
    assert ["Fife" in mails[0], "Moray" in mails[1]] == [True, True]
    assert all("The Minister asks.\n\nHow does it stand?" in mail for mail in mails)
    answer = client.post(NEW, data={**data, "seen": value_of(shown, "seen")})
    assert answer.headers["Location"] == LIST
    assert [request.milestone_id for request in requests()] == [other.id, moray.report.id]
    assert len(recipients()) == 2


def test_what_was_not_seen_is_not_sent(moray: Moray) -> None:
    client = moray.client()
    data = moray.form(client)
    page = client.post(NEW, data={**data, "text": "Where is it, please?"})
    assert page.status_code == 200
    assert "The emails have changed since you checked them." in said(page)
    assert "Where is it, please?" in said(page)
    assert requests() == []
    second = make_user("Rory Baird", role=Role.LEAD, partnership=moray.partnership)
    page = client.post(NEW, data=data)
    assert second.email in said(page)
    assert requests() == []
    assert client.post(NEW, data={**data, "seen": value_of(page, "seen")}).status_code == 302
    assert len(recipients()) == 2


def test_a_button_pressed_twice_sends_once(moray: Moray) -> None:
    client = moray.client()
    data = moray.form(client)
    assert client.post(NEW, data=data).status_code == 302
    again = client.post(NEW, data=data)
    assert again.status_code == 302
    assert again.headers["Location"] == f"{LIST}/{requests()[0].id}"
    assert (len(requests()), len(recipients())) == (1, 1)


def test_a_second_request_on_one_day_is_warned_about_and_can_be_sent(moray: Moray) -> None:
    client = moray.client()
    client.post(NEW, data=moray.form(client))
    page = client.get(address(moray.report))
    assert "Already asked today" in said(page)
    assert "Last asked on 2 September 2026 at 10:00, by Fiona Shaw. No answer yet." in said(page)
    assert client.post(NEW, data=moray.form(client)).status_code == 302
    assert len(requests()) == 2


def test_a_request_of_another_day_is_named_without_a_warning(moray: Moray) -> None:
    moray.asked(asked_at=NOW - timedelta(days=20), answered_at=NOW - timedelta(days=18), answered_by_id=moray.lead.id)
    text = said(moray.client().get(address(moray.report)))
    assert "Last asked on 13 August 2026 at 10:00, by Fiona Shaw. Answered on 15 August 2026." in text
    assert "Already asked today" not in text


def test_where_there_is_nobody_it_says_so_and_records_it(moray: Moray) -> None:
    db.session.execute(delete(RoleGrant).where(RoleGrant.partnership_id == moray.partnership.id))
    client = moray.client()
    assert "No one. Moray has no planning lead" in said(client.get(address(moray.report)))
    sent = client.get(client.post(NEW, data=moray.form(client)).headers["Location"])
    assert "There was no one to email in Moray." in said(sent)
    assert "Emailed to No one, because Moray had no planning lead." in said(sent)
    assert (len(requests()), recipients()) == (1, [])
    assert "Update requests" in said(client.get(page_of(moray.report)))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"text": ""}, "Enter your message"),
        ({"text": "How?"}, "Your message must be 10 to 2,000 characters"),
        ({"text": "x" * 10_000}, "Your message must be 10 to 2,000 characters"),
        ({"reply_by": ""}, "Enter the date you need a reply by"),
        ({"reply_by": "31 9 2026"}, "31 September 2026 is not a real date"),
        ({"reply_by": "2 9 2026"}, "The reply-by date must be in the future."),
        ({"reply_by": "4 9 2027"}, "The reply-by date must be within a year."),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_sent(
    moray: Moray, changed: dict[str, str], words: str
) -> None:
    client = moray.client()
    data = moray.form(client) | changed
    page = client.post(NEW, data=data)
    assert page.status_code == 200
    (name,) = changed
    beside = soup(page).find(id=f"{name}-error")
    assert beside is not None
    assert words in beside.get_text()
    assert (value_of(page, "text"), value_of(page, "reply_by")) == (data["text"], data["reply_by"])
    assert soup(page).select("input[name=document]")
    assert requests() == []
    assert recipients() == []


def test_markup_in_a_text_is_text(moray: Moray) -> None:
    client = moray.client()
    data = {**moray.form(client), "text": "<script>alert(1)</script> How is it?", "action": "preview"}
    page = client.post(NEW, data=data)
    assert "<script>alert" not in page.get_data(as_text=True)
    client.post(NEW, data={**data, "action": "send", "seen": value_of(page, "seen")})
    assert len(requests()) == 1
    assert "<script>alert" not in client.get(f"{LIST}/{requests()[0].id}").get_data(as_text=True)
    assert "<script>alert" not in mail_part("html")


@pytest.mark.parametrize("query", ["", "?document=", "?document=0", "?document=x&document=-1", "?document=" + "9" * 30])
def test_nothing_that_can_be_asked_about_is_said(moray: Moray, query: str) -> None:
    page = moray.client().get(NEW + query)
    assert page.status_code == 200
    assert "You have not chosen any documents." in said(page)


def test_what_officials_do_not_follow_is_left_out_and_never_sent(moray: Moray) -> None:
    step = make_milestone(moray.partnership, title="A local step")
    done = make_report(moray.partnership, key="done", title="A done report", state=State.DONE)
    client = moray.client()
    page = client.get(address(moray.report, step, done))
    assert "We left out 2 documents that you chose." in said(page)
    assert "A local step" not in said(page)
    assert "A done report" not in said(page)
    data = moray.form(client)
    tampered = client.post(NEW, data={**data, "document": [*data["document"], str(step.id)]})
    assert tampered.status_code == 200
    assert "We left out one document that you chose." in said(tampered)
    assert requests() == []


def test_fields_that_the_form_does_not_have_change_nothing(moray: Moray) -> None:
    client = moray.client()
    more = {"milestone_id": "1", "asked_by_id": str(moray.lead.id), "to": "x@example.test", "answered_at": "2026-01-01"}
    client.post(NEW, data=moray.form(client) | more)
    (request,) = requests()
    assert (request.asked_by_id, request.milestone_id, request.answered_at) == (
        moray.official.id,
        moray.report.id,
        None,
    )
    assert recipients() == ["ailsa@example.test"]


@pytest.mark.parametrize("role", [Role.LEAD, Role.CONTRIBUTOR, Role.GOVERNANCE, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_officials_ask(moray: Moray, role: Role) -> None:
    national = role in {Role.AUDITOR, Role.ADMINISTRATOR}
    person = make_user("Somebody", role=role, partnership=None if national else moray.partnership)
    client = moray.client(person)
    assert client.get(address(moray.report)).status_code == 403
    data = {"document": str(moray.report.id), "text": "How does it stand?", "reply_by": "16 9 2026", "action": "send"}
    assert client.post(NEW, data=data).status_code == 403
    if role is Role.AUDITOR:
        assert soup(client.get("/outstanding")).select("input[type=checkbox]") == []
        assert soup(client.get("/")).select("input[type=checkbox]") == []
    assert requests() == []


def test_a_lead_answers_and_everybody_reads_it(moray: Moray) -> None:
    request = moray.asked()
    client = moray.client(moray.lead)
    assert "Update requests from the Scottish Government" in said(client.get("/"))
    page = client.get(f"{LIST}/{request.id}")
    assert soup(page).find("a", href=page_of(moray.report)) is not None
    assert soup(page).find("a", href=f"{page_of(moray.report)}/proposal") is not None
    sent = client.post(f"{LIST}/{request.id}/answer", data={"answer": "It goes to the board on 24 September."})
    assert sent.status_code == 302
    assert "Saved. The Scottish Government can read your answer here." in said(client.get(sent.headers["Location"]))
    assert "Update requests from the Scottish Government" not in said(client.get("/"))
    official = moray.client()
    home = said(official.get("/"))
    assert "Moray: Annual report on 2025–26 Answered on 2 September 2026 at 10:00, by Ailsa Grant. It goes" in home
    assert "It goes to the board on 24 September." in said(official.get(page_of(moray.report)))
    assert db.session.scalars(
        select(AuditEvent.action).where(AuditEvent.actor_id == moray.lead.id).order_by(AuditEvent.id)
    ).all()[-1] == ("update-answered")


def test_a_second_answer_is_not_kept_and_is_given_back(moray: Moray) -> None:
    request = moray.asked()
    client = moray.client(moray.lead)
    other = make_user("Rory Baird", role=Role.LEAD, partnership=moray.partnership)
    answer_request(request, "In October.", by=other, today=TODAY, now=NOW)
    page = client.post(f"{LIST}/{request.id}/answer", data={"answer": "In November."})
    assert page.status_code == 409
    text = said(page)
    assert "Someone else answered this first" in text
    assert "In November." in text
    assert "In October." in text
    assert requests()[0].answer == "In October."


@pytest.mark.parametrize(
    ("answer", "words"),
    [("", "Enter your answer"), (" \x07 ", "Enter your answer"), ("x" * 2001, "must be 2,000 characters or fewer")],
)
def test_an_answer_that_says_nothing_or_too_much_is_refused(moray: Moray, answer: str, words: str) -> None:
    request = moray.asked()
    page = moray.client(moray.lead).post(f"{LIST}/{request.id}/answer", data={"answer": answer})
    beside = soup(page).find(id="answer-error")
    assert beside is not None
    assert words in beside.get_text()
    assert requests()[0].answered_at is None


def test_another_partnerships_lead_finds_nothing_here(moray: Moray) -> None:
    request = moray.asked()
    other = make_user("Una Ross", role=Role.LEAD, partnership=make_partnership("fife"))
    client = moray.client(other)
    assert client.get(f"{LIST}/{request.id}").status_code == 404
    assert client.post(f"{LIST}/{request.id}/answer", data={"answer": "Never."}).status_code == 404
    assert rows(client) == []
    assert requests()[0].answered_at is None


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.GOVERNANCE, Role.OFFICIAL, Role.AUDITOR])
def test_those_who_read_a_request_do_not_all_answer_it(moray: Moray, role: Role) -> None:
    request = moray.asked()
    national = role in {Role.AUDITOR, Role.OFFICIAL}
    client = moray.client(make_user("Somebody", role=role, partnership=None if national else moray.partnership))
    page = client.get(f"{LIST}/{request.id}")
    assert "A planning lead of Moray has not answered yet." in said(page)
    assert client.post(f"{LIST}/{request.id}/answer", data={"answer": "Soon."}).status_code == 403


def test_a_published_document_needs_no_answer(moray: Moray) -> None:
    request = moray.asked()
    moray.report.state = State.DONE
    client = moray.client(moray.lead)
    page = client.get(f"{LIST}/{request.id}")
    assert "No longer needed" in said(page)
    assert soup(page).select("main form") == []
    assert "No answer is needed" in said(client.post(f"{LIST}/{request.id}/answer", data={"answer": "Done."}))
    assert "Update requests from the Scottish Government" not in said(client.get("/"))


def test_home_and_the_list_tell_what_waits_what_is_late_and_what_was_answered(moray: Moray) -> None:
    place = moray.partnership
    moray.asked()
    moray.asked(make_report(place, key="late", title="A late one"), reply_by=date(2026, 8, 30))
    moray.asked(
        make_report(place, key="answered", title="An answered one"),
        answered_at=NOW,
        answered_by_id=moray.lead.id,
        answer="In October.",
    )
    moray.asked(make_report(place, key="settled", title="A settled one", state=State.DONE))
    client = moray.client()
    home = soup(client.get("/"))
    tiles = {
        tile.select(".app-tile__label")[0].text: tile.select(".app-tile__number")[0].text
        for tile in home.select("#requests + .app-tiles .app-tile")
    }
    assert tiles == {"Reply overdue": "1", "Waiting for a reply": "1", "Answered": "1"}
    found = rows(client)
    assert [row.split("2 September")[0].strip() for row in found] == [
        "Moray A late one",
        "Moray Annual report on 2025–26",
        "Moray A settled one",
        "Moray An answered one",
    ]
    assert "30 August 2026 3 days ago, no answer yet Reply overdue" in found[0]
    assert [len(rows(client, f"?state={state}")) for state in ("waiting", "overdue", "answered", "settled")] == [1] * 4
    assert len(rows(client, "?partnership=moray&sort=asked")) == 4
    assert "We do not recognise these filters" in said(client.get(f"{LIST}?partnership=x&state=y&sort=z&page=q"))
    assert len(rows(client, "?partnership=x&state=y&sort=z&page=q")) == 4


def test_a_partnership_sees_the_requests_about_its_documents_only(moray: Moray) -> None:
    moray.asked()
    moray.asked(make_report(make_partnership("fife", name="Fife")))
    assert [row.split()[0] for row in rows(moray.client(moray.lead))] == ["Moray"]
    assert sorted(row.split()[0] for row in rows(moray.client())) == ["Fife", "Moray"]


@pytest.mark.parametrize("many", [2, 30])
def test_each_page_takes_as_many_statements_for_many_rows_as_for_few(moray: Moray, many: int) -> None:
    reports = [make_report(make_partnership(f"place-{number}")) for number in range(many)]
    made = [moray.asked(report) for report in reports]
    client = moray.client()
    for name, path in (("list", LIST), ("new", address(*reports)), ("show", f"{LIST}/{made[0].id}")):
        with counted_statements() as statements:
            assert client.get(path).status_code == 200
        assert len(statements) == STATEMENTS[name], f"{name}: " + "\n\n".join(statements)


@pytest.mark.parametrize("name", ["0", "999999", "99999999999999999999", "x", "-1"])
def test_an_unknown_request_is_not_found(moray: Moray, name: str) -> None:
    assert moray.client().get(f"{LIST}/{name}").status_code == 404
