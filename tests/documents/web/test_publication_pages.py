"""What is published, on the page of a document: its facts, newer versions and the copy that is kept."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.versions import known_versions
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.evidence import StoredContent
from cycle_tracker.models.publication import Publication, PublicationAddress, Version
from tests.documents.web.conftest import ADDRESS, PLAN, REPORT, Tayside, count, facts, follow
from tests.factories import (
    make_milestone,
    make_partnership,
)
from tests.support.pages import said, soup, value_of


def test_the_facts_are_put_right_and_what_is_missing_is_shown(tayside: Tayside) -> None:
    tayside.publish()
    client = tayside.client()
    page = client.get(PLAN)
    assert "No version for children and young people is recorded." in said(page)
    assert "The approval of Angus Council is not recorded." in said(page)
    assert "No copy to Dundee IJB is recorded." in said(page)
    sent = facts(
        client,
        PLAN,
        published_on="8 4 2026",
        **{
            "places-1-form": "child",
            "places-1-language": "gd",
            "places-1-address": f"{ADDRESS}-clann",
            "places-2-form": "bsl",
            "places-2-language": "en",
            "places-2-address": "",
        },
    )
    page = follow(client, client.post(f"{PLAN}/publication/facts", data=sent))
    text = said(page)
    assert "Published on 8 April 2026" in text
    assert "For children and young people (Gaelic)" in text
    assert "No version for children" not in text
    assert "corrected the publication date and the addresses, from 7 April 2026 to 8 April 2026" in text
    shown = client.get(f"{PLAN}/publication/facts")
    assert value_of(shown, "places-1-address") == f"{ADDRESS}-clann"
    assert value_of(shown, "places-3-address") == ""
    db.session.expire_all()
    assert tayside.plan.done_on == date(2026, 4, 8)


def test_an_address_that_is_left_empty_goes(tayside: Tayside) -> None:
    tayside.publish()
    client = tayside.client()
    client.post(f"{PLAN}/publication/facts", data=facts(client, PLAN, **{"places-0-address": " "}))
    assert count(PublicationAddress) == 0
    assert "The web address of the full document is not recorded." in said(client.get(PLAN))


def test_what_nobody_knows_may_be_recorded_from_the_start(tayside: Tayside) -> None:
    client = tayside.client()
    assert "Publication Is this a draft, or published in several places?" in said(client.get(REPORT))
    sent = facts(client, REPORT, published_on="")
    page = follow(client, client.post(f"{REPORT}/publication/facts", data=sent))
    assert "Published on Date not known" in said(page)
    assert "The publication date is not known." in said(page)


@pytest.mark.parametrize("document", [PLAN, REPORT])
def test_an_empty_form_records_nothing_until_the_person_says_that_it_is_right(tayside: Tayside, document: str) -> None:
    client = tayside.client()
    empty = facts(client, document, published_on="", **{"places-0-address": ""})
    asked = client.post(f"{document}/publication/facts", data=empty)
    assert "not entered a date or a web address" in said(asked)
    assert soup(asked).select_one("input[name=confirmed]") is not None
    assert count(Publication) == 0
    page = follow(client, client.post(f"{document}/publication/facts", data=empty | {"confirmed": "y"}))
    assert count(Publication) == 1
    assert "The publication date is not known." in said(page)


def test_a_form_that_clears_the_date_and_the_address_is_asked_about_too(tayside: Tayside) -> None:
    tayside.publish()
    client = tayside.client()
    cleared = facts(client, PLAN, published_on="", **{"places-0-address": ""})
    asked = client.post(f"{PLAN}/publication/facts", data=cleared)
    assert "not entered a date or a web address" in said(asked)
    assert count(PublicationAddress) == 1
    client.post(f"{PLAN}/publication/facts", data=cleared | {"confirmed": "y"})
    assert count(PublicationAddress) == 0
    again = facts(client, PLAN, published_on="", **{"places-0-address": ""})
    assert client.post(f"{PLAN}/publication/facts", data=again).status_code == 302, "asked once, not each time"


def test_the_history_of_the_record_names_the_address_that_the_form_gave(tayside: Tayside) -> None:
    client = tayside.client()
    client.post(f"{PLAN}/publication/facts", data=facts(client, PLAN))
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "published")).one()
    assert [one["address"] for one in (event.after or {})["addresses"]] == [ADDRESS]


def test_a_draft_leaves_the_form_of_the_document_where_it_is(tayside: Tayside) -> None:
    client = tayside.client()
    sent = facts(client, PLAN, which="draft")
    page = follow(client, client.post(f"{PLAN}/publication/facts", data=sent))
    assert "Draft published" in said(page)
    assert "Outstanding" in said(page)
    version = value_of(page, "version")
    page = follow(
        client,
        client.post(
            f"{PLAN}/publication",
            data={"version": version, "address": f"{ADDRESS}-final", "published_on": "1 7 2026", "tell": "yes"},
        ),
    )
    assert "recorded the document itself, after the draft" in said(page)
    assert "Version Final" in said(page)
    assert [one.version for one in known_versions(tayside.plan)] == [Version.DRAFT, Version.FINAL]


def test_what_is_wrong_with_the_facts_is_told_and_changes_nothing(tayside: Tayside) -> None:
    tayside.publish()
    client = tayside.client()
    before = count(AuditEvent)
    for changed, words in [
        ({"which": "revised"}, "Choose the version"),
        ({"which": "nonsense"}, "Choose the version"),
        ({"published_on": "4 7 2026"}, "The date must be today or in the past."),
        ({"published_on": "soon"}, "Enter a date, for example 30 6 2026"),
        ({"places-0-form": "poster"}, "Choose a format from the list"),
        ({"places-0-language": "xx"}, "Choose a language from the list"),
        ({"places-0-address": "javascript:alert(1)"}, "Enter the full web address, starting with https:// or http://"),
        (
            {"places-0-address": f"https://example.org/{'a' * 10_000}"},
            "The web address must be 2,000 characters or fewer",
        ),
    ]:
        page = client.post(f"{PLAN}/publication/facts", data=facts(client, PLAN, **changed))
        assert page.status_code == 200, changed
        (name,) = changed
        beside = soup(page).find(id=f"{name}-error")
        assert beside is not None, changed
        assert words in beside.get_text()
        assert count(AuditEvent) == before, changed


def test_two_addresses_for_the_same_are_refused(tayside: Tayside) -> None:
    tayside.publish()
    client = tayside.client()
    twice = {"places-1-form": "full", "places-1-language": "en", "places-1-address": f"{ADDRESS}-2"}
    page = client.post(f"{PLAN}/publication/facts", data=facts(client, PLAN, **twice))
    assert "Enter only one address for each format and language." in said(page)
    assert value_of(page, "places-1-address") == f"{ADDRESS}-2"
    assert db.session.scalars(select(PublicationAddress)).one().address == ADDRESS


def test_a_second_editor_of_the_facts_keeps_what_they_typed(tayside: Tayside) -> None:
    tayside.publish()
    client = tayside.client()
    mine = facts(client, PLAN, **{"places-0-address": f"{ADDRESS}-mine"})
    assert (
        client.post(f"{PLAN}/publication/facts", data=facts(client, PLAN, published_on="9 4 2026")).status_code == 302
    )
    page = client.post(f"{PLAN}/publication/facts", data=mine)
    assert page.status_code == 409
    assert "Ailsa Grant corrected the publication date" in said(page)
    assert value_of(page, "places-0-address") == f"{ADDRESS}-mine"
    assert db.session.scalars(select(PublicationAddress)).one().address == ADDRESS


def test_a_revised_plan_offers_the_steps_that_it_opens_again(tayside: Tayside) -> None:
    tayside.publish()
    step = make_milestone(
        tayside.partnership,
        key="2026-29.approvals",
        title="Approve the plan in each lead body",
        cycle=tayside.plan.cycle,
        state=State.DONE,
        done_on=date(2026, 3, 1),
    )
    foreign = make_milestone(make_partnership("fife"), key="2026-29.approvals", state=State.DONE)
    client, path = tayside.client(), f"{PLAN}/publication/newer-version"
    page = client.get(path)
    assert [box["value"] for box in soup(page).find_all("input", checked=True)] == [str(step.id)]
    sent: dict[str, Any] = {
        "version": value_of(page, "version"),
        "address": f"{ADDRESS}-revised",
        "published_on": "1 7 2026",
        "reason": "A priority was missing.",
        "steps": [str(step.id), str(foreign.id)],
    }
    refused = client.post(path, data=sent)
    assert "Choose from the list" in said(refused)
    page = follow(client, client.post(path, data={**sent, "steps": [str(step.id)]}))
    text = said(page)
    assert "Version Revised" in text
    assert "This version published on 1 July 2026" in text
    assert "First version published on 7 April 2026" in text
    assert f"The earlier version was final, published on 7 April 2026, at {ADDRESS}" in text
    db.session.expire_all()
    assert (step.state, foreign.state) == (State.IN_PROGRESS, State.DONE)
    assert client.get(f"{PLAN}/publication/facts").status_code == 200


def test_an_interim_plan_is_followed_by_the_final_one(tayside: Tayside) -> None:
    tayside.publish(version=Version.INTERIM)
    client = tayside.client()
    page = client.get(PLAN)
    assert "An interim version is published. The final version is not published yet." in said(page)
    assert "Record a final version" in said(page)
    page = client.get(f"{PLAN}/publication/newer-version")
    assert soup(page).find_all("input", type="checkbox") == []
    sent = {"version": value_of(page, "version"), "address": ADDRESS, "published_on": "1 6 2026", "reason": "Final"}
    assert "Version Final" in said(follow(client, client.post(f"{PLAN}/publication/newer-version", data=sent)))


def test_a_copy_is_kept_and_given_to_those_who_see_the_document(tayside: Tayside) -> None:
    tayside.publish()
    client, path = tayside.client(), f"{PLAN}/publication/kept-copy"
    pdf = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

    def upload(content: bytes, name: str) -> TestResponse:
        data = {"version": value_of(client.get(path), "version"), "file": (BytesIO(content), name)}
        return client.post(path, data=data, content_type="multipart/form-data")

    for content, name in ((b"<script>alert(1)</script>", "plan.html"), (b"MZ", "plan.pdf"), (b"", "")):
        page = upload(content, name)
        assert page.status_code == 200
        assert soup(page).find(id="file-error") is not None, name
    page = follow(client, upload(pdf, "plan.pdf"))
    assert "Copy kept here plan.pdf" in said(page)
    official = tayside.someone(Role.OFFICIAL)
    answer = official.get(f"{path}/file")
    assert answer.get_data() == pdf
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert tayside.someone(Role.ADMINISTRATOR).get(f"{path}/file").status_code == 404
    assert tayside.someone(Role.LEAD, make_partnership("fife")).get(f"{path}/file").status_code == 404
    follow(client, upload(pdf, "plan-2.pdf"))
    assert count(StoredContent) == 1, "the copy that it replaced is gone"
    page = follow(client, client.post(f"{path}/removal", data={"version": value_of(client.get(path), "version")}))
    assert "Copy kept here" not in said(page)
    assert client.get(f"{path}/file").status_code == 404
    assert client.post(f"{path}/removal", data={"version": "1"}).status_code == 302, "pressed twice"
