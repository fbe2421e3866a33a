"""Records come in by file: shown first, recorded once, by whoever put them in."""

import re
from datetime import date, timedelta

import time_machine
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.pending_import import PendingImport
from cycle_tracker.models.publication import Publication
from tests.factories import make_milestone, make_report, make_user
from tests.imports.web.conftest import (
    COLUMNS,
    HISTORY,
    HISTORY_COLUMNS,
    IMPORT,
    NATIONAL,
    Moray,
    count,
    preview_of,
    problems,
    upload,
)
from tests.support.pages import counted_statements, said, soup
from tests.support.workbooks import workbook

SURVEY = "Moray,2026-29.survey,Survey of families,step,1/4/2027,,\n"


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
