"""The facts of a document on its page: approvals, publication, copies, newer versions, and what is not required."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.documents.services.versions import known_versions
from cycle_tracker.models.approval import Approval
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.evidence import StoredContent
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.publication import Publication, PublicationAddress, PublicationCopy, Version
from cycle_tracker.models.user import User
from tests.factories import (
    make_cycle,
    make_government,
    make_milestone,
    make_organisation,
    make_partnership,
    make_report,
    make_user,
)
from tests.support.pages import Browser, counted_statements, said, sign_in, soup, value_of

PLAN = "/partnerships/tayside/milestones/2026-29.plan-prepared"
REPORT = "/partnerships/tayside/milestones/2023-26.annual-report-3"
CYCLE = "/partnerships/tayside/cycles/2026-29"
ADDRESS = "https://www.tayside.example.org/plan"
TODAY = date(2026, 7, 3)


@dataclass
class Tayside:
    """Tayside with four lead bodies, its plan, its last report, and a contributor who is of Angus Council."""

    app: Flask
    partnership: Partnership
    bodies: dict[str, Organisation]
    lead: User
    contributor: User
    plan: Milestone
    report: Milestone

    def client(self, user: User | None = None) -> Browser:
        return sign_in(self.app, user or self.lead)

    def someone(self, role: Role, place: Partnership | None = None) -> Browser:
        return self.client(make_user(f"A {role.value}", role=role, partnership=place))

    def publish(self, document: Milestone | None = None, **more: Any) -> Publication:
        made = record_publication(
            document or self.plan,
            address=ADDRESS,
            published_on=date(2026, 4, 7),
            send_to_ministers=False,
            by=self.lead,
            today=TODAY,
            now=clock.now(),
            **more,
        )
        db.session.commit()
        return made


@pytest.fixture
def tayside(app: Flask, morning: time_machine.Traveller) -> Iterator[Tayside]:
    with app.app_context():
        make_government(mailbox="plans@example.test")
        place = make_partnership("tayside", name="Tayside", notify_from=date(2024, 4, 1))
        kinds = OrganisationKind.COUNCIL, OrganisationKind.HEALTH_BOARD, OrganisationKind.OTHER_SERVICE_PROVIDER
        bodies = {
            name: make_organisation(name, kind=kind)
            for name, kind in (
                ("Angus Council", kinds[0]),
                ("Dundee City Council", kinds[0]),
                ("Perth and Kinross Council", kinds[0]),
                ("NHS Tayside", kinds[1]),
                ("Dundee IJB", kinds[2]),
            )
        }
        for name, body in bodies.items():
            role = BodyRole.MEMBER if name == "Dundee IJB" else BodyRole.LEAD
            db.session.add(
                PartnershipBody(partnership_id=place.id, organisation=body, role=role, from_on=date(2017, 4, 1))
            )
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place, organisation=bodies["Dundee City Council"])
        contributor = make_user(
            "Calum Reid", role=Role.CONTRIBUTOR, partnership=place, organisation=bodies["Angus Council"]
        )
        plan = make_milestone(
            place,
            key="2026-29.plan-prepared",
            kind=Kind.PLAN,
            title="Children’s Services Plan 2026–29",
            due_on=date(2026, 4, 1),
            cycle=make_cycle(place),
            owner=lead,
        )
        report = make_report(place, owner=lead, cycle=make_cycle(place, "2023-26"))
        yield Tayside(app, place, bodies, lead, contributor, plan, report)
        db.session.remove()


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def follow(client: Browser, answer: TestResponse) -> TestResponse:
    assert answer.status_code == 302, said(answer)
    return client.get(answer.headers["Location"])


def approval(tayside: Tayside, body: str) -> str:
    return f"{PLAN}/approvals/{tayside.bodies[body].id}"


def approved(client: Browser, path: str, **changed: str) -> dict[str, str]:
    return {
        "version": value_of(client.get(path), "version"),
        "manner": "approved",
        "made_by": "Children and Learning Committee",
        "approved_on": "10 3 2026",
        "meeting": "March meeting",
        "minute": "26/112",
        **changed,
    }


def facts(client: Browser, path: str, **changed: str) -> dict[str, str]:
    return {
        "version": value_of(client.get(f"{path}/publication/facts"), "version"),
        "which": "final",
        "published_on": "7 4 2026",
        "places-0-form": "full",
        "places-0-language": "en",
        "places-0-address": ADDRESS,
        **changed,
    }


def rows(page: TestResponse, table: str) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in soup(page).select(f"#{table} tbody tr")]


def test_taysides_four_approvals_are_recorded_one_of_them_by_its_own_officer(tayside: Tayside) -> None:
    client = tayside.client()
    for body in ("Dundee City Council", "Perth and Kinross Council", "NHS Tayside"):
        path = approval(tayside, body)
        page = follow(client, client.post(path, data=approved(client, path)))
        assert f"Saved. The decision of {body} is listed below." in said(page)
    own = tayside.client(tayside.contributor)
    path = approval(tayside, "Angus Council")
    assert "You are recording this for Angus Council, your organisation." in said(own.get(path))
    page = follow(own, own.post(path, data=approved(own, path, manner="delegated", minute="", approved_on="")))
    assert rows(page, "approvals-list") == [
        "Angus Council Approved under delegated powers Children and Learning Committee date not known March meeting. "
        "Minute not recorded Recorded by Calum Reid Change the approval of Angus Council",
        "Dundee City Council Approved Children and Learning Committee 10 March 2026 March meeting. Minute 26/112 "
        "Recorded by Ailsa Grant",
        "Perth and Kinross Council Approved Children and Learning Committee 10 March 2026 March meeting. "
        "Minute 26/112 Recorded by Ailsa Grant (planning lead) on behalf of Perth and Kinross Council",
        "NHS Tayside Approved Children and Learning Committee 10 March 2026 March meeting. Minute 26/112 "
        "Recorded by Ailsa Grant (planning lead) on behalf of NHS Tayside",
    ]
    assert "Ailsa Grant recorded NHS Tayside’s decision, approved on 10 March 2026" in said(page)


def test_nobody_records_for_a_body_that_is_not_theirs_and_only_lead_bodies_approve(tayside: Tayside) -> None:
    own = tayside.client(tayside.contributor)
    assert own.get(approval(tayside, "NHS Tayside")).status_code == 403
    data = approved(own, approval(tayside, "Angus Council"))
    assert own.post(approval(tayside, "NHS Tayside"), data=data).status_code == 403
    client = tayside.client()
    elsewhere = make_organisation("Fife Council")
    for number in (tayside.bodies["Dundee IJB"].id, elsewhere.id, 0, 2147483647):
        assert client.get(f"{PLAN}/approvals/{number}").status_code == 404
        assert client.post(f"{PLAN}/approvals/{number}", data=data).status_code == 404
    step = make_milestone(tayside.partnership, key="2026-29.draft-plan")
    assert client.get(f"/partnerships/tayside/milestones/{step.key}/approvals/{elsewhere.id}").status_code == 404
    assert count(Approval) == 0


def test_an_approval_is_changed_and_taken_back(tayside: Tayside) -> None:
    client, path = tayside.client(), approval(tayside, "Angus Council")
    client.post(path, data=approved(client, path))
    page = client.get(path)
    assert value_of(page, "minute") == "26/112"
    page = follow(client, client.post(path, data=approved(client, path, minute="26/113")))
    assert "Minute 26/113" in said(page)
    assert "Ailsa Grant corrected the record of Angus Council’s decision" in said(page)
    away = f"{path}/taking-back"
    refused = client.post(away, data={"version": value_of(client.get(away), "version"), "reason": " "})
    assert "Enter a reason" in said(refused)
    page = follow(
        client, client.post(away, data={"version": value_of(client.get(away), "version"), "reason": "The wrong plan"})
    )
    assert "Ailsa Grant removed the approval of Angus Council" in said(page)
    assert "The wrong plan" in said(page)
    assert count(Approval) == 0
    assert "The approval of Angus Council has already been removed." in said(follow(client, client.get(away)))


def test_changes_are_signed_off_later_and_the_page_says_when(tayside: Tayside) -> None:
    client, path = tayside.client(), approval(tayside, "Angus Council")
    first = {
        "manner": "subject-to-changes",
        "draft": "Version 0.9",
        "signs_off": "Chief Officer",
        "sign_off_by": "31 3 2026",
    }
    page = follow(client, client.post(path, data=approved(client, path, **first)))
    assert rows(page, "approvals-list")[0].startswith(
        "Angus Council Approved subject to changes Children and Learning Committee Draft: Version 0.9 Changes to be "
        "signed off by Chief Officer, due 31 March 2026 10 March 2026"
    )
    assert "recorded Angus Council’s decision, approved subject to changes on 10 March 2026" in said(page)
    second = {**first, "signed_off": "y", "signed_off_on": "24 3 2026"}
    page = follow(client, client.post(path, data=approved(client, path, **second)))
    assert "Changes signed off, 24 March 2026" in rows(page, "approvals-list")[0]
    assert "recorded that the changes Angus Council asked for were signed off on 24 March 2026" in said(page)


def test_a_decision_that_was_deferred_or_went_against_the_plan(tayside: Tayside) -> None:
    tayside.publish()
    client, path = tayside.client(), approval(tayside, "Angus Council")
    meeting = {"manner": "deferred", "deferred_to": "Full council", "deferred_to_on": "2 4 2026"}
    page = follow(client, client.post(path, data=approved(client, path, **meeting)))
    assert "Next meeting: Full council, 2 April 2026" in rows(page, "approvals-list")[0]
    assert "Angus Council deferred its decision on 10 March 2026 to its meeting on 2 April 2026" in said(page)
    assert "Angus Council has deferred its decision." in said(page)
    other, there = approval(tayside, "NHS Tayside"), tayside.client()
    page = follow(there, there.post(other, data=approved(there, other, manner="not-agreed")))
    assert "recorded that NHS Tayside did not agree on 10 March 2026" in said(page)
    assert "NHS Tayside has not agreed to this." in said(page)


def test_of_a_body_that_noted_the_plan_it_is_kept_whether_it_agreed_and_who_said_so(tayside: Tayside) -> None:
    tayside.publish()
    client, path = tayside.client(), approval(tayside, "NHS Tayside")
    page = follow(client, client.post(path, data=approved(client, path, manner="noted")))
    assert "NHS Tayside noted the plan. It is not recorded whether it agreed to the plan." in said(page)
    assert "Did the body agree to the plan?" in said(client.get(path))
    page = follow(client, client.post(path, data=approved(client, path, manner="noted", agreed="yes")))
    assert "Agreed to the plan: yes (recorded by Ailsa Grant)" in rows(page, "approvals-list")[3]
    assert "corrected the record of NHS Tayside’s decision. They recorded that it agreed to the plan" in said(page)
    assert "NHS Tayside noted the plan" not in said(page)
    shown = rows(tayside.someone(Role.OFFICIAL).get(PLAN), "approvals-list")
    assert "NHS Tayside Noted Agreed to the plan: yes 10 March 2026" in shown
    report = path.replace(PLAN, REPORT)
    assert "Did the body agree to the plan?" not in said(client.get(report)), "a report is not made by agreement"


def test_a_second_editor_of_an_approval_is_shown_what_changed(tayside: Tayside) -> None:
    client, path = tayside.client(), approval(tayside, "Angus Council")
    mine = approved(client, path, minute="mine")
    own = tayside.client(tayside.contributor)
    assert own.post(path, data=approved(own, path, minute="theirs")).status_code == 302
    page = client.post(path, data=mine)
    assert page.status_code == 409
    assert "Calum Reid recorded Angus Council’s decision, approved on 10 March 2026" in said(page)
    assert value_of(page, "minute") == "mine"
    assert db.session.scalars(select(Approval)).one().minute == "theirs"
    again = client.post(path, data={**mine, "version": value_of(page, "version")})
    assert again.status_code == 302
    db.session.expire_all()
    assert db.session.scalars(select(Approval)).one().minute == "mine"


def test_what_is_wrong_with_an_approval_is_told_beside_its_field(tayside: Tayside) -> None:
    client, path = tayside.client(), approval(tayside, "Angus Council")
    for changed, words in [
        ({"manner": ""}, "Choose the decision"),
        ({"manner": "signed"}, "Choose the decision"),
        ({"approved_on": "31 2 2026"}, "31 February 2026 is not a real date"),
        ({"approved_on": "4 7 2026"}, "The date must be today or in the past."),
        ({"made_by": "x" * 201}, "Decided by must be 200 characters or fewer"),
        ({"minute": "x" * 10_000}, "Minute reference must be 200 characters or fewer"),
        ({"agreed": "perhaps"}, "Choose yes, no or not known"),
        ({"draft": "x" * 201}, "Draft must be 200 characters or fewer"),
    ]:
        page = client.post(path, data=approved(client, path, **changed))
        (name,) = changed
        beside = soup(page).find(id=f"{name}-error")
        assert beside is not None, changed
        assert words in beside.get_text()
        assert value_of(page, "meeting") == "March meeting", changed
        assert count(Approval) == 0, changed


def test_officials_see_bodies_manner_and_date_and_no_more(tayside: Tayside) -> None:
    client, path = tayside.client(), approval(tayside, "NHS Tayside")
    client.post(path, data=approved(client, path))
    official = tayside.someone(Role.OFFICIAL)
    page = official.get(PLAN)
    assert "NHS Tayside Approved 10 March 2026" in rows(page, "approvals-list")
    for hidden in ("26/112", "March meeting", "Children and Learning Committee", "on behalf of"):
        assert hidden not in said(page)
    assert official.get(path).status_code == 403
    assert "Approvals" not in said(tayside.someone(Role.ADMINISTRATOR).get(PLAN))


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
    assert "replaced the draft with the document itself" in said(page)
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


def test_copies_are_recorded_together_and_put_right_one_by_one(tayside: Tayside) -> None:
    tayside.publish()
    client, ijb = tayside.client(), tayside.bodies["Dundee IJB"]
    page = client.get(f"{PLAN}/publication/copies")
    ticked = [box["value"] for box in soup(page).find_all("input", checked=True)]
    assert ticked == [str(ijb.id)], "who is to have a copy, but for Scottish Government, which a button tells"
    sent = {"version": value_of(page, "version"), "receivers": ticked, "sent_on": "9 4 2026"}
    page = follow(client, client.post(f"{PLAN}/publication/copies", data=sent))
    assert rows(page, "copies-list")[0].startswith("Dundee IJB 9 April 2026, recorded by Ailsa Grant Not recorded yet")
    assert client.post(f"{PLAN}/publication/copies", data=sent).status_code == 409, "pressed twice"
    path = f"{PLAN}/publication/copies/{ijb.id}"
    days = {"version": value_of(client.get(path), "version"), "sent_on": "9 4 2026", "received_on": "8 4 2026"}
    assert "The date received cannot be before the date sent." in said(client.post(path, data=days))
    page = follow(client, client.post(path, data={**days, "received_on": "14 4 2026"}))
    assert "14 April 2026, recorded by Ailsa Grant" in rows(page, "copies-list")[0]
    assert "Dundee IJB received its copy on 14 April 2026" in said(page)
    away = f"{path}/taking-back"
    gone = {"version": value_of(client.get(away), "version"), "reason": "It lay in the outbox"}
    assert "Ailsa Grant removed the copy to Dundee IJB" in said(follow(client, client.post(away, data=gone)))
    assert count(PublicationCopy) == 0


def test_receivers_are_chosen_from_the_partnership_and_the_nation_alone(tayside: Tayside) -> None:
    tayside.publish()
    client, path = tayside.client(), f"{PLAN}/publication/copies"
    elsewhere = make_organisation("Fife Council")
    for receivers in ([str(elsewhere.id)], ["0"], ["x" * 10_000], ["-1", str(tayside.bodies["Dundee IJB"].id)], []):
        version = value_of(client.get(path), "version")
        page = client.post(path, data={"version": version, "receivers": receivers, "sent_on": "9 4 2026"})
        beside = soup(page).find(id="receivers-error")
        assert beside is not None, receivers
        assert "Choose" in beside.get_text()
    assert count(PublicationCopy) == 0
    assert client.get(f"{path}/{elsewhere.id}").status_code == 404


def test_a_report_may_go_to_others_and_nobody_looks_for_it(tayside: Tayside) -> None:
    tayside.report.reports_on = date(2026, 3, 31)
    tayside.publish(tayside.report)
    client = tayside.client()
    assert "No copy to the Scottish Government" not in said(client.get(REPORT)), "recording a report is enough"
    assert "No copy to Dundee IJB" not in said(client.get(REPORT))
    board = tayside.bodies["NHS Tayside"]
    page = client.get(f"{REPORT}/publication/copies")
    assert soup(page).find_all("input", checked=True) == []
    sent = {"version": value_of(page, "version"), "receivers": [str(board.id)], "sent_on": ""}
    page = follow(client, client.post(f"{REPORT}/publication/copies", data=sent))
    assert rows(page, "copies-list")[0].startswith("NHS Tayside Date not known, recorded by Ailsa Grant")


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


def test_an_official_says_that_a_document_is_not_required_and_takes_it_back(tayside: Tayside) -> None:
    official, lead = tayside.someone(Role.OFFICIAL), tayside.client()
    path = f"{PLAN}/not-required"
    assert "Mark as not required" in said(official.get(PLAN))
    assert "Mark as not required" not in said(lead.get(PLAN))
    assert lead.get(path).status_code == 403
    version = value_of(official.get(path), "version")
    assert "Enter a reason" in said(official.post(path, data={"version": version, "reason": ""}))
    page = follow(official, official.post(path, data={"version": version, "reason": "Another plan took its place."}))
    assert "Saved. This is marked as not required. Your reason is shown on this page." in said(page)
    for client in (official, lead):
        text = said(client.get(PLAN))
        assert "Not required" in text
        assert "Another plan took its place." in text
    assert "Not required: Another plan took its place." in said(lead.get(CYCLE))
    data = {"version": value_of(lead.get(PLAN), "version"), "reason": "We want it open"}
    assert lead.post(f"{path}/taking-back", data=data).status_code == 403
    assert lead.post(f"{PLAN}/reopen", data=data).status_code != 302, "its partnership does not open it again"
    version = value_of(official.get(f"{path}/taking-back"), "version")
    page = follow(
        official, official.post(f"{path}/taking-back", data={"version": version, "reason": "It is wanted after all."})
    )
    assert "Saved. This is required again." in said(page)
    db.session.expire_all()
    assert (tayside.plan.state, tayside.plan.reason) == (State.IN_PROGRESS, "")
    assert tayside.plan.next_notice_on is not None


def test_a_published_document_is_required_as_it_is(tayside: Tayside) -> None:
    tayside.publish()
    official = tayside.someone(Role.OFFICIAL)
    assert "Mark as not required" not in said(official.get(PLAN))
    path = f"{PLAN}/not-required"
    page = official.post(path, data={"version": value_of(official.get(path), "version"), "reason": "Why not"})
    assert "This is done, so it cannot become not required." in said(page)


def test_another_partnerships_documents_are_not_found(tayside: Tayside) -> None:
    client = tayside.someone(Role.LEAD, make_partnership("fife"))
    for path in [
        "publication/facts",
        "publication/copies",
        "publication/copies/1",
        "publication/newer-version",
        "publication/kept-copy",
        "approvals/1",
        "not-required",
    ]:
        status = {403} if path == "not-required" else {404}
        assert client.get(f"{PLAN}/{path}").status_code in status
        assert client.post(f"{PLAN}/{path}", data={"version": "1"}).status_code in status


def test_fields_that_the_forms_do_not_have_are_not_read(tayside: Tayside) -> None:
    client, path = tayside.client(), approval(tayside, "Angus Council")
    foreign = {"recorded_by_id": "1", "on_behalf": "", "organisation_id": "1", "milestone_id": "1", "state": "dropped"}
    assert client.post(path, data=approved(client, path, **foreign)).status_code == 302
    found = db.session.scalars(select(Approval)).one()
    assert (found.recorded_by_id, found.on_behalf) == (tayside.lead.id, True)
    assert (found.organisation_id, found.milestone_id) == (tayside.bodies["Angus Council"].id, tayside.plan.id)


def test_the_page_takes_as_many_statements_with_many_facts_as_with_few(tayside: Tayside) -> None:
    publication, client = tayside.publish(), tayside.client()
    counts = []
    for number in range(12):
        person = make_user(f"Person {number}")
        body = make_organisation(f"Body {number}", kind=OrganisationKind.OTHER_SERVICE_PROVIDER)
        db.session.add(
            PartnershipBody(
                partnership_id=tayside.partnership.id, organisation=body, role=BodyRole.MEMBER, from_on=date(2017, 4, 1)
            )
        )
        publication.copies.append(PublicationCopy(receiver=body, sent_on=TODAY, sent_recorded_by_id=person.id))
        db.session.commit()
        if number in (0, 11):
            for path in (PLAN, CYCLE):
                with counted_statements() as statements:
                    assert client.get(path).status_code == 200
                counts.append(len(statements))
    assert counts[:2] == counts[2:]


def test_a_copy_that_is_on_its_way_stands_unticked_and_every_receiver_without_a_mailbox_is_named(
    tayside: Tayside,
) -> None:
    tayside.publish()
    client, path = tayside.client(), f"{PLAN}/publication/copies"
    ijb, council, board = (tayside.bodies[name] for name in ("Dundee IJB", "Angus Council", "NHS Tayside"))
    ijb.mailbox = "papers@ijb.example.test"
    db.session.commit()
    both = {"version": value_of(client.get(path), "version"), "receivers": [str(council.id), str(board.id)]}
    refused = said(client.post(path, data={**both, "by": "email"}))
    assert "We have no email address for Angus Council and NHS Tayside. Send these copies yourself" in refused
    to_ijb = {"version": value_of(client.get(path), "version"), "receivers": [str(ijb.id)], "by": "email"}
    page = follow(client, client.post(path, data=to_ijb))
    assert "Ailsa Grant asked for the copy to Dundee IJB to be emailed" in said(page)
    assert soup(client.get(path)).find_all("input", checked=True) == []


def test_a_copy_that_is_emailed_to_a_body_to_which_none_is_owed_is_on_the_page(tayside: Tayside) -> None:
    tayside.publish()
    client, path = tayside.client(), f"{PLAN}/publication/copies"
    ijb, board = tayside.bodies["Dundee IJB"], tayside.bodies["NHS Tayside"]
    board.mailbox = "papers@nhs.example.test"
    db.session.commit()
    for receivers, by in (([str(ijb.id)], ""), ([str(board.id)], "email")):
        sent = {"version": value_of(client.get(path), "version"), "receivers": receivers, "by": by}
        page = follow(client, client.post(path, data=sent))
    assert rows(page, "copies-list")[1].startswith("NHS Tayside Being sent by email.")


def test_a_plan_on_its_way_to_the_government_is_not_offered_again_and_one_without_address_is_not_sent(
    tayside: Tayside,
) -> None:
    client, send = tayside.client(), "Send it to the Scottish Government"
    client.post(f"{PLAN}/publication/facts", data=facts(client, PLAN, **{"places-0-address": ""}))
    page = client.get(PLAN)
    assert send in said(page)
    nothing = said(client.post(f"{PLAN}/tell", data={"version": value_of(page, "version")}))
    assert "Record the web address first. The email would have nothing to read." in nothing
    client.post(f"{PLAN}/publication/facts", data=facts(client, PLAN))
    page = follow(client, client.post(f"{PLAN}/tell", data={"version": value_of(client.get(PLAN), "version")}))
    assert "Being sent by email." in said(page)
    assert "Ailsa Grant asked for the copy to the Scottish Government to be emailed" in said(page)
    assert send not in said(page)


def test_a_decision_that_is_put_right_says_what_it_is_now(tayside: Tayside) -> None:
    client, path = tayside.client(), approval(tayside, "Angus Council")
    client.post(path, data=approved(client, path))
    page = follow(client, client.post(path, data=approved(client, path, manner="not-agreed")))
    assert "Saved. The decision of Angus Council is listed below." in said(page)
    assert "corrected the record of Angus Council’s decision: not agreed on 10 March 2026" in said(page)


def test_who_takes_away_the_tick_of_changes_signed_off_is_asked_about_the_date(tayside: Tayside) -> None:
    client, path = tayside.client(), approval(tayside, "Angus Council")
    signed = {"manner": "subject-to-changes", "signed_off": "y", "signed_off_on": "24 3 2026"}
    client.post(path, data=approved(client, path, **signed))
    page = client.post(path, data=approved(client, path, manner="subject-to-changes", signed_off_on="24 3 2026"))
    assert "If the changes are not signed off, clear this date too." in said(page)
    page = follow(client, client.post(path, data=approved(client, path, manner="subject-to-changes")))
    assert "Changes signed off" not in rows(page, "approvals-list")[0]
