"""Who sees what: SQL answers as the table of permissions does, for any person and any milestone of a partnership."""

from datetime import date, timedelta
from itertools import product

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, true

from cycle_tracker.access.queries.reach import in_reach, reach_of, values_of
from cycle_tracker.access.queries.scopes import (
    IS_DOCUMENT,
    IS_OPEN,
    due_on_for,
    is_mine,
    is_owned_by,
    is_seen_by,
    may_be_seen_by,
    owned_by,
    within,
    work_of,
)
from cycle_tracker.access.queries.tenures import body_gives_access, body_holds, membership_holds
from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.access.rules.permissions import Permission, Viewer, may_change, may_see
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.cycles.queries.joining import list_joining
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.publication import IS_PUBLISHED, Publication, Version
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.people.queries.held_roles import organisations_in
from cycle_tracker.people.queries.owners import list_owners
from cycle_tracker.people.queries.people import grant_counts_in
from cycle_tracker.reminders.queries.audiences import audiences_for
from tests.factories import at_seven, make_milestone, make_organisation, make_partnership, make_report, make_user
from tests.support.selection import examples

TODAY = date(2026, 7, 3)
DAY = timedelta(days=1)

roles = st.frozensets(st.sampled_from(list(Role)), max_size=2)
people = st.frozensets(st.integers(0, 3), max_size=2)
viewers = st.tuples(roles, roles, roles, st.integers(0, 3), people, people)
"""Roles for Scotland, in each of two partnerships; the number of the person, of their posts and of who is away."""


Table = tuple[list[Partnership], list[User], list[Milestone]]
Wanted = tuple[frozenset[Role], frozenset[Role], frozenset[Role], int, frozenset[int], frozenset[int]]


@pytest.fixture
def table(core_app: Flask) -> Table:
    """A step and a plan of each of three partnerships for each of four owners, and for none."""
    places = [make_partnership(slug) for slug in ("moray", "fife", "orkney")]
    owners = [make_user(f"Owner {number}") for number in range(4)]
    milestones = [
        make_milestone(place, kind=kind, owner=owner)
        for place, kind, owner in product(places, (Kind.STEP, Kind.PLAN), (*owners, None))
    ]
    return places, owners, milestones


@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(viewers, min_size=1, max_size=6))
def test_sql_finds_for_anybody_what_the_table_of_permissions_gives_them(table: Table, wanted: list[Wanted]) -> None:
    places, owners, milestones = table
    for national, in_moray, in_fife, who, posts, away in wanted:
        viewer = Viewer(
            user_id=owners[who].id,
            name="Anybody",
            national=national,
            within={places[0].id: in_moray, places[1].id: in_fife},
            posts=frozenset(owners[number].id for number in posts),
            stands_in_for=frozenset(owners[number].id for number in away),
        )
        conditions = [
            is_seen_by(viewer),
            is_owned_by(viewer),
            *(within(Milestone.partnership_id, viewer, permission) for permission in Permission),
        ]
        columns = [one.label(f"condition_{number}") for number, one in enumerate(conditions)]
        found = db.session.execute(select(Milestone.id, *columns))
        assert {row[0]: [bool(one) for one in row[1:]] for row in found} == {
            one.id: given_by_the_table(viewer, one) for one in milestones
        }
        for mine, rule in ((work_of(viewer), may_change_it), (owned_by(viewer), owns_it)):
            statement = select(Milestone.id).where(is_mine(mine.reaches))
            of_rule = {one.id for one in milestones if rule(viewer, one)}
            assert set(db.session.scalars(statement, mine.values)) == of_rule
        for held in {viewer.partnerships_with(permission) for permission in Permission}:
            statement = select(Milestone.id).where(in_reach(Milestone.partnership_id, reach_of(held)))
            of_rule = {one.id for one in milestones if held is None or one.partnership_id in held}
            assert set(db.session.scalars(statement, values_of(held))) == of_rule


def may_change_it(viewer: Viewer, one: Milestone) -> bool:
    return may_change(viewer, one.partnership_id, one.owner_id)


def owns_it(viewer: Viewer, one: Milestone) -> bool:
    return one.owner_id in viewer.owns_as and viewer.can(Permission.CHANGE_OWN_MILESTONES, one.partnership_id)


def given_by_the_table(viewer: Viewer, one: Milestone) -> list[bool]:
    """Whether the person sees it, owns it, and holds each permission where it is."""
    return [
        may_see(viewer, one.partnership_id, is_document=one.is_document),
        owns_it(viewer, one),
        *(viewer.can(permission, one.partnership_id) for permission in Permission),
    ]


def test_open_and_document_in_sql_are_those_of_the_row(core_app: Flask) -> None:
    moray = make_partnership("moray")
    made = [make_milestone(moray, kind=kind, state=state) for kind, state in product(Kind, State)]
    for condition, rule in (
        (IS_OPEN, lambda one: one.is_open),
        (~IS_OPEN, lambda one: not one.is_open),
        (IS_DOCUMENT, lambda one: one.is_document),
        (~IS_DOCUMENT, lambda one: not one.is_document),
    ):
        found = set(db.session.scalars(select(Milestone.id).where(condition)))
        assert found == {one.id for one in made if rule(one)}


def test_what_is_published_is_every_version_but_a_draft(core_app: Flask) -> None:
    moray = make_partnership("moray")
    for version in Version:
        report = make_report(moray, key=f"report-{version}")
        db.session.add(Publication(milestone_id=report.id, version=version, recorded_from=at_seven(TODAY)))
    db.session.flush()
    found = set(db.session.scalars(select(Publication.version).where(IS_PUBLISHED)))
    assert found == set(Version) - {Version.DRAFT}


@pytest.mark.parametrize("first", [-1, 0, 1])
@pytest.mark.parametrize("last", [None, -1, 0, 1])
def test_a_part_or_a_place_holds_from_its_first_day_to_its_last(core_app: Flask, first: int, last: int | None) -> None:
    until = None if last is None else TODAY + max(first, last) * DAY
    has_begun, has_not_ended = first <= 0, until is None or until >= TODAY
    moray = make_partnership("moray")
    part = PartnershipBody(
        partnership_id=moray.id,
        organisation_id=make_organisation().id,
        role=BodyRole.LEAD,
        from_on=TODAY + first * DAY,
        to_on=until,
    )
    group = Group(partnership=moray, name="A group")
    db.session.add_all([part, group])
    db.session.flush()
    db.session.add(Membership(group_id=group.id, user_id=make_user().id, role=MembershipRole.MEMBER, to_on=until))
    db.session.flush()
    assert part.holds_on(TODAY) is (has_begun and has_not_ended)
    found = db.session.scalar(select(PartnershipBody.id).where(body_holds(TODAY)))
    assert (found is not None) is (has_begun and has_not_ended)
    found = db.session.scalar(select(Membership.id).where(membership_holds(TODAY)))
    assert (found is not None) is has_not_ended


@pytest.mark.parametrize("role", BodyRole)
@pytest.mark.parametrize("until", [None, TODAY - DAY])
def test_a_part_lets_people_in_while_it_holds_unless_it_is_that_of_a_service_provider(
    core_app: Flask, role: BodyRole, until: date | None
) -> None:
    moray, board = make_partnership("moray"), make_organisation("Moray Integration Joint Board")
    db.session.add(
        PartnershipBody(
            partnership_id=moray.id, organisation_id=board.id, role=role, from_on=date(2017, 4, 1), to_on=until
        )
    )
    clerk, step = make_user("Isla Bain"), make_milestone(moray)
    db.session.add(RoleGrant(user_id=clerk.id, role=Role.LEAD, scope=Scope.ORGANISATION, organisation_id=board.id))
    db.session.flush()
    is_in = role is not BodyRole.PROVIDER and until is None
    part = db.session.scalar(select(PartnershipBody.id).where(body_gives_access(TODAY)))
    assert (part is not None) is is_in
    assert (set(viewers_of([clerk.id], TODAY)[clerk.id].within) == {moray.id}) is is_in
    seen = select(Milestone.id).where(may_be_seen_by(clerk.id, TODAY))
    assert db.session.scalars(seen).all() == ([step.id] if is_in else [])
    assert [one.id for one in list_owners(moray.id, TODAY)] == ([clerk.id] if is_in else [])
    assert audiences_for([moray.id], [], TODAY).leads.get(moray.id, ()) == ((clerk.id,) if is_in else ())
    assert organisations_in(moray.id, TODAY) == ({board.id} if is_in else set())
    counts = select(RoleGrant.id).where(grant_counts_in(moray.id, TODAY))
    assert len(db.session.scalars(counts).all()) == int(is_in)
    (joining,) = list_joining(TODAY, at_seven(TODAY))
    assert joining.leads == int(is_in)


def test_what_a_date_is_for_a_reader_goes_by_the_partnership_asked_about(core_app: Flask) -> None:
    """A new date that was not shared is for those of the partnership; a role elsewhere shows nobody more, or less."""
    moray, fife = make_partnership("moray"), make_partnership("fife")
    old, new = date(2026, 6, 30), date(2026, 9, 1)
    report = make_report(moray, due_on=new, target_on=old, expected_date=True)
    step = make_milestone(moray, due_on=new, target_on=old, expected_date=True)
    plain = make_report(moray, key="2023-26.annual-report-1", due_on=new, target_on=old)
    db.session.add(changed(report, DateChangeKind.LOCAL))
    db.session.flush()

    def dates(national: Role, *in_fife: Role) -> tuple[date, date]:
        viewer = Viewer(1, "Anybody", national=frozenset({national}), within={fife.id: frozenset(in_fife)})
        found = db.session.execute(select(Milestone.id, due_on_for(viewer, moray.id)))
        of = {row[0]: row[1] for row in found}
        assert of[plain.id] == new, "no new expected date is there to be kept back"
        return of[report.id], of[step.id]

    assert dates(Role.OFFICIAL) == (old, new)
    assert dates(Role.OFFICIAL, Role.LEAD) == (old, new)
    assert dates(Role.ADMINISTRATOR, Role.LEAD) == (new, new)
    assert dates(Role.AUDITOR) == (new, new)
    other = make_report(moray, key="2023-26.annual-report-2")
    db.session.add_all(
        [
            changed(other, DateChangeKind.EXPECTED),
            changed(report, DateChangeKind.EXPECTED, shared=False),
            changed(report, DateChangeKind.EXPECTED, noted_at=None),
        ]
    )
    db.session.flush()
    assert dates(Role.OFFICIAL) == (old, new)
    db.session.add(changed(report, DateChangeKind.EXPECTED))
    db.session.flush()
    assert dates(Role.OFFICIAL) == (new, new)


def changed(milestone: Milestone, kind: DateChangeKind, **fields: object) -> DateChange:
    values = {"new_due_on": milestone.due_on, "reason": "Why", "shared": True, "noted_at": at_seven(TODAY), **fields}
    return DateChange(milestone_id=milestone.id, kind=kind, **values)


def test_a_job_finds_for_each_account_what_the_table_of_permissions_gives_it(core_app: Flask) -> None:
    """Every role in each scope, for a step and a document of one's own partnership, of another, and of Scotland."""
    moray, fife = make_partnership("moray"), make_partnership("fife")
    board, left = make_organisation("NHS Grampian"), make_organisation("NHS Fife")
    provider = make_organisation("Moray Integration Joint Board")
    for place, body, until in ((moray, board, None), (moray, left, TODAY - DAY), (moray, provider, None)):
        db.session.add(
            PartnershipBody(
                partnership_id=place.id,
                organisation_id=body.id,
                role=BodyRole.PROVIDER if body is provider else BodyRole.MEMBER,
                from_on=date(2017, 4, 1),
                to_on=until,
            )
        )
    accounts = [make_user("Nobody"), make_user("Switched off", role=Role.LEAD, partnership=moray, active=False)]
    for role in Role:
        accounts += [make_user(f"{role} in Moray", role=role, partnership=moray), make_user(f"{role}", role=role)]
        for body in (board, left, provider):
            accounts.append(make_user(f"{role} of {body.name}"))
            db.session.add(
                RoleGrant(user_id=accounts[-1].id, role=role, scope=Scope.ORGANISATION, organisation_id=body.id)
            )
    made = [make_milestone(place, kind=kind) for place, kind in product((moray, fife, None), (Kind.STEP, Kind.PLAN))]
    db.session.flush()
    found = db.session.execute(
        select(User.id, Milestone.id).join(Milestone, true()).where(may_be_seen_by(User.id, TODAY))
    )
    given = viewers_of([account.id for account in accounts], TODAY)
    assert {tuple(row) for row in found} == {
        (viewer.user_id, one.id)
        for viewer, one in product(given.values(), made)
        if may_see(viewer, one.partnership_id, is_document=one.is_document)
    }
