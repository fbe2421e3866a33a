"""The page of an invitation: what one is asked to, and joining."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.access import Invitation
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.people.queries.users import find_user
from cycle_tracker.people.services.invitations import invite, withdraw_invitation
from tests.factories import make_partnership, make_user
from tests.support.account_mails import mailed_link
from tests.support.mail_out import sink_for
from tests.support.parallel import at_once
from tests.support.visits import PASSWORD, give_password, visit_as, whole_page, words

NEW = "isla.reid@example.test"
JOIN = {"name": "Isla Reid", "password": "three random words"}


@pytest.fixture
def invited(app: Flask) -> str:
    """The path of a link by which somebody may join Moray as its clerk."""
    with app.app_context(), sink_for(app) as sink:
        moray = make_partnership()
        lead = make_user(role=Role.LEAD, partnership=moray)
        invite(
            NEW,
            "Isla Reid",
            role=Role.CLERK,
            scope=Scope.PARTNERSHIP,
            partnership=moray,
            by=lead,
            viewer=viewer_of(lead.id, clock.today()),
            now=clock.now(),
        )
        db.session.commit()
        path = mailed_link(sink)
        db.session.remove()
    return path


def people(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(User.id))) or 0


def test_it_says_to_what_one_is_asked_and_lets_one_join(app: Flask, invited: str) -> None:
    client = app.test_client()
    page = whole_page(client.get(invited))
    for said in ("Ailsa Grant has invited you", "Governance group clerk", "Moray", NEW):
        assert said in words(page)
    assert client.post(invited, data=JOIN).location == "/"
    assert "Welcome, Isla Reid" in words(whole_page(client.get("/")))
    assert client.get("/escalations").status_code == 200
    whole_page(app.test_client().get(invited), 410)
    whole_page(app.test_client().post(invited, data=JOIN), 410)
    assert visit_as(app, NEW, JOIN["password"]).get("/").status_code == 200


def test_nothing_else_that_is_sent_is_read(app: Flask, invited: str) -> None:
    more = {"email": "other@example.test", "role": "administrator", "scope": "national", "partnership_id": "1"}
    assert app.test_client().post(invited, data={**JOIN, **more}).status_code == 302
    with app.app_context():
        person = find_user(NEW)
        assert person is not None
        assert [(grant.role, grant.scope) for grant in person.grants] == [(Role.CLERK, Scope.PARTNERSHIP)]
        assert find_user("other@example.test") is None


def test_what_is_wrong_is_said_and_the_invitation_stays_open(app: Flask, invited: str) -> None:
    before = people(app)
    client = app.test_client()
    for data in [
        {},
        {**JOIN, "name": ""},
        {**JOIN, "name": "\x01\x02"},
        {**JOIN, "name": "x" * 10_000},
        {**JOIN, "password": ""},
        {**JOIN, "password": "short"},
        {**JOIN, "password": "x" * 10_000},
    ]:
        page = whole_page(client.post(invited, data=data))
        assert page.find(class_="ds_question__error-message") is not None, data
        assert people(app) == before, data
    assert client.post(invited, data=JOIN).status_code == 302


@pytest.mark.on_both_databases
def test_of_four_at_the_same_moment_one_joins(app: Flask, invited: str) -> None:
    statuses = at_once(app, *[lambda: app.test_client().post(invited, data=JOIN).status_code] * 4)
    assert sorted(statuses) == [302, 410, 410, 410]


def test_who_has_an_account_signs_in_and_gets_the_role_in_it(app: Flask, invited: str) -> None:
    with app.app_context():
        give_password(make_user("Isla Reid", email=NEW))
    elsewhere = visit_as(app, NEW)
    client = app.test_client()
    page = whole_page(client.get(invited))
    assert "You already have an account" in words(page)
    onward = page.find("a", string="Sign in to accept")
    assert onward is not None
    assert client.post(invited, data=JOIN).status_code == 200, "joining anew is no way in"
    answer = client.post("/sign-in", data={"email": NEW, "password": PASSWORD, "next": str(onward["href"])[14:]})
    assert answer.location == invited
    assert "We will add this role" in words(whole_page(client.get(invited)))
    assert client.post(invited).location == "/"
    assert client.get("/escalations").status_code == 200
    assert elsewhere.get("/").status_code == 302, "a new role ends the other sign-ins"
    with app.app_context():
        assert db.session.scalar(select(func.count(RoleGrant.id)).where(RoleGrant.role == Role.CLERK)) == 1


def test_somebody_else_who_is_signed_in_cannot_take_it(app: Flask, invited: str) -> None:
    with app.app_context():
        give_password(make_user("Isla Reid", email=NEW))
        other = give_password(make_user("Rory Baird", role=Role.OFFICIAL))
    client = visit_as(app, other)
    for answer in (client.get(invited), client.post(invited)):
        assert "This invitation is for someone else" in words(whole_page(answer, 403))


@pytest.mark.parametrize("state", ["withdrawn", "off"])
def test_what_is_over_says_so(app: Flask, invited: str, state: str) -> None:
    with app.app_context():
        if state == "off":
            make_user("Isla Reid", email=NEW, active=False)
        else:
            invitation = db.session.scalars(select(Invitation)).one()
            withdraw_invitation(invitation, by=invitation.invited_by, now=clock.now())
        db.session.commit()
    assert "no longer valid" in words(whole_page(app.test_client().get(invited), 410))
    whole_page(app.test_client().post(invited, data=JOIN), 410)
