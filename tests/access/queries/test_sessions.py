"""The one statement behind every page: who is signed in, what they hold and where they work, whoever came before."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from cycle_tracker.access.queries.sessions import (
    LONGEST,
    LONGEST_IDLE,
    ViewerPlace,
    find_by_uniquifier,
    find_live_session,
)
from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.access.services.sessions import begin_session
from cycle_tracker.access.services.tokens import hash_of
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.access import SignInSession
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.user import PostHolder, RoleGrant, User
from tests.factories import grant_role, make_organisation, make_partnership, make_user

DAY = timedelta(days=1)
NAMES = ("fife", "moray", "orkney", "stirling")


def sign_in(person: User) -> str:
    return hash_of(begin_session(person, browser="", address="", now=clock.now()))


def bodies_in(places: dict[str, Partnership]) -> int:
    """An organisation that works in Fife and Moray today, did in Orkney until yesterday, and will in Stirling.

    Until then it is a service provider in Stirling."""
    organisation, today = make_organisation("A board"), clock.today()
    for name, first, last in (
        ("fife", today, today),
        ("moray", today - DAY, None),
        ("orkney", today - 9 * DAY, today - DAY),
        ("stirling", today - 9 * DAY, today),
        ("stirling", today + DAY, None),
    ):
        role = BodyRole.PROVIDER if name == "stirling" and last else BodyRole.LEAD
        body = PartnershipBody(partnership_id=places[name].id, organisation_id=organisation.id, role=role)
        body.from_on, body.to_on = first, last
        db.session.add(body)
    return organisation.id


def stand_in(away: User, deputy: User, first: int, last: int, *, taken_back: bool = False) -> None:
    today = clock.today()
    row = Delegation(user=away, deputy=deputy, set_by=away, set_at=clock.now())
    row.from_on, row.to_on = today + first * DAY, today + last * DAY
    row.ended_at = clock.now() if taken_back else None
    db.session.add(row)


@pytest.fixture
def people(core_app: Flask) -> dict[str, User]:
    """People with roles in no partnership, one, two, and all; by their organisation; with posts, and as deputies."""
    places = {name: make_partnership(name) for name in NAMES}
    made = {
        name: make_user(name)
        for name in (
            *("nobody", "one", "another", "two", "all", "both", "by organisation", "holder", "other holder"),
            *("deputy", "deputy before", "deputy to come", "deputy no more", "away", "post"),
        )
    }
    for name, roles in {
        "one": ((Role.LEAD, "moray"),),
        "another": ((Role.CONTRIBUTOR, "fife"),),
        "two": ((Role.LEAD, "fife"), (Role.GOVERNANCE, "stirling"), (Role.CONTRIBUTOR, "fife")),
        "all": ((Role.AUDITOR, None),),
        "both": ((Role.OFFICIAL, None), (Role.CLERK, "orkney")),
        "holder": ((Role.CONTRIBUTOR, "moray"),),
    }.items():
        for role, place in roles:
            grant_role(made[name], role, places[place] if place else None)
    organisation = bodies_in(places)
    grant = RoleGrant(user_id=made["by organisation"].id, role=Role.CONTRIBUTOR, scope=Scope.ORGANISATION)
    grant.organisation_id = organisation
    held = [PostHolder(post_id=made["post"].id, user_id=made[name].id) for name in ("holder", "other holder")]
    db.session.add_all([grant, *held])
    stand_in(made["away"], made["deputy before"], -9, -1)
    stand_in(made["away"], made["deputy to come"], 1, 9)
    stand_in(made["away"], made["deputy no more"], -1, 1, taken_back=True)
    stand_in(made["away"], made["deputy"], 0, 0)
    db.session.flush()
    return made


@pytest.mark.parametrize("turn", [list, lambda names: list(names)[::-1]], ids=["in order", "backwards"])
def test_everybody_holds_what_the_grants_of_today_give_them_whoever_came_before(
    people: dict[str, User], turn: Callable[[object], list[str]]
) -> None:
    for name in turn(people):
        person = people[name]
        live = find_live_session(sign_in(person), clock.now(), clock.today())
        assert live is not None
        assert live.viewer == viewer_of(person.id, clock.today()), name


def test_what_they_hold_and_where_they_work_in_words(people: dict[str, User]) -> None:
    found = {name: find_live_session(sign_in(one), clock.now(), clock.today()) for name, one in people.items()}
    places = {name: len(live.viewer.within) for name, live in found.items() if live}
    assert {name: number for name, number in places.items() if number} == {
        **dict.fromkeys(("one", "another", "both", "holder"), 1),
        **{"two": 2, "by organisation": 2},
    }
    national = {name: live.viewer.national for name, live in found.items() if live and live.viewer.national}
    assert national == {"all": {Role.AUDITOR}, "both": {Role.OFFICIAL}}
    assert [name for name, live in found.items() if live and live.viewer.posts] == ["holder", "other holder"]
    assert [name for name, live in found.items() if live and live.viewer.stands_in_for] == ["deputy"]
    first = {name: live.place.partnership for name, live in found.items() if live and live.place}
    fife, moray, orkney = (
        db.session.query(Partnership).filter_by(slug=slug).one().name for slug in ("fife", "moray", "orkney")
    )
    assert first == {
        **{"one": moray, "another": fife, "two": fife, "both": orkney},
        **{"by organisation": fife, "holder": moray},
    }


def test_the_same_sign_in_has_other_rights_as_soon_as_the_grants_are_others(core_app: Flask) -> None:
    person, places = make_user(), [make_partnership(name) for name in NAMES]
    token = sign_in(person)

    def held() -> tuple[set[int], frozenset[Role]]:
        live = find_live_session(token, clock.now(), clock.today())
        assert live is not None
        return set(live.viewer.within), live.viewer.national

    ids = [place.id for place in places]
    for number in (0, 1, 2, len(places), 1, 0):
        db.session.query(RoleGrant).delete()
        for place in places[len(places) - number :]:
            grant_role(person, Role.LEAD, place)
        assert held() == (set(ids[len(places) - number :]), frozenset())
    grant_role(person, Role.AUDITOR)
    assert held() == (set(), {Role.AUDITOR})
    db.session.query(RoleGrant).delete()
    assert held() == (set(), frozenset())


@pytest.mark.parametrize(
    ("role", "last", "is_chair"),
    [
        (MembershipRole.CHAIR, None, True),
        (MembershipRole.CHAIR, 0, True),
        (MembershipRole.CHAIR, -1, False),
        (MembershipRole.MEMBER, None, False),
        (MembershipRole.CLERK, None, False),
    ],
)
def test_who_chairs_is_chair_until_their_last_day(
    core_app: Flask, role: MembershipRole, last: int | None, *, is_chair: bool
) -> None:
    moray = make_partnership("moray")
    person, other = (make_user(name, role=Role.GOVERNANCE, partnership=moray) for name in ("Ailsa", "Rory"))
    group = Group(partnership=moray, name="The group")
    db.session.add(group)
    db.session.flush()
    until = None if last is None else clock.today() + last * DAY
    db.session.add(Membership(group_id=group.id, user_id=person.id, role=role, to_on=until))
    db.session.flush()
    for one, chairs in ((person, is_chair), (other, False)):
        live = find_live_session(sign_in(one), clock.now(), clock.today())
        assert live is not None
        assert live.place == ViewerPlace(moray.name, chairs)


def test_a_chair_of_another_group_chairs_nothing_where_they_work(core_app: Flask) -> None:
    moray = make_partnership("moray")
    person = make_user(role=Role.GOVERNANCE, partnership=moray)
    group = Group(partnership=make_partnership("fife"), name="The group of Fife")
    db.session.add(group)
    db.session.flush()
    db.session.add(Membership(group_id=group.id, user_id=person.id, role=MembershipRole.CHAIR))
    db.session.flush()
    live = find_live_session(sign_in(person), clock.now(), clock.today())
    assert live is not None
    assert live.place == ViewerPlace(moray.name, is_chair=False)


def end(session: SignInSession) -> None:
    session.ended_at = clock.now()


def begin_too_early(session: SignInSession) -> None:
    session.began_at = clock.now() - LONGEST - timedelta(seconds=1)


def idle_too_long(session: SignInSession) -> None:
    session.seen_at = clock.now() - LONGEST_IDLE - timedelta(seconds=1)


def switch_off(session: SignInSession) -> None:
    db.session.get_one(User, session.user_id).active = False


def forget(session: SignInSession) -> None:
    session.token_hash = "x" * 64


@pytest.mark.parametrize("change", [end, begin_too_early, idle_too_long, switch_off, forget])
def test_a_sign_in_that_holds_no_more_is_nobodys(core_app: Flask, change: Callable[[SignInSession], None]) -> None:
    person, other = make_user(role=Role.AUDITOR), make_user("Rory Baird", role=Role.OFFICIAL)
    token, others_token = sign_in(person), sign_in(other)
    assert find_live_session(token, clock.now(), clock.today()) is not None
    change(db.session.query(SignInSession).filter_by(user_id=person.id).one())
    db.session.flush()
    assert find_live_session(token, clock.now(), clock.today()) is None
    assert find_live_session(others_token, clock.now(), clock.today()) is not None


def test_who_was_switched_off_waits_for_no_code(core_app: Flask) -> None:
    person = make_user()
    assert find_by_uniquifier(person.fs_uniquifier) == person
    person.active = False
    db.session.flush()
    assert find_by_uniquifier(person.fs_uniquifier) is None
