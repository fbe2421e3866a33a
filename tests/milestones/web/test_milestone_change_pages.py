"""Setting a milestone right: owner, name, what comes first, sub-tasks, dropping it, opening it again."""

from datetime import date

from sqlalchemy import select
from werkzeug.test import TestResponse

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Kind, Stage
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import BodyRole, PartnershipBody
from cycle_tracker.models.user import AccountKind, RoleGrant, User
from tests.factories import make_milestone, make_organisation, make_partnership, make_user
from tests.support.moray import REPORT, STEP, Place, actions
from tests.support.pages import Browser, counted_statements, said, soup, value_of

LONG_AGO = date(2017, 4, 1)
OWNER, EDIT, DROP, REOPEN = (f"{STEP}/{name}" for name in ("owner", "edit", "drop", "reopen"))
SUB_TASK, FIRST = f"{STEP}/sub-tasks/new", f"{STEP}/predecessors"
MARKUP = '"><script>alert(1)</script>'


def options(answer: TestResponse, name: str) -> dict[str, str]:
    field = soup(answer).find("select", attrs={"name": name})
    assert field is not None
    return {option.get_text(): str(option["value"]) for option in field.find_all("option")}


def error_of(answer: TestResponse, field: str) -> str:
    beside = soup(answer).find(id=f"{field}-error")
    assert beside is not None, said(answer)
    return beside.get_text()


def version(milestone: Milestone) -> str:
    db.session.expire_all()
    return str(milestone.version)


def sent(client: Browser, path: str, milestone: Milestone, **data: str) -> TestResponse:
    return client.post(path, data={"version": version(milestone), **data})


def partners(place: Place) -> tuple[User, User, User]:
    """Somebody of a health board with a role by their organisation, a post, and somebody of elsewhere."""
    board = make_organisation("NHS Grampian")
    db.session.add(
        PartnershipBody(
            partnership_id=place.partnership.id, organisation_id=board.id, role=BodyRole.LEAD, from_on=LONG_AGO
        )
    )
    nurse = make_user("Eilidh Stewart")
    db.session.add(
        RoleGrant(user_id=nurse.id, role=Role.CONTRIBUTOR, scope=Scope.ORGANISATION, organisation_id=board.id)
    )
    post = make_user("Planning mailbox", role=Role.CONTRIBUTOR, partnership=place.partnership, kind=AccountKind.POST)
    stranger = make_user("Fiona Lamb", role=Role.LEAD, partnership=make_partnership("fife"))
    db.session.flush()
    return nurse, post, stranger


def test_owners_are_chosen_from_those_who_may_own_here(place: Place) -> None:
    nurse, post, stranger = partners(place)
    make_user("Gone Away", role=Role.CONTRIBUTOR, partnership=place.partnership, active=False)
    client = place.client(place.lead)
    offered = options(client.get(OWNER), "owner")
    assert set(offered) == {"No one yet", "Ailsa Grant", "Calum Reid", "Eilidh Stewart", "Planning mailbox"}
    for person in (nurse, post, None):
        assert sent(client, OWNER, place.step, owner=str(person.id) if person else "").status_code == 302
        db.session.expire_all()
        assert place.step.owner is person
    for foreign in (str(stranger.id), "999999999999999999999", "-1", "x", MARKUP):
        answer = sent(client, OWNER, place.step, owner=foreign)
        assert answer.status_code == 200
        assert "Choose an owner from the list" in error_of(answer, "owner")
    db.session.expire_all()
    assert place.step.owner is None
    assert actions() == ["owner-changed"] * 3


def test_the_new_owner_is_told_and_the_history_names_them(place: Place) -> None:
    nurse, *_ = partners(place)
    client = place.client(place.lead)
    sent(client, OWNER, place.step, owner=str(nurse.id))
    page = said(client.get(STEP))
    assert "Saved. Eilidh Stewart is now the owner." in page
    assert "Ailsa Grant made Eilidh Stewart the owner" in page
    assert "Given to a new owner Eilidh Stewart, for the owner 3 July 2026 at 10:00 Waiting for the next email" in page
    (notice,) = db.session.scalars(select(Notice))
    assert (notice.step, notice.user_id, notice.at_once) == ("assigned", nurse.id, True)


def test_a_second_editor_is_told_what_changed(place: Place) -> None:
    client = place.client(place.lead)
    old = version(place.step)
    sent(client, OWNER, place.step, owner=str(place.lead.id))
    for path, data in ((OWNER, {"owner": ""}), (EDIT, {"title": "Mine"}), (DROP, {"reason": "Mine"})):
        answer = client.post(path, data={"version": old, "stage": "", "lead_organisation": "", **data})
        assert answer.status_code == 409
        assert "Someone else changed this first" in said(answer)
        assert "Ailsa Grant became the owner" in said(answer)
        assert value_of(answer, "version") == version(place.step)
        if path == EDIT:
            assert value_of(answer, "title") == "Mine"
    assert actions() == ["owner-changed"]


def test_a_local_milestone_is_renamed_and_one_of_the_guidance_keeps_its_name(place: Place) -> None:
    partners(place)
    client = place.client(place.lead)
    body = options(client.get(EDIT), "lead_organisation")["NHS Grampian"]
    answer = sent(client, EDIT, place.step, title=MARKUP, stage="do", lead_organisation=body)
    assert answer.status_code == 302
    page = client.get(STEP)
    assert soup(page).select("main script") == []
    assert MARKUP in said(page)
    assert "Ailsa Grant changed the title, the stage and the lead organisation" in said(page)
    assert "Lead organisation NHS Grampian" in said(page)
    assert place.step.stage is Stage.DO
    sent(client, EDIT, place.step, title=MARKUP, stage="do", lead_organisation=body)
    assert actions() == ["edited"]
    report = client.get(f"{REPORT}/edit")
    assert soup(report).find("input", attrs={"name": "title"}) is None
    sent(client, f"{REPORT}/edit", place.report, title="Another", lead_organisation=body)
    db.session.expire_all()
    assert place.report.title == "Annual report on 2025–26"
    assert place.report.lead_organisation is not None


def test_what_is_wrong_is_told_beside_its_field(place: Place) -> None:
    make_organisation("Fife Council")
    client = place.client(place.lead)
    for changed, field, words in [
        ({"title": ""}, "title", "Enter a title"),
        ({"title": "t" * 301}, "title", "The title must be 300 characters or fewer"),
        ({"stage": "nonsense"}, "stage", "Choose a stage from the list"),
        ({"lead_organisation": "1"}, "lead_organisation", "Choose an organisation from the list"),
    ]:
        data = {"title": "Draft the plan", "stage": "plan", "lead_organisation": "", **changed}
        answer = sent(client, EDIT, place.step, **data)
        assert words in error_of(answer, field)
        assert actions() == [], changed


def test_what_is_dropped_keeps_its_reason_and_what_is_opened_again_starts_afresh(place: Place) -> None:
    client = place.client(place.lead)
    assert "Enter the reason for dropping this" in error_of(sent(client, DROP, place.step, reason=" "), "reason")
    assert sent(client, DROP, place.step, reason="The council does it in its own plan.").status_code == 302
    page = said(client.get(STEP))
    assert "Dropped The council does it in its own plan." in page
    assert "Ailsa Grant dropped this" in page
    assert place.step.next_notice_on is None
    assert "Reopen this milestone" in page
    assert "cannot be dropped" in said(client.get(DROP))
    assert "Enter the reason for reopening this" in error_of(sent(client, REOPEN, place.step, reason=""), "reason")
    assert sent(client, REOPEN, place.step, reason="The board wants it after all.").status_code == 302
    db.session.expire_all()
    assert (place.step.state, place.step.reason) == (State.IN_PROGRESS, "")
    assert place.step.next_notice_on is not None
    assert "Ailsa Grant reopened this" in said(client.get(STEP))
    assert "you cannot reopen it" in said(sent(client, REOPEN, place.step, reason="Once more"))
    assert actions() == ["dropped", "reopened"]


def test_who_marked_it_as_done_may_open_it_again_and_no_other_contributor(place: Place) -> None:
    client, link = place.client(place.owner), "Marked as done by mistake? Reopen it"
    assert client.get(REOPEN).status_code == 403, "it is open"
    assert sent(client, f"{STEP}/finish", place.step, done_on="1 7 2026").status_code == 302
    assert link in said(client.get(STEP))
    assert sent(client, REOPEN, place.step, reason="I ticked the wrong one.").status_code == 302
    db.session.expire_all()
    assert (place.step.state, place.step.done_on) == (State.IN_PROGRESS, None)
    assert link not in said(client.get(STEP))

    assert sent(place.client(place.lead), f"{STEP}/finish", place.step, done_on="1 7 2026").status_code == 302
    assert link not in said(client.get(STEP))
    assert sent(client, REOPEN, place.step, reason="It is mine.").status_code == 403
    colleague = make_user("Eilidh Ross", role=Role.CONTRIBUTOR, partnership=place.partnership)
    assert place.client(colleague).get(REOPEN).status_code == 403
    db.session.expire_all()
    assert place.step.state is State.DONE


def test_a_document_is_neither_dropped_nor_opened_again_here(place: Place) -> None:
    client = place.client(place.lead)
    assert "Drop this" not in said(client.get(REPORT))
    assert "an official can mark it as not required" in said(client.get(f"{REPORT}/drop")).replace(
        "a Scottish Government official", "an official"
    )
    assert "cannot be dropped" in said(sent(client, f"{REPORT}/drop", place.report, reason="No"))
    place.report.state = State.NOT_REQUIRED
    db.session.commit()
    assert sent(client, f"{REPORT}/reopen", place.report, reason="No").status_code == 200
    db.session.expire_all()
    assert place.report.state is State.NOT_REQUIRED


def test_sub_tasks_are_listed_with_how_many_are_done(place: Place) -> None:
    client = place.client(place.owner)
    for title in ("Ask the schools", "Ask the families", MARKUP):
        data = {"title": title, "due_on": "10 7 2026", "owner": str(place.owner.id)}
        for _ in range(2):
            assert client.post(SUB_TASK, data=data).status_code == 302
    tasks = db.session.scalars(
        select(Milestone).where(Milestone.parent_id == place.step.id).order_by(Milestone.id)
    ).all()
    assert [task.key for task in tasks] == [f"2026-29.draft-plan.{number}" for number in (1, 2, 3)]
    assert {(task.kind, task.duty_basis, task.date_basis, task.stage) for task in tasks} == {
        (Kind.SUB_TASK, Basis.LOCAL, Basis.LOCAL, Stage.PLAN)
    }
    assert all(task.next_notice_on for task in tasks)
    tasks[0].state = State.DONE
    tasks[1].state = State.DROPPED
    page = client.get(STEP)
    assert "Sub-tasks: 1 of 2 done" in said(page)
    assert soup(page).select("main script") == []
    child = said(client.get(f"{STEP}.1"))
    assert "Part of Draft the plan" in child
    assert "A sub-task cannot have sub-tasks." in said(client.get(f"{STEP}.1/sub-tasks/new"))
    assert "cannot have sub-tasks" in said(
        client.post(f"{STEP}.1/sub-tasks/new", data={"title": "Deeper", "owner": ""})
    )
    done = client.post(f"{STEP}/finish", data={"version": version(place.step), "done_on": "3 7 2026"})
    assert done.status_code == 302
    assert f"A sub-task is not finished: {MARKUP}." in said(client.get(STEP))
    assert client.post(SUB_TASK, data={"title": "Late", "owner": ""}).status_code == 200


def test_a_sub_task_that_is_wrong_is_told_beside_its_field(place: Place) -> None:
    *_, stranger = partners(place)
    client = place.client(place.lead)
    for changed, field, words in [
        ({"title": ""}, "title", "Enter a title"),
        ({"title": "t" * 10_000}, "title", "The title must be 300 characters or fewer"),
        ({"due_on": "31 6 2026"}, "due_on", "31 June 2026 is not a real date"),
        ({"due_on": "1 1 1999"}, "due_on", "The date must be between 2014 and 2100."),
        ({"due_on": "1 1 2999"}, "due_on", "The date must be between 2014 and 2100."),
        ({"owner": "stranger"}, "owner", "Choose an owner from the list"),
    ]:
        data = {"title": "Ask the schools", "due_on": "10 7 2026", "owner": "", **changed}
        data["owner"] = str(stranger.id) if data["owner"] == "stranger" else data["owner"]
        answer = client.post(SUB_TASK, data=data)
        assert answer.status_code == 200, changed
        assert words in error_of(answer, field)
        assert actions() == [], changed


def test_sub_tasks_of_what_others_own_are_added_by_leads_alone(place: Place) -> None:
    other = place.someone(Role.CONTRIBUTOR)
    assert other.post(SUB_TASK, data={"title": "Mine", "owner": ""}).status_code == 403
    assert "Add a sub-task" not in said(other.get(STEP))


def test_what_comes_first_warns_and_never_blocks(place: Place) -> None:
    first = make_milestone(place.partnership, key="2026-29.priorities", title="Agree the priorities", cycle=place.cycle)
    national = make_milestone(None, key="2026-29.guidance", title="Issue the guidance")
    foreign = make_milestone(make_partnership("fife"), title="Fife’s own")
    client = place.client(place.lead)
    offered = options(client.get(FIRST), "predecessor")
    assert {str(first.id), str(national.id)} <= set(offered.values())
    assert not {str(foreign.id), str(place.step.id)} & set(offered.values())
    for chosen in (first, first, national):
        assert client.post(FIRST, data={"predecessor": str(chosen.id)}).status_code == 302
    for wrong in (str(foreign.id), str(place.step.id), "", "x", "9" * 30):
        answer = client.post(FIRST, data={"predecessor": wrong})
        assert "Choose a milestone from the list" in error_of(answer, "predecessor")
    page = said(client.get(STEP))
    assert (
        "Finish these first Agree the priorities: not started Issue the guidance: not started Until then we do not"
        in page
    )
    assert "Finish first Agree the priorities" in page
    assert "Depends on this Draft the plan" in said(client.get("/partnerships/moray/milestones/2026-29.priorities"))
    assert client.post(f"{STEP}/start", data={"version": version(place.step)}).status_code == 302
    warned = "This should be finished first: Agree the priorities, and 1 more."
    assert warned in said(client.get(STEP))
    client.post(f"{STEP}/finish", data={"version": version(place.step), "done_on": "3 7 2026"})
    assert warned in said(client.get(STEP))
    db.session.expire_all()
    assert place.step.state is State.DONE
    remove = f"{FIRST}/{first.id}/remove"
    for _ in range(2):
        assert client.post(remove).status_code == 302
    assert actions() == ["predecessor-added"] * 2 + ["started", "finished", "predecessor-removed"]


def test_nothing_comes_before_itself_by_way_of_others(place: Place) -> None:
    second, third = (
        make_milestone(place.partnership, key=f"2026-29.{name}", title=name, cycle=place.cycle)
        for name in ("second", "third")
    )
    client = place.client(place.lead)
    client.post("/partnerships/moray/milestones/2026-29.second/predecessors", data={"predecessor": str(place.step.id)})
    client.post("/partnerships/moray/milestones/2026-29.third/predecessors", data={"predecessor": str(second.id)})
    answer = client.post(FIRST, data={"predecessor": str(third.id)})
    assert "“third” already depends on this one, so it cannot be first." in error_of(answer, "predecessor")
    assert actions() == ["predecessor-added"] * 2


def test_the_forms_ask_for_as_many_statements_for_many_as_for_few(place: Place) -> None:
    client = place.client(place.lead)
    for path in (OWNER, EDIT, FIRST, SUB_TASK):
        seen = []
        for many in (2, 15):
            for number in range(many):
                make_user(f"Person {many} {number}", role=Role.CONTRIBUTOR, partnership=place.partnership)
                one = make_milestone(place.partnership, cycle=place.cycle, title=f"{many} {number}")
                place.step.predecessors.append(one)
            db.session.commit()
            with counted_statements() as statements:
                assert client.get(path).status_code == 200
            seen.append(len(statements))
        assert seen[0] == seen[1], path
