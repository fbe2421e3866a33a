"""Saying that one is away, on one's own account and for others, and what a deputy sees."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from tests.factories import at_seven, make_cycle, make_milestone, make_partnership, make_user
from tests.support.pages import Browser, counted_statements, said, sign_in, soup

PAGE = "/account/away"
STEP = "/partnerships/moray/milestones/2026-29.draft-plan"


@dataclass
class Moray:
    """Moray with a lead, two contributors and a step that one of them owns. It is 3 July 2026."""

    app: Flask
    partnership: Partnership
    lead: User
    rory: User
    sile: User
    step: Milestone

    def client(self, user: User) -> Browser:
        return sign_in(self.app, user)

    def away(self, **changed: str) -> dict[str, str]:
        return {"from_on": "3 7 2026", "to_on": "17 7 2026", "deputy": str(self.sile.id), **changed}

    def within(self, person: User) -> str:
        return f"/partnerships/moray/people/{person.id}"


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    with app.app_context():
        place = make_partnership("moray", name="Moray")
        make_cycle(place)
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
        rory, sile = (make_user(name, role=Role.CONTRIBUTOR, partnership=place) for name in ("Rory Baird", "Síle Bain"))
        step = make_milestone(place, key="2026-29.draft-plan", due_on=date(2026, 7, 14), owner=rory)
        yield Moray(app, place, lead, rory, sile, step)
        db.session.remove()


def absences() -> list[tuple[str, str, date, date, bool]]:
    return [
        (one.user.name, one.deputy.name, one.from_on, one.to_on, one.ended_at is not None)
        for one in db.session.scalars(select(Delegation).order_by(Delegation.id))
    ]


def test_one_says_that_one_is_away_and_both_see_it(moray: Moray) -> None:
    client = moray.client(moray.rory)
    assert "No cover is set." in said(client.get("/account"))
    options = [one.get_text() for one in soup(client.get(PAGE)).select("#deputy option")]
    assert options == ["Choose someone", "Ailsa Grant", "Síle Bain"]
    assert client.post(PAGE, data=moray.away()).headers["Location"] == "/account"
    page = said(client.get("/account"))
    assert "Saved. Síle Bain covers for you from 3 July 2026 to 17 July 2026." in page
    assert "Síle Bain covers for you Now 3 July 2026 to 17 July 2026" in page
    assert "You cover for Rory Baird Now" in said(moray.client(moray.sile).get("/account"))
    assert absences() == [("Rory Baird", "Síle Bain", date(2026, 7, 3), date(2026, 7, 17), False)]


def test_pressed_twice_it_is_one(moray: Moray) -> None:
    client = moray.client(moray.rory)
    for _ in range(2):
        assert client.post(PAGE, data=moray.away()).status_code == 302
    assert len(absences()) == 1


def test_what_is_wrong_is_said_beside_its_field(moray: Moray) -> None:
    client = moray.client(moray.rory)
    for changed, field, message in [
        ({"from_on": ""}, "from_on", "Enter the first day away"),
        ({"to_on": ""}, "to_on", "Enter the last day away"),
        ({"deputy": ""}, "deputy", "Choose who will cover"),
        ({"from_on": "2 7 2026"}, "from_on", "The first day must be today or later."),
        ({"to_on": "1 7 2026"}, "to_on", "The last day must be on or after the first day."),
        ({"to_on": "31 2 2026"}, "to_on", "is not a real date"),
        ({"from_on": "x" * 10_000}, "from_on", "date"),
        ({"deputy": "999999"}, "deputy", "Choose someone from the list"),
        ({"deputy": "<b>"}, "deputy", "Choose someone from the list"),
    ]:
        answer = client.post(PAGE, data=moray.away(**changed))
        assert answer.status_code == 200, changed
        assert message in soup(answer).select(f"#{field}-error")[0].get_text()
        assert absences() == [], changed


def test_somebody_who_works_elsewhere_a_post_and_oneself_are_not_offered(moray: Moray) -> None:
    una = make_user("Una Ross", role=Role.CONTRIBUTOR, partnership=make_partnership("fife"))
    client = moray.client(moray.rory)
    for who in (una, moray.rory):
        answer = client.post(PAGE, data=moray.away(deputy=str(who.id)))
        assert "Choose someone from the list" in said(answer)
    assert absences() == []


def test_days_that_meet_and_a_circle_are_refused_in_words(moray: Moray) -> None:
    rory, sile = moray.client(moray.rory), moray.client(moray.sile)
    rory.post(PAGE, data=moray.away())
    meets = rory.post(PAGE, data=moray.away(from_on="17 7 2026", to_on="20 7 2026"))
    assert "These dates overlap with cover already set (Síle Bain, 3 July 2026 to 17 July 2026" in said(meets)
    assert 'value="17 7 2026"' in meets.get_data(as_text=True)
    circle = sile.post(PAGE, data=moray.away(deputy=str(moray.rory.id)))
    assert "Rory Baird is away then too (3 July 2026 to 17 July 2026)" in said(circle)
    assert len(absences()) == 1


@pytest.mark.parametrize("who", ["rory", "sile"])
def test_the_person_or_the_deputy_ends_it_early(moray: Moray, who: str) -> None:
    moray.client(moray.rory).post(PAGE, data=moray.away())
    (delegation,) = db.session.scalars(select(Delegation.id))
    client = moray.client(getattr(moray, who))
    assert client.post(f"{PAGE}/{delegation}/end").status_code == 302
    assert "The cover has ended. Emails go to the person themselves again." in said(client.get("/account"))
    assert absences()[0][-1]
    client.post(f"{PAGE}/{delegation}/end")
    assert "This cover has already ended." in said(client.get("/account"))


def test_anothers_absence_is_not_there_to_end(moray: Moray) -> None:
    moray.client(moray.rory).post(PAGE, data=moray.away())
    (delegation,) = db.session.scalars(select(Delegation.id))
    assert moray.client(moray.lead).post(f"{PAGE}/{delegation}/end").status_code == 404
    assert not absences()[0][-1]


def test_a_lead_sets_it_for_who_works_in_the_partnership_and_ends_it(moray: Moray) -> None:
    client, page = moray.client(moray.lead), moray.within(moray.rory)
    assert "No cover is set for Rory Baird." in said(client.get(page))
    assert client.post(f"{page}/away", data=moray.away()).headers["Location"] == page
    shown = said(client.get(page))
    assert "Síle Bain covers for Rory Baird, 3 July 2026 to 17 July 2026 Now. Set by Ailsa Grant" in shown
    (delegation,) = db.session.scalars(select(Delegation.id))
    assert "End now" in said(client.get(f"{page}/away"))
    client.post(f"{page}/away/{delegation}/end")
    assert absences()[0][-1]


def test_a_lead_sets_nothing_for_who_sits_in_the_group(moray: Moray) -> None:
    member = make_user("Iain Munro", role=Role.GOVERNANCE, partnership=moray.partnership)
    client, page = moray.client(moray.lead), f"{moray.within(member)}/away"
    assert "They, or an administrator, need to set their cover." in said(client.get(page))
    assert "They, or an administrator" in said(client.post(page, data=moray.away()))
    assert absences() == []
    administrator = moray.client(make_user("Jean Hay", role=Role.ADMINISTRATOR))
    assert administrator.post(page, data=moray.away()).status_code == 302


def test_a_deputy_finds_the_work_marked_and_does_it_for_the_person(moray: Moray) -> None:
    client = moray.client(moray.sile)
    assert client.post(f"{STEP}/start", data={"version": str(moray.step.version)}).status_code == 403
    moray.client(moray.rory).post(PAGE, data=moray.away())
    work = said(client.get("/my-work"))
    assert "Draft the plan Step Covering for Rory Baird" in work
    assert "and those of people you are covering for" in work
    assert "You are covering for Rory Baird" in said(client.get("/"))
    assert client.post(f"{STEP}/start", data={"version": str(moray.step.version)}).status_code == 302
    assert "Síle Bain, for Rory Baird, started this" in said(client.get(STEP))


def test_after_the_last_day_the_work_is_the_persons_again(moray: Moray, morning: time_machine.Traveller) -> None:
    moray.client(moray.rory).post(PAGE, data=moray.away())
    morning.move_to(at_seven(date(2026, 7, 18)))
    client = moray.client(moray.sile)
    assert "Draft the plan" not in said(client.get("/my-work"))
    assert client.post(f"{STEP}/start", data={"version": str(moray.step.version)}).status_code == 403
    assert "You cover for" not in said(client.get("/account"))


def test_a_deputy_who_was_switched_off_is_shown(moray: Moray) -> None:
    moray.client(moray.rory).post(PAGE, data=moray.away())
    moray.sile.active = False
    assert "Síle Bain is switched off, so there is no cover" in said(moray.client(moray.rory).get("/account"))


def test_the_list_of_work_takes_one_statement_more_for_a_deputy_however_many_are_away(moray: Moray) -> None:
    make_milestone(moray.partnership, owner=moray.sile)
    client = moray.client(moray.sile)
    client.get("/my-work")
    with counted_statements() as nobody:
        client.get("/my-work")
    counts = set()
    for number in range(3):
        person = make_user(f"Away {number}", role=Role.CONTRIBUTOR, partnership=moray.partnership)
        make_milestone(moray.partnership, owner=person)
        db.session.add(
            Delegation(
                user=person,
                deputy=moray.sile,
                from_on=date(2026, 7, 1),
                to_on=date(2026, 7, 9),
                set_by=person,
                set_at=at_seven(date(2026, 7, 1)),
            )
        )
        db.session.commit()
        with counted_statements() as some:
            client.get("/my-work")
        counts.add(len(some))
    assert counts == {len(nobody) + 1}
