"""The list of a partnership's milestones: what each role finds in it, its filters, and the list as a file."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind, Stage
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.lines import one_line
from cycle_tracker.core.roles import Role
from cycle_tracker.models.organisation import OrganisationKind
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from tests.access_matrix.stage import reading
from tests.factories import (
    grant_role,
    make_cycle,
    make_milestone,
    make_organisation,
    make_partnership,
    make_report,
    make_user,
)
from tests.support.pages import Browser, counted_statements, said, sign_in, soup
from tests.support.payloads import FORMULAS, INJECTIONS

LIST = "/partnerships/moray/milestones"
STATEMENTS = 7
"""What the page asks for, however long the list; the person and the menu included."""
STATES = {"In progress", "Not started", "Overdue", "Past guidance date"}


@dataclass
class Moray:
    """Moray with a report in June, a step in May that is in progress, and one without a date."""

    app: Flask
    place: Partnership
    lead: User

    def client(self, user: User | None = None) -> Browser:
        return sign_in(self.app, user or self.lead)

    def someone(self, role: Role) -> Browser:
        national = role in (Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR)
        return self.client(make_user(f"A {role.value}", role=role, partnership=None if national else self.place))


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    with app.app_context():
        place = make_partnership("moray", name="Moray")
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
        make_report(place, cycle=make_cycle(place, "2023-26"), title="Annual report on 2025–26", owner=lead)
        make_milestone(
            place,
            title="Draft the plan",
            cycle=make_cycle(place),
            state=State.IN_PROGRESS,
            owner=make_user("Ewan Ross"),
            lead_organisation=make_organisation("NHS Grampian", kind=OrganisationKind.HEALTH_BOARD),
        )
        make_milestone(place, title="Consult children", kind=Kind.CONSULTATION, stage=Stage.ANALYSE, due_on=None)
        make_milestone(make_partnership("fife"), title="A step of Fife")
        db.session.commit()
        yield Moray(app, place, lead)
        db.session.remove()


def titles(page: TestResponse) -> list[str]:
    return [link.get_text() for link in soup(page).select("#milestones tbody th a")]


def read_csv(answer: TestResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("role", [Role.LEAD, Role.CONTRIBUTOR, Role.GOVERNANCE, Role.CLERK, Role.AUDITOR])
def test_the_people_of_the_partnership_and_auditors_see_everything(moray: Moray, role: Role) -> None:
    page = moray.someone(role).get(LIST)
    assert titles(page) == ["Draft the plan", "Annual report on 2025–26", "Consult children"]
    words = said(page)
    assert "Overdue" in words
    assert "14 May 2026, 50 days past the local date" in words
    assert "Ewan Ross" in words
    assert "A step of Fife" not in words


def test_officials_find_documents_and_nothing_else(moray: Moray) -> None:
    client = moray.someone(Role.OFFICIAL)
    assert titles(client.get(LIST)) == ["Annual report on 2025–26"]
    for query in ("kind=step", "owner=nobody", "state=in-progress", "state=not-started", "sort=owner"):
        page = client.get(f"{LIST}?{query}")
        assert "so we ignored them" in said(page)
        assert titles(page) == ["Annual report on 2025–26"]
    words = said(client.get(LIST))
    assert "Ailsa Grant" not in words
    assert "Owner" not in words


def test_administrators_find_titles_and_dates_and_nothing_else(moray: Moray) -> None:
    client = moray.someone(Role.ADMINISTRATOR)
    page = client.get(LIST)
    assert titles(page) == ["Draft the plan", "Annual report on 2025–26", "Consult children"]
    assert not soup(page).select(".ds_tag:not(.ds_phase-banner__tag)")
    for query in ("state=done", "kind=step", "owner=nobody", "sort=owner"):
        assert "so we ignored them" in said(client.get(f"{LIST}?{query}"))
    rows = read_csv(client.get(f"{LIST}/export.csv"))
    assert list(rows[0]) == [
        "Partnership", "Title", "Plan period", "Opens on", "Original date", "Due date", "Done on",
    ]  # fmt: skip
    assert "Ewan Ross" not in str(rows)


def test_a_file_for_officials_holds_documents_and_no_owner(moray: Moray) -> None:
    rows = read_csv(moray.someone(Role.OFFICIAL).get(f"{LIST}/export.csv"))
    assert [row["Title"] for row in rows] == ["Annual report on 2025–26"]
    assert not {"Owner", "Lead organisation"} & set(rows[0])
    assert rows[0]["Status"] == "Past guidance date"


def test_an_unshared_new_date_is_in_no_file_for_officials(moray: Moray) -> None:
    make_report(
        moray.place, key="2026-29.annual-report-1", due_on=date(2026, 9, 9), expected_date=True
    ).target_on = date(2026, 6, 30)
    client = moray.someone(Role.OFFICIAL)
    for form in ("csv", "xlsx"):
        answer = client.get(f"{LIST}/export.{form}")
        cells = (
            [value for row in read_csv(answer) for value in row.values()]
            if form == "csv"
            else [str(cell) for row in load_workbook(io.BytesIO(answer.data))["List"].values for cell in row]
        )
        assert not any("2026-09-09" in cell for cell in cells)
    assert "9 September" not in said(client.get(LIST))
    assert titles(client.get(f"{LIST}?due_from=1+9+2026")) == []


@pytest.mark.on_both_databases
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("cycle=2026-29", ["Draft the plan"]),
        ("stage=analyse", ["Consult children"]),
        ("kind=consultation", ["Consult children"]),
        ("state=in-progress", ["Draft the plan"]),
        ("owner=nobody", ["Consult children"]),
        ("due_from=1+June+2026", ["Annual report on 2025–26"]),
        ("due_to=2026-06-01", ["Draft the plan"]),
        ("overdue=yes", ["Draft the plan", "Annual report on 2025–26"]),
        ("text=REPORT", ["Annual report on 2025–26"]),
        ("sort=latest", ["Annual report on 2025–26", "Draft the plan", "Consult children"]),
        ("sort=title", ["Annual report on 2025–26", "Consult children", "Draft the plan"]),
    ],
)
def test_page_and_file_hold_the_same_rows_in_the_same_order(moray: Moray, query: str, expected: list[str]) -> None:
    client = moray.client()
    page = client.get(f"{LIST}?{query}")
    assert titles(page) == expected
    links = [link["href"] for link in soup(page).select("main a") if "/export." in str(link["href"])]
    assert [str(link).partition("?")[0] for link in links] == [f"{LIST}/export.csv", f"{LIST}/export.xlsx"]
    assert [row["Title"] for row in read_csv(client.get(str(links[0])))] == expected
    book = load_workbook(io.BytesIO(client.get(str(links[1])).data))
    assert [row[1] for row in book["List"].values][1:] == expected


def test_what_is_done_is_left_out_until_it_is_asked_for(moray: Moray) -> None:
    make_milestone(moray.place, title="Done long ago", state=State.DONE, due_on=date(2020, 1, 1))
    client = moray.client()
    page = client.get(LIST)
    assert "Done long ago" not in titles(page)
    shown = next(link for link in soup(page).select("main a") if link.get_text() == "Show all")
    assert titles(client.get(str(shown["href"])))[0] == "Done long ago"
    assert titles(client.get(f"{LIST}?state=done")) == ["Done long ago"]
    administrator = moray.someone(Role.ADMINISTRATOR)
    assert "Done long ago" in titles(administrator.get(LIST))


def test_what_cannot_be_read_stays_in_its_field_with_a_message(moray: Moray) -> None:
    page = moray.client().get(f"{LIST}?due_from=31+2+2026&due_to=1+1+2026")
    assert "31 February 2026 is not a real date" in said(page)
    assert soup(page).select_one("#due_from")["value"] == "31 2 2026"  # type: ignore[index]
    page = moray.client().get(f"{LIST}?due_from=1+2+2026&due_to=1+1+2026")
    assert "The last date must be on or after the first date" in said(page)


@pytest.mark.on_both_databases
def test_pages_keep_their_filters(moray: Moray) -> None:
    for number in range(60):
        make_milestone(moray.place, title=f"Step {number:02}", due_on=date(2026, 10, 1))
    client = moray.client()
    page = client.get(f"{LIST}?kind=step&due_from=1/10/2026")
    assert len(titles(page)) == 50
    assert "60 milestones that match these filters. Showing 1 to 50." in said(page)
    following = soup(page).select_one("a[rel=next]")
    assert following is not None
    assert titles(client.get(str(following["href"]))) == [f"Step {number:02}" for number in range(50, 60)]
    assert len(read_csv(client.get(f"{LIST}/export.csv?kind=step&due_from=1/10/2026"))) == 60


@pytest.mark.parametrize("rows", [5, 60])
@pytest.mark.parametrize("path", ["", "/export.csv"])
def test_the_list_asks_the_database_as_much_for_many_rows_as_for_few(moray: Moray, rows: int, path: str) -> None:
    for number in range(rows):  # of both kinds there are some on the first page
        owner, due_on = make_user("Owner", role=Role.LEAD, partnership=moray.place), date(2026, 7, 1 + number % 28)
        make_report(moray.place, key=f"r{number}", owner=owner, due_on=due_on)
        make_milestone(moray.place, key=f"s{number}", owner=moray.lead, due_on=due_on)
    client = moray.client()
    with counted_statements() as statements:
        assert client.get(LIST + path).status_code == 200
    assert len(statements) == (STATEMENTS if not path else STATEMENTS - 1)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("path", [f"{LIST}/export", "/my-work/export"])
def test_no_text_of_anybody_becomes_a_formula(moray: Moray, form: str, path: str) -> None:
    """S12: payloads in every text column of the file; the round trip shows what was written."""
    for number, payload in enumerate(FORMULAS):
        place = make_partnership(f"place-{number}", name=payload) if path != f"{LIST}/export" else moray.place
        if place is not moray.place:
            grant_role(moray.lead, Role.LEAD, place)
        make_milestone(
            place,
            key=f"{payload[:40]}{number}",
            title=payload,
            owner=moray.lead,
            lead_organisation=make_organisation(payload),
            duty_citation=payload,
            date_citation=payload,
        )
    answer = moray.client().get(f"{path}.{form}")
    if form == "csv":
        rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
        assert {one_line(payload) for payload in FORMULAS} <= {cell.removeprefix("'") for row in rows for cell in row}
    else:
        cells = [cell for row in load_workbook(io.BytesIO(answer.data))["List"].rows for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f"]
        assert {one_line(payload) for payload in FORMULAS} <= {str(cell.value).strip() for cell in cells}


@pytest.mark.parametrize(
    "path", [LIST, f"{LIST}/export.csv", "/my-work", "/my-work/calendar", "/partnerships/moray/calendar"]
)
def test_no_parameter_of_a_list_gets_past_its_filters(moray: Moray, path: str) -> None:
    """S24: thirty payloads in every parameter; none is an error of the service, none finds more than the filter."""
    client = moray.client()
    assert len(INJECTIONS) == 30
    names = (
        "text", "cycle", "stage", "kind", "state", "owner", "due_from", "due_to", "overdue", "sort", "page", "tick",
        "partnership", "when", "whose", "month",
    )  # fmt: skip
    with reading(moray.app) as read:
        client.get(path)
        client.get(path, query_string=dict.fromkeys(names, ""))
    assert read <= set(names), "a parameter that this test does not know"
    for payload in INJECTIONS:
        for name in sorted(read) if payload in INJECTIONS[:4] else sorted(read & {"text", "sort"}):
            answer = client.get(path, query_string={name: payload})
            assert answer.status_code == 200, (name, payload)
            assert "A step of Fife" not in answer.get_data(as_text=True)
        assert client.get(path, query_string=dict.fromkeys(names, payload)).status_code == 200, payload
