"""What will be mailed to whom in the days ahead."""

import json
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from tests.factories import make_governance_group, make_milestone, make_partnership, make_user
from tests.support.moray import Place
from tests.support.pages import Browser, counted_statements, said, soup

STATEMENTS = 21
"""What the page asks for, however long it is; the person and the menu included."""


def rows(client: Browser, address: str = "/forecast") -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in soup(client.get(address)).select("#mails tbody tr")]


def test_the_mails_of_the_days_ahead_are_listed_with_what_they_say(place: Place) -> None:
    client = place.client(place.lead)
    found = rows(client)
    assert found[:3] == [
        "3 July 2026 Ailsa Grant Annual report on 2025–26 , Moray (30 June 2026, 1 day after)",
        "3 July 2026 Calum Reid Draft the plan , Moray (14 July 2026, 14 days before)",
        "8 July 2026 Ailsa Grant Annual report on 2025–26 , Moray (30 June 2026, 8 days after)",
    ]
    page = said(client.get("/forecast"))
    assert "Emails from 3 July 2026 to 1 August 2026. These may change." in page
    assert "to 2 people" in page
    assert "1 reminder with no recipient" in page
    assert "for the governance group" in page


def test_everybody_sees_their_own_partnerships_alone(place: Place) -> None:
    make_milestone(make_partnership("fife"), title="Ask the schools", due_on=date(2026, 7, 14))
    make_user("Fife Lead", role=Role.LEAD)
    lead, administrator = place.client(place.lead), place.someone(Role.ADMINISTRATOR)
    assert not any("Ask the schools" in row for row in rows(lead))
    assert "Ask the schools" not in lead.get("/forecast/export.csv").get_data(as_text=True)
    assert any("Ask the schools" in row for row in rows(administrator))
    assert not any("Ask the schools" in row for row in rows(administrator, "/forecast?partnership=moray"))
    assert "so we ignored them: partnership." in said(lead.get("/forecast?partnership=fife"))


@pytest.mark.on_both_databases
def test_filters_narrow_it_and_its_files(place: Place) -> None:
    client = place.client(place.lead)
    assert {row.split(" Draft")[0] for row in rows(client, "/forecast?person=calum&days=7")} == {
        "3 July 2026 Calum Reid"
    }
    assert "so we ignored them: period." in said(client.get("/forecast?days=9999"))
    assert "Enter 100 characters or fewer" in said(client.get("/forecast?person=" + "x" * 10_000))
    text = client.get("/forecast/export.csv?person=calum&days=7").get_data(as_text=True)
    assert "Calum Reid" in text
    assert "Ailsa Grant" not in text
    book = load_workbook(BytesIO(client.get("/forecast/export.xlsx?person=calum").get_data()))
    assert [cell.value for cell in book.worksheets[0][1]][:3] == ["Date", "To", "Email address"]


def test_a_person_sees_what_they_will_get_themselves(place: Place) -> None:
    client = place.client(place.owner)
    assert client.get("/forecast").status_code == 403
    found = rows(client, "/forecast/mine")
    assert found[0] == "3 July 2026 Calum Reid Draft the plan , Moray (14 July 2026, 14 days before)"
    assert not any("Annual report" in row for row in found)
    assert "/forecast/mine" in client.get("/account").get_data(as_text=True)


def test_it_asks_as_often_for_many_as_for_few(place: Place) -> None:
    make_governance_group(place.partnership, "Iain Munro")
    client = place.client(place.lead)
    with counted_statements() as few:
        client.get("/forecast")
    for number in range(100):
        owner = make_user(f"Person {number}", role=Role.CONTRIBUTOR, partnership=place.partnership)
        make_milestone(place.partnership, title=f"Step {number}", due_on=date(2026, 7, 14), owner=owner)
    with counted_statements() as many:
        assert len(rows(client)) == 50
    assert (len(few), len(many)) == (STATEMENTS, STATEMENTS)


def test_the_command_tells_the_same_as_stable_json(place: Place) -> None:
    db.session.commit()
    run = place.app.test_cli_runner().invoke
    first = run(args=["forecast", "--days", "7", "--on", "2026-07-03", "--json"])
    assert first.exit_code == 0, first.output
    mails = json.loads(first.output)
    assert mails[0] == {
        "day": "2026-07-03",
        "recipient": place.lead.email,
        "stands_in_for": "",
        "notices": [
            {"partnership": "moray", "key": "2023-26.annual-report-3", "due_on": "2026-06-30", "step": "overdue-1"}
        ],
    }
    assert mails == sorted(mails, key=lambda mail: (mail["day"], mail["recipient"]))
    db.session.rollback()
    assert run(args=["forecast", "--days", "7", "--on", "2026-07-03", "--json"]).output == first.output
    plain = run(args=["forecast", "--days", "7", "--on", "2026-07-03"]).output
    assert f"2026-07-03  {place.lead.email}  moray 2023-26.annual-report-3 2026-06-30 overdue-1" in plain
    assert run(args=["forecast", "--days", "0"]).exit_code == 2
    assert run(args=["forecast", "--days", "367"]).exit_code == 2
