"""Being away: who may stand in, who gets the mails, and what a deputy may change."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from cycle_tracker.access.queries.viewers import viewer_of, viewers_of
from cycle_tracker.access.rules.permissions import Permission, may_change
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.milestones.services.milestones import start_milestone
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import AccountKind, User
from cycle_tracker.people.services.delegations import end_away, set_away
from cycle_tracker.people.services.people import deactivate
from cycle_tracker.reminders.services.digests import gather_waiting_notices
from cycle_tracker.reminders.services.reminders import queue_due_notices
from tests.factories import grant_role, make_milestone, make_partnership, make_user
from tests.support.days import Days, again, moment
from tests.support.pages import counted_statements

pytestmark = pytest.mark.alike_on_both_databases

TODAY = date(2026, 5, 11)
"""A Monday."""
DUE = date(2026, 5, 14)


@dataclass
class Place:
    """Moray with three people who own things there, and one of them something due on Thursday."""

    moray: Partnership
    lead: User
    rory: User
    sile: User
    tam: User
    step: Milestone


@pytest.fixture
def place(days: Days) -> Place:
    moray = make_partnership("moray")
    lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    rory, sile, tam = (
        make_user(name, role=Role.CONTRIBUTOR, partnership=moray) for name in ("Rory Baird", "Síle Bain", "Tam Orr")
    )
    step = make_milestone(moray, title="Draft the plan", due_on=DUE, owner=rory)
    db.session.commit()
    return Place(moray, lead, rory, sile, tam, step)


def away(
    person: User,
    deputy: User,
    first: date = TODAY,
    last: date = DUE,
    *,
    by: User | None = None,
    within: Partnership | None = None,
) -> Delegation:
    person = again(person)
    made = set_away(
        person,
        again(deputy),
        first,
        last,
        by=again(by) if by else person,
        today=TODAY,
        now=moment(TODAY),
        within_id=within.id if within else None,
    )
    db.session.commit()
    return made


def digests(day: date = TODAY) -> list[tuple[str, str, str]]:
    """Each digest of a day: who gets it, for whom what is in it is, and its subject."""
    names = {user.id: user.name for user in db.session.scalars(select(User))}
    rows = db.session.execute(
        select(Message, Notice.user_id)
        .join(Notice, Notice.message_id == Message.id)
        .where(Message.kind == MessageKind.DIGEST, Message.rendered_on == day)
        .order_by(Message.id)
        .distinct()
    ).all()
    assert {one.addressee for one, _ in rows} == {f"user:{one.user_id}" for one, _ in rows}
    return [(names[one.user_id or 0], names[for_whom or 0], one.subject) for one, for_whom in rows]


def queue(day: date = TODAY) -> None:
    queue_due_notices(day, moment(day))


def gather(day: date = TODAY) -> None:
    gather_waiting_notices(day, moment(day))


def test_the_deputy_gets_the_mail_and_both_names_are_written_down(place: Place) -> None:
    away(place.rory, place.sile)
    queue()
    gather()
    assert digests() == [("Síle Bain", "Rory Baird", "Draft the plan, Moray: due in 3 days")]


def test_on_return_the_next_mails_are_the_persons_own(place: Place) -> None:
    away(place.rory, place.sile, last=TODAY)
    for day in (TODAY, DUE):
        queue(day)
        gather(day)
    assert [one[:2] for one in digests(TODAY)] == [("Síle Bain", "Rory Baird")]
    assert [one[:2] for one in digests(DUE)] == [("Rory Baird", "Rory Baird")]


def test_a_delegation_that_ended_after_the_notice_was_queued_counts_no_more(place: Place) -> None:
    delegation = away(place.rory, place.sile)
    queue()
    end_away(again(delegation), by=again(place.rory), today=TODAY, now=moment(TODAY))
    db.session.commit()
    gather()
    assert [one[:2] for one in digests()] == [("Rory Baird", "Rory Baird")]


def test_one_that_was_set_after_the_notice_was_queued_counts(place: Place) -> None:
    queue()
    away(place.rory, place.sile)
    gather()
    assert [one[:2] for one in digests()] == [("Síle Bain", "Rory Baird")]


def test_a_deputy_who_was_switched_off_meanwhile_gets_nothing(place: Place) -> None:
    away(place.rory, place.sile)
    queue()
    deactivate(again(place.sile), by=again(place.lead), now=moment(TODAY))
    db.session.commit()
    gather()
    assert [one[:2] for one in digests()] == [("Rory Baird", "Rory Baird")]


def test_where_the_deputy_is_away_too_theirs_stands_in(place: Place) -> None:
    away(place.sile, place.tam)
    away(place.rory, place.sile)
    queue()
    gather()
    assert [one[:2] for one in digests()] == [("Tam Orr", "Rory Baird")]


def test_a_circle_that_came_about_all_the_same_leaves_the_mail_with_the_person(place: Place) -> None:
    for person, deputy in ((place.rory, place.sile), (place.sile, place.rory)):
        db.session.add(
            Delegation(
                user_id=person.id,
                deputy_id=deputy.id,
                from_on=TODAY,
                to_on=DUE,
                set_by_id=person.id,
                set_at=moment(TODAY),
            )
        )
    db.session.commit()
    queue()
    gather()
    assert [one[:2] for one in digests()] == [("Rory Baird", "Rory Baird")]


def test_what_the_deputy_may_not_see_goes_to_the_person(place: Place) -> None:
    fife = make_partnership("fife")
    grant_role(place.rory, Role.CONTRIBUTOR, fife)
    make_milestone(fife, title="Agree priorities", due_on=DUE, owner=place.rory)
    away(place.rory, place.sile)
    queue()
    gather()
    assert digests() == [
        ("Síle Bain", "Rory Baird", "Draft the plan, Moray: due in 3 days"),
        ("Rory Baird", "Rory Baird", "Agree priorities, Fife: due in 3 days"),
    ]


def test_a_deputy_changes_what_the_person_owns_and_the_history_names_both(place: Place) -> None:
    fife = make_partnership("fife")
    grant_role(place.rory, Role.CONTRIBUTOR, fife)
    grant_role(place.sile, Role.AUDITOR)
    assert not may_change(viewer_of(place.sile.id, TODAY), place.moray.id, place.rory.id)
    away(place.rory, place.sile)
    viewer = viewer_of(place.sile.id, TODAY)
    assert may_change(viewer, place.moray.id, place.rory.id)
    assert not may_change(viewer, fife.id, place.rory.id), "Síle may change nothing of her own there"
    assert not viewer.can(Permission.CHANGE_MILESTONES)
    start_milestone(again(place.step), by=again(place.sile), now=moment(TODAY))
    db.session.commit()
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "started")).one()
    assert (event.actor_id, event.after["for_id"]) == (place.sile.id, place.rory.id)
    after = TODAY + timedelta(days=4)
    assert not may_change(viewer_of(place.sile.id, after), place.moray.id, place.rory.id)


def test_the_person_acts_for_themselves_while_away(place: Place) -> None:
    away(place.rory, place.sile)
    start_milestone(again(place.step), by=again(place.rory), now=moment(TODAY))
    db.session.commit()
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "started")).one()
    assert (event.actor_id, "for_id" in event.after) == (place.rory.id, False)


def test_a_deputy_of_the_owner_does_not_stand_apart(place: Place) -> None:
    grant_role(place.sile, Role.GOVERNANCE, place.moray)
    away(place.rory, place.sile)
    viewer = viewer_of(place.sile.id, TODAY)
    assert place.rory.id in viewer.owns_as
    assert place.rory.id not in viewers_of([place.sile.id], TODAY)[place.sile.id].owns_as


def test_looking_up_hundreds_takes_as_many_statements_as_one_and_deputies_one_more(place: Place) -> None:
    away(place.rory, place.sile)
    rory, sile, tam = place.rory.id, place.sile.id, place.tam.id
    with counted_statements() as for_a_sweep:
        viewers_of([rory, sile, tam], TODAY)
    with counted_statements() as for_nobody:
        viewer_of(tam, TODAY)
    with counted_statements() as for_a_deputy:
        viewer_of(sile, TODAY)
    assert (len(for_a_sweep), len(for_nobody), len(for_a_deputy)) == (1, 1, 2)


def test_days_that_meet_another_absence_are_refused_and_the_same_twice_is_one(place: Place) -> None:
    away(place.rory, place.sile)
    away(place.rory, place.sile)
    assert db.session.scalar(select(func.count()).select_from(Delegation)) == 1
    with pytest.raises(RuleBroken, match="already set .Síle Bain, 11 May 2026 to 14 May 2026") as rule:
        away(place.rory, place.tam, first=DUE, last=DUE + timedelta(days=3))
    assert rule.value.field == "from_on"
    db.session.rollback()
    away(place.rory, place.tam, first=DUE + timedelta(days=1), last=DUE + timedelta(days=3))


def test_a_circle_is_refused_with_the_reason(place: Place) -> None:
    away(place.sile, place.rory)
    with pytest.raises(RuleBroken, match="Síle Bain is away then too") as rule:
        away(place.rory, place.sile)
    assert rule.value.field == "deputy"


@pytest.mark.parametrize("who", ["oneself", "a post", "somebody elsewhere", "somebody switched off"])
def test_only_an_active_person_who_works_there_stands_in(place: Place, who: str) -> None:
    fife = make_partnership("fife")
    deputies = {
        "oneself": place.rory,
        "a post": make_user("Team", role=Role.CONTRIBUTOR, partnership=place.moray, kind=AccountKind.POST),
        "somebody elsewhere": make_user("Una Ross", role=Role.CONTRIBUTOR, partnership=fife),
        "somebody switched off": make_user("Vic Orr", role=Role.CONTRIBUTOR, partnership=place.moray, active=False),
    }
    with pytest.raises(RuleBroken) as rule:
        away(place.rory, deputies[who])
    assert rule.value.field == "deputy"


def test_nobody_stands_in_for_a_post_or_for_who_is_switched_off(place: Place) -> None:
    post = make_user("Team", role=Role.CONTRIBUTOR, partnership=place.moray, kind=AccountKind.POST)
    gone = make_user("Vic Orr", role=Role.CONTRIBUTOR, partnership=place.moray, active=False)
    db.session.commit()
    for person in (post, gone):
        with pytest.raises(RuleBroken):
            away(person, place.sile, by=place.lead, within=place.moray)
        db.session.rollback()


def test_deputy_and_person_are_told_and_whoever_set_it_is_in_the_audit(place: Place) -> None:
    delegation = away(place.rory, place.sile, by=place.lead, within=place.moray)
    subjects = {
        one.user_id: one.subject
        for one in db.session.scalars(select(Message).where(Message.kind == MessageKind.ACCOUNT_CHANGED))
    }
    assert subjects == {
        place.sile.id: "You are covering for Rory Baird",
        place.rory.id: "Síle Bain is covering for you",
    }
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "away-set")).one()
    assert (event.actor_id, event.subject_id, event.after["deputy_id"]) == (
        place.lead.id,
        place.rory.id,
        place.sile.id,
    )
    end_away(again(delegation), by=again(place.sile), today=TODAY, now=moment(TODAY))
    db.session.commit()
    with pytest.raises(RuleBroken, match="already ended"):
        end_away(again(delegation), by=again(place.rory), today=TODAY, now=moment(TODAY))


@pytest.mark.parametrize("role", [Role.GOVERNANCE, Role.CLERK, Role.OFFICIAL])
def test_a_lead_sends_nobody_away_who_asks_about_their_work(place: Place, role: Role) -> None:
    person = make_user("Una Ross", role=role, partnership=None if role is Role.OFFICIAL else place.moray)
    grant_role(person, Role.CONTRIBUTOR, place.moray)
    db.session.commit()
    with pytest.raises(RuleBroken, match="They, or an administrator"):
        away(person, place.sile, by=place.lead, within=place.moray)
    db.session.rollback()
    away(person, place.sile, by=make_user("Jean Hay", role=Role.ADMINISTRATOR), within=place.moray)


def test_a_lead_sends_nobody_of_another_partnership_away(place: Place) -> None:
    una = make_user("Una Ross", role=Role.CONTRIBUTOR, partnership=make_partnership("fife"))
    db.session.commit()
    with pytest.raises(RuleBroken):
        away(una, place.sile, by=place.lead, within=place.moray)


def test_a_colleague_sends_nobody_away(place: Place) -> None:
    with pytest.raises(RuleBroken):
        away(place.rory, place.sile, by=place.tam, within=place.moray)
