"""Invitations: a role and a place fixed when they are issued, used once, and only while their inviter may give them."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, func, select

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.access.rules.permissions import NATIONAL_ROLES, Viewer, may_invite
from cycle_tracker.core import clock
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.access import Invitation
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.group import Membership, MembershipRole
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.user import AccountKind, RoleGrant, User
from cycle_tracker.people.queries.users import find_user
from cycle_tracker.people.services.invitation_acceptance import (
    InvitationOver,
    accept_invitation,
    accept_invitation_as,
    find_open_invitation,
)
from cycle_tracker.people.services.invitations import invite, send_invitation_again, withdraw_invitation
from cycle_tracker.people.services.users import authenticate
from tests.factories import make_organisation, make_partnership, make_user
from tests.support.account_mails import mailed_link
from tests.support.days import Days, again
from tests.support.mail_out import sink_for
from tests.support.page_fixtures import MORNING
from tests.support.parallel import at_once

PASSWORD = "three random words"
NEW = "isla.reid@example.test"


@pytest.fixture
def morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def days(app: Flask) -> Iterator[Days]:
    """Over the web app: passwords are hashed there only."""
    with app.app_context(), sink_for(app) as sink:
        yield Days(app, sink)
        db.session.remove()


@pytest.fixture
def moray(days: Days) -> Partnership:
    return make_partnership("moray")


@pytest.fixture
def lead(moray: Partnership) -> User:
    return make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)


@pytest.fixture
def administrator(days: Days) -> User:
    return make_user("Rhona Bell", role=Role.ADMINISTRATOR)


def ask(
    by: User,
    role: Role = Role.CONTRIBUTOR,
    *,
    partnership: Partnership | None = None,
    organisation: Organisation | None = None,
    email: str = NEW,
) -> Invitation:
    scope = Scope.PARTNERSHIP if partnership else Scope.ORGANISATION if organisation else Scope.NATIONAL
    invitation = invite(
        email,
        "Isla Reid",
        role=role,
        scope=scope,
        partnership=partnership,
        organisation=organisation,
        by=by,
        viewer=viewer_of(by.id, clock.today()),
        now=clock.now(),
    )
    db.session.commit()
    return invitation


def token(days: Days) -> str:
    return mailed_link(days.sink).rpartition("/")[2]


def accept(given: str, name: str = "Isla Reid", password: str = PASSWORD) -> User:
    user = accept_invitation(given, name, password, now=clock.now())
    db.session.commit()
    return user


def refused(given: str) -> bool:
    """True where it is refused, and nobody is there who was not."""
    people = db.session.scalar(select(func.count(User.id)))
    with pytest.raises(InvitationOver):
        accept_invitation(given, "Isla Reid", PASSWORD, now=clock.now())
    db.session.rollback()
    return db.session.scalar(select(func.count(User.id))) == people


@pytest.mark.parametrize(
    ("role", "place"),
    [
        (Role.LEAD, None),
        (Role.CONTRIBUTOR, None),
        (Role.GOVERNANCE, MembershipRole.MEMBER),
        (Role.CLERK, MembershipRole.CLERK),
    ],
)
def test_accepting_makes_an_account_with_exactly_that_grant(
    days: Days, moray: Partnership, lead: User, role: Role, place: MembershipRole | None
) -> None:
    ask(lead, role, partnership=moray, email="Isla.Reid@Example.test")
    user = accept(token(days), name="  Isla\tReid ")
    assert (user.email, user.name, user.active) == (NEW, "Isla Reid", True)
    assert [(grant.role, grant.scope, grant.partnership_id) for grant in user.grants] == [
        (role, Scope.PARTNERSHIP, again(moray).id)
    ]
    assert db.session.scalars(select(Membership.role).where(Membership.user_id == user.id)).one_or_none() == place
    assert authenticate(NEW, PASSWORD) is not None
    invitation = db.session.scalars(select(Invitation)).one()
    assert (invitation.accepted_by_id, invitation.accepted_at is not None) == (user.id, True)


def test_an_officer_joins_for_all_partnerships_of_their_body(
    days: Days, moray: Partnership, administrator: User
) -> None:
    board = make_organisation("NHS Grampian")
    db.session.add(
        PartnershipBody(
            partnership_id=moray.id,
            organisation_id=board.id,
            role=BodyRole.LEAD,
            from_on=MORNING.date().replace(year=2017),
        )
    )
    ask(administrator, Role.CONTRIBUTOR, organisation=board)
    user = accept(token(days))
    assert viewer_of(user.id, clock.today()).within == {again(moray).id: frozenset({Role.CONTRIBUTOR})}


@pytest.mark.parametrize("role", sorted(NATIONAL_ROLES))
def test_an_administrator_asks_people_to_roles_of_the_nation(days: Days, administrator: User, role: Role) -> None:
    ask(administrator, role)
    assert viewer_of(accept(token(days)).id, clock.today()).national == {role}


def test_it_works_once(days: Days, moray: Partnership, lead: User) -> None:
    ask(lead, partnership=moray)
    given = token(days)
    accept(given)
    assert refused(given)


def test_of_four_at_the_same_moment_one_gets_in(days: Days, moray: Partnership, lead: User, app: Flask) -> None:
    invitation = ask(lead, partnership=moray)
    first = token(days)
    send_invitation_again(
        again(invitation), by=again(lead), viewer=viewer_of(again(lead).id, clock.today()), now=clock.now()
    )
    db.session.commit()
    second = token(days)
    db.session.remove()

    def tried(given: str) -> bool:
        try:
            accept(given)
        except InvitationOver:
            db.session.rollback()
            return False
        return True

    tries = [lambda given=given: tried(given) for given in (first, second, first, second)]
    assert sorted(at_once(app, *tries)) == [False, False, False, True]
    assert db.session.scalar(select(func.count(RoleGrant.id)).where(RoleGrant.role == Role.CONTRIBUTOR)) == 1


def test_it_holds_seven_days(days: Days, moray: Partnership, lead: User, morning: time_machine.Traveller) -> None:
    ask(lead, partnership=moray)
    given = token(days)
    morning.shift(timedelta(days=7) - timedelta(seconds=1))
    assert find_open_invitation(given, now=clock.now()) is not None
    morning.shift(timedelta(seconds=1))
    assert refused(given)


def test_sent_again_it_holds_seven_days_more_by_the_new_link(
    days: Days, moray: Partnership, lead: User, morning: time_machine.Traveller
) -> None:
    invitation = ask(lead, partnership=moray)
    first = token(days)
    morning.shift(timedelta(days=8))
    send_invitation_again(
        again(invitation), by=again(lead), viewer=viewer_of(again(lead).id, clock.today()), now=clock.now()
    )
    db.session.commit()
    second = token(days)
    assert refused(first)
    assert accept(second).email == NEW


def test_a_withdrawn_one_is_worth_nothing(days: Days, moray: Partnership, lead: User) -> None:
    invitation = ask(lead, partnership=moray)
    given = token(days)
    withdraw_invitation(again(invitation), by=again(lead), now=clock.now())
    db.session.commit()
    assert refused(given)
    with pytest.raises(RuleBroken, match="withdrawn"):
        withdraw_invitation(again(invitation), by=again(lead), now=clock.now())
    with pytest.raises(RuleBroken, match="withdrawn"):
        send_invitation_again(
            again(invitation), by=again(lead), viewer=viewer_of(again(lead).id, clock.today()), now=clock.now()
        )


def test_a_second_one_to_the_same_role_and_place_replaces_the_first(days: Days, moray: Partnership, lead: User) -> None:
    ask(lead, partnership=moray)
    first = token(days)
    ask(lead, Role.CLERK, partnership=moray)
    ask(lead, partnership=moray)
    open_ones = select(func.count(Invitation.id)).where(Invitation.withdrawn_at.is_(None))
    assert db.session.scalar(open_ones) == 2
    assert refused(first)


@pytest.mark.parametrize("lost", ["role", "account"])
def test_it_is_worth_nothing_once_its_inviter_may_not_give_it(
    days: Days, moray: Partnership, lead: User, lost: str
) -> None:
    ask(lead, partnership=moray)
    given = token(days)
    if lost == "role":
        db.session.execute(delete(RoleGrant).where(RoleGrant.user_id == again(lead).id))
    else:
        again(lead).active = False
    db.session.commit()
    assert refused(given)


def test_a_changed_token_is_none(days: Days, moray: Partnership, lead: User) -> None:
    ask(lead, partnership=moray)
    given = token(days)
    for other in (given[:-1], f"{given}x", given[::-1], given.swapcase(), "", "x" * 10_000, "é" * 43):
        assert refused(other)
    assert accept(given).email == NEW


def test_a_rule_that_refuses_leaves_the_invitation_open(days: Days, moray: Partnership, lead: User) -> None:
    ask(lead, partnership=moray)
    given = token(days)
    for name, password in (("", PASSWORD), ("Isla Reid", "short"), ("I" * 121, PASSWORD), ("Isla Reid", "x" * 201)):
        with pytest.raises(RuleBroken) as rule:
            accept_invitation(given, name, password, now=clock.now())
        assert rule.value.field in {"name", "password"}
        db.session.rollback()
    assert accept(given).email == NEW


def test_who_has_an_account_gets_the_role_in_it_and_nobody_else_does(
    days: Days, moray: Partnership, lead: User
) -> None:
    isla = make_user("Isla Reid", email=NEW, role=Role.CONTRIBUTOR, partnership=make_partnership("fife"))
    other = make_user("Somebody Else")
    ask(lead, Role.CLERK, partnership=moray)
    given = token(days)
    assert refused(given)
    with pytest.raises(InvitationOver):
        accept_invitation_as(given, again(other), now=clock.now())
    db.session.rollback()
    before = again(isla).fs_uniquifier
    accept_invitation_as(given, again(isla), now=clock.now())
    db.session.commit()
    assert {grant.role for grant in again(isla).grants} == {Role.CONTRIBUTOR, Role.CLERK}
    assert again(isla).fs_uniquifier != before
    with pytest.raises(InvitationOver):
        accept_invitation_as(given, again(isla), now=clock.now())


VIEWERS = {
    "lead": Viewer(1, "Lead", within={1: frozenset({Role.LEAD})}),
    "contributor": Viewer(2, "Contributor", within={1: frozenset({Role.CONTRIBUTOR})}),
    "clerk": Viewer(3, "Clerk", within={1: frozenset({Role.CLERK, Role.GOVERNANCE})}),
    "official": Viewer(4, "Official", national=frozenset({Role.OFFICIAL})),
    "auditor": Viewer(5, "Auditor", national=frozenset({Role.AUDITOR})),
    "administrator": Viewer(6, "Administrator", national=frozenset({Role.ADMINISTRATOR})),
}


@pytest.mark.parametrize("name", VIEWERS)
def test_nobody_gives_more_than_they_have_or_elsewhere(name: str) -> None:
    by_leads = {(role, Scope.PARTNERSHIP, 1) for role in Role if role not in NATIONAL_ROLES}
    places = ((Scope.PARTNERSHIP, 1), (Scope.PARTNERSHIP, 2), (Scope.ORGANISATION, None), (Scope.NATIONAL, None))
    everything = {(role, scope, place) for role, (scope, place) in product(Role, places)}
    given = {one for one in everything if may_invite(VIEWERS[name], *one)}
    assert given == {"lead": by_leads, "administrator": everything}.get(name, set())


def test_a_lead_invites_neither_above_their_role_nor_elsewhere(days: Days, moray: Partnership, lead: User) -> None:
    fife = make_partnership("fife")
    board = make_organisation("NHS Grampian")
    tried: list[dict[str, object]] = [{"role": role} for role in NATIONAL_ROLES]
    tried += [{"role": Role.LEAD, "partnership": fife}, {"role": Role.CONTRIBUTOR, "organisation": board}]
    tried += [{"role": Role.CONTRIBUTOR}, {"role": Role.LEAD, "organisation": board}]
    for one in tried:
        with pytest.raises(RuleBroken) as rule:
            ask(lead, **one)  # type: ignore[arg-type]
        assert rule.value.field == "role"
    assert db.session.scalar(select(func.count(Invitation.id))) == 0


@pytest.mark.parametrize(
    ("role", "scope", "place", "field"),
    [
        (Role.LEAD, Scope.PARTNERSHIP, "", "partnership"),
        (Role.CONTRIBUTOR, Scope.ORGANISATION, "", "organisation"),
        (Role.CONTRIBUTOR, Scope.NATIONAL, "partnership", "scope"),
        (Role.OFFICIAL, Scope.PARTNERSHIP, "partnership", "partnership"),
        (Role.CLERK, Scope.NATIONAL, "", "partnership"),
        (Role.CLERK, Scope.ORGANISATION, "organisation", "organisation"),
    ],
)
def test_a_role_is_held_as_far_as_it_goes(
    days: Days, moray: Partnership, administrator: User, role: Role, scope: Scope, place: str, field: str
) -> None:
    with pytest.raises(RuleBroken) as rule:
        invite(
            NEW,
            "Isla Reid",
            role=role,
            scope=scope,
            partnership=moray if place == "partnership" else None,
            organisation=make_organisation() if place == "organisation" else None,
            by=administrator,
            viewer=viewer_of(administrator.id, clock.today()),
            now=clock.now(),
        )
    assert rule.value.field == field


@pytest.mark.parametrize("state", ["off", "post", "holds it", "no address"])
def test_an_address_that_cannot_take_it_is_refused_beside_the_field(
    days: Days, moray: Partnership, lead: User, state: str
) -> None:
    if state == "off":
        make_user(email=NEW, active=False)
    elif state == "post":
        make_user(email=NEW, kind=AccountKind.POST)
    elif state == "holds it":
        make_user(email=NEW, role=Role.CONTRIBUTOR, partnership=moray)
    with pytest.raises(RuleBroken) as rule:
        ask(lead, partnership=moray, email="nonsense" if state == "no address" else NEW)
    assert rule.value.field == "email"


def test_the_record_names_nobody_by_address(days: Days, moray: Partnership, lead: User) -> None:
    ask(lead, partnership=moray)
    accept(token(days))
    events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [event.action for event in events if event.subject == "invitation"] == ["issued", "accepted"]
    granted = next(event for event in events if event.action == "role-granted")
    assert granted.actor_id == again(lead).id
    assert "isla" not in repr([(event.before, event.after, event.reason) for event in events]).lower()
    assert find_user(NEW) is not None
