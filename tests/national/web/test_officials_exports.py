"""The lists of officials as files: exactly what is listed, and no cell that is a formula."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.lines import one_line
from cycle_tracker.core.roles import Role
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.officials import UpdateRequest
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication, PublicationAddress, PublicationCopy
from cycle_tracker.models.user import User
from tests.factories import make_cycle, make_government, make_partnership, make_report, make_user
from tests.support.pages import Browser, counted_statements, sign_in

TODAY = date(2026, 9, 14)
NOW = datetime(2026, 9, 14, 10, tzinfo=LONDON)
STARTS = ("=", "+", "-", "@", "\t", "\r")
PAYLOADS = ("=HYPERLINK(1)", "+1+1", "-2-2", "@SUM(A1)", "\tTab", "\rReturn")
LISTS = ("/outstanding", "/register", "/matrix", "/to-receive", "/update-requests")
NAMES = {
    "/outstanding": "outstanding-2026-09-14",
    "/register": "plans-and-reports-2026-09-14",
    "/matrix": "plans-and-reports-2023-26-2026-09-14",
    "/to-receive": "to-receive-2026-09-14",
    "/update-requests": "update-requests-2026-09-14",
}


@dataclass
class Nation:
    """One partnership for each payload, and in each one document that every list holds."""

    app: Flask
    official: User
    government: Organisation

    def client(self) -> Browser:
        return sign_in(self.app, self.official)

    def fill(self, text: str, slug: str) -> None:
        """A partnership in which everything that somebody may write is this text."""
        place = make_partnership(slug, name=text)
        cycle = make_cycle(place, "2023-26")
        late = make_report(place, cycle=cycle, title=text)
        explain(late, text)
        asked_by = make_user(text, role=Role.OFFICIAL, email=f"{slug}@example.test")
        db.session.add(
            UpdateRequest(
                milestone_id=late.id,
                asked_by_id=asked_by.id,
                asked_at=NOW,
                text=text,
                answered_by_id=asked_by.id,
                answered_at=NOW,
                answer=text,
            )
        )
        sent = make_report(place, key="sent", cycle=cycle, title=text, year_end=date(2025, 3, 31), state=State.DONE)
        publication = Publication(milestone=sent, published_on=date(2025, 6, 1), recorded_from=NOW)
        publication.addresses.append(PublicationAddress(address=text))
        publication.copies.append(PublicationCopy(receiver=self.government, sent_on=date(2025, 6, 2)))
        db.session.add(publication)
        db.session.flush()


def explain(report: Milestone, text: str) -> None:
    db.session.add(
        DateChange(
            milestone_id=report.id,
            kind=DateChangeKind.EXPECTED,
            new_due_on=date(2026, 9, 30),
            reason=text,
            shared=True,
            noted_at=NOW,
        )
    )


@pytest.fixture
def nation(app: Flask, morning: time_machine.Traveller) -> Iterator[Nation]:
    morning.move_to(NOW)
    with app.app_context():
        yield Nation(app, make_user("Fiona Shaw", role=Role.OFFICIAL), make_government())
        db.session.remove()


def address(path: str, form: str, query: str = "") -> str:
    period = "period=2023-26" if path == "/matrix" else ""
    return f"{path}/export.{form}?{'&'.join(part for part in (period, query) if part)}"


def as_rows(client: Browser, path: str, query: str = "") -> list[list[str]]:
    content = client.get(address(path, "csv", query)).get_data()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("path", LISTS)
def test_no_cell_of_any_list_is_a_formula(nation: Nation, path: str) -> None:
    for number, payload in enumerate(PAYLOADS):
        nation.fill(payload, f"place-{number}")
    client = nation.client()
    rows = as_rows(client, path)
    assert [cell for row in rows for cell in row if cell.startswith(STARTS)] == []
    written = {cell.removeprefix("'") for row in rows for cell in row}
    assert {one_line(payload) for payload in PAYLOADS} <= written
    book = load_workbook(io.BytesIO(client.get(address(path, "xlsx")).get_data()))
    found = [cell for row in book.active.iter_rows() for cell in row]  # type: ignore[union-attr]
    assert [cell.coordinate for cell in found if cell.data_type == "f"] == []
    assert {one_line(payload) for payload in PAYLOADS} <= {str(cell.value).strip() for cell in found}


def test_a_file_says_what_it_is_and_is_never_shown_by_a_browser(nation: Nation) -> None:
    client = nation.client()
    for path in LISTS:
        for form in ["csv", "xlsx"]:
            answer = client.get(address(path, form))
            assert answer.status_code == 200, (path, form)
            assert answer.headers["Content-Disposition"] == f'attachment; filename="{NAMES[path]}.{form}"'
            assert answer.headers["X-Content-Type-Options"] == "nosniff", (path, form)
            assert client.get(address(path, "pdf")).status_code == 404


@pytest.mark.on_both_databases
def test_a_file_of_outstanding_documents_keeps_filters_and_order(nation: Nation) -> None:
    nation.fill("Bute", "bute")
    nation.fill("Angus", "angus")
    client = nation.client()
    rows = as_rows(client, "/outstanding")
    assert rows[0][:3] == ["Status", "Partnership", "Document"]
    assert [(row[0], row[1]) for row in rows[1:]] == [("Explained", "Angus"), ("Explained", "Bute")]
    assert rows[1][4:] == ["2026-06-30", "", "", "76", "167", "", "2026-09-30", "Angus", "", ""]
    assert [row[1] for row in as_rows(client, "/outstanding", "partnership=bute")[1:]] == ["Bute"]
    assert as_rows(client, "/outstanding", "state=outstanding")[1:] == []


def test_a_file_of_the_matrix_has_a_row_for_each_partnership(nation: Nation) -> None:
    nation.fill("Bute", "bute")
    make_partnership("angus", name="Angus")
    heads, *rows = as_rows(nation.client(), "/matrix")
    assert [row[0] for row in rows] == ["Angus", "Bute"]
    found = dict(zip(heads, rows[1], strict=True))
    assert found["Report 2: 2024–25"] == "Complete"
    assert found["Report 2: 2024–25, published on"] == "2025-06-01"
    assert found["Report 3: 2025–26"] == "Explained"
    assert found["Report 3: 2025–26, new expected date"] == "2026-09-30"
    assert found["Report 3: 2025–26, days after year end"] == "167"
    assert [row[0] for row in as_rows(nation.client(), "/matrix", "state=explained")[1:]] == ["Bute"]


@pytest.mark.on_both_databases
def test_files_of_the_other_lists_keep_their_filters(nation: Nation) -> None:
    nation.fill("Bute", "bute")
    nation.fill("Angus", "angus")
    client = nation.client()
    for path in ("/to-receive", "/update-requests", "/register"):
        assert [row[0] for row in as_rows(client, path, "partnership=bute")[1:]] == ["Bute"], path
        assert len(as_rows(client, path)) == 3, path
    assert as_rows(client, "/update-requests", "state=waiting")[1:] == []


def test_a_file_of_a_partnership_holds_its_own_requests_only(nation: Nation) -> None:
    nation.fill("Bute", "bute")
    nation.fill("Angus", "angus")
    bute = db.session.scalars(select(Partnership).where(Partnership.slug == "bute")).one()
    lead = make_user("Una Ross", role=Role.LEAD, partnership=bute)
    client = sign_in(nation.app, lead)
    assert [row[0] for row in as_rows(client, "/update-requests")[1:]] == ["Bute"]


@pytest.mark.parametrize("path", LISTS)
def test_a_file_takes_as_many_statements_when_long_as_when_short(nation: Nation, path: str) -> None:
    client = nation.client()
    counts = []
    for number in range(2):
        for row in range(1 + 20 * number):
            nation.fill(f"Place {number} {row}", f"place-{number}-{row}")
        with counted_statements() as statements:
            assert client.get(address(path, "csv")).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
