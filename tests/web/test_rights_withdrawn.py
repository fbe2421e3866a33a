"""Rights that are withdrawn while a form is open: what is sent is judged by what holds when it is sent."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import PostHolder, RoleGrant, User
from tests.factories import grant_role, make_milestone, make_partnership, make_user
from tests.support.visits import give_password, visit_as

STEP = "/partnerships/moray/milestones/2026-29.draft-plan"


@pytest.fixture
def person(app: Flask) -> str:
    """A contributor in Moray, where a step is owned by somebody else, and in Fife."""
    with app.app_context():
        moray = make_partnership("moray")
        owner = make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray)
        make_milestone(moray, key="2026-29.draft-plan", owner=owner)
        made = make_user("Ailsa Grant", role=Role.CONTRIBUTOR, partnership=moray)
        grant_role(made, Role.LEAD, make_partnership("fife"))
        return give_password(made)


def rows() -> tuple[User, User, Milestone]:
    ailsa, rory = (
        db.session.scalars(select(User).where(User.name == name)).one() for name in ("Ailsa Grant", "Rory Baird")
    )
    return ailsa, rory, db.session.scalars(select(Milestone)).one()


def owns(ailsa: User, _rory: User, milestone: Milestone) -> None:
    milestone.owner = ailsa


def owns_no_more(_ailsa: User, rory: User, milestone: Milestone) -> None:
    milestone.owner = rory


def leads(ailsa: User, _rory: User, milestone: Milestone) -> None:
    grant_role(ailsa, Role.LEAD, milestone.partnership)


def leads_no_more(ailsa: User, _rory: User, milestone: Milestone) -> None:
    of_moray = (RoleGrant.user_id == ailsa.id, RoleGrant.partnership_id == milestone.partnership_id)
    db.session.execute(delete(RoleGrant).where(*of_moray, RoleGrant.role == Role.LEAD))


def works_there_no_more(ailsa: User, _rory: User, milestone: Milestone) -> None:
    of_moray = (RoleGrant.user_id == ailsa.id, RoleGrant.partnership_id == milestone.partnership_id)
    db.session.execute(delete(RoleGrant).where(*of_moray))


def stands_in(ailsa: User, rory: User, _milestone: Milestone) -> None:
    today, now = clock.today(), clock.now()
    away = Delegation(user=rory, deputy=ailsa, from_on=today, to_on=today, set_by=rory, set_at=now)
    db.session.add(away)


def stands_in_no_more(_ailsa: User, _rory: User, _milestone: Milestone) -> None:
    db.session.scalars(select(Delegation)).one().ended_at = clock.now()


def stood_in_until_yesterday(_ailsa: User, _rory: User, _milestone: Milestone) -> None:
    away = db.session.scalars(select(Delegation)).one()
    away.from_on = away.to_on = clock.today() - timedelta(days=1)


def holds_the_post(ailsa: User, rory: User, _milestone: Milestone) -> None:
    db.session.add(PostHolder(post_id=rory.id, user_id=ailsa.id))


def holds_it_no_more(_ailsa: User, _rory: User, _milestone: Milestone) -> None:
    db.session.execute(delete(PostHolder))


@pytest.mark.parametrize(
    ("given", "withdrawn"),
    [
        (owns, owns_no_more),
        (owns, works_there_no_more),
        (leads, leads_no_more),
        (leads, works_there_no_more),
        (stands_in, stands_in_no_more),
        (stands_in, stood_in_until_yesterday),
        (stands_in, works_there_no_more),
        (holds_the_post, holds_it_no_more),
    ],
)
def test_what_is_sent_is_refused_once_the_right_is_gone_and_taken_once_it_is_back(
    app: Flask, person: str, given: Callable[..., None], withdrawn: Callable[..., None]
) -> None:
    client = visit_as(app, person)

    def change(how: Callable[..., None]) -> str:
        with app.app_context():
            how(*rows())
            db.session.commit()
            return str(rows()[2].version)

    def send(version: str) -> int:
        return client.post(f"{STEP}/start", data={"version": version}).status_code

    def state() -> State:
        with app.app_context():
            return rows()[2].state

    before = change(lambda *_: None)
    assert send(before) in {403, 404}  # asked before there is a right: nothing of the answer is kept
    version = change(given)
    assert client.get(STEP).status_code == 200
    after = change(withdrawn)
    for sent in (version, after):
        assert send(sent) in {403, 404}
    assert client.get(f"{STEP}/finish").status_code in {403, 404}
    assert client.get("/partnerships/fife").status_code == 200
    assert state() is State.NOT_STARTED
    if withdrawn is not works_there_no_more and given is not stands_in:
        assert send(change(given)) == 302
        assert state() is State.IN_PROGRESS
