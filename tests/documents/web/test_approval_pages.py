"""The decisions of lead bodies on the page of a plan."""

from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.approval import Approval
from tests.documents.web.conftest import PLAN, REPORT, Tayside, approval, approved, count, follow, rows
from tests.factories import (
    make_milestone,
    make_organisation,
)
from tests.support.pages import said, soup, value_of


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
