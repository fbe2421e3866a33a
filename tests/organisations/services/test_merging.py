"""Merging a duplicate: all that was its own is the other one's, and nothing that people recorded is lost."""

from datetime import date, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import Base, db
from cycle_tracker.core.kinds import Kind, Manner
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.access import Invitation
from cycle_tracker.models.approval import Approval, Revision
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.organisation import OldCode, Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.publication import Publication, PublicationCopy, Sending, Version
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.organisations.services.commencement import set_commencement
from cycle_tracker.organisations.services.merging import POINTERS, merge_organisations
from cycle_tracker.organisations.services.organisations import (
    OrganisationDetails,
    add_organisation,
    set_in_use,
)
from cycle_tracker.partnerships.queries.bodies import find_organisation
from tests.factories import at_seven, make_government, make_milestone, make_organisation, make_partnership, make_user
from tests.support.parallel import at_once
from tests.support.selection import examples

TODAY = date(2026, 7, 3)
NOW = at_seven(TODAY)
DAY = timedelta(days=1)
FIRST = date(2020, 4, 1)
MINE = "lead@partnership.example.test"


@pytest.fixture
def jean(core_app: Flask) -> User:
    return make_user("Jean Hay", role=Role.ADMINISTRATOR)


@pytest.fixture
def moray(core_app: Flask) -> Partnership:
    return make_partnership("moray")


def provider(name: str) -> Organisation:
    return make_organisation(name, kind=OrganisationKind.SERVICE_PROVIDER)


def part(
    place: Partnership,
    of: Organisation,
    role: BodyRole = BodyRole.PROVIDER,
    from_on: date = FIRST,
    to_on: date | None = None,
) -> PartnershipBody:
    made = PartnershipBody(partnership_id=place.id, organisation=of, role=role, from_on=from_on, to_on=to_on)
    db.session.add(made)
    db.session.flush()
    return made


def grant(user: User, of: Organisation, role: Role = Role.CONTRIBUTOR) -> None:
    db.session.add(RoleGrant(user_id=user.id, role=role, scope=Scope.ORGANISATION, organisation_id=of.id))
    db.session.flush()


def parts_of(organisation: Organisation) -> list[tuple[int, str, date, date | None]]:
    rows = db.session.scalars(
        select(PartnershipBody)
        .where(PartnershipBody.organisation_id == organisation.id)
        .order_by(PartnershipBody.partnership_id, PartnershipBody.from_on)
    )
    return [(one.partnership_id, one.role.value, one.from_on, one.to_on) for one in rows]


def test_every_column_that_points_to_an_organisation_is_moved() -> None:
    """A new table that points to one cannot be forgotten."""
    pointing = {
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "organisations" for key in column.foreign_keys)
    }
    moved = {pointer.property.columns[0] for pointer in POINTERS} | {PartnershipBody.__table__.c.organisation_id}
    assert pointing == moved


def test_all_that_was_the_duplicates_is_the_other_ones(moray: Partnership, jean: User) -> None:
    make_government()
    kept, duplicate, older = provider("Aberlour"), provider("Aberlour Trust"), provider("Aberlour, as before")
    merge_organisations(older, duplicate, by=jean, now=NOW)
    duplicate.mailbox = "plans@aberlour.example.test"
    part(moray, duplicate, BodyRole.MEMBER)
    worker = make_user("Rory Baird", organisation=duplicate)
    grant(worker, duplicate)
    plan = make_milestone(moray, kind=Kind.PLAN, lead_organisation=duplicate)
    publication = Publication(milestone=plan, version=Version.FINAL, recorded_from=NOW)
    publication.copies.append(PublicationCopy(receiver=duplicate, sent_on=TODAY))
    approval = Approval(milestone_id=plan.id, organisation=duplicate, manner=Manner.NOTED, recorded_by_id=jean.id)
    approval.recorded_at = NOW
    invitation = Invitation(
        email="a@example.test",
        name="A",
        role=Role.CONTRIBUTOR,
        scope=Scope.ORGANISATION,
        organisation=duplicate,
        invited_by=jean,
        invited_at=NOW,
        expires_at=NOW,
    )
    db.session.add_all([publication, approval, invitation, OldCode(code="OLD-1", organisation_id=duplicate.id)])
    db.session.flush()
    code, older_code = duplicate.code, older.code
    merge_organisations(duplicate, kept, by=jean, now=NOW)
    db.session.expire_all()
    assert (duplicate.in_use, duplicate.merged_into_id, older.merged_into_id) == (False, kept.id, kept.id)
    assert [find_organisation(one) for one in (code, older_code, "old-1", kept.code)] == [kept] * 4
    assert parts_of(kept) == [(moray.id, "member", FIRST, None)]
    assert worker.organisation is plan.lead_organisation is approval.organisation is invitation.organisation is kept
    assert [copy.receiver for copy in publication.copies] == [kept]
    assert viewers_of([worker.id], TODAY)[worker.id].within == {moray.id: frozenset({Role.CONTRIBUTOR})}
    assert kept.mailbox == "plans@aberlour.example.test"
    for pointer in POINTERS:
        assert db.session.scalar(select(func.count()).select_from(pointer.class_).where(pointer == duplicate.id)) == 0
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.subject_id == duplicate.id)).all()[-1]
    assert (event.action, event.after) == ("merged", {"into": kept.id, "parts": 1})


def test_a_role_for_both_is_held_once(moray: Partnership, jean: User) -> None:
    kept, duplicate = provider("A"), provider("B")
    worker = make_user("Rory Baird")
    for role, of in ((Role.LEAD, kept), (Role.LEAD, duplicate), (Role.CONTRIBUTOR, duplicate)):
        grant(worker, of, role)
    merge_organisations(duplicate, kept, by=jean, now=NOW)
    rows = db.session.execute(select(RoleGrant.role, RoleGrant.organisation_id).where(RoleGrant.user_id == worker.id))
    assert sorted(tuple(row) for row in rows) == [(Role.CONTRIBUTOR, kept.id), (Role.LEAD, kept.id)]


@pytest.mark.parametrize("what", ["itself", "merged", "of the law", "not in use", "waiting"])
def test_what_cannot_be_merged_is_refused(moray: Partnership, jean: User, what: str) -> None:
    kept, duplicate = provider("A"), provider("B")
    if what == "itself":
        kept = duplicate
    elif what == "merged":
        merge_organisations(duplicate, provider("C"), by=jean, now=NOW)
    elif what == "of the law":
        duplicate = make_government()
    elif what == "not in use":
        set_in_use(kept, in_use=False, by=jean, today=TODAY, now=NOW)
    else:
        details = OrganisationDetails("D", OrganisationKind.SCHOOL)
        kept = add_organisation(details, partnership=moray, by=jean, now=NOW)
    with pytest.raises(RuleBroken):
        merge_organisations(duplicate, kept, by=jean, now=NOW)
    assert kept.merged_into_id is None


def test_two_records_of_the_same_thing_are_never_made_one(moray: Partnership, jean: User) -> None:
    make_government()
    kept, duplicate = provider("A"), provider("B")
    plan = make_milestone(moray, kind=Kind.PLAN)
    publication = Publication(milestone=plan, version=Version.FINAL, recorded_from=NOW)
    publication.copies.extend(PublicationCopy(receiver=one) for one in (kept, duplicate))
    db.session.add(publication)
    db.session.flush()
    with pytest.raises(RuleBroken, match="a copy of the same plan or report recorded") as refused:
        merge_organisations(duplicate, kept, by=jean, now=NOW)
    assert refused.value.field == "into"
    publication.copies.pop()
    for one in (kept, duplicate):
        approval = Approval(milestone_id=plan.id, organisation=one, manner=Manner.NOTED, recorded_by_id=jean.id)
        approval.recorded_at, approval.publication_id = NOW, publication.id
        db.session.add(approval)
    db.session.flush()
    with pytest.raises(RuleBroken, match="a decision on the same plan or report recorded"):
        merge_organisations(duplicate, kept, by=jean, now=NOW)


def test_decisions_on_two_documents_that_are_still_to_be_published_stand_in_nobodys_way(
    moray: Partnership, jean: User
) -> None:
    kept, duplicate = provider("A"), provider("B")
    for one in (kept, duplicate):
        plan = make_milestone(moray, kind=Kind.PLAN)
        db.session.add(PublicationCopy(milestone_id=plan.id, receiver=one))
        approval = Approval(milestone_id=plan.id, organisation=one, manner=Manner.NOTED, recorded_by_id=jean.id)
        approval.recorded_at = NOW
        db.session.add(approval)
    db.session.flush()
    merge_organisations(duplicate, kept, by=jean, now=NOW)
    assert db.session.scalars(select(Approval.organisation_id)).all() == [kept.id, kept.id]
    assert db.session.scalars(select(PublicationCopy.receiver_id)).all() == [kept.id, kept.id]


def test_two_copies_of_a_plan_that_is_still_to_be_published_are_never_made_one(moray: Partnership, jean: User) -> None:
    kept, duplicate = provider("A"), provider("B")
    plan = make_milestone(moray, kind=Kind.PLAN)
    db.session.add_all(PublicationCopy(milestone_id=plan.id, receiver=one) for one in (kept, duplicate))
    db.session.flush()
    with pytest.raises(RuleBroken, match="a copy of the same plan or report recorded"):
        merge_organisations(duplicate, kept, by=jean, now=NOW)


def test_two_emails_with_copies_of_the_same_plan_are_never_made_one(moray: Partnership, jean: User) -> None:
    """One receiver would be on its way twice. An email with a copy of another plan stands in nobody's way."""
    kept, duplicate = provider("A"), provider("B")
    plans = [make_milestone(moray, kind=Kind.PLAN) for _ in range(2)]
    versions = [Publication(milestone=plan, version=Version.FINAL, recorded_from=NOW) for plan in plans]
    db.session.add_all(versions)
    first, second = sending(versions[0], kept), sending(versions[0], duplicate)
    with pytest.raises(RuleBroken, match="an email with a copy of the same plan or report recorded") as refused:
        merge_organisations(duplicate, kept, by=jean, now=NOW)
    assert refused.value.field == "into"
    assert duplicate.merged_into_id is None
    second.publication = versions[1]
    db.session.flush()
    merge_organisations(duplicate, kept, by=jean, now=NOW)
    assert {one.receiver_id for one in (first, second)} == {kept.id}


def sending(publication: Publication, receiver: Organisation) -> Sending:
    """An email with a copy that is on its way."""
    identity = uuid4().hex
    message = Message(identity=identity, message_id=f"<{identity}@example.org>", kind=MessageKind.DOCUMENT_PUBLISHED)
    message.recipient, message.subject, message.rendered_on = "plans@example.test", "The plan", TODAY
    message.queued_at = message.ready_at = NOW
    made = Sending(publication=publication, receiver=receiver, message=message, asked_at=NOW)
    db.session.add(made)
    db.session.flush()
    return made


def test_two_records_of_an_earlier_version_become_one_because_no_page_can_remove_them(
    moray: Partnership, jean: User
) -> None:
    make_government()
    kept, duplicate, other = provider("A"), provider("B"), provider("C")
    plan = make_milestone(moray, kind=Kind.PLAN)
    earlier = Publication(milestone=plan, is_present=False, recorded_from=NOW)
    present = Publication(milestone=plan, number=2, version=Version.REVISED, recorded_from=NOW)
    earlier.copies.extend(PublicationCopy(receiver=one) for one in (kept, duplicate, other))
    present.copies.append(PublicationCopy(receiver=duplicate))
    db.session.add_all([earlier, present])
    db.session.flush()
    for version, one in ((earlier, kept), (earlier, duplicate), (present, duplicate)):
        approval = Approval(milestone_id=plan.id, organisation=one, manner=Manner.NOTED, recorded_by_id=jean.id)
        approval.publication_id, approval.recorded_at = version.id, NOW
        db.session.add(approval)
    db.session.flush()
    merge_organisations(duplicate, kept, by=jean, now=NOW)
    assert [[copy.receiver for copy in version.copies] for version in (earlier, present)] == [[kept, other], [kept]]
    decided = db.session.execute(select(Approval.publication_id, Approval.organisation_id).order_by(Approval.id)).all()
    assert [tuple(row) for row in decided] == [(earlier.id, kept.id), (present.id, kept.id)]


@pytest.mark.parametrize(
    ("version", "merges"), [(Version.FINAL, True), (Version.INTERIM, False), (Version.DRAFT, False)]
)
def test_decisions_that_wait_for_a_version_that_was_undone_stand_in_no_ones_way(
    moray: Partnership, jean: User, version: Version, merges: bool
) -> None:
    """While the plan itself is published no page shows them, so nobody could remove one of the two."""
    make_government()
    kept, duplicate = provider("A"), provider("B")
    plan = make_milestone(moray, kind=Kind.PLAN)
    db.session.add(Publication(milestone=plan, version=version, recorded_from=NOW))
    for one in (kept, duplicate):
        approval = Approval(milestone_id=plan.id, organisation=one, manner=Manner.NOTED, recorded_by_id=jean.id)
        approval.recorded_at = NOW
        db.session.add(approval)
    db.session.flush()
    if not merges:
        with pytest.raises(RuleBroken, match="a decision on the same plan or report recorded"):
            merge_organisations(duplicate, kept, by=jean, now=NOW)
        return
    merge_organisations(duplicate, kept, by=jean, now=NOW)
    assert db.session.scalars(select(Approval.organisation_id)).all() == [kept.id]


def test_different_roles_at_the_same_time_are_refused(moray: Partnership, jean: User) -> None:
    kept, duplicate = provider("A"), provider("B")
    part(moray, kept, BodyRole.MEMBER, FIRST, TODAY)
    other = part(moray, duplicate, BodyRole.PROVIDER, TODAY)
    with pytest.raises(RuleBroken, match="different roles in Moray at the same time"):
        merge_organisations(duplicate, kept, by=jean, now=NOW)
    other.from_on = TODAY + DAY
    merge_organisations(duplicate, kept, by=jean, now=NOW)
    assert parts_of(kept) == [(moray.id, "member", FIRST, TODAY), (moray.id, "provider", TODAY + DAY, None)]


spans = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=4)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(of_kept=spans, of_duplicate=spans, has_end=st.booleans())
def test_the_other_one_has_a_role_on_the_days_on_which_one_of_the_two_had_it(
    core_app: Flask, of_kept: list[tuple[int, int]], of_duplicate: list[tuple[int, int]], has_end: bool
) -> None:
    """Whatever the days of the two: no day is lost or won, and no two parts are on the same day."""
    jean, moray = make_user("Jean Hay"), make_partnership("moray")
    kept, duplicate = provider("A"), provider("B")
    days = set()
    for of, lengths in ((kept, of_kept), (duplicate, of_duplicate)):
        first = FIRST
        for wait, length in lengths:
            first += wait * DAY
            last = first + length * DAY
            is_open = not has_end and (wait, length) == lengths[-1] and of is duplicate
            part(moray, of, from_on=first, to_on=None if is_open else last)
            days |= {first + number * DAY for number in range(200 if is_open else length + 1)}
            if is_open:
                break
            first = last + DAY
    merge_organisations(duplicate, kept, by=jean, now=NOW)
    end = max(days, default=FIRST)
    found = [
        from_on + number * DAY
        for _, _, from_on, to_on in parts_of(kept)
        for number in range(((to_on or end) - from_on).days + 1)
    ]
    assert len(found) == len(set(found))
    assert set(found) == days
    assert parts_of(duplicate) == []
    db.session.rollback()


@pytest.mark.parametrize(
    ("kind", "taken"),
    [
        (OrganisationKind.SERVICE_PROVIDER, True),
        (OrganisationKind.INTEGRATION_JOINT_BOARD, False),
        (OrganisationKind.OTHER_SERVICE_PROVIDER, False),
        (OrganisationKind.SCOTTISH_GOVERNMENT, False),
    ],
)
def test_where_plans_must_be_sent_is_never_what_a_partnership_typed(
    moray: Partnership, jean: User, kind: OrganisationKind, taken: bool
) -> None:
    """Every partnership sends its plans there: a lead could have had them sent to an address of their own."""
    kept, details = make_organisation("The one", kind=kind), OrganisationDetails("It", OrganisationKind.OTHER, MINE)
    merge_organisations(add_organisation(details, partnership=moray, by=jean, now=NOW), kept, by=jean, now=NOW)
    assert kept.mailbox == (MINE if taken else None)


def test_two_that_are_merged_into_each_other_at_once_leave_one(app: Flask, moray: Partnership, jean: User) -> None:
    """On PostgreSQL both were taken out of use, and whatever was theirs with them."""
    one, other, by = provider("Aberlour").id, provider("Aberlour Trust").id, jean.id
    db.session.commit()
    db.session.remove()
    both_have_read = Barrier(2)

    def merge(duplicate: int, kept: int) -> bool:
        first, second = (db.session.get_one(Organisation, number) for number in (duplicate, kept))
        if db.engine.dialect.name == "postgresql":  # on SQLite the other waits before it reads
            both_have_read.wait(timeout=20)
        try:
            merge_organisations(first, second, by=db.session.get_one(User, by), now=NOW)
            db.session.commit()
        except RuleBroken:
            db.session.rollback()
            return False
        return True

    assert sorted(at_once(app, lambda: merge(one, other), lambda: merge(other, one))) == [False, True]
    in_use = select(func.count()).where(Organisation.id.in_([one, other]), Organisation.in_use)
    assert db.session.scalar(in_use) == 1


def test_a_board_that_leads_by_the_act_is_merged_and_the_day_can_still_be_removed(
    moray: Partnership, jean: User
) -> None:
    kept, duplicate = (make_organisation(name, kind=OrganisationKind.INTEGRATION_JOINT_BOARD) for name in "AB")
    part(moray, kept)
    set_commencement(date(2027, 4, 1), by=jean, now=NOW)
    part(moray, duplicate, BodyRole.LEAD, date(2027, 4, 1))
    merge_organisations(duplicate, kept, by=jean, now=NOW)
    set_commencement(None, by=jean, now=NOW)
    assert parts_of(kept) == [(moray.id, "provider", FIRST, None)]


def test_what_builds_on_the_parts_follows_a_merge(
    moray: Partnership, jean: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, duplicate, followed = provider("A"), provider("B"), []
    part(moray, duplicate)
    follower = lambda partnership_id, by, now: followed.append((partnership_id, by, now))  # noqa: E731
    monkeypatch.setattr("cycle_tracker.organisations.services.parts.FOLLOWERS", [follower])
    merge_organisations(duplicate, kept, by=jean, now=NOW)
    assert followed == [(moray.id, jean, NOW)]


def test_what_was_merged_is_not_used_again(jean: User) -> None:
    kept, duplicate = provider("A"), provider("B")
    merge_organisations(duplicate, kept, by=jean, now=NOW)
    with pytest.raises(RuleBroken, match="was merged into another one"):
        set_in_use(duplicate, in_use=True, by=jean, today=TODAY, now=NOW)
    assert not duplicate.in_use


def test_two_decisions_on_a_revision_are_never_made_one_while_a_page_shows_them(moray: Partnership, jean: User) -> None:
    make_government()
    kept, duplicate = provider("A"), provider("B")
    plan = make_milestone(moray, kind=Kind.PLAN)
    present = Publication(milestone=plan, recorded_from=NOW)
    revision = Revision(milestone_id=plan.id, number=1, reason="Why", target_on=TODAY, recorded_by_id=jean.id)
    revision.recorded_at = NOW
    db.session.add_all([present, revision])
    db.session.flush()
    decided = {"milestone_id": plan.id, "manner": Manner.NOTED, "recorded_by_id": jean.id, "recorded_at": NOW}
    # One of each version stands in nobody's way.
    of_present = Approval(organisation=duplicate, publication_id=present.id, **decided)
    of_revision = Approval(organisation=kept, revision_id=revision.id, **decided)
    second = Approval(organisation=duplicate, revision_id=revision.id, **decided)
    db.session.add_all([of_present, of_revision, second])
    db.session.flush()
    with pytest.raises(RuleBroken, match="a decision on the same plan or report recorded"):
        merge_organisations(duplicate, kept, by=jean, now=NOW)
    revision.undone_at = NOW
    db.session.flush()
    merge_organisations(duplicate, kept, by=jean, now=NOW)
    assert sorted(db.session.scalars(select(Approval.id))) == sorted([of_present.id, of_revision.id])
