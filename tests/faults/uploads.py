"""Killing the web server while somebody uploads a file."""

import http.client
import random
import threading
import time
from contextlib import suppress
from hashlib import sha256

from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.evidence import Evidence, StoredContent, StoredFile
from tests.factories import make_milestone, make_partnership, make_user
from tests.support import files
from tests.support.visits import give_password
from tests.support.web_server import WebServer, multipart

STEP = "/partnerships/moray/milestones/2026-29.draft-plan"
SIZE = 3_000_000


def kill_during_uploads(app: Flask, url: str, kills: int, *, seed: int) -> int:
    """Upload again and again, and kill the server at a random moment of each; how many uploads were answered.

    After each kill every evidence has its file, every file its evidence and its bytes, and the bytes are those sent.
    """
    chance = random.Random(seed)
    with app.app_context():
        place = make_partnership("moray")
        email = give_password(make_user("Ailsa Grant", role=Role.LEAD, partnership=place))
        make_milestone(place, key="2026-29.draft-plan")
        db.session.commit()
        sent: dict[str, str] = {}
        answered = 0
        with WebServer(url) as server:
            cookie = server.sign_in(email)
            for number in range(kills):
                content = files.pdf(chance.randbytes(SIZE).hex().encode())
                sent[f"report-{number}.pdf"] = sha256(content).hexdigest()
                answers: list[int] = []
                upload = threading.Thread(
                    target=_upload, args=(server, cookie, f"report-{number}.pdf", content, answers)
                )
                upload.start()
                time.sleep(chance.uniform(0, 0.6))
                server.kill_worker()
                upload.join()
                answered += len(answers)
                _ensure_whole(sent, answers, number)
        return answered


def _upload(server: WebServer, cookie: str, name: str, content: bytes, answers: list[int]) -> None:
    body, content_type = multipart({"title": name, "address": ""}, name, content)
    connection = server.connection()
    with suppress(OSError, http.client.HTTPException):
        connection.request("POST", f"{STEP}/evidence/new", body, {"Content-Type": content_type, "Cookie": cookie})
        answers.append(connection.getresponse().status)
    connection.close()


def _ensure_whole(sent: dict[str, str], answers: list[int], number: int) -> None:
    db.session.rollback()
    rows = db.session.execute(
        select(StoredFile.name, StoredFile.sha256, StoredContent.content, Evidence.id)
        .select_from(StoredFile)
        .outerjoin(StoredContent, StoredContent.file_id == StoredFile.id)
        .outerjoin(Evidence, Evidence.file_id == StoredFile.id)
    ).all()
    for name, hashed, content, evidence_id in rows:
        assert evidence_id is not None, f"{name} is a file of nothing"
        assert content is not None, f"{name} has no bytes"
        assert sha256(content).hexdigest() == hashed == sent[name]
    files_of = db.session.scalars(select(Evidence.file_id)).all()
    assert len(files_of) == len(rows)
    if answers:
        assert answers == [302]
        assert f"report-{number}.pdf" in {row.name for row in rows}, "an upload that was answered is lost"
    db.session.rollback()
