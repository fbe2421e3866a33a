"""A proposed date changes nothing until somebody notes it who stands apart."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.queries.proposals import as_proposals, find_proposal, proposals_to_note
from cycle_tracker.documents.services.explanations import note_expected_date
from cycle_tracker.documents.services.proposals import decline_proposal, note_proposal, propose_date, withdraw_proposal
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import AccountKind, PostHolder, User
from tests.factories import (
    grant_role,
    make_governance_group,
    make_milestone,
    make_partnership,
    make_report,
    make_user,
)
from tests.support.days import moment

pytestmark = pytest.mark.alike_on_both_databases

TODAY = date(2026, 8, 17)
NOW = moment(TODAY)
NEW_DATE = date(2026, 9, 30)
WHY = "The council meets in September."


@pytest.fixture
def moray(core_app: Flask) -> Partnership:
    return make_partnership("moray")


@pytest.fixture
def lead(moray: Partnership) -> User:
    return make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)


@pytest.fixture
def member(moray: Partnership) -> User:
    return make_governance_group(moray, "Catriona Ross")[0]


@pytest.fixture
def official(moray: Partnership) -> User:
    return make_user("Hamish Reid", role=Role.OFFICIAL)


@pytest.fixture
def report(moray: Partnership, lead: User) -> Milestone:
    owner = make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray)
    return make_report(moray, owner=owner)


def propose(milestone: Milestone, by: User, *, on: date = NEW_DATE, why: str = WHY, shared: bool = True) -> DateChange:
    return propose_date(milestone, on, why, shared=shared, by=by, today=TODAY, now=NOW)


def waits_for(person: User) -> list[str]:
    return [row.title for row in as_proposals(proposals_to_note(viewer_of(person.id, TODAY)))]


def test_a_proposal_changes_nothing(report: Milestone, lead: User) -> None:
    before = report.version
    proposal = propose(report, lead)
    assert (report.due_on, report.expected_date) == (date(2026, 6, 30), False)
    assert (proposal.proposed_by_id, proposal.proposed_at, proposal.noted_at) == (lead.id, NOW, None)
    assert find_proposal(report) is proposal
    assert report.version == before + 1, "somebody who looks at the page as it was is told"
    assert db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all() == ["date-proposed"]


def test_noting_it_makes_it_the_date_worked_to(report: Milestone, lead: User, member: User) -> None:
    proposal = propose(report, lead)
    assert note_proposal(report, shared=False, by=member, today=TODAY, now=NOW) is proposal
    assert (report.due_on, report.target_on, report.expected_date) == (NEW_DATE, date(2026, 6, 30), True)
    assert (proposal.noted_by_id, proposal.proposed_by_id, proposal.shared) == (member.id, lead.id, False)
    assert find_proposal(report) is None
    assert len(db.session.scalars(select(DateChange)).all()) == 1


def test_an_official_notes_it_too(report: Milestone, lead: User, official: User) -> None:
    propose(report, lead)
    note_proposal(report, shared=True, by=official, today=TODAY, now=NOW)
    assert report.due_on == NEW_DATE


def test_neither_owner_nor_proposer_nor_lead_notes_or_declines_it(
    report: Milestone, lead: User, moray: Partnership
) -> None:
    propose(report, lead)
    second = make_user("Blair Munro", role=Role.LEAD, partnership=moray)
    post = make_user("Planning inbox", kind=AccountKind.POST)
    holder = make_user("Holder Of Post", role=Role.GOVERNANCE, partnership=moray)
    db.session.add(PostHolder(post_id=post.id, user_id=holder.id))
    for owner_id, person in ((report.owner_id, lead), (report.owner_id, second), (post.id, holder)):
        report.owner_id = owner_id
        db.session.flush()
        grant_role_once(person, moray)
        with pytest.raises(RuleBroken, match="Someone else must do it"):
            note_proposal(report, shared=True, by=person, today=TODAY, now=NOW)
        with pytest.raises(RuleBroken, match="Someone else must do it"):
            decline_proposal(report, "No.", by=person, today=TODAY, now=NOW)
    assert report.due_on == date(2026, 6, 30)


def grant_role_once(person: User, moray: Partnership) -> None:
    """They sit in the group besides, which must not help them."""
    if not any(grant.role is Role.GOVERNANCE for grant in person.grants):
        grant_role(person, Role.GOVERNANCE, moray)


def test_declining_says_why_and_leaves_the_date(report: Milestone, lead: User, member: User) -> None:
    proposal = propose(report, lead)
    with pytest.raises(RuleBroken) as refused:
        decline_proposal(report, "  ", by=member, today=TODAY, now=NOW)
    assert refused.value.field == "why"
    decline_proposal(report, "Too late in the year.", by=member, today=TODAY, now=NOW)
    assert (proposal.declined_by_id, proposal.declined_why) == (member.id, "Too late in the year.")
    assert report.due_on == date(2026, 6, 30)
    with pytest.raises(RuleBroken, match="There is no proposal to decide"):
        note_proposal(report, shared=True, by=member, today=TODAY, now=NOW)


def test_one_waits_at_a_time_and_its_proposer_replaces_or_withdraws_it(
    report: Milestone, lead: User, moray: Partnership
) -> None:
    first = propose(report, lead)
    second_lead = make_user("Blair Munro", role=Role.LEAD, partnership=moray)
    with pytest.raises(RuleBroken, match="Someone else has already proposed"):
        propose(report, second_lead)
    with pytest.raises(RuleBroken, match="Only the person who proposed"):
        withdraw_proposal(report, by=second_lead, now=NOW)
    second = propose(report, lead, on=date(2026, 10, 15))
    assert (first.declined_by_id, find_proposal(report)) == (lead.id, second)
    withdraw_proposal(report, by=lead, now=NOW)
    assert find_proposal(report) is None


def test_noting_another_date_declines_the_one_that_waits(report: Milestone, lead: User, member: User) -> None:
    proposal = propose(report, lead)
    note_expected_date(report, date(2026, 10, 15), WHY, shared=True, by=member, today=TODAY, now=NOW)
    assert proposal.declined_why == "Another date was agreed instead, 15 October 2026."
    assert find_proposal(report) is None


def test_a_proposal_whose_day_has_come_is_not_noted(report: Milestone, lead: User, member: User) -> None:
    propose(report, lead)
    with pytest.raises(RuleBroken, match="must be in the future"):
        note_proposal(report, shared=True, by=member, today=NEW_DATE, now=moment(NEW_DATE))


@pytest.mark.parametrize(
    ("on", "why", "field"),
    [
        (TODAY, WHY, "expected_on"),
        (date(9999, 12, 31), WHY, "expected_on"),
        (NEW_DATE, "short", "explanation"),
    ],
)
def test_a_proposal_keeps_the_rules_of_any_new_date(
    report: Milestone, lead: User, on: date, why: str, field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        propose(report, lead, on=on, why=why)
    assert refused.value.field == field


def test_what_is_closed_or_has_no_date_is_not_explained(report: Milestone, lead: User, moray: Partnership) -> None:
    with pytest.raises(RuleBroken, match="no date yet"):
        propose(make_milestone(moray, due_on=None), lead)
    report.state = State.NOT_REQUIRED
    with pytest.raises(RuleBroken, match="needs no new date"):
        propose(report, lead)


def test_who_is_shown_what_waits(
    report: Milestone, lead: User, member: User, official: User, moray: Partnership
) -> None:
    propose(report, lead)
    propose(make_report(moray, key="kept", title="Kept to themselves"), lead, shared=False)
    propose(make_milestone(moray, title="A step"), lead, shared=True)
    both = make_user("Shona Muir", role=Role.GOVERNANCE, partnership=moray)
    grant_role(both, Role.LEAD, moray)
    elsewhere = make_governance_group(make_partnership("fife"), "Una Ross")[0]
    assert waits_for(member) == ["Annual report on 2025–26", "Kept to themselves", "A step"]
    assert waits_for(official) == ["Annual report on 2025–26"]
    assert waits_for(lead) == waits_for(both) == waits_for(elsewhere) == []
    report.owner = member
    db.session.flush()
    assert waits_for(member) == ["Kept to themselves", "A step"]
