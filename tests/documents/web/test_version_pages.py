"""The versions of a document on its page and in the public register."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Manner
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.newer_versions import record_newer_version
from cycle_tracker.documents.services.publication_corrections import (
    correct_publication,
    keep_copy,
    undo_publication,
)
from cycle_tracker.documents.services.publications import PublishedAddress
from cycle_tracker.milestones.services.files import store_file
from cycle_tracker.models.approval import Approval
from cycle_tracker.models.publication import Form, Publication, PublicationCopy, Version
from tests.documents.web.conftest import ADDRESS, PLAN, TODAY, Tayside, facts, follow
from tests.factories import make_user
from tests.support.pages import Browser, counted_statements, said, soup, value_of

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def replace(found: Publication, on: date, tayside: Tayside) -> Publication:
    newer = record_newer_version(
        found,
        address=f"{ADDRESS}/{found.number + 1}",
        published_on=on,
        reason="A priority was missing.",
        reopen=[],
        by=tayside.lead,
        today=TODAY,
        now=clock.now(),
    )
    db.session.commit()
    return newer


@pytest.fixture
def versions(tayside: Tayside) -> list[Publication]:
    """A draft, an interim plan with a kept copy, the plan, and a revised plan."""
    draft = tayside.publish(version=Version.DRAFT)
    interim = tayside.publish(version=Version.INTERIM, interim_until=date(2026, 9, 30))
    keep_copy(interim, store_file("interim plan.pdf", PDF, now=clock.now()), by=tayside.lead, now=clock.now())
    plan = replace(interim, date(2026, 5, 4), tayside)
    return [draft, interim, plan, replace(plan, date(2026, 6, 8), tayside)]


def listed(page: Any) -> list[list[str]]:
    rows = soup(page).select("#versions-list tbody tr")
    return [[" ".join(cell.get_text(" ", strip=True).split()) for cell in row.find_all(["th", "td"])] for row in rows]


def correct_facts(client: Browser, **changed: str) -> TestResponse:
    """Send the form of what is published of the plan, and give the page that follows."""
    return follow(client, client.post(f"{PLAN}/publication/facts", data=facts(client, PLAN, **changed)))


def correct_day_of_revised(client: Browser) -> TestResponse:
    address = {"places-0-address": f"{ADDRESS}/4"}
    return correct_facts(client, which="revised", published_on="4 5 2026", newer_on="9 6 2026", **address)


@pytest.mark.usefixtures("versions")
def test_the_page_lists_the_versions_with_the_newest_first_and_folded(tayside: Tayside) -> None:
    page = tayside.client().get(PLAN)
    recorded = "3 July 2026 by Ailsa Grant"
    assert listed(page) == [
        ["Revised, the present version", "8 June 2026", f"{ADDRESS}/4 Full document", recorded],
        ["Final", "4 May 2026", f"{ADDRESS}/3 Full document", recorded],
        [
            "One-year or interim plan",
            "7 April 2026. It covers the period until 30 September 2026",
            f"{ADDRESS} Full document Copy kept here: interim plan.pdf , of the one-year or interim plan version",
            recorded,
        ],
        ["Draft, for consultation", "7 April 2026", f"{ADDRESS} Full document", recorded],
    ]
    details = soup(page).select_one("#versions + details")
    assert details is not None
    assert not details.has_attr("open")
    official = tayside.someone(Role.OFFICIAL).get(PLAN)
    assert {row[3] for row in listed(official)} == {"3 July 2026"}
    administrator = tayside.someone(Role.ADMINISTRATOR).get(PLAN)
    assert listed(administrator) == []


def test_approvals_and_copies_of_earlier_versions_are_listed_folded(
    tayside: Tayside, versions: list[Publication]
) -> None:
    *_, plan, revised = versions
    ijb, board = tayside.bodies["Dundee IJB"], tayside.bodies["NHS Tayside"]
    plan.copies.append(PublicationCopy(receiver=ijb, sent_on=date(2026, 5, 5), received_on=date(2026, 5, 7)))
    plan.copies.append(PublicationCopy(receiver=board))
    revised.copies.append(PublicationCopy(receiver=ijb, sent_on=date(2026, 6, 9)))
    approved = {"manner": Manner.APPROVED, "recorded_by_id": tayside.lead.id, "recorded_at": clock.now()}
    for version, day in ((plan, date(2026, 4, 1)), (revised, date(2026, 6, 1))):
        where = {"milestone_id": version.milestone_id, "publication_id": version.id}
        db.session.add(Approval(**where, organisation=board, approved_on=day, **approved))
    db.session.commit()
    for client in (tayside.client(), tayside.someone(Role.OFFICIAL)):
        page = client.get(PLAN)
        rows = soup(page).select("#earlier-list tbody tr")
        assert [" ".join(row.get_text(" ", strip=True).split()) for row in rows] == [
            "Final NHS Tayside Approved, 1 April 2026",
            "Final Dundee IJB Copy sent on 5 May 2026. Received on 7 May 2026",
            "Final NHS Tayside Copy sent, date not known",
        ]
        folded = soup(page).select_one("details:has(#earlier-list)")
        assert folded is not None
        assert not folded.has_attr("open")


def test_one_version_is_no_list_and_takes_no_statement_more(tayside: Tayside) -> None:
    publication = tayside.publish()
    client = tayside.client()
    client.get(PLAN)
    with counted_statements() as alone:
        assert listed(client.get(PLAN)) == []
    replace(publication, date(2026, 5, 4), tayside)
    with counted_statements() as several:
        assert len(listed(client.get(PLAN))) == 2
    assert len(several) <= len(alone) + 2


def test_a_correction_is_listed_with_who_made_it(tayside: Tayside, versions: list[Publication]) -> None:
    page = correct_day_of_revised(tayside.client())
    assert listed(page)[0][1:] == [
        "9 June 2026",
        f"{ADDRESS}/4 Full document",
        "3 July 2026 by Ailsa Grant Corrected on 3 July 2026 by Ailsa Grant",
    ]


def test_a_correction_of_a_newer_version_says_which_day_it_had(tayside: Tayside, versions: list[Publication]) -> None:
    client = tayside.client()
    form = said(client.get(f"{PLAN}/publication/facts"))
    assert "Date the first version was published" in form
    assert "Date it was published" not in form
    page = said(correct_day_of_revised(client))
    assert "Ailsa Grant corrected the date of the newer version, from 8 June 2026 to 9 June 2026" in page


def test_the_history_names_an_address_that_was_added(tayside: Tayside) -> None:
    tayside.publish()
    client = tayside.client()
    second = {"places-1-form": "child", "places-1-language": "en", "places-1-address": f"{ADDRESS}/children"}
    page = said(correct_facts(client, **second))
    assert f"Ailsa Grant added 1 web address: {ADDRESS}/children" in page


def test_a_revised_version_is_recorded_where_the_page_says_the_earlier_one_stays(
    tayside: Tayside, versions: list[Publication]
) -> None:
    page = said(tayside.client().get(f"{PLAN}/publication/newer-version"))
    assert "The earlier version stays on the page of the document under Versions" in page


def test_the_page_for_copies_says_that_the_kept_copy_is_attached(tayside: Tayside) -> None:
    publication, client, path = tayside.publish(), tayside.client(), f"{PLAN}/publication/copies"
    assert "attach the copy kept here" not in said(client.get(path))
    keep_copy(publication, store_file("plan.pdf", PDF, now=clock.now()), by=tayside.lead, now=clock.now())
    db.session.commit()
    assert "attach the copy kept here if it is 5 MB or smaller" in said(client.get(path))


def test_the_copy_kept_of_an_earlier_version_can_be_downloaded_and_none_of_an_undone_one(
    tayside: Tayside, versions: list[Publication]
) -> None:
    client = tayside.client()
    link = soup(client.get(PLAN)).select_one("#versions-list a[href*='kept-copy']")
    assert link is not None
    answer = client.get(str(link["href"]))
    assert (answer.data, answer.headers["Content-Disposition"]) == (PDF, 'attachment; filename="interim plan.pdf"')
    for path in (f"{PLAN}/publication/kept-copy/file/4", f"{PLAN}/publication/kept-copy/file/99"):
        assert client.get(path).status_code == 404
    _, interim, *_ = versions
    interim.recorded_to = clock.now()
    db.session.commit()
    assert client.get(str(link["href"])).status_code == 404


def test_undoing_the_newest_version_shows_the_one_before_and_hides_the_undone_one(
    tayside: Tayside, versions: list[Publication]
) -> None:
    client, path = tayside.client(), f"{PLAN}/publication/taking-back"
    form = client.get(path)
    assert "The version before it, published on 4 May 2026, becomes the present version again." in said(form)
    page = follow(client, client.post(path, data={"version": value_of(form, "version"), "reason": "A slip."}))
    assert "The revised version is no longer recorded. The version before it is the present version again." in said(
        page
    )
    assert [row[0] for row in listed(page)] == [
        "Final, the present version",
        "One-year or interim plan",
        "Draft, for consultation",
    ]
    assert f"undid the record that this was published on 8 June 2026, at {ADDRESS}/4" in said(page)
    assert f"{ADDRESS}/4" not in str(soup(page).select("#publication ~ dl, #versions-list"))


def test_who_recorded_a_version_may_undo_it_after_someone_else_corrected_it(tayside: Tayside) -> None:
    publication = tayside.publish()
    publication.recorded_by_id = tayside.contributor.id
    db.session.commit()
    correct_facts(tayside.client(), published_on="8 4 2026")
    assert publication.recorded_by_id == tayside.lead.id
    theirs = tayside.client(tayside.contributor)
    assert "Recorded by mistake? Undo it" in said(theirs.get(PLAN))
    assert theirs.get(f"{PLAN}/publication/taking-back").status_code == 200
    stranger = tayside.client(make_user("Eilidh Orr", role=Role.CONTRIBUTOR, partnership=tayside.partnership))
    assert "Undo it" not in said(stranger.get(PLAN))


def test_the_register_shows_earlier_published_versions_and_no_drafts_or_undone_ones(
    tayside: Tayside, versions: list[Publication]
) -> None:
    client = FlaskClient(tayside.app)
    page = client.get("/register")
    (row,) = soup(page).select("#register-list tbody tr")
    text = " ".join(row.get_text(" ", strip=True).split())
    assert "Earlier versions of Children’s Services Plan 2026–29, Tayside Final, 4 May 2026 Full document" in text
    assert "One-year or interim plan, 7 April 2026" in text
    assert "4 May 2026. Revised version 1, 8 June 2026" in text
    assert [link["href"] for link in row.select("a")] == [f"{ADDRESS}/4", f"{ADDRESS}/3", ADDRESS]
    assert "1 document" in said(page)
    client_of_lead, path = tayside.client(), f"{PLAN}/publication/taking-back"
    version = value_of(client_of_lead.get(path), "version")
    client_of_lead.post(path, data={"version": version, "reason": "A slip."})
    (row,) = soup(client.get("/register")).select("#register-list tbody tr")
    assert [link["href"] for link in row.select("a")] == [f"{ADDRESS}/3", ADDRESS]
    rows = client.get("/register/export.csv").get_data(as_text=True).splitlines()
    assert len(rows) == 2, "a row for each document"


def test_the_register_shows_neither_facts_that_were_corrected_nor_a_version_undone_before_the_present_one(
    tayside: Tayside,
) -> None:
    first = tayside.publish()
    undo_publication(replace(first, date(2026, 5, 4), tayside), "Not this one.", by=tayside.lead, now=clock.now())
    db.session.commit()
    correct_publication(
        replace(first, date(2026, 6, 8), tayside),
        version=Version.REVISED,
        published_on=date(2026, 4, 7),
        newer_on=date(2026, 6, 9),
        places=[PublishedAddress(Form.FULL, "en", f"{ADDRESS}/2")],
        by=tayside.lead,
        today=TODAY,
        now=clock.now(),
    )
    db.session.commit()
    (row,) = soup(FlaskClient(tayside.app).get("/register")).select("#register-list tbody tr")
    text = " ".join(row.get_text(" ", strip=True).split())
    assert "Final, 7 April 2026 Full document" in text
    assert text.count("Revised") == 1, "the present version alone"
    assert "7 April 2026. Revised version 1, 9 June 2026" in text
    assert [link["href"] for link in row.select("a")] == [f"{ADDRESS}/2", ADDRESS]


def test_a_newer_version_of_an_unknown_day_leaves_the_day_of_the_first_to_be_seen(tayside: Tayside) -> None:
    first = tayside.publish()
    newer = replace(first, date(2026, 5, 4), tayside)
    newer.published_on = None
    db.session.commit()
    text = said(tayside.client().get(PLAN))
    assert "This version published on Date not known" in text
    assert "First version published on 7 April 2026" in text
