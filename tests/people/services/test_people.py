"""Roles taken away, accounts switched off, posts, and handing over everything."""

from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.access.rules.permissions import may_change
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.milestones.services.hand_over import successors_for, transfer_all
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.group import Membership
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.overview.queries.work import list_work
from cycle_tracker.people.queries.owners import list_owners
from cycle_tracker.people.queries.people import list_owned
from cycle_tracker.people.services.people import deactivate, take_away_role
from cycle_tracker.people.services.posts import add_post, set_holders
from cycle_tracker.people.services.users import grant_role, set_password
from tests.factories import grant_role as give
from tests.factories import (
    make_governance_group,
    make_milestone,
    make_organisation,
    make_partnership,
    make_report,
    make_user,
)
from tests.support.days import TEN, Days, again, every_day, moment

pytestmark = pytest.mark.alike_on_both_databases

DAY = date(2026, 5, 14)
BEFORE = date(2026, 5, 13)
NOW = moment(DAY)
ENTERED = date(2026, 1, 1)


@pytest.fixture
def moray(days: Days) -> Partnership:
    return make_partnership("moray")


@pytest.fixture
def lead(moray: Partnership) -> User:
    return make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)


@pytest.fixture
def rory(moray: Partnership) -> User:
    return make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray)


@pytest.fixture
def morag(moray: Partnership) -> User:
    return make_user("Morag Reid", role=Role.CONTRIBUTOR, partnership=moray)


def grant_of(user: User) -> RoleGrant:
    return db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == user.id)).one()


def notified(days: Days, day: date) -> list[tuple[str, str]]:
    return sorted((one.recipient, one.steps) for one in days.of(day))


def enter(moray: Partnership, owner: User, title: str = "Draft the plan", due_on: date = DAY) -> Milestone:
    made = make_milestone(moray, title=title, due_on=due_on, owner=owner, entered_on=ENTERED)
    db.session.commit()
    return made


def test_a_role_taken_away_ends_the_sessions_and_the_place_in_the_group(moray: Partnership, lead: User) -> None:
    (member,) = make_governance_group(moray, "Catriona Ross")
    session = member.fs_uniquifier
    take_away_role(grant_of(member), by=lead, today=DAY, now=NOW)
    assert member.fs_uniquifier != session
    assert member.grants == []
    assert db.session.scalars(select(Membership)).one().to_on == BEFORE
    event = db.session.scalars(select(AuditEvent)).one()
    assert (event.action, event.before, event.actor_id) == ("role-taken-away", {"role": "governance-member"}, lead.id)


def test_the_last_lead_keeps_the_role_until_there_is_another(moray: Partnership, lead: User) -> None:
    with pytest.raises(RuleBroken, match="only planning lead"):
        take_away_role(grant_of(lead), by=lead, today=DAY, now=NOW)
    make_user("Blair Munro", role=Role.LEAD, partnership=moray)
    take_away_role(grant_of(lead), by=lead, today=DAY, now=NOW)
    assert lead.grants == []


def test_the_last_administrator_stays(moray: Partnership, lead: User) -> None:
    jean = make_user("Jean Hay", role=Role.ADMINISTRATOR)
    make_user("Gone", role=Role.ADMINISTRATOR, active=False)
    for change in (
        lambda: take_away_role(grant_of(jean), by=lead, today=DAY, now=NOW),
        lambda: deactivate(jean, by=lead, now=NOW),
    ):
        with pytest.raises(RuleBroken, match="only administrator"):
            change()
    with pytest.raises(RuleBroken, match="your own account"):
        deactivate(jean, by=jean, now=NOW)


def test_what_is_due_to_somebody_who_lost_the_role_is_not_sent(
    days: Days, moray: Partnership, lead: User, rory: User
) -> None:
    enter(moray, rory)
    days.queue(DAY)
    take_away_role(grant_of(again(rory)), by=again(lead), today=DAY, now=NOW)
    db.session.commit()
    days.send(DAY)
    assert notified(days, DAY) == []
    assert db.session.scalars(select(Message.state)).all() == ["withdrawn"]
    days.run(DAY, TEN)
    assert notified(days, DAY) == [("Ailsa Grant", "on-day over before-14, before-3")]


def test_an_inactive_owners_notices_go_to_the_leads(days: Days, moray: Partnership, lead: User, rory: User) -> None:
    enter(moray, rory)
    jean = make_user("Jean Hay", role=Role.ADMINISTRATOR)
    deactivate(rory, by=jean, now=NOW)
    db.session.commit()
    days.run(DAY)
    assert notified(days, DAY) == [("Ailsa Grant", "on-day over before-14, before-3")]
    assert [one.title for one in list_owned(again(rory).id)] == ["Draft the plan"]


def test_a_post_is_mailed_at_its_mailbox_and_its_holders_act_for_it(
    days: Days, moray: Partnership, lead: User, rory: User
) -> None:
    post = add_post("Planning team", "Team@moray.example", organisation=None, partnership=moray, by=lead, now=NOW)
    set_holders(post, [rory], by=lead, now=NOW)
    milestone = enter(moray, post)
    days.run(DAY)
    assert notified(days, DAY) == [("Planning team", "on-day over before-14, before-3")]
    assert db.session.scalars(select(Message.recipient)).one() == "team@moray.example"
    viewer = viewer_of(again(rory).id, DAY)
    assert may_change(viewer, again(moray).id, again(post).id)
    assert [row.title for row in list_work(viewer, DAY).today] == ["Draft the plan"]
    set_holders(again(post), [], by=again(lead), now=NOW)
    later = viewer_of(again(rory).id, DAY)
    assert not may_change(later, again(moray).id, again(milestone).owner_id)
    assert list_work(later, DAY).today_count == 0


def test_a_post_is_a_contributor_with_an_address_of_its_own(moray: Partnership, lead: User) -> None:
    post = add_post("Planning team", "team@moray.example", organisation=None, partnership=moray, by=lead, now=NOW)
    with pytest.raises(RuleBroken, match="cannot sign in"):
        set_password(post, "another-password", by=None, now=NOW)
    with pytest.raises(RuleBroken, match="only be a contributor"):
        grant_role(post, Role.LEAD, moray, by=lead, now=NOW)
    with pytest.raises(RuleBroken, match="already has this address"):
        add_post("Again", "TEAM@moray.example", organisation=None, partnership=moray, by=lead, now=NOW)


def test_a_retired_post_owns_and_is_mailed_no_more(days: Days, moray: Partnership, lead: User) -> None:
    post = add_post("Planning team", "team@moray.example", organisation=None, partnership=moray, by=lead, now=NOW)
    enter(moray, post)
    days.queue(DAY)
    deactivate(again(post), by=again(lead), now=NOW)
    db.session.commit()
    days.send(DAY)
    assert notified(days, DAY) == []
    assert again(post).id not in {one.id for one in list_owners(again(moray).id, DAY)}


def test_a_successor_hears_once_of_the_latest_step_that_is_due(
    days: Days, moray: Partnership, lead: User, rory: User, morag: User
) -> None:
    enter(moray, rory, due_on=date(2026, 5, 1))
    enter(moray, rory, "Agree priorities", due_on=date(2026, 9, 1))
    days.run(date(2026, 5, 11))
    assert ("Rory Baird", "overdue-8 over before-14, before-3, on-day, overdue-1") in [
        (one.recipient, one.steps) for one in days.notified
    ]
    owned = list_owned(again(rory).id)
    plan = transfer_all(again(rory), again(morag), owned, by=again(lead), today=BEFORE, now=moment(BEFORE, TEN))
    assert (len(plan.goes), len(plan.stays)) == (2, 0)
    db.session.commit()
    for day in every_day(BEFORE, date(2026, 5, 21)):
        days.run(day)
    after = [one for one in days.notified if one.day not in {"11 May"}]
    assert {one.recipient for one in after} == {"Morag Reid"}
    first, *rest = after
    assert first.day == "13 May"
    assert sorted(first.steps.split("; ")) == [
        "assigned",
        "assigned",
        "overdue-8 over before-14, before-3, on-day, overdue-1",
    ]
    assert [(one.day, one.steps) for one in rest] == [("18 May", "overdue-15")]
    assert list_owned(again(rory).id) == []


def test_what_waits_for_the_old_owner_is_never_sent_to_them(
    days: Days, moray: Partnership, lead: User, rory: User, morag: User
) -> None:
    enter(moray, rory)
    days.queue(DAY)
    transfer_all(again(rory), again(morag), list_owned(again(rory).id), by=again(lead), today=DAY, now=NOW)
    db.session.commit()
    days.run(DAY, TEN)
    assert {one.recipient for one in days.notified} == {"Morag Reid"}


def test_each_milestone_handed_over_is_in_the_audit(moray: Partnership, lead: User, rory: User, morag: User) -> None:
    milestones = [enter(moray, rory, f"Step {number}") for number in range(3)]
    transfer_all(rory, morag, list_owned(rory.id), by=lead, today=DAY, now=NOW)
    events = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "owner-changed").order_by(AuditEvent.id)
    ).all()
    assert {event.subject_id for event in events} == {one.id for one in milestones}
    assert {(event.before["owner_id"], event.after["owner_id"]) for event in events} == {(rory.id, morag.id)}


def test_what_a_successor_may_not_own_stays_and_is_said(
    moray: Partnership, lead: User, rory: User, morag: User
) -> None:
    fife = make_partnership("fife")
    give(rory, Role.CONTRIBUTOR, fife)
    enter(moray, rory, "Of Moray")
    enter(fife, rory, "Of Fife")
    plans = {plan.successor.name: plan for plan in successors_for(list_owned(rory.id), rory, DAY)}
    assert set(plans) == {"Ailsa Grant", "Morag Reid"}
    assert [one.title for one in plans["Morag Reid"].stays] == ["Of Fife"]
    official = make_user("Hamish Reid", role=Role.OFFICIAL)
    with pytest.raises(RuleBroken, match="does not have a role"):
        transfer_all(rory, official, list_owned(rory.id), by=lead, today=DAY, now=NOW)


def test_an_officer_of_a_board_over_six_partnerships_has_one_list_and_one_digest(days: Days) -> None:
    board = make_organisation("NHS Greater Glasgow and Clyde")
    places = [make_partnership(f"place-{number}") for number in range(6)]
    bodies = [
        PartnershipBody(partnership_id=place.id, organisation_id=board.id, role=BodyRole.LEAD, from_on=date(2017, 4, 1))
        for place in places
    ]
    db.session.add_all(bodies)
    elsewhere = make_partnership("elsewhere")
    officer, jean = make_user("Eilidh Ross"), make_user("Jean Hay", role=Role.ADMINISTRATOR)
    grant = grant_role(officer, Role.CONTRIBUTOR, None, board, by=jean, now=NOW)
    assert grant is not None
    assert (grant.scope, grant.organisation_id, grant.partnership_id) == (Scope.ORGANISATION, board.id, None)
    for place in (*places, elsewhere):
        enter(place, officer, f"Step of {place.name}")
    work = list_work(viewer_of(officer.id, DAY), DAY)
    assert [row.partnership for row in work.today] == [f"Place {number}" for number in range(6)]
    days.run(DAY)
    (mail,) = [one for one in days.of(DAY) if one.recipient == "Eilidh Ross"]
    assert mail.steps.count("on-day") == 6
    again(bodies[0]).to_on = BEFORE
    db.session.commit()
    viewer = viewer_of(again(officer).id, DAY)
    assert again(places[0]).id not in viewer.within
    assert len(viewer.within) == 5
    assert list_work(viewer, DAY).today_count == 5


def test_a_lead_by_organisation_is_told_as_a_lead_while_its_body_is_in(days: Days, moray: Partnership) -> None:
    council = make_organisation("Moray Council")
    body = PartnershipBody(
        partnership_id=moray.id, organisation_id=council.id, role=BodyRole.LEAD, from_on=date(2017, 4, 1)
    )
    db.session.add(body)
    lead, jean = make_user("Ailsa Grant"), make_user("Jean Hay", role=Role.ADMINISTRATOR)
    grant_role(lead, Role.LEAD, None, council, by=jean, now=NOW)
    make_report(moray, due_on=DAY, entered_on=ENTERED)
    db.session.commit()
    days.run(DAY)
    assert notified(days, DAY)[0][0] == "Ailsa Grant"
    again(body).to_on = DAY
    db.session.commit()
    days.run(date(2026, 5, 15))
    assert {one.recipient for one in days.of(date(2026, 5, 15))} == {"Jean Hay"}


@pytest.mark.parametrize("role", [Role.GOVERNANCE, Role.CLERK, Role.OFFICIAL, Role.ADMINISTRATOR])
def test_some_roles_are_never_held_by_organisation(moray: Partnership, lead: User, role: Role) -> None:
    with pytest.raises(RuleBroken, match="for an organisation"):
        grant_role(make_user("A"), role, None, make_organisation(), by=lead, now=NOW)
