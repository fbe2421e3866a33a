"""`make screenshots`: the demo on a database of its own, and pictures of what each person sees, wide and narrow."""

import logging
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from cycle_tracker.cli.demo.acts.reminding import CONTACT
from cycle_tracker.cli.demo.parts import STAR
from cycle_tracker.cli.demo.people import (
    ADMINISTRATOR,
    AUDITOR,
    BOARD_OFFICER,
    CHAIR,
    CLERK,
    CONTRIBUTOR,
    LEAD,
    OFFICIAL,
    PASSWORD,
    Account,
)
from cycle_tracker.cli.demo.story import seed_demo
from cycle_tracker.core import addresses, clock
from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.queries.documents import list_documents
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.message import Message, MessageBody
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.web_app import create_app
from scheduler.jobs import run_job
from tests.support.browser import launch
from tests.support.postgres import free_port
from tests.support.smtp_sink import SmtpSink

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
SIZES = {"wide": (1280, 900), "narrow": (320, 640)}
TALLEST = 2000
MAILS = {LEAD.email: "mail-lead", CHAIR.email: "mail-governance", CONTACT.email: "mail-contact"}
"""Whose newest mail is taken, and the name of its picture."""


@dataclass(frozen=True)
class Picture:
    """One page to be taken: its name, its path, and who looks at it (nobody: not signed in)."""

    name: str
    path: str
    account: Account | None = None


@dataclass(frozen=True)
class Demo:
    """The demo as it runs: its address, and the mails that it sent."""

    app: Flask
    sink: SmtpSink

    @property
    def address(self) -> str:
        return str(self.app.config["SERVICE_URL"])

    def mail_to(self, email: str) -> str:
        """The newest mail to an address, as HTML: one that was sent just now, or one of the demo's past."""
        sent = [one.message for one in self.sink.accepted if one.recipients == (email,)]
        part = (sent[-1] if sent else self._past_mail_to(email)).get_body(("html",))
        if part is None:
            raise LookupError(f"the mail to {email} has no HTML")
        return str(part.get_content())

    def _past_mail_to(self, email: str) -> EmailMessage:
        newest = select(MessageBody.content).join(Message, Message.id == MessageBody.message_id)
        with self.app.app_context():
            content = db.session.scalars(
                newest.where(Message.recipient == email).order_by(Message.queued_at.desc(), Message.id.desc()).limit(1)
            ).one()
        return message_from_bytes(content, policy=default)

    def answer_link(self) -> str:
        """The path of the link by which the contact says how a consultation stands."""
        found = re.search(r'href="https?://[^/"]+(/answer/[^"]+)"', self.mail_to(CONTACT.email))
        if found is None:
            raise LookupError("the mail to the contact asks nothing")
        return found[1]


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    """The demo on a new database, its last working day's mails sent, and a web server in a thread."""
    port = free_port()
    with SmtpSink() as sink:
        app = create_app(
            {
                "DATABASE_URL": f"sqlite:///{folder / 'screenshots.db'}",
                "SECRET_KEY": "only-for-screenshots-" + "x" * 32,
                "SERVICE_URL": f"http://127.0.0.1:{port}",
                "MAIL_PORT": sink.port,
            }
        )
        today = clock.today()
        with app.app_context():
            upgrade()
            seed_demo(today, clock.now())
        run_job(app, "queue-notices", SCOTLAND.on_or_before(today))
        run_job(app, "send-outbox", today)
        server = make_server("127.0.0.1", port, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Demo(app, sink)
        finally:
            server.shutdown()
            thread.join()


def pictures(demo: Demo) -> list[Picture]:
    """What is taken: every role's home, the pages of the outstanding report that the demo turns on, and the lists."""
    with demo.app.app_context():
        star = next(one for one in list_documents(clock.today(), partnership=str(LEAD.slug)) if not one.published)
        escalation_id = db.session.scalars(
            select(Escalation.id)
            .join(Escalation.milestone)
            .join(Milestone.partnership)
            .where(Partnership.slug == star.partnership_slug, Milestone.key == star.key, Escalation.rung > 1)
        ).one()
        plan_key = db.session.scalars(
            select(Milestone.key)
            .join(Milestone.partnership)
            .where(Partnership.slug == STAR, Milestone.kind == Kind.PLAN, Milestone.state == State.DONE)
            .order_by(Milestone.target_on.desc())
        ).first()
    if plan_key is None:
        raise LookupError("the demo has no plan")
    report = addresses.milestone(star.partnership_slug, star.key)
    return [
        Picture("sign-in", "/sign-in"),
        Picture("register", "/register?partnership=moray"),
        Picture("lead-home", addresses.HOME, LEAD),
        Picture("contributor-home", addresses.HOME, CONTRIBUTOR),
        Picture("board-officer-home", addresses.HOME, BOARD_OFFICER),
        Picture("governance-home", addresses.HOME, CHAIR),
        Picture("official-home", addresses.HOME, OFFICIAL),
        Picture("auditor-home", addresses.HOME, AUDITOR),
        Picture("administrator-home", addresses.HOME, ADMINISTRATOR),
        Picture("report-lead", report, LEAD),
        Picture("report-official", report, OFFICIAL),
        Picture("cycle", f"/partnerships/{star.partnership_slug}/cycles/{str(star.key).partition('.')[0]}", LEAD),
        Picture("outstanding", addresses.OUTSTANDING, OFFICIAL),
        Picture("escalations", addresses.ESCALATIONS, CHAIR),
        Picture("escalation", addresses.escalation(escalation_id), CHAIR),
        Picture("group", addresses.group(STAR), CLERK),
        Picture("plan-lead", addresses.milestone(STAR, plan_key), LEAD),
        Picture("milestones", f"/partnerships/{STAR}/milestones", LEAD),
        Picture("calendar", f"/partnerships/{STAR}/calendar", LEAD),
        Picture("status", f"/partnerships/{STAR}/status", LEAD),
        Picture("people", f"/partnerships/{STAR}/people", LEAD),
        Picture("policies", f"/partnerships/{STAR}/policies", LEAD),
        Picture("forecast", "/forecast", LEAD),
        Picture("notices", "/notices", LEAD),
        Picture("why-told", f"{report}/notices", LEAD),
        Picture("away", "/account/away", CONTRIBUTOR),
        Picture("answer", demo.answer_link()),
        Picture("history", f"/partnerships/{STAR}/history", LEAD),
        Picture("account", addresses.ACCOUNT, LEAD),
        Picture("my-work", addresses.MY_WORK, BOARD_OFFICER),
        Picture("to-receive", addresses.TO_RECEIVE, OFFICIAL),
        Picture("matrix", addresses.MATRIX, OFFICIAL),
        Picture("partnership", addresses.partnership(STAR), OFFICIAL),
        Picture("set-up", f"/partnerships/{STAR}/set-up", ADMINISTRATOR),
        Picture("service-health", "/service-health", ADMINISTRATOR),
        Picture("help", "/help"),
    ]


def take_all(browser: Browser, demo: Demo) -> list[str]:
    """Take every picture in both sizes; what was wrong with the pages, in words."""
    faults = []
    for size, (width, height) in SIZES.items():
        for account, wanted in _by_account(pictures(demo)):
            page = browser.new_context(viewport={"width": width, "height": height}).new_page()
            if account is not None:
                _sign_in(page, demo, account)
            for picture in wanted:
                answer = page.goto(demo.address + picture.path)
                if answer is None or not answer.ok:
                    faults.append(f"{picture.name}: {picture.path} could not be had")
                    continue
                faults += _take(page, f"{picture.name}-{size}")
            page.context.close()
        for email, name in MAILS.items():
            page = browser.new_context(viewport={"width": width, "height": height}).new_page()
            page.set_content(demo.mail_to(email))
            faults += _take(page, f"{name}-{size}")
            page.context.close()
    return faults


def _by_account(wanted: list[Picture]) -> list[tuple[Account | None, list[Picture]]]:
    accounts = dict.fromkeys(picture.account for picture in wanted)
    return [(account, [one for one in wanted if one.account == account]) for account in accounts]


def _sign_in(page: Page, demo: Demo, account: Account) -> None:
    page.goto(f"{demo.address}/sign-in")
    page.get_by_label("Email").fill(account.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def _take(page: Page, name: str) -> list[str]:
    """One picture, from the top of the page down to a height that can be looked at."""
    page.evaluate("document.fonts.ready")
    seen: dict[str, Any] = page.evaluate(
        "() => ({height: document.documentElement.scrollHeight, width: document.documentElement.scrollWidth,"
        " room: document.documentElement.clientWidth})"
    )
    clip = {"x": 0, "y": 0, "width": seen["room"], "height": min(seen["height"], TALLEST)}
    page.screenshot(path=FOLDER / f"{name}.png", full_page=True, clip=clip)  # type: ignore[arg-type]
    return [f"{name}: {seen['width']} pixels wide where {seen['room']} are"] if seen["width"] > seen["room"] else []


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder, running_demo(Path(folder)) as demo, sync_playwright() as playwright:
        browser = launch(playwright)
        faults = take_all(browser, demo)
        browser.close()
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
