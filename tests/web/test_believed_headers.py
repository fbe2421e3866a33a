"""What a real server believes of the headers of a request: nothing, but what as many proxies say as PROXY_COUNT has."""

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.support.web_server import WebServer

pytestmark = pytest.mark.xdist_group("believed-headers")  # so that its servers start once

HOST = "tracker.example"
PATHS = ("/", "/help", "/help/", "/sign-in", "/seen", "//evil.test/", "/partnerships//moray")

Headers = dict[str, str]

# However many proxies there are, these say nothing.
FROM_NOBODY: list[Headers] = [
    *({"SCRIPT_NAME": root} for root in ("//evil.test", "/evil", "/s", "/help", "/partnerships")),
    {"Script-Name": "/s"},
    {"X-Script-Name": "/s"},
    {"X-Forwarded-Prefix": "/s"},
    {"X-Forwarded-Path": "/help"},
    {"X-Forwarded-Uri": "/help"},
    {"PATH_INFO": "/help"},
    {"Path-Info": "/help"},
    {"X-Original-Url": "/help"},
    {"X-Rewrite-Url": "/help"},
    {"REQUEST_METHOD": "DELETE"},
    {"X-Http-Method-Override": "DELETE"},
    {"CONTENT_TYPE": "text/evil"},
    {"X-Forwarded-Protocol": "ssl"},
    {"X-Forwarded-Ssl": "on"},
    {"X-Forwarded-Protocol": "ssl", "X-Forwarded-Ssl": "off"},
    {"X-Forwarded-Scheme": "https"},
    {"X-Url-Scheme": "https"},
    {"Front-End-Https": "on"},
    {"Https": "on"},
    {"wsgi.url_scheme": "https"},
    {"X_Forwarded_Proto": "https"},
    {"X-Host": "evil.test"},
    {"X-Forwarded-Server": "evil.test"},
    {"X-Forwarded-Port": "444"},
    {"X_Forwarded_Host": "evil.test"},
    {"HTTP_HOST": "evil.test"},
    {"SERVER_NAME": "evil.test"},
    {"SERVER_PORT": "444"},
    {"Forwarded": "for=203.0.113.9;host=evil.test;proto=https"},
    {"X-Real-Ip": "203.0.113.9"},
    {"Client-Ip": "203.0.113.9"},
    {"True-Client-Ip": "203.0.113.9"},
    {"REMOTE_ADDR": "203.0.113.9"},
    {"Remote-Addr": "203.0.113.9"},
    {"X_Forwarded_For": "203.0.113.9"},
    {"Remote-User": "jean@example.test"},
    {"REMOTE_USER": "jean@example.test"},
    {"X-Remote-User": "jean@example.test"},
    {"Proxy": "http://evil.test"},
]

# These are heard where a proxy is known.
FROM_A_PROXY: list[Headers] = [
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Proto": "http", "X-Forwarded-Ssl": "on"},
    {"X-Forwarded-Proto": "javascript"},
    {"X-Forwarded-Host": "evil.test"},
    {"X-Forwarded-Host": "evil.test/../x y"},
    {"X-Forwarded-For": "203.0.113.9"},
    {"X-Forwarded-For": "x" * 5000},
]


@dataclass(frozen=True)
class Looks:
    """What a header could change of an answer: cookies with their flags and no values, and tokens of forms left out."""

    status: int
    location: str | None
    cookies: tuple[str, ...]
    body: str


@dataclass(frozen=True)
class Door:
    """One way to a server, and how its answers look to a request without such headers."""

    server: WebServer
    unix: Path | None

    def ask(self, path: str, headers: Headers) -> Looks:
        connection = self.server.connection() if self.unix is None else UnixConnection(self.unix)
        connection.request("GET", path, headers={"Host": HOST, **headers})
        answer = connection.getresponse()
        body = answer.read().decode()
        cookies = tuple(re.sub("=[^;]*", "", cookie, count=1) for cookie in answer.headers.get_all("Set-Cookie", []))
        connection.close()
        return Looks(answer.status, answer.headers["Location"], cookies, re.sub('value="[^"]{60,}"', "", body))

    def ask_all(self, headers: Headers) -> dict[str, Looks]:
        return {path: self.ask(path, headers) for path in PATHS}


class UnixConnection(HTTPConnection):
    """Over a socket in a file: gunicorn takes whoever comes this way for a proxy."""

    def __init__(self, path: Path) -> None:
        super().__init__(HOST, timeout=60)
        self.path = str(path)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def serve(folder: Path, proxies: int) -> Iterator[list[Door]]:
    """A server with our `gunicorn.conf.py` and no other setting, on a machine whose environment trusts everybody."""
    unix = folder / "web"
    settings = {"PROXY_COUNT": str(proxies), "FORWARDED_ALLOW_IPS": "*"}
    database = f"sqlite:///{folder / 'none.db'}"
    with WebServer(database, "tests.support.seen:app", settings, [f"unix:{unix}"]) as server:
        yield [Door(server, None), Door(server, unix)]


@pytest.fixture(scope="module")
def without_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Door]]:
    yield from serve(tmp_path_factory.mktemp("none"), 0)


@pytest.fixture(scope="module")
def behind_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Door]]:
    yield from serve(tmp_path_factory.mktemp("one"), 1)


@pytest.fixture(scope="module")
def plain(without_proxy: list[Door], behind_one: list[Door]) -> dict[Door, dict[str, Looks]]:
    """The answers to requests without such headers."""
    return {door: door.ask_all({}) for door in (*without_proxy, *behind_one)}


def names(headers: Headers) -> str:
    return " and ".join(f"{name} {value[:20]}" for name, value in headers.items())


def one_by_one(headers: list[Headers]) -> list[Any]:
    """Each in a request of its own in `make test-all`; in `make test` as many together as have different names. If one
    of them changes an answer, so do they together."""
    groups: list[Headers] = []
    for one in headers:
        fitting = (group for group in groups if {plain_name(name) for name in group}.isdisjoint(map(plain_name, one)))
        group = next(fitting, None)
        if group is None:
            groups.append(group := {})
        group.update(one)
    together = [pytest.param(group, id=f"together-{place}") for place, group in enumerate(groups)]
    return [*together, *(pytest.param(one, id=names(one), marks=pytest.mark.in_full) for one in headers)]


def plain_name(name: str) -> str:
    """A name as WSGI has it, in which `_` and `-` are alike."""
    return name.upper().replace("-", "_")


def test_the_answers_compared_are_those_that_headers_could_change(
    without_proxy: list[Door], plain: dict[Door, dict[str, Looks]]
) -> None:
    for door in without_proxy:
        answers = plain[door]
        assert {answer.status for answer in answers.values()} == {200, 302, 308, 404}
        assert answers["/"].location == "/sign-in?next=/"
        assert answers["/partnerships//moray"].location == f"http://{HOST}/partnerships/moray"
        assert answers["/sign-in"].cookies == ("session; HttpOnly; Path=/; SameSite=Lax",)
        assert json.loads(answers["/seen"].body)["url"] == f"http://{HOST}/seen"


@pytest.mark.parametrize("headers", one_by_one([*FROM_NOBODY, *FROM_A_PROXY]))
def test_no_header_changes_an_answer_where_there_is_no_proxy(
    without_proxy: list[Door], plain: dict[Door, dict[str, Looks]], headers: Headers
) -> None:
    for door in without_proxy:
        assert door.ask_all(headers) == plain[door]


@pytest.mark.parametrize("headers", one_by_one(FROM_NOBODY))
def test_behind_a_proxy_no_header_but_three_changes_an_answer(
    behind_one: list[Door], plain: dict[Door, dict[str, Looks]], headers: Headers
) -> None:
    for door in behind_one:
        assert door.ask_all(headers) == plain[door]


def test_of_one_proxy_its_own_value_is_believed_and_not_what_it_was_sent(behind_one: list[Door]) -> None:
    said = {
        "X-Forwarded-For": "203.0.113.9, 192.0.2.1",
        "X-Forwarded-Proto": "http, https",
        "X-Forwarded-Host": "evil.test, www.tracker.example",
        "X-Forwarded-Ssl": "off",
    }
    for door in behind_one:
        seen = json.loads(door.ask("/seen", said).body)
        assert (seen["url"], seen["address"]) == ("https://www.tracker.example/seen", "192.0.2.1")


@pytest.mark.parametrize("headers", FROM_A_PROXY, ids=names)
def test_a_proxy_that_says_nonsense_breaks_nothing(behind_one: list[Door], headers: Headers) -> None:
    for door in behind_one:
        assert max(answer.status for answer in door.ask_all(headers).values()) < 500


def test_the_line_of_a_proxy_protocol_says_nothing(without_proxy: list[Door], behind_one: list[Door]) -> None:
    for door in (without_proxy[0], behind_one[0]):
        with socket.create_connection(("127.0.0.1", door.server.port), timeout=60) as line:
            line.sendall(b"PROXY TCP4 203.0.113.9 192.0.2.1 1 2\r\nGET /seen HTTP/1.1\r\nHost: x\r\n\r\n")
            assert line.recv(100).startswith(b"HTTP/1.1 400 ")
