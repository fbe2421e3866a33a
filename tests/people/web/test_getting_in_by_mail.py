"""Forgotten passwords and sign-in links: the same answer and the same work for everybody, and links that work once."""

from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.access import AccessLink, SignInSession
from cycle_tracker.models.message import Message
from cycle_tracker.models.user import AccountKind
from cycle_tracker.people.queries.users import find_user
from cycle_tracker.web_app import create_app
from tests.conftest import Database, settings_for_tests
from tests.factories import make_partnership, make_user
from tests.support.account_mails import links_in, mailed_link
from tests.support.mail_out import sink_for
from tests.support.parallel import at_once
from tests.support.smtp_sink import SmtpSink
from tests.support.visits import PASSWORD, give_password, statements, visit_as, whole_page, words

NEW_PASSWORD = "three random words"
ASKING = ["/forgotten-password", "/sign-in/link"]
NOBODY_IS_MAILED = ["nobody@example.test", "off@example.test", "post@example.test"]


@pytest.fixture
def sink(app: Flask) -> Iterator[SmtpSink]:
    with app.app_context():
        give_password(make_user(role=Role.LEAD, partnership=make_partnership(), email="ailsa@example.test"))
        make_user("Off", email="off@example.test", active=False)
        make_user("Post", email="post@example.test", kind=AccountKind.POST)
        db.session.commit()
        db.session.remove()
    with sink_for(app) as running:
        yield running


def ask(client: FlaskClient, path: str, email: str = "ailsa@example.test", **more: str) -> TestResponse:
    return client.post(path, data={"email": email, **more})


def link(app: Flask, sink: SmtpSink) -> str:
    with app.app_context():
        path = mailed_link(sink)
        db.session.remove()
    return path


def signs_in(app: Flask, password: str) -> bool:
    data = {"email": "ailsa@example.test", "password": password}
    return app.test_client().post("/sign-in", data=data).status_code == 302


def test_the_sign_in_page_leads_there_and_keeps_where_one_was_going(client: FlaskClient) -> None:
    page = whole_page(client.get("/sign-in?next=/escalations"))
    links = {str(a["href"]) for a in page.find_all("a")}
    assert {"/forgotten-password", "/sign-in/link?next=/escalations"} <= links


def test_a_new_password_is_set_with_a_link_that_works_once(app: Flask, sink: SmtpSink) -> None:
    open_elsewhere = visit_as(app, "ailsa@example.test")
    client = app.test_client()
    asked = ask(client, "/forgotten-password")
    assert "Check your email" in words(whole_page(client.get(asked.location)))
    path = link(app, sink)
    assert "ailsa@example.test" in words(whole_page(client.get(path)))
    assert client.post(path, data={"password": NEW_PASSWORD}).location == "/sign-in"
    assert "Your new password is set" in words(whole_page(client.get("/sign-in")))
    assert open_elsewhere.get("/").status_code == 302
    assert not signs_in(app, PASSWORD)
    assert signs_in(app, NEW_PASSWORD)
    assert "no longer works" in words(whole_page(client.get(path), 410))
    whole_page(client.post(path, data={"password": "yet another password"}), 410)
    assert signs_in(app, NEW_PASSWORD)
    with app.app_context():
        mails = db.session.scalars(select(Message.subject).order_by(Message.id)).all()
    assert mails == ["Set a new password for Cycle Tracker", "Cycle Tracker: your password was changed"]


def test_a_password_that_will_not_do_leaves_the_link_as_it_was(app: Flask, sink: SmtpSink) -> None:
    client = app.test_client()
    ask(client, "/forgotten-password")
    path = link(app, sink)
    for password in ("", "short", "x" * 201, "x" * 10_000):
        page = whole_page(client.post(path, data={"password": password}))
        assert "Error" in page.title.text  # type: ignore[union-attr]
    assert client.post(path, data={"password": NEW_PASSWORD}).status_code == 302


def test_a_sign_in_link_signs_in_by_a_button_and_goes_on_where_one_was_going(app: Flask, sink: SmtpSink) -> None:
    client = app.test_client()
    ask(client, "/sign-in/link", next="/escalations?page=2")
    path = link(app, sink)
    assert "Ailsa Grant" in words(whole_page(client.get(path)))
    assert client.get("/").status_code == 302, "opening the link signs nobody in"
    assert client.post(path).location == "/escalations?page=2"
    assert client.get("/").status_code == 200
    assert app.test_client().post(path).status_code == 410


def test_the_links_of_a_person_go_with_the_old_password(app: Flask, sink: SmtpSink) -> None:
    for path in ASKING:
        ask(app.test_client(), path)
    with app.app_context():
        mailed_link(sink)
        db.session.remove()
    reset, sign_in = links_in(sink)
    assert app.test_client().post(reset, data={"password": NEW_PASSWORD}).status_code == 302
    assert app.test_client().post(sign_in).status_code == 410


@pytest.mark.on_both_databases
def test_of_four_who_use_a_link_at_the_same_moment_one_gets_in(app: Flask, sink: SmtpSink) -> None:
    ask(app.test_client(), "/sign-in/link")
    path = link(app, sink)
    statuses = at_once(app, *[lambda: app.test_client().post(path).status_code] * 4)
    assert sorted(statuses) == [302, 410, 410, 410]
    with app.app_context():
        assert db.session.scalar(select(func.count(SignInSession.id)).where(SignInSession.ended_at.is_(None))) == 1


def test_a_link_is_not_for_another_page(app: Flask, sink: SmtpSink) -> None:
    ask(app.test_client(), "/sign-in/link")
    token = link(app, sink).rpartition("/")[2]
    for path in ("/reset-password/", "/invitation/"):
        assert app.test_client().get(path + token).status_code == 410
        assert app.test_client().post(path + token, data={"password": NEW_PASSWORD, "name": "X"}).status_code == 410


def test_who_was_switched_off_meanwhile_stays_out(app: Flask, sink: SmtpSink) -> None:
    for path in ASKING:
        ask(app.test_client(), path)
    with app.app_context():
        mailed_link(sink)
        person = find_user("ailsa@example.test")
        assert person is not None
        person.active = False
        db.session.commit()
        db.session.remove()
    for path in links_in(sink):
        assert app.test_client().get(path).status_code == 410
        assert app.test_client().post(path, data={"password": NEW_PASSWORD}).status_code == 410


def test_opening_links_changes_nothing(app: Flask, sink: SmtpSink) -> None:
    ask(app.test_client(), "/sign-in/link")
    path = link(app, sink)
    for _ in range(3):
        app.test_client().get(path)
        app.test_client().head(path)
    with app.app_context():
        assert db.session.scalars(select(AccessLink.used_at)).one() is None


@pytest.mark.parametrize("path", ASKING)
def test_the_answer_is_the_same_to_the_letter_for_everybody(app: Flask, sink: SmtpSink, path: str) -> None:
    answers = []
    for email in ["ailsa@example.test", *NOBODY_IS_MAILED]:
        client = app.test_client()
        answer = ask(client, path, email)
        answers.append((answer.status_code, answer.data, answer.location, client.get(answer.location).data))
    assert len(set(answers)) == 1
    with app.app_context():
        assert db.session.scalar(select(func.count(Message.id))) == 1


@pytest.mark.parametrize("path", ASKING)
def test_the_work_is_the_same_for_everybody(app: Flask, sink: SmtpSink, path: str) -> None:
    """Statement for statement, but for how the row that nobody needs is let go of."""
    seen = {}
    for email in ["ailsa@example.test", *NOBODY_IS_MAILED]:
        client = app.test_client()
        with statements(app) as asked:
            ask(client, path, email)
        seen[email] = [one.split(" SAVEPOINT ")[0] for one in asked]
    assert seen["nobody@example.test"] == seen["off@example.test"] == seen["post@example.test"]
    known, unknown = seen["ailsa@example.test"], seen["nobody@example.test"]
    assert [one.split("SAVEPOINT")[0] for one in known if not one.startswith(("RELEASE", "ROLLBACK"))] == [
        one.split("SAVEPOINT")[0] for one in unknown if not one.startswith(("RELEASE", "ROLLBACK"))
    ]


def test_the_time_is_the_same_for_everybody(app: Flask, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch) -> None:
    """A generous look at the clock: a mail that is made for some only would show as a factor of two and more."""
    from cycle_tracker.access.services import sign_in_attempts

    many = sign_in_attempts.Limit(sign_in_attempts.MAILS.kind, 10_000, 10_000, timedelta(hours=1), "")
    monkeypatch.setattr(sign_in_attempts, "MAILS", many)
    client = app.test_client()
    took: dict[str, list[float]] = {"ailsa@example.test": [], "nobody@example.test": []}
    for _ in range(30):
        for email, times in took.items():
            began = perf_counter()
            ask(client, "/forgotten-password", email)
            times.append(perf_counter() - began)
    known, unknown = (median(times) for times in took.values())
    assert abs(known - unknown) < max(0.005, 0.25 * max(known, unknown))


@pytest.mark.parametrize("email", ["", "nonsense", "a@", "@b", "a b@example.test", "x" * 10_000, "<b>@example.test"])
@pytest.mark.parametrize("path", ASKING)
def test_what_is_no_address_is_said_beside_the_field(client: FlaskClient, app: Flask, path: str, email: str) -> None:
    page = whole_page(ask(client, path, email))
    assert page.find(class_="ds_question__error-message") is not None
    field = page.find("input", {"name": "email"})
    assert field is not None
    assert field["value"] == email


def ask_from(app: Flask, address: str, email: str, **headers: str) -> int:
    client = app.test_client()
    data = {"email": email}
    return client.post(
        "/forgotten-password", data=data, environ_base={"REMOTE_ADDR": address}, headers=headers
    ).status_code


@pytest.mark.parametrize("email", ["ailsa@example.test", "nobody@example.test"])
def test_five_mails_in_an_hour_are_enough_for_an_account(
    app: Flask, sink: SmtpSink, morning: time_machine.Traveller, email: str
) -> None:
    for number in range(5):
        assert ask_from(app, f"192.0.2.{number}", email) == 302
    assert ask_from(app, "192.0.2.99", email.upper()) == 429
    assert signs_in(app, PASSWORD), "asking for mails keeps nobody from signing in"
    morning.shift(timedelta(hours=1))
    assert ask_from(app, "192.0.2.99", email) == 302


def test_fifty_in_an_hour_are_enough_for_an_address_in_whichever_worker(
    app: Flask, sink: SmtpSink, database: Database
) -> None:
    workers = [app, *[create_app(settings_for_tests(database.url)) for _ in range(2)]]
    for number in range(50):
        worker = workers[number % len(workers)]
        spoofed = {"X-Forwarded-For": f"203.0.113.{number}"}
        assert ask_from(worker, "192.0.2.1", f"n{number}@example.test", **spoofed) == 302
    restarted = create_app(settings_for_tests(database.url))
    assert ask_from(restarted, "192.0.2.1", "ailsa@example.test") == 429
    assert ask_from(restarted, "192.0.2.2", "ailsa@example.test") == 302
    for made in (*workers[1:], restarted):
        with made.app_context():
            db.engine.dispose()
