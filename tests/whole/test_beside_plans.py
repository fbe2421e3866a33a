"""What officials and everybody read day by day of a late-started plan, a disagreement and a direction."""

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
from cycle_tracker.models.approval import Direction, Disagreement
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from tests.factories import at_seven, make_user
from tests.support.pages import Browser, said, sign_in, soup, value_of

pytestmark = pytest.mark.on_both_databases

PLAN = "/partnerships/highland/milestones/2020-23.plan-prepared"
LAW = "Coronavirus legislation of 2020 let areas publish plans for 2021–23."


@dataclass
class Highland:
    """The reference data of all 30 partnerships, of which Highland uses the service with its lead."""

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
        place = db.session.scalars(select(Partnership).where(Partnership.slug == "highland")).one()
        place.notify_from = date(2020, 1, 1)
        self.people = (
            make_user("Ailsa Grant", role=Role.LEAD, partnership=place),
            make_user("Fiona Shaw", role=Role.OFFICIAL),
        )
        db.session.commit()

    def send(self, client: Browser, path: str, **data: str) -> str:
        """Fill a form in and send it: what the page says that comes after it."""
        version = value_of(client.get(f"{PLAN}/{path}"), "version")
        answer = client.post(f"{PLAN}/{path}", data={"version": version, **data})
        assert answer.status_code == 302, said(answer)
        return said(client.get(answer.headers["Location"]))

    def nationally(self) -> dict[str, Any]:
        asked = ["national", "--period", "2020-23", "--on", self.day.isoformat(), "--json"]
        found: dict[str, Any] = json.loads(self.app.test_cli_runner().invoke(args=asked).output)
        return found

    def plan(self) -> dict[str, Any]:
        documents = self.nationally()["documents"]
        found: dict[str, Any] = next(
            one for one in documents if (one["partnership"], one["document"]) == ("highland", "plan")
        )
        return found

    def late(self) -> list[str]:
        """What the list of what is late says of Highland's plan."""
        page = soup(self.official.get("/outstanding?partnership=highland&kind=plan&period=2020-23"))
        return [" ".join(row.get_text(" ").split()) for row in page.select("tbody tr") if "2020–23" in row.get_text()]


@pytest.fixture
def highland(app: Flask, morning: time_machine.Traveller) -> Iterator[Highland]:
    morning.move_to(at_seven(date(2020, 3, 2)))
    with app.app_context():
        found = Highland(app, morning)
        found.set_up()
        yield found
        db.session.remove()


def publish(highland: Highland, on: date) -> None:
    places = {"places-0-form": "full", "places-0-language": "en", "places-0-address": "https://www.highland.test/plan"}
    day = f"{on:%-d %-m %Y}"
    highland.send(highland.lead, "publication/facts", which="final", published_on=day, **places)


def test_highland_starts_late(highland: Highland) -> None:
    # A year without a plan, as officials read it before anybody says why.
    highland.on(date(2020, 6, 15))
    assert highland.plan()["state"] == "outstanding"
    assert "1 April 2020 75" in highland.late()[0]
    # The lead says so, and nothing changes.
    text = highland.send(highland.lead, "own-start", starts_on="1 4 2021", allowed_by=LAW)
    assert "Own start of the plan, proposed: 1 April 2021" in text
    assert highland.plan()["state"] == "outstanding"
    assert "own start 1 April 2021, proposed" in said(highland.official.get("/matrix?period=2020-23"))
    assert "own start" not in said(highland.stranger.get("/register"))
    # An official agrees on the next day: from now on nothing is late.
    highland.on(date(2020, 6, 16))
    highland.send(highland.official, "own-start/agreement")
    plan = highland.plan()
    assert (plan["state"], plan["target_on"], plan["own_start_on"]) == ("open", "2020-04-01", "2021-04-01")
    assert (plan["due_on"], highland.late()) == ("2021-04-01", [])
    assert "Late-started plan, own start 1 April 2021" in said(highland.stranger.get("/register"))
    for day, state, late in (
        (date(2021, 4, 1), "open", ""),
        (date(2021, 4, 2), "past-guidance-date", "1 April 2020. Own start 1 April 2021 1 "),
        (date(2021, 6, 1), "outstanding", "1 April 2020. Own start 1 April 2021 61 "),
    ):
        highland.on(day)
        assert highland.plan()["state"] == state, day
        assert late in (highland.late() or [""])[0], day
    # It is published, and stays late by its own start alone, until the start turns out to be another area's.
    highland.on(date(2021, 6, 14))
    publish(highland, date(2021, 6, 11))
    assert highland.plan()["state"] == "published-copy-not-sent"
    assert "done 71 days later" in said(highland.lead.get(PLAN))
    text = highland.send(highland.lead, "own-start/taking-back", reason="It was for another area.")
    assert "done 436 days later" in text
    assert "agreed the plan’s own start" in text
    assert "undid the plan’s own start" in text
    assert highland.plan()["own_start_on"] is None
    assert "own start" not in said(highland.stranger.get("/register"))


@pytest.mark.in_full
def test_the_chief_constable_disagrees_with_the_plan(highland: Highland) -> None:
    highland.on(date(2020, 6, 15))
    publish(highland, date(2020, 6, 11))
    # An official, who read the notice and not its reasons, records it for the partnership.
    police = db.session.scalars(select(Organisation).where(Organisation.code == "N01")).one()
    notice = {"service": "School officers", "address": "https://www.police.test/notice", "published_on": "14 6 2020"}
    text = highland.send(highland.official, "disagreements", body=str(police.id), matters="", reasons="", **notice)
    assert "Incomplete: reasons not recorded." in text
    assert "on behalf of the partnership" in text
    (told,) = highland.nationally()["disagreements"]
    assert (told["body"], told["published_on"], told["reasons_recorded"]) == (police.name, "2020-06-14", False)
    words = f"Notice of disagreement by {police.name} about School officers, 14 June 2020"
    missing = f"{words}. Incomplete: reasons not recorded"
    for page in (highland.stranger.get("/register"), highland.official.get("/matrix?period=2020-23")):
        assert missing in said(page)
        assert soup(page).find("a", href="https://www.police.test/notice") is not None
    # The lead adds the reasons on the next day; on the day after that it turns out to be another plan's.
    highland.on(date(2020, 6, 16))
    one = f"disagreements/{db.session.scalars(select(Disagreement.id)).one()}"
    highland.send(highland.lead, one, matters="", reasons="No officer is named.", **notice)
    register = said(highland.stranger.get("/register"))
    assert words in register
    assert missing not in register
    highland.on(date(2020, 6, 17))
    text = highland.send(highland.official, f"{one}/taking-back", reason="It was about another plan.")
    assert f"undid the record of a notice of disagreement by {police.name}" in text
    assert highland.nationally()["disagreements"] == []
    assert "disagreement" not in said(highland.stranger.get("/register"))


@pytest.mark.in_full
def test_ministers_give_a_direction_about_a_plan_that_was_never_made(highland: Highland) -> None:
    highland.on(date(2020, 6, 15))
    directed = {"given_on": "12 6 2020", "given_to": "The Highland Council", "section": "section-17"}
    highland.send(highland.official, "directions", about="The plan is to be made.", address="", **directed)
    words = "Direction under section 17 to The Highland Council, 12 June 2020: The plan is to be made."
    register = said(highland.stranger.get("/register"))
    assert "Plans that are not published" in register
    assert words in register
    assert words in said(highland.official.get("/matrix?period=2020-23"))
    assert "Direction of Scottish Ministers under section 17" in said(highland.lead.get(PLAN))
    assert [one["given_to"] for one in highland.nationally()["directions"]] == ["The Highland Council"]
    assert highland.plan()["state"] == "outstanding", "it changes nothing else"
    # Once the plan is published the direction is beside it.
    highland.on(date(2020, 8, 3))
    publish(highland, date(2020, 7, 31))
    register = said(highland.stranger.get("/register"))
    assert "Plans that are not published" not in register
    assert words in register
    one = f"directions/{db.session.scalars(select(Direction.id)).one()}"
    text = highland.send(highland.official, f"{one}/taking-back", reason="It was given about another plan.")
    assert "undid the record of a direction under section 17" in text
    assert highland.nationally()["directions"] == []
    assert words not in said(highland.stranger.get("/register"))
