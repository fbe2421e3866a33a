"""The pages about people: lists, roles, posts, invitations and handing over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.access import Invitation
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import AccountKind, PostHolder, RoleGrant, User
from cycle_tracker.people.services.users import authenticate
from tests.access_matrix import TABLE
from tests.access_matrix.cells import NATIONAL
from tests.access_matrix.stage import Parts, person, send
from tests.factories import grant_role, make_milestone, make_organisation, make_partnership, make_user
from tests.support.pages import PASSWORD, Browser, counted_statements, said, sign_in, soup

MINE = "/partnerships/moray/people"
STATEMENTS = 9
"""What the list of everybody asks for, however long it is; the person, the menu and the filters included."""
STATEMENTS_WITHIN = 11
"""The same for the list of one partnership, with its posts and invitations."""


@dataclass
class Moray:
    """Moray with its lead and a contributor who owns a step; Fife with people of its own; an administrator."""

    app: Flask
    place: Partnership
    fife: Partnership
    lead: User
    rory: User
    stranger: User
    admin: User
    step: Milestone

    def as_lead(self) -> Browser:
        return sign_in(self.app, self.lead)

    def as_admin(self) -> Browser:
        return sign_in(self.app, self.admin)


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    with app.app_context():
        place, fife = make_partnership("moray"), make_partnership("fife")
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
        rory = make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=place)
        stranger = make_user("Fergus Kerr", role=Role.CONTRIBUTOR, partnership=fife)
        admin = make_user("Jean Hay", role=Role.ADMINISTRATOR)
        step = make_milestone(place, key="2026-29.step", title="Draft the plan", owner=rory, due_on=date(2026, 9, 1))
        yield Moray(app, place, fife, lead, rory, stranger, admin, step)
        db.session.remove()


def listed(client: Browser, path: str) -> list[str]:
    return [row.get_text().split("\n")[0].strip() for row in soup(client.get(path)).select("#people tbody th")]


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.on_both_databases
def test_the_list_of_everybody_filters_sorts_and_keeps_it_in_the_address(moray: Moray) -> None:
    client = moray.as_admin()
    assert listed(client, "/people") == ["Ailsa Grant", "Fergus Kerr", "Jean Hay", "Rory Baird"]
    assert listed(client, "/people?text=GRANT") == ["Ailsa Grant"]
    assert listed(client, "/people?role=contributor") == ["Fergus Kerr", "Rory Baird"]
    assert listed(client, "/people?role=contributor&partnership=moray") == ["Rory Baird"]
    assert "1 account matches these filters." in said(client.get("/people?role=contributor&partnership=moray"))
    assert "2 accounts match these filters." in said(client.get("/people?role=contributor"))
    assert listed(client, "/people?partnership=fife") == ["Fergus Kerr", "Jean Hay"]
    assert listed(client, "/people?state=no-password") == ["Ailsa Grant", "Fergus Kerr", "Rory Baird"]
    assert listed(client, "/people?sort=last-seen")[0] == "Jean Hay"
    assert "We do not recognise these filters" in said(client.get("/people?role=king"))
    export = client.get("/people/export.csv?role=contributor&partnership=moray").get_data(as_text=True)
    assert "Rory Baird" in export
    assert "Fergus" not in export


@pytest.mark.parametrize(("path", "most"), [("/people", STATEMENTS), (MINE, STATEMENTS_WITHIN)])
def test_a_list_asks_the_same_of_the_database_however_long_it_is(moray: Moray, path: str, most: int) -> None:
    client = moray.as_admin()
    client.get(path)
    with counted_statements() as few:
        client.get(path)
    for number in range(40):
        post = AccountKind.POST if number % 2 else AccountKind.PERSON
        make_user(f"Person {number}", role=Role.CONTRIBUTOR, partnership=moray.place, kind=post)
    db.session.commit()
    with counted_statements() as many:
        client.get(path)
    assert len(few) == len(many) <= most


def test_the_people_of_a_partnership_are_told_by_where_their_role_comes_from(moray: Moray) -> None:
    make_user("Gone", active=False)
    leaver = make_user("Una Left")
    make_milestone(moray.place, owner=leaver)
    text = said(moray.as_lead().get(MINE))
    assert "Rory Baird" in text
    assert "Administrator, all of Scotland" in text
    assert "Una Left" in text  # owns something here without a role
    assert "No role" in text
    assert "Fergus Kerr" not in text


def test_people_of_elsewhere_are_not_found(moray: Moray) -> None:
    client = moray.as_lead()
    grant = db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == moray.stranger.id)).one()
    for path in ("", "/hand-over", f"/roles/{grant.id}/take-away", "/post", "/retire"):
        assert client.get(f"{MINE}/{moray.stranger.id}{path}").status_code == 404
    assert client.get(f"{MINE}/{moray.rory.id}/roles/{grant.id}/take-away").status_code == 404
    assert client.get("/partnerships/fife/people").status_code == 404


def test_a_lead_takes_away_what_a_lead_may_give_and_nothing_more(moray: Moray) -> None:
    client = moray.as_lead()
    board = make_organisation("NHS Grampian")
    own = db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == moray.rory.id)).one()
    national = db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == moray.admin.id)).one()
    by_board = RoleGrant(user_id=moray.rory.id, role=Role.LEAD, scope="organisation", organisation_id=board.id)
    db.session.add(by_board)
    db.session.flush()
    assert client.post(f"{MINE}/{moray.admin.id}/roles/{national.id}/take-away").status_code == 404
    assert client.post(f"{MINE}/{moray.rory.id}/roles/{by_board.id}/take-away").status_code == 404
    assert "1 open milestone in Moray" in said(client.get(f"{MINE}/{moray.rory.id}/roles/{own.id}/take-away"))
    assert client.post(f"{MINE}/{moray.rory.id}/roles/{own.id}/take-away").status_code == 302
    assert [grant.scope for grant in moray.rory.grants] == ["organisation"]
    last = db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == moray.lead.id)).one()
    refused = client.post(f"{MINE}/{moray.lead.id}/roles/{last.id}/take-away")
    assert "You are the only planning lead here" in said(refused)


def test_an_administrator_gives_a_role_by_organisation(moray: Moray) -> None:
    board = make_organisation("NHS Grampian")
    client = moray.as_admin()
    page = f"/people/{moray.rory.id}/roles"
    wrong = client.post(page, data={"role": "clerk", "partnership": "", "organisation": board.code})
    assert "for an organisation" in said(wrong)
    both = client.post(page, data={"role": "lead", "partnership": "moray", "organisation": board.code})
    assert "not both" in said(both)
    assert client.post(page, data={"role": "contributor", "organisation": board.code}).status_code == 302
    assert "Contributor All partnerships of NHS Grampian" in said(client.get(f"/people/{moray.rory.id}"))


def test_what_is_not_offered_is_refused_beside_its_field(moray: Moray) -> None:
    client, before = moray.as_admin(), count(RoleGrant)
    for field in ["role", "partnership", "organisation"]:
        data = {"role": "contributor", "partnership": "moray", "organisation": "", field: "99999"}
        answer = client.post(f"/people/{moray.rory.id}/roles", data=data)
        assert "Choose one from the list" in said(answer), field
        assert count(RoleGrant) == before, field


def test_a_form_about_a_person_takes_only_its_own_fields(moray: Moray) -> None:
    more = {"role": "administrator", "is_admin": "1", "active": "", "kind": "post", "email": "x@example.test"}
    moray.as_admin().post(f"/people/{moray.rory.id}/change", data={"name": "Rory Bain", **more})
    db.session.refresh(moray.rory)
    assert (moray.rory.name, moray.rory.active, moray.rory.kind) == ("Rory Bain", True, AccountKind.PERSON)
    assert moray.rory.email.startswith("rory.baird")
    assert [grant.role for grant in moray.rory.grants] == [Role.CONTRIBUTOR]


def test_switching_off_shows_what_is_owned_and_ends_every_session(moray: Moray) -> None:
    theirs, client = sign_in(moray.app, moray.rory), moray.as_admin()
    assert theirs.get("/").status_code == 200
    page = f"/people/{moray.rory.id}/deactivate"
    text = said(client.get(page))
    assert "still owns 1 open milestone" in text
    assert "Draft the plan" in text
    assert client.post(page).status_code == 302
    assert theirs.get("/").status_code == 302
    assert "is switched off and still owns 1 open milestone" in said(client.get(f"/people/{moray.rory.id}"))
    assert client.post(f"/people/{moray.rory.id}/reactivate").status_code == 302
    assert db.session.get_one(User, moray.rory.id).active


def test_a_lead_hands_over_what_lies_in_their_partnership(moray: Moray) -> None:
    grant_role(moray.rory, Role.CONTRIBUTOR, moray.fife)
    elsewhere = make_milestone(moray.fife, title="Of Fife", owner=moray.rory)
    client = moray.as_lead()
    page = f"{MINE}/{moray.rory.id}/hand-over"
    preview = client.get(f"{page}?to={moray.lead.id}")
    assert "1 milestone will be reassigned to Ailsa Grant" in said(preview)
    assert "Of Fife" not in said(preview)
    for foreign in (str(moray.stranger.id), str(moray.rory.id), "0", "x"):
        assert "Choose one from the list" in said(client.post(page, data={"to": foreign}))
    assert db.session.get_one(Milestone, moray.step.id).owner_id == moray.rory.id
    assert client.post(page, data={"to": str(moray.lead.id)}).status_code == 302
    assert db.session.get_one(Milestone, moray.step.id).owner_id == moray.lead.id
    assert db.session.get_one(Milestone, elsewhere.id).owner_id == moray.rory.id
    assert "does not own any open milestones" in said(client.post(page, data={"to": str(moray.lead.id)}))


def test_a_post_is_made_changed_and_retired_by_a_lead(moray: Moray) -> None:
    client = moray.as_lead()
    data = {"name": "Planning team", "mailbox": "team@moray.example", "holders": [str(moray.rory.id)]}
    assert client.post(f"{MINE}/add-post", data=data).status_code == 302
    again = said(client.post(f"{MINE}/add-post", data=data))
    assert "already has this address" in again
    post = db.session.scalars(select(User).where(User.kind == AccountKind.POST)).one()
    assert db.session.scalars(select(PostHolder.user_id)).all() == [moray.rory.id]
    assert "Rory Baird acts for it" in said(client.get(MINE))
    foreign = client.post(f"{MINE}/{post.id}/post", data={**data, "holders": [str(moray.stranger.id)]})
    assert "Choose people from the list" in said(foreign)
    assert client.post(f"{MINE}/{post.id}/post", data={**data, "holders": []}).status_code == 302
    assert count(PostHolder) == 0
    grant = grant_role(post, Role.CONTRIBUTOR, moray.fife)
    assert client.post(f"{MINE}/{post.id}/retire").status_code == 403  # it works in Fife too
    db.session.delete(grant)
    db.session.commit()
    assert client.post(f"{MINE}/{post.id}/retire").status_code == 302
    assert not db.session.get_one(User, post.id).active


def test_nobody_signs_in_as_a_post_whatever_its_row_says(moray: Moray) -> None:
    sign_in(moray.app, moray.rory)
    moray.rory.kind = AccountKind.POST
    db.session.commit()
    assert authenticate(moray.rory.email, PASSWORD) is None


def test_an_invitation_that_will_not_do_is_told_beside_its_field(moray: Moray) -> None:
    client = moray.as_lead()
    for changed, words in [
        ({"email": ""}, "Enter an email address"),
        ({"email": "no address"}, "is not an email address"),
        ({"email": f"{'x' * 300}@example.test"}, "254 characters or fewer"),
        ({"name": ""}, "Enter a name"),
        ({"name": "x" * 121}, "120 characters or fewer"),
        ({"role": ""}, "Choose a role"),
        ({"role": "administrator"}, "Choose one from the list"),
    ]:
        data = {"email": "new@example.test", "name": "Kirsty Bain", "role": "contributor", **changed}
        answer = client.post(f"{MINE}/invite", data=data)
        assert answer.status_code == 200, changed
        assert words in said(answer)
        assert count(Invitation) == 0, changed


def test_an_invitation_is_listed_sent_again_and_withdrawn(moray: Moray) -> None:
    client = moray.as_lead()
    data = {
        "email": "new@example.test",
        "name": "Kirsty Bain",
        "role": "lead",
        "partnership": "fife",
        "scope": "national",
    }
    assert client.post(f"{MINE}/invite", data=data).status_code == 302
    invitation = db.session.scalars(select(Invitation)).one()
    assert (invitation.role, invitation.partnership_id) == (Role.LEAD, moray.place.id)
    assert "Kirsty Bain" in said(client.get(MINE))
    assert "Kirsty Bain" in said(moray.as_admin().get("/people/invitations"))
    place = f"/people/invitations/{invitation.id}"
    stranger = make_user("Lead of Fife", role=Role.LEAD, partnership=moray.fife)
    assert sign_in(moray.app, stranger).post(f"{place}/withdraw").status_code == 404
    assert client.post(f"{place}/send-again").status_code == 302
    assert client.post(f"{place}/withdraw").status_code == 302
    assert client.post(f"{place}/withdraw").status_code == 404
    assert "Kirsty Bain" not in said(client.get(MINE))


def test_a_lead_of_several_partnerships_chooses_one(moray: Moray) -> None:
    client = moray.as_lead()
    assert client.get("/people").headers["Location"] == MINE
    grant_role(moray.lead, Role.LEAD, moray.fife)
    assert "Fife Moray" in said(client.get("/people"))


def test_a_chair_is_called_so_at_the_top_of_the_page(moray: Moray) -> None:
    chair = make_user("Iain Munro", role=Role.GOVERNANCE, partnership=moray.place)
    group = Group(partnership=moray.place, name="Group")
    db.session.add(group)
    db.session.flush()
    place = Membership(group_id=group.id, user_id=chair.id, role=MembershipRole.CHAIR)
    db.session.add(place)
    client = sign_in(moray.app, chair)
    assert "Governance group chair, Moray" in client.get("/").get_data(as_text=True)
    place.to_on = date(2026, 7, 2)
    assert "Governance group member, Moray" in client.get("/").get_data(as_text=True)


@pytest.mark.parametrize("role", [role for role in Role if role not in NATIONAL])
def test_with_the_role_gone_every_route_refuses_at_the_next_request(
    app: Flask, two_partnerships: Parts, role: Role
) -> None:
    """F19: the cookie is kept, the grant is deleted, and nothing of the partnership is there any more."""
    user = person(role)
    client = sign_in(app, user)
    cells = [cell for cell in TABLE if role in cell.may and not cell.everywhere]
    for grant in list(user.grants):
        db.session.delete(grant)
    db.session.commit()
    answered = {(cell.method, cell.path): send(client, cell, two_partnerships["moray"]).status_code for cell in cells}
    assert answered
    assert {status for status in answered.values() if status not in {403, 404}} == set(), answered


@pytest.mark.parametrize("role", sorted(NATIONAL))
def test_with_a_national_role_gone_every_route_refuses_too(app: Flask, two_partnerships: Parts, role: Role) -> None:
    user = person(role)
    client = sign_in(app, user)
    cells = [cell for cell in TABLE if role in cell.may and len(cell.may) < len(Role)]
    for grant in list(user.grants):
        db.session.delete(grant)
    db.session.commit()
    for cell in cells:
        assert send(client, cell, two_partnerships["moray"]).status_code in {403, 404}, cell


def test_the_clock_of_invitations_is_read_at_the_edge(moray: Moray) -> None:
    moray.as_lead().post(
        f"{MINE}/invite", data={"email": "new@example.test", "name": "Kirsty Bain", "role": "contributor"}
    )
    assert db.session.scalars(select(Invitation)).one().invited_at == clock.now()
