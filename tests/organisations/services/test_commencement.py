"""Section 60 of the 2026 Act: integration joint boards lead from the day on, and nothing before it changes."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.documents.queries.publications import get_record
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.publication import Publication, Version
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.organisations.queries.parts import list_boards_of_partnerships
from cycle_tracker.organisations.services.commencement import (
    ROYAL_ASSENT,
    apply_commencement,
    find_commencement,
    set_commencement,
)
from tests.factories import at_seven, make_milestone, make_organisation, make_partnership, make_user
from tests.support.databases import Database
from tests.support.reference import stand_reference
from tests.support.selection import examples

TODAY = date(2026, 11, 20)
NOW = at_seven(TODAY)
DAY = timedelta(days=1)
START = date(2027, 4, 1)
# Councils and health boards; and with integration joint boards. The others have two, and three.
LEADS = {"tayside": (4, 7), "highland": (2, 2)}


@pytest.fixture
def jean(core_app: Flask, database: Database) -> User:
    stand_reference(database, NOW)
    return make_user("Jean Hay", role=Role.ADMINISTRATOR)


def leads_on(day: date) -> dict[str, int]:
    partnerships = db.session.scalars(select(Partnership).order_by(Partnership.slug)).all()
    return {
        one.slug: sum(part.role is BodyRole.LEAD and part.holds_on(day) for part in one.bodies) for one in partnerships
    }


def parts() -> list[tuple[Any, ...]]:
    """Every part but for its number, in order."""
    rows = db.session.scalars(select(PartnershipBody))
    return sorted(
        (one.partnership_id, one.organisation_id, one.role.value, one.from_on, str(one.to_on)) for one in rows
    )


def find(slug: str) -> Partnership:
    return db.session.scalars(select(Partnership).where(Partnership.slug == slug)).one()


def test_boards_lead_from_the_day_on_and_highland_is_unchanged(jean: User) -> None:
    before = leads_on(TODAY)
    set_commencement(START, by=jean, now=NOW)
    assert leads_on(START - DAY) == before == {slug: LEADS.get(slug, (2, 3))[0] for slug in before}
    assert leads_on(START) == {slug: LEADS.get(slug, (2, 3))[1] for slug in before}
    boards = db.session.scalars(
        select(Organisation).where(Organisation.kind == OrganisationKind.INTEGRATION_JOINT_BOARD)
    )
    for board in boards:
        held = db.session.scalars(
            select(PartnershipBody)
            .where(PartnershipBody.organisation_id == board.id)
            .order_by(PartnershipBody.partnership_id, PartnershipBody.from_on)
        ).all()
        spans = [(one.role.value, one.from_on, one.to_on) for one in held]
        expected = [("provider", date(2017, 4, 1), START - DAY), ("lead", START, None)]
        shared = board.name.startswith("Clackmannanshire")
        assert spans == expected * (2 if shared else 1)


def test_a_plan_of_an_earlier_day_keeps_its_lead_bodies_and_copies(jean: User) -> None:
    moray = find("moray")
    earlier, later = (make_milestone(moray, kind=Kind.PLAN, due_on=START) for _ in range(2))
    for plan, day in ((earlier, START - DAY), (later, START)):
        db.session.add(Publication(milestone=plan, version=Version.FINAL, published_on=day, recorded_from=NOW))
    db.session.flush()
    set_commencement(START, by=jean, now=NOW)
    found = [get_record(plan, START + 30 * DAY) for plan in (earlier, later)]
    assert [[one.name for one in record.lead_bodies] for record in found] == [
        ["Moray Council", "NHS Grampian"],
        ["Moray Council", "NHS Grampian", "Moray Integration Joint Board"],
    ]
    assert [len(record.receivers) for record in found] == [7, 6]


def test_the_people_of_a_board_come_in_on_the_day(jean: User) -> None:
    moray = find("moray")
    board = db.session.scalars(select(Organisation).where(Organisation.code == "S37000019")).one()
    clerk = make_user("Isla Bain")
    db.session.add(RoleGrant(user_id=clerk.id, role=Role.LEAD, scope=Scope.ORGANISATION, organisation_id=board.id))
    db.session.flush()
    set_commencement(START, by=jean, now=NOW)
    reach = {day: set(viewers_of([clerk.id], day)[clerk.id].within) for day in (START - DAY, START)}
    assert reach == {START - DAY: set(), START: {moray.id}}


def test_another_day_or_none_takes_the_first_back(jean: User) -> None:
    before = parts()
    set_commencement(START, by=jean, now=NOW)
    once = parts()
    set_commencement(START, by=jean, now=NOW)
    apply_commencement()
    load_reference(NOW)
    assert parts() == once, "saying it again changes nothing"
    set_commencement(START + 365 * DAY, by=jean, now=NOW)
    assert leads_on(START)["moray"] == 2
    assert leads_on(START + 365 * DAY)["moray"] == 3
    set_commencement(None, by=jean, now=NOW)
    assert parts() == before
    assert find_commencement() is None
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.subject == "commencement")).all()
    assert [(one.action, one.before["starts_on"], one.after["starts_on"]) for one in events] == [
        ("set", None, "2027-04-01"),
        ("set", "2027-04-01", "2028-03-31"),
        ("removed", "2028-03-31", None),
    ]


def test_a_board_that_is_loaded_later_leads_too(jean: User) -> None:
    moray = find("moray")
    (part,) = (one for one in moray.bodies if one.role is BodyRole.PROVIDER)
    moray.bodies.remove(part)
    db.session.flush()
    set_commencement(START, by=jean, now=NOW)
    assert leads_on(START)["moray"] == 2
    load_reference(NOW)
    assert leads_on(START)["moray"] == 3


@pytest.mark.parametrize("day", [ROYAL_ASSENT - DAY, date(2100, 1, 1)])
def test_a_day_that_cannot_be_is_refused(jean: User, day: date) -> None:
    before = parts()
    with pytest.raises(RuleBroken, match="The date must be from 15 May 2026") as refused:
        set_commencement(day, by=jean, now=NOW)
    assert refused.value.field == "starts_on"
    assert parts() == before


roles = st.sampled_from([BodyRole.PROVIDER, BodyRole.MEMBER])
lengths = st.lists(st.tuples(roles, st.integers(0, 30), st.integers(0, 30)), max_size=4)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=lengths, has_end=st.booleans(), start=st.integers(0, 120))
@example(history=[(BodyRole.PROVIDER, 0, 10)], has_end=True, start=10)  # its last day is the start
def test_whatever_parts_a_board_has_it_leads_on_its_days_from_the_start_on(
    core_app: Flask, history: list[tuple[BodyRole, int, int]], has_end: bool, start: int
) -> None:
    """And on the days before it has the role that it had. With no day all is as it was."""
    jean, moray = make_user("Jean Hay"), make_partnership("moray")
    board = make_organisation("Moray IJB", kind=OrganisationKind.INTEGRATION_JOINT_BOARD)
    first = starts = ROYAL_ASSENT
    starts += start * DAY
    for number, (role, wait, length) in enumerate(history, 1):
        first += wait * DAY
        is_open = not has_end and number == len(history)
        part = PartnershipBody(partnership_id=moray.id, organisation_id=board.id, role=role, from_on=first)
        part.to_on = None if is_open else first + length * DAY
        db.session.add(part)
        first += (length + 1) * DAY
    db.session.flush()
    days = [ROYAL_ASSENT + number * DAY for number in range(300)]
    before = _roles_by_day(board, days)
    set_commencement(starts, by=jean, now=NOW)
    wanted = {day: [BodyRole.LEAD for _ in found] if day >= starts else found for day, found in before.items()}
    assert _roles_by_day(board, days) == wanted
    set_commencement(None, by=jean, now=NOW)
    assert _roles_by_day(board, days) == before
    db.session.rollback()


def _roles_by_day(board: Organisation, days: list[date]) -> dict[date, list[BodyRole]]:
    held = db.session.scalars(select(PartnershipBody).where(PartnershipBody.organisation_id == board.id)).all()
    return {day: [one.role for one in held if one.holds_on(day)] for day in days}


def test_a_part_that_had_ended_the_day_before_in_another_partnership_stays_ended(core_app: Flask) -> None:
    jean, board = make_user("Jean Hay"), make_organisation("A board", kind=OrganisationKind.INTEGRATION_JOINT_BOARD)
    for slug, to_on in (("moray", START - DAY), ("fife", None)):
        place = make_partnership(slug)
        part = PartnershipBody(
            partnership_id=place.id, organisation_id=board.id, role=BodyRole.PROVIDER, from_on=ROYAL_ASSENT
        )
        part.to_on = to_on
        db.session.add(part)
    db.session.flush()
    before = parts()
    set_commencement(START, by=jean, now=NOW)
    set_commencement(None, by=jean, now=NOW)
    assert parts() == before


def test_what_builds_on_the_parts_follows_in_every_partnership(jean: User, monkeypatch: pytest.MonkeyPatch) -> None:
    followed: list[int] = []
    monkeypatch.setattr(
        "cycle_tracker.organisations.services.parts.FOLLOWERS", [lambda place, by, now: followed.append(place)]
    )
    set_commencement(START, by=jean, now=NOW)
    assert followed == sorted(db.session.scalars(select(Partnership.id)))


def test_a_board_is_listed_on_the_days_on_which_it_has_a_role(core_app: Flask) -> None:
    moray, board = make_partnership("moray"), make_organisation("A", kind=OrganisationKind.INTEGRATION_JOINT_BOARD)
    moray.bodies.append(PartnershipBody(organisation=board, role=BodyRole.PROVIDER, from_on=START, to_on=START))
    db.session.flush()
    listed = [list_boards_of_partnerships(START + number * DAY)["Moray"] for number in (-1, 0, 1)]
    assert listed == [[], ["A"], []]
