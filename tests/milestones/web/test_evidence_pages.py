"""Evidence: added as a file or an address, downloaded safely, taken away (attacks S2, S5, S9, S11)."""

from hashlib import sha256
from io import BytesIO

import pytest
from sqlalchemy import select, update
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.evidence import Evidence, StoredContent, StoredFile
from tests.factories import make_milestone, make_partnership, make_user
from tests.support import files
from tests.support.moray import REPORT, STEP, Place, actions, count
from tests.support.pages import Browser, counted_statements, said, soup, value_of

NEW = f"{STEP}/evidence/new"
ADDRESS = "https://www.moray.example.org/minutes?day=3&form=pdf"


def upload(client: Browser, name: str, content: bytes, **more: object) -> TestResponse:
    return client.post(NEW, data={"title": "", "address": "", "file": (BytesIO(content), name), **more})


def error_of(answer: TestResponse, field: str) -> str:
    beside = soup(answer).find(id=f"{field}-error")
    assert beside is not None, said(answer)
    return beside.get_text()


def only_piece() -> Evidence:
    return db.session.scalars(select(Evidence)).one()


@pytest.mark.parametrize("name", files.GOOD)
def test_a_file_comes_back_as_it_went_in_and_is_only_to_be_saved(place: Place, name: str) -> None:
    client = place.client(place.owner)
    answer = upload(client, name, files.GOOD[name], title="Minute of the board")
    assert answer.status_code == 302, said(answer)
    page = client.get(STEP)
    link = soup(page).find("a", string=lambda text: bool(text) and "Minute of the board" in text) or soup(
        page
    ).select_one(".app-piece a")
    assert link is not None
    got = client.get(str(link["href"]))
    assert got.status_code == 200
    assert sha256(got.data).digest() == sha256(files.GOOD[name]).digest()
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert name in got.headers["Content-Disposition"]
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert got.headers["Cache-Control"] == "no-store"
    assert actions() == ["evidence-added"]
    assert "Calum Reid added evidence: Minute of the board" in said(page)


def test_what_is_not_kept_is_refused_beside_the_field(place: Place) -> None:
    client = place.client(place.owner)
    for name, content, words in [
        ("page.html", b"<script>alert(1)</script>", "Choose a PDF"),
        ("drawing.svg", b'<svg onload="alert(1)"/>', "Choose a PDF"),
        ("data.xml", b"<?xml version='1.0'?><a/>", "Choose a PDF"),
        ("script.js", b"alert(1)", "Choose a PDF"),
        ("picture.gif", files.gif_that_is_a_script(), "Choose a PDF"),
        ("picture.png", files.gif_that_is_a_script(), "a PNG picture"),
        ("a.png.html", files.png(), "Choose a PDF"),
        ("a.pdf\x00.html", files.pdf(), "Choose a PDF"),
        ("report.pdf", files.pdf(b"<< /S /JavaScript /JS (x) >>"), "can run programs"),
        ("report.pdf", b"", "The file is empty"),
        ("report.docx", files.bomb(), "expands to more"),
    ]:
        answer = upload(client, name, content, title="My evidence")
        assert answer.status_code == 200, name
        assert words in error_of(answer, "file"), name
        assert value_of(answer, "title") == "My evidence"
        assert (count(Evidence), count(StoredFile), count(StoredContent)) == (0, 0, 0), name
    assert actions() == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("/etc/shadow.pdf", "shadow.pdf"),
        ("%2e%2e%2fplan.pdf", "%2e%2e%2fplan.pdf"),
        ("plan\x00.pdf", "plan.pdf"),
        ("p" * 300 + ".pdf", "p" * 146 + ".pdf"),
        ('x"; filename="evil.html.pdf', None),
        ("<img src=x onerror=alert(1)>.pdf", "-img src=x onerror=alert(1)-.pdf"),
        ("Plana \u2013 G\u00e0idhlig.pdf", "Plana \u2013 G\u00e0idhlig.pdf"),
    ],
)
def test_a_name_is_text_and_nothing_more(place: Place, name: str, kept: str | None) -> None:
    client = place.client(place.owner)
    sent = FileStorage(BytesIO(files.pdf()), filename=name, content_type="text/html")
    assert client.post(NEW, data={"title": "", "address": "", "file": sent}).status_code == 302
    file = db.session.scalars(select(StoredFile)).one()
    if kept is not None:
        assert file.name == kept
    assert file.media_type == "application/pdf"
    page = client.get(STEP)
    assert soup(page).select("main img, main script") == []
    got = client.get(f"{STEP}/evidence/{only_piece().id}")
    assert got.headers["Content-Disposition"].count("filename=") == 1
    assert got.mimetype == "application/pdf"


def test_an_address_is_a_link_that_gives_nothing_away(place: Place) -> None:
    client = place.client(place.owner)
    assert client.post(NEW, data={"title": "Minutes", "address": ADDRESS}).status_code == 302
    link = soup(client.get(STEP)).find("a", href=ADDRESS)
    assert link is not None
    assert link["rel"] == ["noopener", "noreferrer"]
    assert client.get(f"{STEP}/evidence/{only_piece().id}").status_code == 404


def test_what_is_wrong_is_told_beside_its_field(place: Place) -> None:
    client = place.client(place.owner)
    for sent, field, words in [
        ({}, "file", "Choose a file, or enter a web address"),
        ({"title": "Minutes"}, "file", "Choose a file, or enter a web address"),
        ({"title": "Minutes", "address": "javascript:alert(1)"}, "address", "starting with https:// or http://"),
        ({"title": "Minutes", "address": "data:text/html,x"}, "address", "starting with https:// or http://"),
        ({"title": "Minutes", "address": "www.example.org"}, "address", "starting with https:// or http://"),
        ({"title": "Minutes", "address": "https://x.org/" + "a" * 2000}, "address", "2,000 characters or fewer"),
        ({"address": ADDRESS}, "title", "Enter a title for the web address"),
        ({"title": "t" * 201, "address": ADDRESS}, "title", "200 characters or fewer"),
    ]:
        answer = client.post(NEW, data=sent)
        assert answer.status_code == 200, sent
        assert words in error_of(answer, field)
        assert value_of(answer, "address") == sent.get("address", "")
        assert count(Evidence) == 0, sent


def test_a_file_and_an_address_at_once_are_two_pieces(place: Place) -> None:
    answer = upload(place.client(place.owner), "report.pdf", files.pdf(), address=ADDRESS)
    assert "not both" in error_of(answer, "address")


def test_a_file_sent_where_text_belongs_is_no_text(place: Place) -> None:
    client = place.client(place.owner)
    sent = {"title": (BytesIO(b"x"), "x.txt"), "address": (BytesIO(b"x"), "x.txt"), "file": "no file"}
    answer = client.post(NEW, data=sent)
    assert "Choose a file" in error_of(answer, "file")
    assert client.post(f"{STEP}/comments", data={"text": (BytesIO(b"x"), "x.txt")}).status_code == 200


def test_a_button_pressed_twice_makes_one_piece(place: Place) -> None:
    client = place.client(place.owner)
    for _ in range(2):
        assert upload(client, "report.pdf", files.pdf()).status_code == 302
        assert client.post(NEW, data={"title": "Minutes", "address": ADDRESS}).status_code == 302
    assert (count(Evidence), count(StoredFile), count(StoredContent)) == (2, 1, 1)


def test_taken_away_the_row_stays_and_the_bytes_go(place: Place) -> None:
    client = place.client(place.owner)
    upload(client, "report.pdf", files.pdf())
    one = only_piece()
    path = f"{STEP}/evidence/{one.id}"
    assert "You cannot undo this" in said(client.get(f"{path}/remove"))
    for _ in range(2):
        assert client.post(f"{path}/remove").status_code == 302
    assert client.get(path).status_code == 404
    db.session.expire_all()
    assert (one.removed_by_id, count(StoredFile), count(StoredContent)) == (place.owner.id, 1, 0)
    page = said(client.get(STEP))
    assert "Calum Reid removed evidence: report.pdf" in page
    assert actions() == ["evidence-added", "evidence-removed"]


def test_others_evidence_is_taken_away_by_leads_alone(place: Place) -> None:
    upload(place.client(place.owner), "report.pdf", files.pdf())
    path = f"{STEP}/evidence/{only_piece().id}/remove"
    for role in (Role.CONTRIBUTOR, Role.GOVERNANCE, Role.CLERK, Role.AUDITOR, Role.ADMINISTRATOR):
        client = place.someone(role)
        assert client.post(path).status_code == 403
        assert path not in client.get(STEP).get_data(as_text=True)
    assert count(StoredContent) == 1
    assert place.client(place.lead).post(path).status_code == 302


def test_evidence_is_reached_by_its_own_milestone_alone(place: Place) -> None:
    upload(place.client(place.owner), "report.pdf", files.pdf())
    number = only_piece().id
    lead = place.client(place.lead)
    make_milestone(place.partnership, key="2026-29.other")
    for method in ("GET", "POST"):
        assert lead.open(f"{REPORT}/evidence/{number}/remove", method=method).status_code == 404
        assert (
            lead.open(
                f"/partnerships/moray/milestones/2026-29.other/evidence/{number}/remove", method=method
            ).status_code
            == 404
        )
    fife = make_partnership("fife")
    make_milestone(fife, key="2026-29.draft-plan")
    stranger = place.client(make_user("Fiona Lamb", role=Role.LEAD, partnership=fife))
    for path in (STEP, "/partnerships/fife/milestones/2026-29.draft-plan"):
        for end in ("", "/remove"):
            assert stranger.get(f"{path}/evidence/{number}{end}").status_code == 404
    assert lead.get(f"{STEP}/evidence/2147483647").status_code == 404
    assert lead.get(f"{STEP}/evidence/99999999999").status_code == 404


def test_officials_do_not_see_the_evidence_of_a_document(place: Place) -> None:
    lead = place.client(place.lead)
    lead.post(f"{REPORT}/evidence/new", data={"title": "The draft", "file": (BytesIO(files.pdf()), "draft.pdf")})
    official = place.someone(Role.OFFICIAL)
    assert "The draft" not in official.get(REPORT).get_data(as_text=True)
    assert official.get(f"{REPORT}/evidence/{only_piece().id}").status_code == 403
    assert place.someone(Role.AUDITOR).get(f"{REPORT}/evidence/{only_piece().id}").status_code == 200


def test_bytes_that_changed_in_the_database_are_not_given_out(place: Place) -> None:
    client = place.client(place.owner)
    upload(client, "report.pdf", files.pdf())
    db.session.execute(update(StoredContent).values(content=b"something else"))
    answer = client.get(f"{STEP}/evidence/{only_piece().id}")
    assert answer.status_code == 500
    assert b"something else" not in answer.data


def test_the_list_takes_as_many_statements_for_much_as_for_little(place: Place) -> None:
    client = place.client(place.lead)
    numbers = []
    for many in (1, 12):
        for number in range(many):
            client.post(NEW, data={"title": f"Minute {many} {number}", "address": ADDRESS})
            client.post(f"{STEP}/comments", data={"text": f"Comment {many} {number}"})
            client.post(f"{STEP}/sub-tasks/new", data={"title": f"Part {many} {number}", "owner": ""})
        with counted_statements() as seen:
            client.get(STEP)
        numbers.append(len(seen))
    assert numbers[0] == numbers[1]
