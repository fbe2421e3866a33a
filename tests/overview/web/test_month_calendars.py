"""A month week by week: of a partnership, and of a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.partnership import ClosureDay, Partnership
from cycle_tracker.models.user import User
from tests.factories import grant_role, make_milestone, make_partnership, make_report, make_user
from tests.support.pages import Browser, counted_statements, said, sign_in, soup

MONTH = "/partnerships/moray/calendar"
STATEMENTS = 5
"""What the page asks for, however much is due; the person and the menu included."""


@dataclass
class Moray:
    """Moray with a step and a report due in June, and Fife with a step, on 3 July 2026."""

    app: Flask
    place: Partnership
    fife: Partnership
    lead: User

    def client(self, user: User | None = None) -> Browser:
        return sign_in(self.app, user or self.lead)


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    with app.app_context():
        place, fife = make_partnership("moray", name="Moray"), make_partnership("fife", name="Fife")
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
        make_report(place, title="Annual report", owner=lead)
        make_milestone(place, title="Draft the plan", due_on=date(2026, 6, 29), owner=lead)
        make_milestone(fife, title="A step of Fife", due_on=date(2026, 6, 29))
        db.session.commit()
        yield Moray(app, place, fife, lead)
        db.session.remove()


def due(page: TestResponse) -> dict[str, list[str]]:
    """What stands on each day that has something."""
    found = {}
    for cell in soup(page).select("#calendar td"):
        entries = [" ".join(one.get_text(" ").split()) for one in cell.select("li")]
        if entries:
            found[str(cell.select("time")[0]["datetime"])] = entries
    return found


def test_milestones_stand_on_their_day_with_their_state_in_words(moray: Moray) -> None:
    page = moray.client().get(f"{MONTH}?month=2026-06")
    assert due(page) == {
        "2026-06-29": ["Draft the plan Overdue"],
        "2026-06-30": ["Annual report Past guidance date"],
    }
    assert "2 milestones are due in June 2026." in said(page)
    days = [str(one["datetime"]) for one in soup(page).select("#calendar time")]
    assert (days[0], days[-1], len(days)) == ("2026-06-01", "2026-07-05", 35)
    assert [one.get_text() for one in soup(page).select("#calendar thead th")][0] == "Monday"


def test_one_goes_from_month_to_month(moray: Moray) -> None:
    page = moray.client().get(MONTH)
    assert "Calendar: July 2026" in said(page)
    links = {str(one["rel"][0]): str(one["href"]) for one in soup(page).select(".app-months a[rel]")}
    assert links == {"prev": f"{MONTH}?month=2026-06", "next": f"{MONTH}?month=2026-08"}
    assert soup(page).select_one(".app-calendar__day--today time")["datetime"] == "2026-07-03"  # type: ignore[index]


def test_a_month_that_is_none_is_said_and_the_present_one_shown(moray: Moray) -> None:
    client = moray.client()
    for month in ["2026-13", "x", "1999-01", "9999-12", "2026-07-01", "'"]:
        words = said(client.get(MONTH, query_string={"month": month}))
        assert "We cannot show the month in the web address" in words, month
        assert "Calendar: July 2026" in words, month


def test_the_first_and_last_months_lead_no_further(moray: Moray) -> None:
    client = moray.client()
    assert not soup(client.get(f"{MONTH}?month=2014-01")).select("a[rel=prev]")
    assert not soup(client.get(f"{MONTH}?month=2098-12")).select("a[rel=next]")


def test_bank_holidays_and_closure_days_are_marked(moray: Moray) -> None:
    db.session.add_all(
        [
            ClosureDay(partnership_id=moray.place.id, day=date(2026, 8, 10), name="Local holiday"),
            ClosureDay(partnership_id=moray.fife.id, day=date(2026, 8, 11), name="Of Fife"),
            ClosureDay(partnership_id=None, day=date(2026, 8, 12), name=""),
        ]
    )
    page = moray.client().get(f"{MONTH}?month=2026-08")
    closed = {
        str(cell.select("time")[0]["datetime"]): cell.select(".app-calendar__closed")[0].get_text()
        for cell in soup(page).select("#calendar td")
        if cell.select(".app-calendar__closed")
    }
    assert closed == {
        "2026-08-03": "Bank holiday: Summer bank holiday",
        "2026-08-10": "Closed: Local holiday",
        "2026-08-12": "Closed",
    }


def test_a_person_sees_what_they_own_in_all_their_partnerships(moray: Moray) -> None:
    grant_role(moray.lead, Role.CONTRIBUTOR, moray.fife)
    make_milestone(moray.fife, title="Mine in Fife", due_on=date(2026, 6, 1), owner=moray.lead)
    page = moray.client().get("/my-work/calendar?month=2026-06")
    assert due(page) == {
        "2026-06-01": ["Mine in Fife Fife Overdue"],
        "2026-06-29": ["Draft the plan Moray Overdue"],
        "2026-06-30": ["Annual report Moray Past guidance date"],
    }


def test_each_role_sees_no_more_than_on_the_list(moray: Moray) -> None:
    late = make_report(
        moray.place, key="2026-29.r", title="Moved in secret", due_on=date(2026, 6, 9), expected_date=True
    )
    late.target_on = date(2026, 6, 30)
    official = moray.client(make_user("An official", role=Role.OFFICIAL)).get(f"{MONTH}?month=2026-06")
    assert due(official) == {
        "2026-06-30": ["Annual report Past guidance date", "Moved in secret Past guidance date"],
    }
    administrator = moray.client(make_user("An administrator", role=Role.ADMINISTRATOR)).get(f"{MONTH}?month=2026-06")
    assert due(administrator) == {
        "2026-06-09": ["Moved in secret"],
        "2026-06-29": ["Draft the plan"],
        "2026-06-30": ["Annual report"],
    }


def test_a_crowded_day_shows_some_and_leads_to_the_rest(moray: Moray) -> None:
    for number in range(8):
        make_milestone(moray.place, title=f"Step {number}", due_on=date(2026, 7, 1))
    client = moray.client()
    page = client.get(MONTH)
    assert due(page)["2026-07-01"][-1] == "and 2 more on Wednesday 1 July"
    rest = soup(page).select("#calendar td li a")[-1]
    assert "8 milestones" in said(client.get(str(rest["href"])))


@pytest.mark.parametrize("rows", [5, 60])
@pytest.mark.parametrize("path", [MONTH, "/my-work/calendar"])
def test_the_month_asks_the_database_as_much_for_much_as_for_little(moray: Moray, rows: int, path: str) -> None:
    for number in range(rows):
        make_milestone(moray.place, due_on=date(2026, 7, 1 + number % 28), owner=moray.lead)
        make_report(moray.place, key=f"r{number}", due_on=date(2026, 7, 1 + number % 28), owner=moray.lead)
    client = moray.client()
    with counted_statements() as statements:
        assert client.get(path).status_code == 200
    assert len(statements) == STATEMENTS - (path != MONTH)
