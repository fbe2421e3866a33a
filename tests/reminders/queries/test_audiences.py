"""The people behind each audience at the moment of asking."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.group import Membership, MembershipRole
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.reminders.queries.audiences import addressee_of, audiences_for
from tests.factories import grant_role, make_governance_group, make_partnership, make_user

TODAY = date(2026, 5, 14)


@pytest.fixture
def moray(core_app: Flask) -> Partnership:
    return make_partnership("moray")


def people(moray: Partnership, owner: User | None = None, *, is_document: bool = False) -> dict[str, list[str]]:
    """By audience, the names of those behind it."""
    db.session.flush()
    owners = [owner.id] if owner else []
    found = audiences_for([moray.id], owners, TODAY).of(
        owner_id=owner.id if owner else None, partnership_id=moray.id, is_document=is_document
    )
    names = {addressee_of(user.id): user.name for user in db.session.scalars(select(User))}
    return {audience.value: [names[one] for one in addressees] for audience, addressees in found.items()}


def test_each_audience_holds_its_people_in_the_order_in_which_they_came(moray: Partnership) -> None:
    owner = make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray)
    make_user("Blair Munro", role=Role.LEAD, partnership=moray)
    make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    make_governance_group(moray, "Donald Shaw", "Catriona Ross")
    assert people(moray, owner) == {
        "owner": ["Rory Baird"],
        "lead": ["Blair Munro", "Ailsa Grant"],
        "chair": [],
        "governance-group": ["Donald Shaw", "Catriona Ross"],
    }


def test_the_chair_of_the_group_is_an_audience_of_their_own(moray: Partnership) -> None:
    make_governance_group(moray, "Donald Shaw", "Catriona Ross")
    db.session.scalars(
        select(Membership).join(User).where(User.name == "Catriona Ross")
    ).one().role = MembershipRole.CHAIR
    found = people(moray)
    assert (found["chair"], found["governance-group"]) == (["Catriona Ross"], ["Donald Shaw", "Catriona Ross"])


def test_a_place_in_the_group_ends_after_its_last_day(moray: Partnership) -> None:
    today, yesterday = make_governance_group(moray, "Donald Shaw", "Catriona Ross")
    for member, last in ((today, TODAY), (yesterday, date(2026, 5, 13))):
        db.session.scalars(select(Membership).where(Membership.user_id == member.id)).one().to_on = last
    assert people(moray)["governance-group"] == ["Donald Shaw"]


def test_a_member_without_the_right_to_see_is_left_out(moray: Partnership) -> None:
    stays, goes, off = make_governance_group(moray, "Donald Shaw", "Catriona Ross", "Eilidh Innes")
    db.session.delete(db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == goes.id)).one())
    off.active = False
    assert people(moray)["governance-group"] == [stays.name]


def test_people_of_other_partnerships_are_nobody_here(moray: Partnership) -> None:
    fife = make_partnership("fife")
    make_user("Fergus Kerr", role=Role.LEAD, partnership=fife)
    make_governance_group(fife, "Gillian Bain")
    assert people(moray) == {"owner": [], "lead": [], "chair": [], "governance-group": []}


def test_administrators_stand_in_for_the_owner_alone(moray: Partnership) -> None:
    make_user("Jean Hay", role=Role.ADMINISTRATOR)
    assert people(moray) == {"owner": ["Jean Hay"], "lead": [], "chair": [], "governance-group": []}


def test_who_is_owner_and_lead_stands_behind_both(moray: Partnership) -> None:
    owner = make_user("Ailsa Grant", role=Role.CONTRIBUTOR, partnership=moray)
    grant_role(owner, Role.LEAD, moray)
    found = people(moray, owner)
    assert (found["owner"], found["lead"]) == (["Ailsa Grant"], ["Ailsa Grant"])


def test_a_national_milestone_has_its_owner_or_the_administrators(moray: Partnership) -> None:
    official = make_user("Hamish Reid", role=Role.OFFICIAL)
    make_user("Jean Hay", role=Role.ADMINISTRATOR)
    db.session.flush()
    found = audiences_for([], [official.id], TODAY)
    as_document = found.of(owner_id=official.id, partnership_id=None, is_document=True)
    assert as_document[Audience.OWNER] == (addressee_of(official.id),)
    as_step = found.of(owner_id=official.id, partnership_id=None, is_document=False)
    assert len(as_step[Audience.OWNER]) == 1
    assert as_step[Audience.OWNER] != as_document[Audience.OWNER]
