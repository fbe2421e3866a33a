"""A partnership answers a request, and what was answered is read."""

from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.explanations import note_expected_date
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.requests.services import answer_request
from tests.factories import (
    make_partnership,
    make_user,
)
from tests.requests.web.conftest import LIST, NOW, Moray, page_of, requests, rows
from tests.support.pages import said, soup, value_of

TODAY = date(2026, 9, 2)


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


def test_an_answer_begins_with_the_newest_explanation_that_is_shared(moray: Moray) -> None:
    why, shared_why = "A member of staff is ill.", "The council meets on 24 September."
    member = make_user("Iain Munro")
    for number, (words, shared) in enumerate(((shared_why, True), (why, False)), start=1):
        on = date(2026, 10, number)
        note_expected_date(moray.report, on, words, shared=shared, by=member, today=TODAY, now=NOW)
    page = moray.client(moray.lead).get(f"{LIST}/{moray.asked().id}")
    assert value_of(page, "answer") == shared_why
    assert "We have filled in the newest explanation that is shared. You can change it." in said(page)
