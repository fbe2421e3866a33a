"""Files of three hundred rows with twenty bad ones."""

from datetime import date

import pytest
from sqlalchemy import func, select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.pending_import import PendingImport
from cycle_tracker.models.publication import Publication
from tests.imports.web.conftest import (
    COLUMNS,
    HISTORY_COLUMNS,
    IMPORT,
    NATIONAL,
    Moray,
    count,
    preview_of,
    problems,
    upload,
)
from tests.support.pages import said

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


@pytest.mark.in_full
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
