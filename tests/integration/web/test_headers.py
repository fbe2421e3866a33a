"""What every answer carries, whatever its status."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cycle_tracker.domain.permissions import Role
from cycle_tracker.extensions import db
from cycle_tracker.web.app import create_app
from tests.conftest import Database, settings_for_tests
from tests.factories import make_user
from tests.support.visits import give_password, visit_as

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/help", 200),
        ("/sign-in", 200),
        ("/healthz", 200),
        ("/", 302),
        ("/no-such-page", 404),
        ("/sign-out", 405),
        ("/help?x=%00", 400),
        ("/static/app/app.css", 200),
        ("/static/no-such-file", 404),
    ],
)
def test_every_answer_says_what_it_may_load(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in answer.headers
    answer.close()


def test_nobody_keeps_the_pages_of_a_signed_in_person(app: Flask) -> None:
    with app.app_context():
        email = give_password(make_user(role=Role.OFFICIAL))
    client = visit_as(app, email)
    for path in ("/", "/outstanding", "/register"):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Cookie" in answer.headers["Vary"]


def test_an_unknown_host_is_refused(database: Database, app: Flask) -> None:
    strict = create_app({**settings_for_tests(database.url), "TRUSTED_HOSTS": ["tracker.example"]})
    client = strict.test_client()
    assert client.get("/help", headers={"Host": "tracker.example"}).status_code == 200
    answer = client.get("/help", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert answer.headers["Content-Security-Policy"] == POLICY
    with strict.app_context():
        db.engine.dispose()


def test_a_proxy_is_believed_only_where_it_is_known(database: Database, app: Flask) -> None:
    behind_one = create_app({**settings_for_tests(database.url), "PROXY_COUNT": 1})
    seen = []
    behind_one.before_request(lambda: seen.append(__import__("flask").request.remote_addr))
    behind_one.test_client().get("/healthz", headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.1"})
    assert seen == ["192.0.2.1"]
    with behind_one.app_context():
        db.engine.dispose()
