"""A running service, a mail server, and a person at a browser. Every page that they come to is checked with axe."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from cycle_tracker import clock
from cycle_tracker.extensions import db
from cycle_tracker.models import User
from cycle_tracker.services.users import set_password
from cycle_tracker.web.app import create_app
from scheduler.jobs import run_job
from tests.conftest import Database, settings_for_tests
from tests.support.browser import launch
from tests.support.postgres import free_port
from tests.support.smtp_sink import SmtpSink

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SCRIPTS = re.compile(r"/static/.*\.js($|\?)")
CHANGING = re.compile(r'value="[^"]{40,}"|http://127.0.0.1:\d+')
"""What differs from one showing of the same page to the next: tokens, and the port that the service is at."""

checked: set[tuple[str, str]] = set()
"""The pages that axe has found nothing in, by screen: the sign-in page need not be asked about twenty times."""

PASSWORD = "a-password-for-journeys"

SCREENS = [
    pytest.param("sqlite", "wide", id="sqlite-wide"),
    pytest.param("sqlite", "narrow", id="sqlite-narrow"),
    pytest.param("sqlite", "without-scripts", id="sqlite-without-scripts"),
]
ON_POSTGRESQL = pytest.param("postgresql", "wide", id="postgresql-wide")
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
    set_clock: Callable[[datetime], None]

    @property
    def address(self) -> str:
        return str(self.app.config["SERVICE_URL"])

    def at(self, day: date, hour: int = 9) -> None:
        """Let it be this hour of this day in London."""
        self.set_clock(datetime.combine(day, time(hour), tzinfo=clock.LONDON))

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
        """Come in with address and password; not counted as clicks, for most are signed in already."""
        self.page.goto(f"{self.service.address}/sign-in")
        self.check_page()
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
        words = CHANGING.sub("", self.page.content())
        if (self.screen, words) in checked:
            return
        found = self.page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
        assert not found, f"{self.page.url}: {[(one['id'], [n['html'] for n in one['nodes']]) for one in found]}"
        too_wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide <= 0, f"{self.page.url} is {too_wide} px wider than the screen"
        checked.add((self.screen, words))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = launch(playwright)
        yield running
        running.close()


@pytest.fixture
def service(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The web side on a port of its own, over an empty database, and a mail server."""
    port = free_port()
    with SmtpSink() as sink:
        overrides = {
            "WTF_CSRF_ENABLED": True,
            "SERVICE_URL": f"http://127.0.0.1:{port}",
            "MAIL_PORT": sink.port,
        }
        app = create_app({**settings_for_tests(database.url), **overrides})
        database.clean(app)
        server = make_server("127.0.0.1", port, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()

        def set_clock(instant: datetime) -> None:
            monkeypatch.setattr(clock, "now", lambda: instant.astimezone(UTC))

        yield Service(app, sink, set_clock)
        server.shutdown()
        thread.join()
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def visitor(browser: Browser, service: Service, screen: str) -> Iterator[Visitor]:
    """Somebody at the screen that the test is for. "Without scripts" blocks every script of the service's own, so
    that axe, which is a script, can still look at what is left."""
    width, height = SIZES[screen]
    context = browser.new_context(viewport={"width": width, "height": height}, bypass_csp=True)
    context.add_init_script(path=AXE)  # sent once, where handing it to each page took as long as half of its checks
    if screen == "without-scripts":
        context.route(SCRIPTS, lambda route: route.abort())
    yield Visitor(context.new_page(), service, screen)
    context.close()


def with_password(user: User) -> User:
    """Give a person the password that everybody has here."""
    set_password(user, PASSWORD, by=None, now=clock.now())
    return user
