"""Rights that change between the writing of a mail and its sending: nobody is mailed about what they may not see (S28).

A few hundred random changes run with the suite; a thousand with the fault tests.
"""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.access.rules.permissions import may_see
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DOCUMENTS, Kind
from cycle_tracker.core.preferences import Rhythm
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.contact import Contact, milestone_contacts
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.reminders.services.digests import gather_waiting_notices
from cycle_tracker.reminders.services.reminders import queue_due_notices
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.factories import grant_role, make_milestone, make_partnership, make_report, make_user
from tests.support.days import Days, moment, ticking
from tests.support.mailed_links import text_of

MONDAY = date(2026, 7, 6)
ROLES = [Role.LEAD, Role.CONTRIBUTOR, Role.GOVERNANCE, Role.CLERK, Role.OFFICIAL]
CHANGES_A_ROUND = 40


def test_two_hundred_changes_of_roles_and_memberships_reach_nobody_who_may_not_see(days: Days) -> None:
    assert _rounds(days, 200, seed=20260706) > 0


@pytest.mark.long
def test_a_thousand_changes_of_roles_and_memberships_reach_nobody_who_may_not_see(days: Days) -> None:
    assert _rounds(days, 1_000, seed=28) > 0


def _rounds(days: Days, changes: int, *, seed: int) -> int:
    """Make so many changes, some between each queueing and its sending; the number of items that were mailed."""
    chosen = Random(seed)
    _people_and_work(chosen)
    mailed = 0
    for number in range(changes // CHANGES_A_ROUND):
        day = MONDAY + timedelta(days=7 * number)
        _work_due_on(day, chosen)
        now = moment(day)
        queue_due_notices(day, now)
        gather_waiting_notices(day, now)
        for _ in range(CHANGES_A_ROUND):
            chosen.choice(CHANGES)(chosen, day)
            db.session.flush()
        db.session.commit()
        days.sink.accepted.clear()
        send_ready_messages(day, ticking(now))
        db.session.rollback()
        mailed += _check(days, day)
    return mailed


def _check(days: Days, day: date) -> int:
    """Every item that a mail names is one that whoever got it may see now; the number of them."""
    people = {user.email: user for user in db.session.scalars(select(User))}
    contacts = {contact.email: contact for contact in db.session.scalars(select(Contact))}
    viewers = viewers_of([user.id for user in people.values()], day)
    milestones = {one.title: one for one in db.session.scalars(select(Milestone))}
    asked = {(row.milestone_id, row.contact_id) for row in db.session.execute(select(milestone_contacts))}
    named = 0
    for mail in days.sink.accepted:
        (address,) = mail.recipients
        words = text_of(mail) + text_of(mail, "html") + str(mail.message["Subject"])
        for title, milestone in milestones.items():
            if title not in words:
                continue
            named += 1
            if address in contacts:
                assert contacts[address].active, (address, title)
                assert (milestone.id, contacts[address].id) in asked, (address, title)
                continue
            viewer = viewers.get(people[address].id)
            assert viewer is not None, (address, title)
            assert may_see(viewer, milestone.partnership_id, is_document=milestone.kind in DOCUMENTS), (address, title)
    db.session.rollback()
    return named


def _people_and_work(chosen: Random) -> None:
    """Three partnerships with their people and groups, and contacts."""
    for slug in ("moray", "fife", "angus"):
        place = make_partnership(slug)
        db.session.add(Group(partnership=place, name=f"{slug} group"))
        for number in range(6):
            user = make_user(f"{slug} {number}", role=ROLES[number % 4], partnership=place)
            user.rhythm = chosen.choice([Rhythm.DAILY, Rhythm.DAILY, Rhythm.WEEKLY])
        for number in range(3):
            db.session.add(
                Contact(partnership_id=place.id, name=f"C {slug} {number}", email=f"c{number}@{slug}.example.test")
            )
    make_user("Rhona Bell", role=Role.ADMINISTRATOR)
    db.session.commit()


def _work_due_on(day: date, chosen: Random) -> None:
    """Something due in each partnership, each with a title that no other has: soon, today, past, and asked about."""
    for place in db.session.scalars(select(Partnership).order_by(Partnership.id)).all():
        for kind, ahead in ((Kind.STEP, 3), (Kind.STEP, -1), (Kind.CONSULTATION, 7), (Kind.ANNUAL_REPORT, -14)):
            title, due_on = f"Q{place.id}x{day:%m%d}x{ahead + 20}x{kind.value}Q", day + timedelta(days=ahead)
            owner = _some(chosen, User)
            if kind is Kind.ANNUAL_REPORT:
                make_report(place, key=title.lower(), title=title, due_on=due_on, owner=owner)
            else:
                made = make_milestone(place, key=title.lower(), title=title, kind=kind, due_on=due_on, owner=owner)
                if kind is Kind.CONSULTATION:
                    contact = _some(chosen, Contact)
                    db.session.execute(insert(milestone_contacts).values(milestone_id=made.id, contact_id=contact.id))
    db.session.commit()


def _some(chosen: Random, table: Any) -> Any:
    ids = db.session.scalars(select(table.id).order_by(table.id)).all()
    return db.session.get_one(table, chosen.choice(ids))


def _grant(chosen: Random, _day: date) -> None:
    user, role = _some(chosen, User), chosen.choice(ROLES)
    place = None if role is Role.OFFICIAL else _some(chosen, Partnership)
    held = select(RoleGrant.id).where(
        RoleGrant.user_id == user.id,
        RoleGrant.role == role,
        RoleGrant.partnership_id == place.id if place else RoleGrant.scope == Scope.NATIONAL,
    )
    if db.session.scalars(held).first() is None:
        grant_role(user, role, place)


def _take(chosen: Random, _day: date) -> None:
    ids = db.session.scalars(select(RoleGrant.id).order_by(RoleGrant.id)).all()
    if len(ids) > 5:
        db.session.execute(delete(RoleGrant).where(RoleGrant.id == chosen.choice(ids)))


def _switch(chosen: Random, _day: date) -> None:
    user = _some(chosen, User)
    user.active = not user.active


def _switch_contact(chosen: Random, _day: date) -> None:
    contact = _some(chosen, Contact)
    contact.active = not contact.active


def _give_away(chosen: Random, _day: date) -> None:
    _some(chosen, Milestone).owner_id = _some(chosen, User).id


def _ask_other(chosen: Random, _day: date) -> None:
    rows = db.session.execute(select(milestone_contacts).order_by(*milestone_contacts.c)).all()
    if rows:
        row = chosen.choice(rows)
        db.session.execute(
            delete(milestone_contacts).where(
                milestone_contacts.c.milestone_id == row.milestone_id,
                milestone_contacts.c.contact_id == row.contact_id,
            )
        )


def _join(chosen: Random, _day: date) -> None:
    group, user = _some(chosen, Group), _some(chosen, User)
    held = select(Membership.id).where(Membership.group_id == group.id, Membership.user_id == user.id)
    if db.session.scalars(held).first() is None:
        db.session.add(Membership(group_id=group.id, user_id=user.id, role=MembershipRole.MEMBER))


def _leave(chosen: Random, day: date) -> None:
    for membership in db.session.scalars(select(Membership).order_by(Membership.id)):
        if chosen.random() < 0.2:
            membership.to_on = day - timedelta(days=1)


def _go_away(chosen: Random, day: date) -> None:
    user, deputy = _some(chosen, User), _some(chosen, User)
    if user is deputy:
        return
    until = day + timedelta(days=chosen.randrange(9))
    away = Delegation(user_id=user.id, deputy_id=deputy.id, from_on=day, to_on=until)
    away.set_by_id, away.set_at = user.id, clock.now()
    db.session.add(away)


def _come_back(chosen: Random, _day: date) -> None:
    for away in db.session.scalars(select(Delegation).where(Delegation.ended_at.is_(None))):
        if chosen.random() < 0.3:
            away.ended_at = clock.now()


CHANGES: list[Callable[[Random, date], None]] = [
    _grant,
    _take,
    _take,
    _switch,
    _switch_contact,
    _give_away,
    _ask_other,
    _join,
    _leave,
    _go_away,
    _come_back,
]
