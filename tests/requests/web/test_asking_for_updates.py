"""Officials ask for an update: selected, shown first, and sent."""

import email
import email.policy
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.models.message import Message, MessageBody
from cycle_tracker.models.user import RoleGrant
from tests.factories import (
    make_milestone,
    make_partnership,
    make_report,
    make_user,
)
from tests.requests.web.conftest import LIST, NEW, NOW, Moray, address, page_of, requests
from tests.support.pages import said, soup, value_of


def recipients() -> list[str]:
    return list(db.session.scalars(select(Message.recipient).order_by(Message.id)))


def link_in(mail: str, link: str) -> str:
    found = next(word for word in mail.split() if LIST in word)
    assert found.endswith(link.rpartition(LIST)[2])
    return found


def mail_part(kind: str) -> str:
    """What the one mail that was written says, as plain text or as HTML."""
    content = db.session.scalars(select(MessageBody.content)).one()
    parsed = email.message_from_bytes(content, policy=email.policy.default)
    return str(parsed.get_body((kind,)).get_content())  # type: ignore[union-attr]


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
