"""Signing in: who gets in, where to, what is said to those who do not, and after how many tries it ends."""

from datetime import timedelta
from time import process_time

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cycle_tracker.access.services.passwords import verify_password
from cycle_tracker.core.extensions import db
from cycle_tracker.models.user import AccountKind, SignInAttempt
from cycle_tracker.web_app import create_app
from tests.conftest import Database, settings_for_tests
from tests.factories import make_user
from tests.people.web.test_next_pages import ELSEWHERE
from tests.support.parallel import at_once
from tests.support.visits import PASSWORD, give_password, statements, whole_page, words

WRONG = "Check your email address and password"
HASHES = "cycle_tracker.people.services.users.verify_password"
"""Where passwords are compared with their hashes."""


@pytest.fixture
def email(app: Flask) -> str:
    """The address of somebody with a password."""
    with app.app_context():
        return give_password(make_user("Ailsa Grant", email="ailsa.grant@example.test"))


def attempt(client: FlaskClient, email: str, password: str = PASSWORD, **more: str) -> TestResponse:
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def attempt_from(app: Flask, address: str, email: str, password: str = PASSWORD) -> int:
    client = app.test_client()
    data = {"email": email, "password": password}
    return client.post("/sign-in", data=data, environ_base={"REMOTE_ADDR": address}).status_code


def test_a_person_who_is_not_signed_in_is_sent_to_sign_in_and_back(client: FlaskClient, email: str) -> None:
    sent = client.get("/escalations?page=2")
    assert sent.status_code == 302
    assert sent.location == "/sign-in?next=/escalations?page%3D2"
    form = whole_page(client.get(sent.location)).find("form", method="post")
    assert form is not None
    wanted = form.find("input", {"name": "next"})
    assert wanted is not None
    assert wanted["value"] == "/escalations?page=2"
    assert attempt(client, email, next=str(wanted["value"])).location == "/escalations?page=2"


def test_the_address_may_be_written_in_any_case_and_with_blanks(client: FlaskClient, email: str) -> None:
    assert attempt(client, f"  {email.upper()} ").status_code == 302


def test_the_same_is_said_whatever_is_wrong(app: Flask, client: FlaskClient, email: str) -> None:
    with app.app_context():
        off = give_password(make_user("Gone Away", email="gone@example.test", active=False))
        make_user("No Password", email="none@example.test")
        db.session.commit()
    tried = [(email, "wrong"), ("nobody@example.test", PASSWORD), ("none@example.test", PASSWORD), (off, PASSWORD)]
    answers = [attempt(client, address, password) for address, password in tried]
    assert {answer.status_code for answer in answers} == {200}
    bodies = [answer.get_data(as_text=True) for answer in answers]
    assert len({body.replace(address, "…") for body, (address, _password) in zip(bodies, tried, strict=True)}) == 1
    assert WRONG in words(whole_page(answers[0]))


def test_the_work_is_the_same_whatever_is_wrong(
    app: Flask, client: FlaskClient, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One hash is looked at each time, made at the same cost, and the database is asked the same."""
    with app.app_context():
        off = give_password(make_user("Gone Away", email="gone@example.test", active=False))
        make_user("No Password", email="none@example.test")
        make_user("Post", email="post@example.test", kind=AccountKind.POST)
        db.session.commit()
    attempt(client, "nobody@example.test")  # the hash of nobody's password is made once for each process
    hashes: list[str] = []

    def counted(password: str, stored: str) -> bool:
        hashes.append(str(stored).rpartition("$")[0].rpartition("$")[0])
        return verify_password(password, stored)

    monkeypatch.setattr(HASHES, counted)
    asked = []
    for address in (email, "nobody@example.test", "none@example.test", "post@example.test", off):
        with statements(app) as seen:
            attempt(client, address, "wrong")
        asked.append(seen)
    assert len(hashes) == 5
    assert len(set(hashes)) == 1
    assert all(one == asked[0] for one in asked)


def test_a_long_password_costs_no_work(client: FlaskClient, email: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_given: object) -> bool:
        raise AssertionError("a password that is too long was hashed")

    monkeypatch.setattr(HASHES, never)
    began = process_time()
    for size in (201, 10_000, 400_000, 1_000_000):
        assert attempt(client, email, "x" * size).status_code in {200, 413}
        assert attempt(client, "x" * (size + 100), "x").status_code in {200, 413}
    assert process_time() - began < 4, "eight requests, a megabyte at most"


def test_failures_are_counted_together_by_all_workers_and_after_a_restart(
    app: Flask, email: str, database: Database
) -> None:
    workers = [app, *[create_app(settings_for_tests(database.url)) for _ in range(3)]]
    for number in range(10):
        spoofed = {"X-Forwarded-For": f"203.0.113.{number}", "Forwarded": f"for=203.0.113.{number}"}
        client = workers[number % 4].test_client()
        assert client.post("/sign-in", data={"email": email, "password": "wrong"}, headers=spoofed).status_code == 200
    restarted = create_app(settings_for_tests(database.url))
    for worker in (*workers, restarted):
        assert attempt_from(worker, "192.0.2.99", email) == 429, "the account"
    with app.app_context():
        other = give_password(make_user(email="other@example.test"))
    for worker in (*workers, restarted):
        assert attempt_from(worker, "127.0.0.1", other) == 429, "the address"
        assert attempt_from(worker, "192.0.2.99", other) == 302, "another account from another address"
    for made in (*workers[1:], restarted):
        with made.app_context():
            db.engine.dispose()


@pytest.mark.on_both_databases
def test_of_twenty_guesses_at_the_same_moment_ten_are_looked_at(app: Flask, email: str) -> None:
    tries = [lambda number=number: attempt_from(app, f"192.0.2.{number}", email, "wrong") for number in range(20)]
    statuses = at_once(app, *tries)
    assert set(statuses) <= {200, 429}
    assert statuses.count(200) <= 10


def test_the_password_is_never_written_back(client: FlaskClient, email: str) -> None:
    assert "not-the-password" not in attempt(client, email, "not-the-password").get_data(as_text=True)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"email": "", "password": "x"}, "Enter your email address"),
        ({"email": "a@example.test", "password": ""}, "Enter your password"),
        ({"email": "a" * 300, "password": "x"}, "254 characters or fewer"),
        ({"email": "a@example.test", "password": "x" * 1_000_000}, "200 characters or fewer"),
        ({}, "Enter your email address"),
    ],
)
def test_what_is_missing_or_too_long_is_said(client: FlaskClient, data: dict[str, str], said: str) -> None:
    answer = client.post("/sign-in", data=data)
    page = whole_page(answer, 413 if answer.status_code == 413 else 200)
    if answer.status_code == 200:
        assert said in words(page)


def test_ten_failures_are_enough_for_an_account(app: Flask, email: str) -> None:
    for number in range(10):
        assert attempt_from(app, f"192.0.2.{number}", email, "wrong") == 200
    assert attempt_from(app, "192.0.2.99", email) == 429
    assert attempt_from(app, "192.0.2.99", email) == 429
    with app.app_context():
        other = give_password(make_user(email="other@example.test"))
    assert attempt_from(app, "192.0.2.99", other) == 302


def test_ten_failures_are_enough_for_an_address(app: Flask, email: str) -> None:
    for number in range(10):
        assert attempt_from(app, "192.0.2.1", f"nobody{number}@example.test", "wrong") == 200
    assert attempt_from(app, "192.0.2.1", email) == 429
    assert attempt_from(app, "192.0.2.2", email) == 302


def test_what_a_proxy_is_said_to_say_is_not_believed(app: Flask, email: str) -> None:
    client = app.test_client()
    for number in range(11):
        headers = {"X-Forwarded-For": f"192.0.2.{number}"}
        last = client.post("/sign-in", data={"email": f"n{number}@example.test", "password": "w"}, headers=headers)
    assert last.status_code == 429


def test_after_five_minutes_a_person_may_try_again(app: Flask, email: str, morning: time_machine.Traveller) -> None:
    for _ in range(10):
        attempt_from(app, "192.0.2.1", email, "wrong")
    morning.shift(timedelta(minutes=4, seconds=59))
    assert attempt_from(app, "192.0.2.1", email) == 429
    morning.shift(timedelta(seconds=1))
    assert attempt_from(app, "192.0.2.1", email) == 302
    with app.app_context():
        assert db.session.query(SignInAttempt).count() == 0


def test_right_passwords_are_not_counted(app: Flask, email: str) -> None:
    for _ in range(12):
        assert attempt_from(app, "192.0.2.1", email) == 302


def test_the_page_says_to_wait(app: Flask, client: FlaskClient, email: str) -> None:
    for _ in range(10):
        attempt(client, email, "wrong")
    assert "Wait 5 minutes" in words(whole_page(attempt(client, email), 429))


def test_what_people_type_as_their_address_is_not_kept(app: Flask, client: FlaskClient) -> None:
    attempt(client, "my secret password", "x")
    with app.app_context():
        kept = db.session.query(SignInAttempt).one()
        assert len(kept.account) == 64
        assert "secret" not in kept.account


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_nobody_is_sent_to_another_site(client: FlaskClient, email: str, elsewhere: str) -> None:
    """Neither at once, nor after a failed try, nor from where they came, nor where they are signed in already."""
    failed = whole_page(attempt(client, email, "wrong", next=elsewhere))
    assert not [a for a in failed.find_all("a") if "e.example" in str(a["href"])]
    assert attempt(client, email, next=elsewhere).location == "/"
    again = client.get("/sign-in", query_string={"next": elsewhere}, headers={"Referer": "https://e.example/"})
    assert again.location == "/"


def test_somebody_who_is_signed_in_needs_no_form(client: FlaskClient, email: str) -> None:
    attempt(client, email)
    assert client.get("/sign-in?next=/help").location == "/help"
