"""Uploads that are cut off, lie about their length, are too large or meet a dying server (F17, attack S10)."""

import random
import time
from hashlib import sha256
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.evidence import Evidence, StoredContent, StoredFile
from tests.conftest import Database
from tests.factories import make_milestone, make_partnership, make_user
from tests.faults.uploads import kill_during_uploads
from tests.support import files
from tests.support.moray import STEP, Place, count
from tests.support.pages import said, soup
from tests.support.visits import give_password
from tests.support.web_server import WebServer, multipart

NEW = f"{STEP}/evidence/new"

# What Werkzeug had read of a broken body, it leaves to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def ensure_whole() -> None:
    """Every row has its file and every file its row, and no file is cut off."""
    kept = db.session.execute(
        select(StoredFile.sha256, StoredContent.content).join(StoredContent, StoredContent.file_id == StoredFile.id)
    ).all()
    assert count(Evidence) == count(StoredFile) == len(kept)
    assert all(sha256(content).hexdigest() == hashed for hashed, content in kept)
    assert all(content.endswith(b"%%EOF\n") for _, content in kept)
    db.session.rollback()


def test_two_hundred_broken_bodies_leave_nothing_half_done(place: Place) -> None:
    client, chance, content = place.client(place.owner), random.Random(17), files.pdf()
    body, content_type = multipart({"title": "Report", "address": ""}, "report.pdf", content)
    for turn in range(200):
        cut = chance.randrange(len(body))
        sent, length = {
            0: (body[:cut], cut),
            1: (body[:cut], len(body)),
            2: (body, cut),
            3: (body[:cut] + chance.randbytes(40) + body[cut:], len(body) + 40),
        }[turn % 4]
        answer = client.post(
            NEW,
            input_stream=BytesIO(sent),
            content_type=content_type,
            environ_overrides={"CONTENT_LENGTH": str(length)},
        )
        assert answer.status_code in {200, 302, 400, 413}, (turn, answer.status_code)
        ensure_whole()
    db.session.rollback()


def test_a_body_without_length_or_with_a_foolish_one_is_no_error_of_ours(place: Place) -> None:
    client = place.client(place.owner)
    body, content_type = multipart({"title": ""}, "report.pdf", files.pdf())
    for length in ("", "-1", "abc", "0", "99999999999"):
        answer = client.post(
            NEW,
            input_stream=BytesIO(body),
            content_type=content_type,
            environ_overrides={"CONTENT_LENGTH": length},
        )
        assert answer.status_code in {200, 400, 413}, length
    answer = client.post(NEW, input_stream=BytesIO(body), content_type="multipart/form-data")
    assert answer.status_code in {200, 400}
    assert count(Evidence) == 0


def test_ten_thousand_parts_are_refused(place: Place) -> None:
    client = place.client(place.owner)
    fields = {f"field-{number}": "x" for number in range(10_000)}
    body, content_type = multipart(fields, "report.pdf", files.pdf())
    began = time.monotonic()
    answer = client.post(NEW, input_stream=BytesIO(body), content_type=content_type, content_length=len(body))
    assert answer.status_code in {400, 413}
    assert time.monotonic() - began < 2
    assert count(Evidence) == 0


def test_eleven_megabytes_are_refused_on_a_page_that_says_so(place: Place) -> None:
    client = place.client(place.owner)
    body, content_type = multipart({"title": ""}, "report.pdf", b"x" * 11 * 1024 * 1024)
    answer = client.post(NEW, input_stream=BytesIO(body), content_type=content_type, content_length=len(body))
    assert answer.status_code == 413
    assert soup(answer).find("h1").get_text() == "The file is too large"  # type: ignore[union-attr]
    assert "The largest file you can upload is 10.0 MB. Nothing has been saved." in said(answer)
    assert count(Evidence) == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_browser_that_is_still_sending_comes_to_read_that_page(app: Flask, database: Database) -> None:
    """Over a real connection: a server that answers and hangs up while the file comes in is a reset to a browser."""
    with app.app_context():
        moray = make_partnership("moray")
        email = give_password(make_user("Ailsa Grant", role=Role.LEAD, partnership=moray))
        make_milestone(moray, key="2026-29.draft-plan")
        db.session.commit()
        body, content_type = multipart({"title": ""}, "report.pdf", b"x" * 11 * 1024 * 1024)
        with WebServer(database.url) as server:
            headers = {"Content-Type": content_type, "Cookie": server.sign_in(email)}
            connection = server.connection()
            connection.request("POST", NEW, body, headers)
            answer = connection.getresponse()
            page = BeautifulSoup(answer.read(), "lxml")
            connection.close()
        assert answer.status == 413
        assert "The largest file you can upload is 10.0 MB" in page.get_text()
        assert count(Evidence) == 0
        db.session.rollback()


def test_a_server_that_is_killed_leaves_whole_files_or_none(app: Flask, database: Database) -> None:
    kill_during_uploads(app, database.url, 3, seed=3)
