"""What somebody who has left leaves behind, on the home page of the partnership's lead and in lists."""

from datetime import date, timedelta

import pytest
from flask import Flask

from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.partnership import BodyRole, PartnershipBody
from cycle_tracker.models.user import RoleGrant, User
from tests.factories import make_milestone, make_organisation, make_partnership, make_user
from tests.support.pages import counted_statements, said, sign_in, soup

TODAY = date(2026, 7, 3)
pytestmark = pytest.mark.usefixtures("morning")


def test_a_lead_sees_what_leavers_left_and_hands_it_over(app: Flask) -> None:
    with app.app_context():
        moray, fife = make_partnership("moray", name="Moray"), make_partnership("fife", name="Fife")
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
        gone = make_user("Ewan Ross", role=Role.CONTRIBUTOR, partnership=moray, active=False)
        no_role = make_user("Una Kerr", role=Role.CONTRIBUTOR, partnership=fife)
        here = make_user("Calum Reid", role=Role.CONTRIBUTOR, partnership=moray)
        officer = officer_of_an_organisation(moray.id)
        for owner in (gone, gone, no_role, here, officer):
            make_milestone(moray, owner=owner, due_on=TODAY - timedelta(days=3))
        make_milestone(moray, owner=gone, due_on=TODAY + timedelta(days=60))
        make_milestone(moray, owner=gone, due_on=TODAY, state=State.DONE)
        make_milestone(fife, owner=gone, due_on=TODAY)
        page = sign_in(app, lead).get("/")
        section = soup(page).select("#left-behind")[0].find_next("ul")
        assert section is not None
        assert [" ".join(one.get_text(" ").split()) for one in section.select("li")] == [
            "2 milestones in Moray are owned by Ewan Ross, who has left. Reassign all work that Ewan Ross owns",
            "1 milestone in Moray is owned by Una Kerr, who no longer has a role there. Reassign all work "
            "that Una Kerr owns",
        ]
        link = section.select("a")[0]["href"]
        assert link == f"/partnerships/moray/people/{gone.id}/hand-over"
        client = sign_in(app, lead)
        assert "3 open milestones" in said(client.get(str(link)))
        assert "Owner: Ewan Ross, who has left" in said(page)
        assert "Ewan Ross (has left)" in said(client.get("/partnerships/moray/milestones"))


def test_where_nobody_has_left_nothing_is_said_of_it(app: Flask) -> None:
    with app.app_context():
        moray = make_partnership("moray")
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
        make_milestone(moray, owner=lead, due_on=TODAY)
        make_milestone(moray, due_on=TODAY)
        assert "who has left" not in said(sign_in(app, lead).get("/"))


def test_home_takes_as_many_statements_for_many_leavers_as_for_one(app: Flask) -> None:
    with app.app_context():
        moray = make_partnership("moray")
        client = sign_in(app, make_user("Ailsa Grant", role=Role.LEAD, partnership=moray))
        counts = set()
        for number in range(3):
            make_milestone(moray, owner=make_user(f"Gone {number}", active=False), due_on=TODAY)
            with counted_statements() as statements:
                client.get("/")
            counts.add(len(statements))
        assert len(counts) == 1


def officer_of_an_organisation(partnership_id: int) -> User:
    """Somebody whose role reaches the partnership through their organisation."""
    council = make_organisation("Moray Council")
    officer = make_user("Officer", organisation=council)
    db.session.add_all(
        [
            PartnershipBody(
                partnership_id=partnership_id,
                organisation_id=council.id,
                role=BodyRole.MEMBER,
                from_on=date(2017, 4, 1),
            ),
            RoleGrant(user_id=officer.id, role=Role.CONTRIBUTOR, scope=Scope.ORGANISATION, organisation_id=council.id),
        ]
    )
    db.session.flush()
    return officer
