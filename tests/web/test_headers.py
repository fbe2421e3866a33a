"""What every answer carries, whatever its status."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.web.access import public
from cycle_tracker.web_app import create_app
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


class CachingProxy:
    """A cache between people and the service, as RFC 9111 has it: it keeps what it may, by address and by what `Vary`
    names."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.kept: dict[tuple[str, ...], bytes] = {}

    def get(self, path: str, cookie: str) -> bytes:
        for key in ((path,), (path, cookie)):
            if key in self.kept:
                return self.kept[key]
        client = self.app.test_client()
        client.set_cookie("session", cookie)
        answer = client.get(path)
        if not {"no-store", "private"} & set(answer.headers.get("Cache-Control", "").split(", ")):
            varies = "cookie" in answer.headers.get("Vary", "").lower()
            self.kept[(path, cookie) if varies else (path,)] = answer.data
        return answer.data


def test_a_cache_on_the_way_gives_nobody_the_page_of_another(app: Flask) -> None:
    cookies, names = [], ["Ailsa Grant", "Rory Baird"]
    for name in names:
        with app.app_context():
            email = give_password(make_user(name, role=Role.OFFICIAL))
        cookie = visit_as(app, email).get_cookie("session")
        assert cookie is not None
        cookies.append(cookie.value)
    proxy = CachingProxy(app)
    for path in ("/", "/outstanding", "/account", "/help", "/register"):
        for name, value in [*zip(names, cookies, strict=True)] * 2:
            other = next(one for one in names if one != name)
            body = proxy.get(path, value).decode()
            assert name in body, path
            assert other not in body, path
        assert b"Sign out" not in proxy.get(path, ""), path
    assert proxy.kept == {}


def test_every_status_carries_them_and_none_tells_what_runs_here(database: Database, app: Flask) -> None:
    made = create_app({**settings_for_tests(database.url), "TESTING": False, "MAX_CONTENT_LENGTH": 10_000})

    @public
    def fail() -> str:
        raise ValueError("secret detail")

    made.add_url_rule("/fail", "fail", fail)
    client = made.test_client()
    for method, path, status in [
        ("POST", "/sign-in", 413),
        ("POST", "/help", 405),
        ("TRACE", "/help", 405),
        ("OPTIONS", "/sign-in", 200),
        ("HEAD", "/register", 200),
        ("GET", "/reset-password/none", 410),
        ("GET", "/sign-in/link/none", 410),
        ("GET", "/invitation/none", 410),
        ("POST", "/sign-in", 429),
        ("GET", "/fail", 500),
    ]:
        data = (
            {"email": "a@example.test", "password": "x" * (20_000 if status == 413 else 10)}
            if method == "POST"
            else None
        )
        answer = client.open(path, method=method, data=data)
        while status == 429 and answer.status_code == 200:
            answer = client.open(path, method=method, data=data)
        assert answer.status_code == status
        assert answer.headers["Content-Security-Policy"] == POLICY, method
        assert answer.headers["X-Content-Type-Options"] == "nosniff", method
        assert answer.headers["Cache-Control"] == "no-store", method
        assert not {"Server", "X-Powered-By"} & {name for name, _ in answer.headers}, method
        assert "Traceback" not in answer.text, method
        assert "secret detail" not in answer.text, method
    with made.app_context():
        db.engine.dispose()


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
