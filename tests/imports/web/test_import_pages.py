"""Records come in by file, by pasted cells and in a grid: shown first, recorded once, by whoever put them in."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import time_machine
from bs4 import Tag
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.roles import Role
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.imports.rules.history_rows import COLUMNS as OF_HISTORY
from cycle_tracker.imports.services.files import read_file
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.pending_import import PendingImport
from cycle_tracker.models.publication import Publication
from cycle_tracker.models.user import User
from tests.factories import make_milestone, make_report, make_user
from tests.support.pages import Browser, counted_statements, said, sign_in, soup, value_of
from tests.support.workbooks import workbook

HISTORY = "/partnerships/moray/history"
NATIONAL = "/history"
IMPORT = "/partnerships/moray/import"
COLUMNS = "partnership,key,title,kind,due_on,owner,state\n"
HISTORY_COLUMNS = "partnership,document,period,published on,address\n"
SURVEY = "Moray,2026-29.survey,Survey of families,step,1/4/2027,,\n"


@dataclass
class Moray:
    """Moray with a lead, among the 30; and an official."""

    app: Flask
    place: Partnership
    lead: User
    official: User

    def client(self, user: User | None = None) -> Browser:
        return sign_in(self.app, user or self.lead)


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    with app.app_context():
        load_reference(clock.now())
        place = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
        place.notify_from = date(2026, 7, 1)
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
        yield Moray(app, place, lead, make_user("Rhona Bell", role=Role.OFFICIAL))
        db.session.remove()


def upload(client: Browser, path: str, content: bytes | str, name: str = "rows.csv") -> TestResponse:
    data = content.encode() if isinstance(content, str) else content
    return client.post(path, data={"way": "file", "file": (io.BytesIO(data), name)})


def preview_of(answer: TestResponse) -> str:
    assert answer.status_code == 302, said(answer)
    assert re.search(r"/imports/\d+$", answer.headers["Location"])
    return answer.headers["Location"]


def problems(page: TestResponse) -> list[list[str]]:
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]
        for row in soup(page).select("#problems tbody tr")
        if isinstance(row, Tag)
    ]


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def field(column: str, key: str, slug: str = "moray") -> str:
    return f"{column}-{slug}-{key.replace('.', '-')}"


def test_a_file_is_shown_first_and_recorded_when_its_owner_says_so(moray: Moray) -> None:
    client = moray.client()
    preview = preview_of(upload(client, IMPORT, COLUMNS + SURVEY))
    assert count(Milestone) == 0
    page = client.get(preview)
    assert "1 row: 1 new." in said(page)
    assert "Moray: Survey of families (2026-29.survey) New" in said(page)
    done = client.post(f"{preview}/record")
    assert (done.status_code, done.headers["Location"]) == (302, IMPORT)
    assert "Saved 1 row: 1 new." in said(client.get(IMPORT))
    assert count(Milestone) == 1
    assert db.session.scalars(
        select(AuditEvent.actor_id).where(AuditEvent.action == "added", AuditEvent.subject == "milestone")
    ).all() == [moray.lead.id]


def test_a_second_click_records_nothing_more(moray: Moray) -> None:
    client = moray.client()
    preview = preview_of(upload(client, IMPORT, COLUMNS + SURVEY))
    for _click in range(2):
        assert client.post(f"{preview}/record").headers["Location"] == IMPORT
    assert count(Milestone) == 1
    page = client.get(preview)
    assert "These rows are saved" in said(page)
    assert soup(page).select("main form button") == []


def test_rows_are_nobody_elses_and_gone_after_a_day(moray: Moray, morning: time_machine.Traveller) -> None:
    client = moray.client()
    preview = preview_of(upload(client, IMPORT, COLUMNS + SURVEY))
    other = moray.client(make_user("Neil Orr", role=Role.LEAD, partnership=moray.place))
    assert (other.get(preview).status_code, other.post(f"{preview}/record").status_code) == (404, 404)
    morning.shift(timedelta(days=1))
    client = moray.client()
    assert (client.get(preview).status_code, client.post(f"{preview}/record").status_code) == (404, 404)
    assert (count(Milestone), count(PendingImport)) == (0, 1)
    upload(client, IMPORT, COLUMNS + SURVEY)
    assert count(PendingImport) == 1


def test_what_somebody_recorded_meanwhile_is_shown_before_anything_is_recorded(moray: Moray) -> None:
    client = moray.client()
    line = HISTORY_COLUMNS + "Moray,plan,2020-23,1/5/2020,https://example.org/mine\n"
    mine = preview_of(upload(client, HISTORY, line))
    official = moray.client(moray.official)
    theirs = preview_of(upload(official, NATIONAL, HISTORY_COLUMNS + "Moray,plan,2020-23,4/5/2020,\n"))
    assert official.post(f"{theirs}/record").status_code == 302
    answer = client.post(f"{mine}/record")
    assert answer.headers["Location"] == mine
    page = said(client.get(mine))
    assert "Nothing has been saved, because someone else saved a change first." in page
    assert "from 4 May 2020 → to 1 May 2020" in page
    assert "Recorded by Rhona Bell on 3 July 2026" in page
    known = select(Publication.published_on).where(Publication.is_present)
    assert db.session.scalars(known).all() == [date(2020, 5, 4)]
    assert client.post(f"{mine}/record").headers["Location"] == HISTORY
    db.session.expire_all()
    assert db.session.scalars(known).all() == [date(2020, 5, 1)]


def test_rights_are_asked_again_when_rows_are_recorded(moray: Moray) -> None:
    client = moray.client()
    preview = preview_of(upload(client, IMPORT, COLUMNS + SURVEY))
    moray.lead.grants[0].role = Role.CONTRIBUTOR
    page = client.post(f"{preview}/record")
    assert problems(page) == [["Row 2", "partnership", "You cannot record anything for Moray."]]
    assert count(Milestone) == 0


def test_every_problem_is_told_by_row_and_column_and_nothing_is_kept(moray: Moray) -> None:
    text = COLUMNS + SURVEY + "Moray,a b,,party,31/6/2027,Ailsa,nearly\nFife,c,T,step,,,\n"
    page = upload(moray.client(), IMPORT, text)
    assert page.status_code == 200
    assert "Nothing has been saved. There are 6 problems." in said(page)
    assert [row[:2] for row in problems(page)] == [
        ["Row 3", "key"],
        ["Row 3", "kind"],
        ["Row 3", "due_on"],
        ["Row 3", "owner"],
        ["Row 3", "state"],
        ["Row 4", "partnership"],
    ]
    assert problems(page)[-1][2] == "This page is for Moray only."
    assert (count(PendingImport), count(Milestone)) == (0, 0)


def test_a_file_that_cannot_be_read_is_told_beside_the_field(moray: Moray) -> None:
    client = moray.client()
    for content, words in [
        (b"", "The file is empty."),
        (b"PK\x03\x04 no workbook", "We cannot read this spreadsheet."),
        ("partnership,key\nMoray,é\n".encode("cp1252"), "because it is not saved as UTF-8"),
        (b"key,title\na,b\n", "The first row needs the names of the columns. These are missing: partnership, kind"),
        (b"a\x00b", "The file must be an Excel workbook (XLSX) or a CSV file."),
    ]:
        for path in (IMPORT, HISTORY):
            page = upload(client, path, content, "../../etc/rows.xlsx")
            if path == IMPORT or "missing" not in words:
                assert words in soup(page).select("#file-error")[0].get_text()
            assert page.status_code == 200, content
        assert count(PendingImport) == 0, content


def test_no_file_and_one_that_is_too_large(moray: Moray) -> None:
    client = moray.client()
    assert "Choose a file" in said(client.post(IMPORT, data={}))
    body = b"--x\r\n" + b"x" * (11 * 1024 * 1024)
    page = client.post(IMPORT, data=body, content_type="multipart/form-data; boundary=x")
    assert page.status_code == 413
    assert "The file is too large" in soup(page).get_text()


def test_a_workbook_does_as_well(moray: Moray) -> None:
    content = workbook(
        [["Key", "Title", "Kind", "Due on", "Owner", "State", "Partnership"], ["a", "Survey", "step", date(2027, 4, 1)]]
    )
    client = moray.client()
    client.post(f"{preview_of(upload(client, IMPORT, content, 'rows.xlsx'))}/record")
    assert db.session.scalars(select(Milestone.due_on)).all() == [date(2027, 4, 1)]


def test_the_file_to_change_reads_back_as_it_is(moray: Moray) -> None:
    titles = ["=HYPERLINK(1)", "'=1", "''+1", "'ordinary'", "+44", "@x", "-1", 'a "b", c;d', "Café 🙂", "two\tthree"]
    for number, title in enumerate(titles):
        make_milestone(moray.place, key=f"k-{number}", title=title, owner=moray.lead, due_on=date(2027, 4, 1))
    make_milestone(moray.place, key="undated", due_on=None)
    make_report(moray.place)
    client = moray.client()
    content = client.get(f"{IMPORT}/milestones.csv").data
    assert not re.search(rb'(^|,)"?[=+@-]', content, re.MULTILINE)
    answer = upload(client, IMPORT, content)
    assert answer.headers["Location"] == IMPORT
    assert "There is nothing to save. Everything in it is already recorded." in said(client.get(IMPORT))
    assert content.decode("utf-8-sig").splitlines()[0] == COLUMNS.strip()


def test_the_grid_shows_what_is_recorded_and_records_what_is_typed(moray: Moray) -> None:
    client = moray.client()
    typed = {
        field("published", "2017-20.plan-prepared"): "unknown",
        field("published", "2020-23.annual-report-1"): "1/9/2021",
        field("address", "2020-23.annual-report-1"): "https://example.org/1",
        field("address", "2023-26.plan-prepared"): "https://example.org/plan",
        "sent": "y",
    }
    preview = preview_of(client.post(HISTORY, data={"way": "grid", **typed}))
    assert client.post(f"{preview}/record").headers["Location"] == HISTORY
    page = client.get(HISTORY)
    assert "Saved 3 rows: 3 new." in said(page)
    assert value_of(page, field("published", "2017-20.plan-prepared")) == "unknown"
    assert value_of(page, field("published", "2020-23.annual-report-1")) == "01/09/2021"
    assert value_of(page, field("address", "2023-26.plan-prepared")) == "https://example.org/plan"
    assert (count(Publication), count(Message), count(Notice)) == (3, 0, 0)
    answer = client.post(HISTORY, data={"way": "grid", **typed})
    assert answer.headers["Location"] == HISTORY
    shown = {name: value_of(page, name) for name in typed if name != "sent"}
    client.post(HISTORY, data={"way": "grid", **shown})
    assert (count(Publication), count(PendingImport)) == (3, 1)


def test_what_is_wrong_in_the_grid_stands_beside_its_field_with_what_was_typed(moray: Moray) -> None:
    typed = {
        field("published", "2020-23.annual-report-1"): "31/6/2021",
        field("address", "2020-23.annual-report-1"): "x" * 10_000,
        field("published", "2020-23.plan-prepared"): "<script>alert(1)</script>",
        field("published", "2023-26.plan-prepared"): "1/5/2023",
        "recorded_by_id": "1",
        field("published", "2020-23.plan-prepared", "fife"): "1/5/2020",
    }
    page = moray.client().post(HISTORY, data={"way": "grid", **typed})
    assert page.status_code == 200
    name = field("published", "2020-23.annual-report-1")
    assert "31 June 2021 is not a real date." in soup(page).select(f"#{name}-error")[0].get_text()
    assert (
        "2,000 characters or fewer"
        in soup(page).select(f"#{field('address', '2020-23.annual-report-1')}-error")[0].get_text()
    )
    for kept in (name, field("published", "2020-23.plan-prepared"), field("published", "2023-26.plan-prepared")):
        assert value_of(page, kept) == typed[kept]
    assert soup(page).select("main script") == []
    assert (count(PendingImport), count(Publication)) == (0, 0)


def test_an_official_records_one_document_of_every_partnership_on_behalf(moray: Moray) -> None:
    client = moray.client(moray.official)
    path = f"{NATIONAL}?document=2020-23.annual-report-2"
    page = client.get(path)
    assert len(soup(page).select("#documents tbody tr")) == 30
    typed = {
        field("published", "2020-23.annual-report-2", "fife"): "1 September 2022",
        field("published", "2020-23.annual-report-2", "shetland-islands"): "unknown",
    }
    preview = preview_of(client.post(path, data={"way": "grid", **typed}))
    assert client.post(f"{preview}/record").headers["Location"] == NATIONAL
    recorded = db.session.scalars(select(Publication).order_by(Publication.id)).all()
    assert [(one.milestone.partnership.slug, one.published_on) for one in recorded if one.milestone.partnership] == [
        ("fife", date(2022, 9, 1)),
        ("shetland-islands", None),
    ]
    assert {one.recorded_by_id for one in recorded} == {moray.official.id}
    events = db.session.scalars(
        select(AuditEvent.after).where(AuditEvent.action == "history-recorded").order_by(AuditEvent.id)
    ).all()
    assert events == [{"on_behalf": True}, {"on_behalf": True}]
    page = client.get("/partnerships/fife/milestones/2020-23.annual-report-2")
    assert "Rhona Bell added this to the past records, on behalf of the partnership" in said(page)


def test_cells_are_pasted_with_their_first_row_or_without(moray: Moray) -> None:
    client = moray.client(moray.official)
    pasted = (
        "Western Isles\tannual report 1\t2023-26\t1/7/2024\thttps://example.org/1\r\nS12000015\tplan\t2017-20\tunknown"
    )
    for text in (pasted, "partnership\tdocument\tperiod\tpublished on\taddress\r\n" + pasted):
        page = client.get(preview_of(client.post(NATIONAL, data={"way": "paste", "pasted": text})))
        assert "2 rows: 2 new." in said(page)
        assert "Na h-Eileanan Siar (Outer Hebrides): Annual report 1, on 2023–24" in said(page)
        assert "Fife: Plan 2017–20" in said(page)


def test_pasted_cells_that_are_wrong_stay_in_the_box(moray: Moray) -> None:
    text = "Moray\tminutes\t2020-23\tsoon"
    page = moray.client().post(HISTORY, data={"way": "paste", "pasted": text})
    assert [row[:2] for row in problems(page)] == [["Row 1", "published on"], ["Row 1", "document"]]
    assert value_of(page, "pasted") == text
    page = moray.client().post(HISTORY, data={"way": "paste", "pasted": "x" * 450_000})
    assert "Paste up to 400,000 characters at a time" in said(page)


def test_the_files_to_fill_in_hold_what_is_recorded_and_read_back_as_they_are(moray: Moray) -> None:
    client = moray.client()
    text = (
        "partnership,document,period,published on,address,sent to Scottish Government on,received on,note\n"
        "Moray,plan,2020-23,1/5/2020,https://example.org/plan,4/5/2020,6/5/2020,\n"
        "Moray,annual report 1,2020-23,unknown,,unknown,,\n"
    )
    client.post(f"{preview_of(upload(client, HISTORY, text))}/record")
    for form in ("csv", "xlsx"):
        content = client.get(f"{HISTORY}/template.{form}").data
        rows = read_file(content, OF_HISTORY)
        assert len(rows) == 13
        assert (rows[4]["document"], rows[4]["published on"], rows[4]["received on"]) == (
            "plan",
            "2020-05-01",
            "2020-05-06",
        )
        assert upload(client, HISTORY, content, f"rows.{form}").headers["Location"] == HISTORY
    national = moray.client(moray.official).get(f"{NATIONAL}/template.csv").data
    assert len(read_file(national, OF_HISTORY)) == 30 * 13


def test_others_put_nothing_in(moray: Moray) -> None:
    for role in [Role.CONTRIBUTOR, Role.GOVERNANCE, Role.CLERK, Role.AUDITOR, Role.ADMINISTRATOR]:
        national = role in {Role.AUDITOR, Role.ADMINISTRATOR}
        client = moray.client(make_user("Una Reid", role=role, partnership=None if national else moray.place))
        for path in (IMPORT, HISTORY, NATIONAL):
            assert (client.get(path).status_code, client.post(path, data={"way": "grid"}).status_code) == (403, 403), (
                role
            )
        other = "/partnerships/fife"
        assert client.get(f"{other}/history").status_code in {403, 404}, role


def test_statements_do_not_grow_with_what_is_recorded(moray: Moray) -> None:
    client = moray.client(moray.official)
    counts = []
    for periods in (["2017-20"], ["2017-20", "2020-23", "2023-26"]):
        lines = "".join(f"Moray,annual report {n},{p},unknown,\n" for p in periods for n in (1, 2, 3))
        preview = preview_of(upload(client, HISTORY, HISTORY_COLUMNS + lines))
        with counted_statements() as of_preview:
            client.get(preview)
        client.post(f"{preview}/record")
        with counted_statements() as of_grid:
            client.get(HISTORY)
        with counted_statements() as of_nation:
            client.get(f"{NATIONAL}?document=2017-20.annual-report-1")
        counts.append((len(of_preview), len(of_grid), len(of_nation)))
    assert counts[0] == counts[1]


BAD_ROWS = [
    ",2026-29.b1,T,step,,,x",
    "Atlantis,2026-29.b2,T,step,,,",
    "NHS Lothian,2026-29.b3,T,step,,,",
    "Fife,2026-29.b4,T,step,,,",
    "Moray,,T,step,,,",
    "Moray,b 5,T,step,,,",
    f"Moray,{'k' * 81},T,step,,,",
    "Moray,2026-29.good-1,Twice,step,,,",
    "Moray,2029-32.annual-report-1,Taken,step,,,",
    "Moray,2026-29.b10,,step,,,",
    f"Moray,2026-29.b11,{'t' * 301},step,,,",
    "Moray,2026-29.b12,T,,,,",
    "Moray,2026-29.b13,T,party,,,",
    "Moray,2026-29.b14,T,plan,,,",
    "Moray,2026-29.b15,T,step,31/6/2027,,",
    "Moray,2026-29.b16,T,step,1/1/2101,,",
    "Moray,2026-29.b17,T,step,,no address,",
    "Moray,2026-29.b18,T,step,,stranger@example.test,",
    "Moray,2026-29.b19,T,step,,,nearly",
    "Moray,2026-29.b20,T,step,,,not required",
]


def test_three_hundred_rows_with_twenty_bad_ones_are_put_right_and_imported_again(moray: Moray) -> None:
    good = [f"Moray,2026-29.good-{n},Good {n},step,1/4/2027,{moray.lead.email},in progress" for n in range(280)]
    client = moray.client()
    page = upload(client, IMPORT, COLUMNS + "\n".join([*good, *BAD_ROWS]))
    rows = problems(page)
    assert [row[0] for row in rows if row[0]] == sorted(row[0] for row in rows)
    assert {row[0] for row in rows} == {f"Row {number}" for number in range(282, 302)}
    assert (count(Milestone), count(AuditEvent), count(PendingImport)) == (0, count(AuditEvent), 0)
    right = [f"Moray,2026-29.right-{n},Right {n},action,2/4/2027,," for n in range(20)]
    client.post(f"{preview_of(upload(client, IMPORT, COLUMNS + chr(10).join([*good, *right])))}/record")
    assert count(Milestone) == 300
    changed = [line.replace("1/4/2027", "1/5/2027") for line in good]
    page = client.get(preview_of(upload(client, IMPORT, COLUMNS + "\n".join([*changed, *right]))))
    assert "300 rows: 280 changed, 20 unchanged. Showing 1 to 100." in said(page)
    preview = page.request.path
    client.post(f"{preview}/record")
    assert count(Milestone) == 300
    db.session.expire_all()
    assert set(db.session.scalars(select(Milestone.due_on).where(Milestone.kind == Kind.STEP))) == {date(2027, 5, 1)}


BAD_HISTORY = [
    ",plan,2020-23,1/5/2020,",
    "Atlantis,plan,2020-23,1/5/2020,",
    "NHS Lothian,plan,2020-23,1/5/2020,",
    "Moray,,2020-23,1/5/2020,",
    "Moray,minutes,2020-23,1/5/2020,",
    "Moray,annual report 4,2020-23,1/5/2022,",
    "Moray,annual report 2024-25,2020-23,1/5/2022,",
    "Moray,annual report 1,,1/5/2022,",
    "Moray,annual report 1,2021-24,1/5/2022,",
    "Moray,annual report 1,soon,1/5/2022,",
    "Moray,plan,2029-32,1/5/2026,",
    "Moray,annual report 1,2026-29,1/5/2026,",
    "Moray,annual report 1,2020-23,31/6/2021,",
    "Moray,annual report 2,2020-23,4/7/2026,",
    "Moray,annual report 3,2020-23,31/2/2023,",
    "Moray,annual report 1,2017-20,1/1/2012,",
    "Moray,annual report 2,2017-20,yesterday,",
    "Moray,annual report 3,2017-20,,www.example.org",
    "Moray,plan,2017-20,,javascript:alert(1)",
    "Aberdeen City,plan,2017-20,unknown,",
]


def test_the_history_of_thirty_partnerships_with_twenty_bad_rows_is_put_right_and_put_in_again(moray: Moray) -> None:
    places = db.session.scalars(select(Partnership.slug).where(Partnership.slug != "moray").order_by("slug")).all()
    names = ["plan", "annual report 1", "annual report 2", "annual report 3"]
    slots = [(slug, name, period) for slug in places for period in ("2017-20", "2020-23", "2023-26") for name in names]
    good = [f"{slug},{name},{period},1/7/2026,https://example.org/{slug}" for slug, name, period in slots[:280]]
    client = moray.client(moray.official)
    page = upload(client, NATIONAL, HISTORY_COLUMNS + "\n".join([*good, *BAD_HISTORY]))
    assert {row[0] for row in problems(page)} == {f"Row {number}" for number in range(282, 302)}
    assert (count(Milestone), count(Publication), count(PendingImport)) == (0, 0, 0)
    for day, words in (("1/7/2026", "280 new"), ("2/7/2026", "280 changed")):
        lines = [line.replace("1/7/2026", day) for line in good]
        preview = preview_of(upload(client, NATIONAL, HISTORY_COLUMNS + "\n".join(lines)))
        assert words in said(client.get(preview))
        client.post(f"{preview}/record")
        assert db.session.scalar(select(func.count()).where(Publication.is_present)) == 280
    assert set(db.session.scalars(select(Publication.published_on).where(Publication.is_present))) == {date(2026, 7, 2)}
    assert (count(Message), count(Notice)) == (0, 0)
