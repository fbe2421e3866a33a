"""What officials are to receive, and how they record that it came."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.newer_versions import record_newer_version
from cycle_tracker.documents.services.publications import record_copy_to_government, record_publication
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication, PublicationCopy
from cycle_tracker.models.user import User
from tests.factories import make_government, make_milestone, make_organisation, make_partnership, make_report, make_user
from tests.support.pages import Browser, counted_statements, said, sign_in, soup, value_of

LIST = "/to-receive"
SENT_ON, TODAY = date(2026, 7, 6), date(2026, 7, 20)
NOW = datetime(2026, 7, 20, 10, tzinfo=LONDON)
STATEMENTS = 4
"""What the list asks for, however long it is; the person and the menu included."""


@dataclass
class Nation:
    """Reports that were sent on 6 July, an official, and Moray's planning lead."""

    app: Flask
    moray: Partnership
    lead: User
    official: User

    def client(self, user: User | None = None) -> Browser:
        return sign_in(self.app, user or self.official)

    def sent(self, slug: str, *, tell: bool = True) -> Milestone:
        report = make_report(self.moray if slug == "moray" else make_partnership(slug), title=f"Report of {slug}")
        record_publication(
            report,
            address="https://example.org/report",
            published_on=SENT_ON,
            send_to_ministers=tell,
            by=self.lead,
            today=SENT_ON,
            now=datetime(2026, 7, 6, 10, tzinfo=LONDON),
        )
        return report


@pytest.fixture
def nation(app: Flask, morning: time_machine.Traveller) -> Iterator[Nation]:
    morning.move_to(NOW)
    with app.app_context():
        make_government()
        moray = make_partnership("moray", name="Moray")
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
        yield Nation(app, moray, lead, make_user("Fiona Shaw", role=Role.OFFICIAL))
        db.session.remove()


def copies() -> list[PublicationCopy]:
    return list(db.session.scalars(select(PublicationCopy).order_by(PublicationCopy.id)))


def boxes(client: Browser, query: str = "") -> list[str]:
    return [str(box["value"]) for box in soup(client.get(LIST + query)).select("input[name=copy]")]


def listed(client: Browser, query: str = "") -> list[str]:
    return [cell.get_text() for cell in soup(client.get(LIST + query)).select("#to-receive tbody th")]


def page_of(report: Milestone) -> str:
    assert report.partnership is not None
    return f"/partnerships/{report.partnership.slug}/milestones/{report.key}"


def test_a_receipt_with_no_word_of_publication_is_asked_about_once(nation: Nation) -> None:
    report = make_report(nation.moray, title="Report of moray")
    client, path = nation.client(), f"/partnerships/moray/milestones/{report.key}/receipt"
    form = {"version": value_of(client.get(path), "version"), "received_on": "8 7 2026"}
    asked = client.post(path, data=form)
    assert "not entered a date or a web address" in said(asked)
    assert db.session.scalars(select(Publication)).all() == []
    assert client.post(path, data=form | {"confirmed": "y"}).status_code == 302
    assert len(db.session.scalars(select(Publication)).all()) == 1


def test_what_is_ticked_is_received_today_unless_somebody_says_otherwise(nation: Nation) -> None:
    for slug in ("angus", "bute", "clyde"):
        nation.sent(slug)
    client = nation.client()
    page = client.get(LIST)
    assert value_of(page, "received_on") == "20/07/2026"
    assert "Angus Report of angus 6 July 2026 6 July 2026, 14 days ago" in said(page)
    ticked = boxes(client)
    answer = client.post(LIST, data={"copy": ticked[:2], "received_on": value_of(page, "received_on")})
    assert answer.status_code == 302
    assert "Saved. 2 documents were received on 20 July 2026." in said(client.get(answer.headers["Location"]))
    assert [(copy.received_on, copy.received_recorded_by_id) for copy in copies()] == [
        (TODAY, nation.official.id),
        (TODAY, nation.official.id),
        (None, None),
    ]
    assert listed(client) == ["Clyde"]


def test_a_revised_version_is_listed_with_the_day_on_which_it_was_published(nation: Nation) -> None:
    report = nation.sent("angus", tell=False)
    publication = db.session.scalars(select(Publication).where(Publication.milestone_id == report.id)).one()
    revised = record_newer_version(
        publication,
        address="https://example.org/revised",
        published_on=date(2026, 7, 8),
        reason="Figures corrected.",
        reopen=[],
        by=nation.lead,
        today=TODAY,
        now=datetime(2026, 7, 8, 10, tzinfo=LONDON),
    )
    record_copy_to_government(
        revised, sent_on=date(2026, 7, 9), by=nation.lead, now=datetime(2026, 7, 9, 10, tzinfo=LONDON)
    )
    assert "Angus Report of angus 8 July 2026 9 July 2026, 11 days ago" in said(nation.client().get(LIST))


def test_a_button_pressed_twice_records_once(nation: Nation) -> None:
    nation.sent("angus")
    client = nation.client()
    data = {"copy": boxes(client), "received_on": "8 7 2026"}
    client.post(LIST, data=data)
    again = client.post(LIST, data={**data, "received_on": "9 7 2026"})
    assert "1 receipt was already recorded." in said(client.get(again.headers["Location"]))
    assert copies()[0].received_on == date(2026, 7, 8)


def test_what_is_wrong_is_said_and_nothing_is_recorded(nation: Nation) -> None:
    nation.sent("angus")
    client = nation.client()
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"received_on": ""}, "Enter the date on which it was received"),
        ({"received_on": "31 6 2026"}, "31 June 2026 is not a real date"),
        ({"received_on": "21 7 2026"}, "The date must be today or in the past."),
        (
            {"received_on": "5 7 2026"},
            "Report of angus, Angus was sent on 6 July 2026, so it cannot be received before then.",
        ),
        ({"copy": []}, "Select at least one document."),
        ({"copy": ["999999"]}, "One of the documents you selected is no longer on this list."),
        ({"copy": ["x"]}, "One of the documents you selected is no longer on this list."),
        ({"copy": ["9" * 40]}, "One of the documents you selected is no longer on this list."),
        ({"copy": [str(number) for number in range(1, 500)]}, "Select up to 100 documents at a time."),
    ]
    for changed, words in wrong:
        data = {"copy": boxes(client), "received_on": "20 7 2026"} | changed
        page = client.post(LIST, data=data)
        assert page.status_code == 200, changed
        assert words in said(page)
        assert value_of(page, "received_on") == data["received_on"], changed
        if "copy" not in changed:
            assert soup(page).select("input[name=copy][checked]"), changed
        assert copies()[0].received_on is None, changed


def test_a_copy_to_somebody_else_is_not_on_the_list(nation: Nation) -> None:
    report = nation.sent("angus", tell=False)
    publication = db.session.scalars(select(Publication).where(Publication.milestone_id == report.id)).one()
    publication.copies.append(PublicationCopy(receiver=make_organisation("Police Scotland"), sent_on=SENT_ON))
    db.session.flush()
    number = str(copies()[0].id)
    client = nation.client()
    assert boxes(client) == []
    page = client.post(LIST, data={"copy": number, "received_on": "20 7 2026"})
    assert "is no longer on this list" in said(page)
    assert copies()[0].received_on is None


@pytest.mark.on_both_databases
def test_filters_order_and_pages_stand_in_the_address(nation: Nation) -> None:
    for number in range(51):
        nation.sent(f"place-{number:02d}")
    copies()[50].sent_on = date(2026, 7, 1)
    client = nation.client()
    assert listed(client)[0] == "Place 50"
    assert listed(client, "?sort=partnership")[0] == "Place 00"
    assert listed(client, "?sort=partnership&page=2") == ["Place 50"]
    assert listed(client, "?partnership=place-07") == ["Place 07"]
    assert "so we ignored them" in said(client.get(f"{LIST}?partnership=x&sort=y"))
    answer = client.post(
        f"{LIST}?partnership=place-07",
        data={"copy": boxes(client, "?partnership=place-07"), "received_on": "20 7 2026"},
    )
    assert answer.headers["Location"] == f"{LIST}?partnership=place-07"


@pytest.mark.parametrize("rows", [3, 60])
def test_the_list_takes_as_many_statements_when_long_as_when_short(nation: Nation, rows: int) -> None:
    for number in range(rows):
        nation.sent(f"place-{number}")
    client = nation.client()
    with counted_statements() as statements:
        assert client.get(LIST).status_code == 200
    assert len(statements) == STATEMENTS, "\n\n".join(statements)


def test_only_officials_record_receipts(nation: Nation) -> None:
    report = nation.sent("moray")
    for role in [Role.LEAD, Role.CONTRIBUTOR, Role.GOVERNANCE, Role.AUDITOR, Role.ADMINISTRATOR]:
        national = role in {Role.AUDITOR, Role.ADMINISTRATOR}
        client = nation.client(make_user("Somebody", role=role, partnership=None if national else nation.moray))
        for path in (LIST, f"{page_of(report)}/receipt", f"{page_of(report)}/receipt/undo"):
            assert client.get(path).status_code == 403, role
            assert client.post(path, data={"received_on": "20 7 2026", "reason": "No."}).status_code == 403, role
        assert "Receipt by the Scottish Government" not in said(client.get(page_of(report))), role
        assert copies()[0].received_on is None, role


def receipt(client: Browser, report: Milestone, **fields: str) -> Any:
    path = f"{page_of(report)}/receipt"
    return client.post(path, data={"version": value_of(client.get(path), "version"), **fields})


def test_a_document_of_which_nothing_is_known_is_received_on_its_page(nation: Nation) -> None:
    report = make_report(nation.moray, title="Report of Moray")
    client = nation.client()
    assert "Record that it was received" in said(client.get(page_of(report)))
    answer = receipt(client, report, received_on="15 7 2026", published_on="10 7 2026", address="https://example.org/r")
    assert answer.status_code == 302
    page = client.get(page_of(report))
    assert "Complete" in said(page)
    assert "Received on 15 July 2026, recorded by Fiona Shaw." in said(page)
    publication = db.session.scalars(select(Publication)).one()
    assert (publication.published_on, publication.recorded_by_id) == (date(2026, 7, 10), nation.official.id)


def test_a_document_that_was_not_told_of_needs_no_more_than_its_day(nation: Nation) -> None:
    report = nation.sent("moray", tell=False)
    client = nation.client()
    page = client.get(f"{page_of(report)}/receipt")
    assert soup(page).select("input[name=address]") == []
    assert receipt(client, report, received_on="15 7 2026").status_code == 302
    assert (copies()[0].received_on, copies()[0].sent_on) == (date(2026, 7, 15), None)


def test_what_is_wrong_about_one_receipt_is_told_beside_its_field(nation: Nation) -> None:
    report = make_report(nation.moray)
    client = nation.client()
    for fields, name, words in [
        ({"received_on": ""}, "received_on", "Enter the date on which it was received"),
        ({"received_on": "21 7 2026"}, "received_on", "The date must be today or in the past."),
        ({"sent_on": "31 2 2026"}, "sent_on", "31 February 2026 is not a real date"),
        ({"address": "not an address"}, "address", "address"),
        ({"address": "https://example.org/" + "x" * 2000}, "address", "2,000 characters or fewer"),
    ]:
        page = receipt(client, report, **{"received_on": "15 7 2026", **fields})
        beside = soup(page).find(id=f"{name}-error")
        assert beside is not None, fields
        assert words in beside.get_text()
        assert value_of(page, name) == fields[name]
        assert db.session.scalars(select(Publication)).all() == [], fields


def test_a_report_published_before_its_year_ended_is_asked_about_once_and_then_taken(nation: Nation) -> None:
    report = make_report(nation.moray)
    client = nation.client()
    fields = {"received_on": "15 7 2026", "published_on": "1 3 2026"}
    page = receipt(client, report, **fields)
    beside = soup(page).find(id="confirmed-error")
    assert beside is not None
    assert "tick “This is right” and save again." in beside.get_text()
    assert value_of(page, "published_on") == "1 3 2026"
    assert db.session.scalars(select(Publication)).all() == []
    assert receipt(client, report, **fields, confirmed="y").status_code == 302
    assert db.session.scalars(select(Publication)).one().published_on == date(2026, 3, 1)


def test_a_step_is_no_document_and_so_not_there(nation: Nation) -> None:
    step = make_milestone(nation.moray)
    client = nation.client()
    for path in ("receipt", "receipt/undo"):
        assert client.get(f"{page_of(step)}/{path}").status_code == 404
        assert client.post(f"{page_of(step)}/{path}", data={"received_on": "15 7 2026"}).status_code == 404


def test_a_second_editor_is_told_what_changed(nation: Nation) -> None:
    report = nation.sent("moray")
    client = nation.client()
    path = f"{page_of(report)}/receipt"
    version = value_of(client.get(path), "version")
    assert receipt(client, report, received_on="15 7 2026").status_code == 302
    page = client.post(path, data={"version": version, "received_on": "16 7 2026"})
    assert page.status_code == 409
    assert "already recorded as received on 15 July 2026" in said(page)
    assert copies()[0].received_on == date(2026, 7, 15)


def test_a_receipt_is_undone_with_a_reason(nation: Nation) -> None:
    report = nation.sent("moray")
    client = nation.client()
    receipt(client, report, received_on="15 7 2026")
    path = f"{page_of(report)}/receipt/undo"
    version = value_of(client.get(path), "version")
    refused = client.post(path, data={"version": version, "reason": " "})
    assert "Enter the reason for undoing this" in said(refused)
    assert copies()[0].received_on is not None
    answer = client.post(path, data={"version": version, "reason": "It was the report of another year."})
    assert answer.status_code == 302
    page = said(client.get(page_of(report)))
    assert "No receipt is recorded yet." in page
    assert "It was the report of another year." in said(nation.client(nation.lead).get(page_of(report)))
    assert copies()[0].received_on is None
    assert "nothing to undo" in said(client.get(path))
