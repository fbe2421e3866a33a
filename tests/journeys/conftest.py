"""A running service, a mail server, and a person at a browser. Every page that they come to is checked with axe.

Each worker has one service for each database, one browser, and in it one window for each screen.
"""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.users import find_user
from cycle_tracker.people.services.users import set_password
from cycle_tracker.web import sessions
from cycle_tracker.web_app import create_app
from scheduler.jobs import run_job
from tests.conftest import Database, settings_for_tests
from tests.support.browser import launch
from tests.support.postgres import free_port
from tests.support.smtp_sink import SmtpSink

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
ASK_AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  return found.violations.map(one => [one.id, one.nodes.map(node => node.html)]);
}"""
LOOK = """() => {
  const page = document.documentElement;
  return [page.outerHTML, page.scrollWidth - page.clientWidth];
}"""
SCRIPTS = re.compile(r"/static/.*\.js($|\?)")
CHANGING = re.compile(r'value="[^"]{40,}"|http://127.0.0.1:\d+')
"""What differs from one showing of the same page to the next: tokens, and the port that the service is at."""

checked: set[tuple[str, str]] = set()
"""The pages that axe has found nothing in, by screen: the sign-in page need not be asked about twenty times."""

PASSWORD = "a-password-for-journeys"

SCREENS = [
    pytest.param("sqlite", "wide", id="sqlite-wide"),
    pytest.param("sqlite", "narrow", id="sqlite-narrow", marks=pytest.mark.in_full),
    pytest.param("sqlite", "without-scripts", id="sqlite-without-scripts", marks=pytest.mark.in_full),
]
"""Of the stories that are not themselves left out of `make test`, it runs the wide ones."""
ON_POSTGRESQL = pytest.param("postgresql", "wide", id="postgresql-wide", marks=pytest.mark.in_full)
"""A database changes no page: one story on the second is enough, its services are all tested on both."""

on_both_sizes = pytest.mark.parametrize(("database", "screen"), SCREENS[:2], indirect=["database"])
"""Without scripts a page is laid out as it is with them, and the page tests, whose browser runs none, show that it
works. Two stories show both together."""

on_every_screen = pytest.mark.parametrize(("database", "screen"), SCREENS, indirect=["database"])
on_every_screen_and_both_databases = pytest.mark.parametrize(
    ("database", "screen"), [*SCREENS, ON_POSTGRESQL], indirect=["database"]
)
SIZES = {"wide": (1280, 900), "narrow": (320, 640), "without-scripts": (1280, 900)}


@dataclass
class Service:
    """The service as it runs: its address, its jobs, the mails it sent, and the clock that it goes by."""

    app: Flask
    sink: SmtpSink
    set_clock: Callable[[datetime], None] = field(repr=False, default=lambda _instant: None)

    @property
    def address(self) -> str:
        return str(self.app.config["SERVICE_URL"])

    def at(self, day: date, hour: int = 9) -> None:
        """Let it be this hour of this day in London."""
        self.set_clock(datetime.combine(day, time(hour), tzinfo=clock.LONDON))

    def cookie_of(self, user_email: str, browser: str) -> str:
        """What this browser is given when the person of this address signs in, which is hereby written down."""
        here = {"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": browser}
        with self.app.test_request_context(environ_base=here):
            user = find_user(user_email)
            assert user is not None, user_email
            sessions.begin(user)
            serializer = SecureCookieSessionInterface().get_signing_serializer(self.app)
            assert serializer is not None
            return str(serializer.dumps(dict(session)))

    def run_jobs(self) -> None:
        """The morning's work: decide, gather, send."""
        for job in ("queue-notices", "send-outbox"):
            report = run_job(self.app, job, clock.today())
            assert report.usable, report.said

    def mails_to(self, user_email: str) -> list[str]:
        """The plain text of every mail that a person was sent, oldest first."""
        return [
            mail.message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
            for mail in self.sink.accepted
            if mail.recipients == (user_email,)
        ]

    def link_in_mail(self, user_email: str, containing: str) -> str:
        """The link that a person's newest mail carries to a page."""
        links = [link for link in re.findall(r"https?://\S+", self.mails_to(user_email)[-1]) if containing in link]
        assert links, f"no link to {containing} in:\n{self.mails_to(user_email)[-1]}"
        return str(links[0])


@dataclass
class Visitor:
    """A person at a browser, counted by their clicks."""

    page: Page
    service: Service
    screen: str
    clicks: int = 0
    seen: list[str] = field(default_factory=list)

    def sign_in(self, user_email: str) -> None:
        """Come to the home page as somebody who signed in before; no click, and no page on the way."""
        agent = str(self.page.evaluate("navigator.userAgent"))
        cookie = self.service.cookie_of(user_email, agent)
        name = self.service.app.config["SESSION_COOKIE_NAME"]
        self.page.context.add_cookies([{"name": name, "value": cookie, "url": self.service.address}])
        self.open("/")

    def sign_in_with_password(self, user_email: str) -> None:
        """Come in with address and password; not counted as clicks."""
        self.open("/sign-in")
        self.page.get_by_label("Email").fill(user_email)
        self.page.get_by_label("Password").fill(PASSWORD)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Sign in").click()
        self.check_page()

    def sign_out(self) -> None:
        self.page.context.clear_cookies()

    def follow(self, link: str) -> None:
        """Click a link in a mail."""
        self.clicks += 1
        self.page.goto(link)
        self.check_page()

    def open(self, path: str) -> None:
        """Come to a page by its address."""
        self.page.goto(self.service.address + path)
        self.check_page()

    def press(self, button: str) -> None:
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button, exact=True).click()
        self.check_page()

    def fill(self, label: str, words: str) -> None:
        """Write into the first field of this label; a part of the page may be labelled by the same words."""
        self.page.get_by_label(label).and_(self.page.locator("input, textarea")).first.fill(words)

    def reads(self, words: str) -> bool:
        """True where the page says this, wherever the lines break."""
        return words in " ".join(self.page.locator("body").inner_text().split())

    def check_page(self) -> None:
        """No violation that axe finds, and nothing that sticks out at the side."""
        self.page.wait_for_load_state()
        self.seen.append(self.page.url)
        content, too_wide = self.page.evaluate(LOOK)
        words = CHANGING.sub("", content)
        if (self.screen, words) in checked:
            return
        assert too_wide <= 0, f"{self.page.url} is {too_wide} px wider than the screen"
        found = self.page.evaluate(ASK_AXE)
        assert not found, f"{self.page.url}: {found}"
        checked.add((self.screen, words))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = launch(playwright)
        yield running
        running.close()


@pytest.fixture(scope="session")
def running(database: Database) -> Iterator[Service]:
    """The web side on a port of its own, and a mail server. Browsers keep what never changes, as they do in use."""
    port = free_port()
    with SmtpSink() as sink:
        overrides = {
            "WTF_CSRF_ENABLED": True,
            "SERVICE_URL": f"http://127.0.0.1:{port}",
            "MAIL_PORT": sink.port,
            "SEND_FILE_MAX_AGE_DEFAULT": 3600,
        }
        app = create_app({**settings_for_tests(database.url), **overrides})
        server = make_server("127.0.0.1", port, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Service(app, sink)
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def service(running: Service, database: Database, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The service with an empty database and no mails, by the clock of the machine until it is told another."""
    database.clean(running.app)
    running.sink.clear()

    def set_clock(instant: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: instant.astimezone(UTC))

    return replace(running, set_clock=set_clock)


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Iterator[dict[str, Page]]:
    """A window for each screen, opened when it is first asked for."""
    opened: dict[str, Page] = {}
    yield opened
    for page in opened.values():
        page.context.close()


@pytest.fixture
def visitor(browser: Browser, windows: dict[str, Page], service: Service, screen: str) -> Iterator[Visitor]:
    """Somebody at the screen that the test is for, whom the service does not know yet."""
    if screen not in windows:
        windows[screen] = open_window(browser, screen)
    page = windows[screen]
    yield Visitor(page, service, screen)
    page.context.clear_cookies()


def open_window(browser: Browser, screen: str) -> Page:
    """A window of this size with axe in each of its pages. "Without scripts" blocks every script of the service's own,
    so that axe, which is a script, can still look at what is left."""
    width, height = SIZES[screen]
    context = browser.new_context(viewport={"width": width, "height": height}, bypass_csp=True)
    context.add_init_script(path=AXE)  # sent once, where handing it to each page took as long as half of its checks
    if screen == "without-scripts":
        context.route(SCRIPTS, lambda route: route.abort())
    return context.new_page()


def with_password(user: User) -> User:
    """Give a person the password that everybody has here."""
    set_password(user, PASSWORD, by=None, now=clock.now())
    return user
