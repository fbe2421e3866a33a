"""What officials and everybody read day by day of a plan that is revised, and of an interim plan."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from tests.factories import at_seven, make_user
from tests.support.pages import Browser, said, sign_in, soup, value_of

pytestmark = pytest.mark.on_both_databases

PLAN = "/partnerships/moray/milestones/2026-29.plan-prepared"
ADDRESS = "https://www.moray.test/plan"
WHY = "The review found that a priority was missing."
STEPS = ("invite", "consult", "agree", "send", "publish")
PREPARED = "Revision in preparation, target date 30 September 2027"


@dataclass
class Moray:
    """The reference data of all 30 partnerships, of which Moray uses the service with its lead."""

    app: Flask
    clock: time_machine.Traveller

    def on(self, day: date) -> None:
        """Go on to a day. Everybody signs in again."""
        self.clock.move_to(at_seven(day))
        self.lead, self.official = (sign_in(self.app, person) for person in self.people)
        self.stranger = Browser(self.app, self.app.response_class)
        self.day = day

    def set_up(self) -> None:
        assert self.app.test_cli_runner().invoke(args=["load-reference"]).exit_code == 0
        place = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
        place.notify_from = date(2026, 1, 5)
        self.people = (
            make_user("Ailsa Grant", role=Role.LEAD, partnership=place),
            make_user("Fiona Shaw", role=Role.OFFICIAL),
        )
        db.session.commit()

    def send(self, path: str, **data: str | list[str]) -> str:
        """Fill a form of the plan in and send it, as the lead: what the page says that comes after it."""
        address = path if path.startswith("/") else f"{PLAN}/{path}"
        answer = self.lead.post(address, data={"version": value_of(self.lead.get(address), "version"), **data})
        assert answer.status_code == 302, said(answer)
        return said(self.lead.get(answer.headers["Location"]))

    def publish(self, on: date, which: str = "final", **more: str) -> None:
        places = {"places-0-form": "full", "places-0-language": "en", "places-0-address": ADDRESS}
        self.send("publication/facts", which=which, published_on=f"{on:%-d %-m %Y}", **places, **more)

    def copies(self, path: str, on: date) -> str:
        """Everybody who is offered was sent a copy."""
        boxes = soup(self.lead.get(f"{PLAN}/{path}")).select('input[name="receivers"]')
        return self.send(path, receivers=[str(box["value"]) for box in boxes], sent_on=f"{on:%-d %-m %Y}")

    def approve(self, body: str, on: date) -> str:
        found = db.session.scalars(select(Organisation.id).where(Organisation.name == body)).one()
        details = {"manner": "approved", "approved_on": f"{on:%-d %-m %Y}"}
        return self.send(f"approvals/revision/{found}", **details)

    def plan(self) -> dict[str, Any]:
        """What the national picture says of the plan."""
        asked = ["national", "--period", "2026-29", "--on", self.day.isoformat(), "--json"]
        found = json.loads(self.app.test_cli_runner().invoke(args=asked).output)
        plan: dict[str, Any] = next(
            one for one in found["documents"] if (one["partnership"], one["document"]) == ("moray", "plan")
        )
        return plan

    def cell(self) -> str:
        """What the matrix says of the plan."""
        page = soup(self.official.get("/matrix?period=2026-29"))
        row = next(one for one in page.select("#matrix tbody tr") if "Moray" in one.get_text())
        return " ".join(row.select("td")[0].get_text(" ").split())

    def register(self) -> str:
        """What everybody reads of the plan."""
        page = soup(self.stranger.get("/register?partnership=moray"))
        return " ".join(page.select("#register-list tbody tr")[0].get_text(" ").split())

    def done(self) -> dict[str, date | None]:
        """The steps of the revision that are done, with their days."""
        keys = {f"2026-29.revision-1.{name}": name for name in STEPS}
        rows = db.session.execute(select(Milestone.key, Milestone.done_on).where(Milestone.key.in_(keys))).all()
        db.session.rollback()
        assert len(rows) == len(STEPS)
        return {keys[key]: done_on for key, done_on in rows if done_on is not None}


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    morning.move_to(at_seven(date(2026, 3, 2)))
    with app.app_context():
        found = Moray(app, morning)
        found.set_up()
        yield found
        db.session.remove()


def test_moray_revises_its_plan(moray: Moray) -> None:
    moray.on(date(2026, 4, 24))
    moray.publish(date(2026, 4, 24))
    moray.copies("publication/copies", date(2026, 4, 24))
    before = moray.plan()
    assert (before["state"], before["revision_target_on"]) == ("complete", None)

    # Begun: the plan is what it was, and officials read that it is revised, and until when.
    moray.on(date(2026, 12, 1))
    moray.send("revision", reason=WHY, target_on="30 9 2027")
    assert moray.plan() == {**before, "revision_target_on": "2027-09-30"}
    assert moray.cell().startswith("Complete")
    assert PREPARED in moray.cell()
    assert "In preparation since 1 December 2026." in said(moray.official.get(PLAN))
    assert PREPARED in said(moray.official.get("/partnerships/moray"))
    assert "evision" not in moray.register()
    assert "Invite the other service providers to take part in revising the plan" in said(
        moray.lead.get("/partnerships/moray/cycles/2026-29")
    )

    # Invited and consulted.
    for day, name in ((date(2027, 3, 30), "invite"), (date(2027, 8, 5), "consult")):
        moray.on(day)
        step = f"/partnerships/moray/milestones/2026-29.revision-1.{name}"
        moray.send(f"{step}/finish", done_on=f"{day:%-d %-m %Y}")
    assert moray.done() == {"invite": date(2027, 3, 30), "consult": date(2027, 8, 5)}

    # Agreed by the council, then by the board, and sent.
    moray.on(date(2027, 9, 20))
    moray.approve("Moray Council", date(2027, 9, 20))
    assert "agree" not in moray.done()
    moray.on(date(2027, 9, 28))
    moray.approve("NHS Grampian", date(2027, 9, 28))
    assert moray.done()["agree"] == date(2027, 9, 28)
    moray.on(date(2027, 10, 5))
    moray.copies("publication/copies/revision", date(2027, 10, 5))
    assert moray.done()["send"] == date(2027, 10, 5)
    assert "Revised plan, not recorded as published" in said(moray.official.get("/"))
    assert moray.plan() == {**before, "revision_target_on": "2027-09-30"}

    # Published: complete at once, since Ministers have it.
    moray.on(date(2027, 10, 20))
    moray.send(
        "publication/newer-version", address=f"{ADDRESS}-revised", published_on="20 10 2027", reason="A priority."
    )
    assert moray.done()["publish"] == date(2027, 10, 20)
    assert moray.plan() == {**before, "sent_on": "2027-10-05"}
    assert "evision" not in moray.cell()
    assert "24 April 2026. Revised version 1, 20 October 2027" in moray.register()

    # Undone on the next day: the revision is in preparation again, with all that is recorded of it.
    moray.on(date(2027, 10, 21))
    moray.send("publication/taking-back", reason="Only one of the two bodies has published it.")
    assert set(moray.done()) == {"invite", "consult", "agree", "send"}
    assert moray.plan() == {**before, "revision_target_on": "2027-09-30"}
    assert PREPARED in moray.cell()
    assert "evised" not in moray.register()


@pytest.mark.in_full
def test_an_interim_plan_is_named_with_its_last_day_everywhere(moray: Moray) -> None:
    words = "One-year or interim plan until 30 September 2026"
    moray.on(date(2026, 3, 25))
    moray.publish(date(2026, 3, 25), "interim", interim_until="30 9 2026")
    for day, state in ((date(2026, 6, 15), "interim"), (date(2026, 12, 1), "outstanding")):
        moray.on(day)
        plan = moray.plan()
        assert (plan["state"], plan["interim_until"], plan["published_on"]) == (state, "2026-09-30", None)
        assert words in moray.cell()
        late = soup(moray.official.get("/outstanding?partnership=moray&kind=plan&period=2026-29"))
        assert any(words in " ".join(row.get_text(" ").split()) for row in late.select("tbody tr"))
        assert words in said(moray.official.get("/partnerships/moray"))
        assert f"{words}. Not published" in said(moray.lead.get("/partnerships/moray/status"))
        assert words in moray.register()
    assert words in said(moray.official.get("/")), "among the first that are late"
    rows = moray.official.get("/outstanding/export.csv?partnership=moray&kind=plan").get_data(as_text=True)
    assert "2026-09-30" in rows
    register = moray.stranger.get("/register/export.csv?partnership=moray").get_data(as_text=True)
    assert words in register
    # The plan itself takes its place, and the register keeps the interim plan among the earlier versions.
    moray.send("publication/newer-version", address=ADDRESS, published_on="30 11 2026", reason="For the full period.")
    assert moray.plan()["interim_until"] is None
    assert words not in moray.cell()
    assert "One-year or interim plan, 25 March 2026, until 30 September 2026" in moray.register()
