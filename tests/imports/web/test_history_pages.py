"""The grids of history, cells that are pasted, and the files to fill in."""

from datetime import date

from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import OnBehalf
from cycle_tracker.imports.rules.history_rows import COLUMNS as OF_HISTORY
from cycle_tracker.imports.services.files import read_file
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.message import Message
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.officials import ActOnBehalf
from cycle_tracker.models.pending_import import PendingImport
from cycle_tracker.models.publication import Publication
from tests.imports.web.conftest import HISTORY, NATIONAL, Moray, count, preview_of, problems, upload
from tests.support.pages import said, soup, value_of


def field(column: str, key: str, slug: str = "moray") -> str:
    return f"{column}-{slug}-{key.replace('.', '-')}"


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
    acts = db.session.scalars(select(ActOnBehalf)).all()
    assert [(one.what, one.recorded_by_id) for one in acts] == [(OnBehalf.HISTORY, moray.official.id)] * 2
    said_to_official = "The planning leads get one email about it the next working morning."
    assert said_to_official in said(page)
    assert said_to_official in said(client.get(HISTORY))
    assert "We will not email anyone." in said(moray.client().get(HISTORY))
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
