"""A late-started plan: proposed, agreed by an official, measured from its own start, and undone."""

from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.queries.beside_plan.own_starts import find_own_start
from cycle_tracker.documents.queries.documents import list_documents
from cycle_tracker.documents.services.beside_plan.own_starts import (
    agree_own_start,
    propose_own_start,
    undo_own_start,
)
from cycle_tracker.documents.services.explanations import note_expected_date
from cycle_tracker.models.approval import OwnStart
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.publication import Version
from cycle_tracker.models.user import User
from cycle_tracker.national.queries.documents import list_documents_of_period
from cycle_tracker.national.queries.picture import list_national_documents
from cycle_tracker.reminders.services.notices import keep_silent
from cycle_tracker.reminders.services.reminders import queue_due_notices
from cycle_tracker.requests.queries.documents_to_ask import as_asked
from cycle_tracker.requests.rules import opening
from tests.documents.services.moray import NOW, TODAY, Moray
from tests.factories import make_user
from tests.support.days import moment

pytestmark = pytest.mark.alike_on_both_databases

FIRST_DAY, OWN_START = date(2026, 4, 1), date(2026, 7, 1)
ALLOWED_BY = "The elections of 2026: Scottish Government’s letter of 9 March 2026."
DAY_AFTER = date(2026, 7, 2)


@pytest.fixture
def official(moray: Moray) -> User:
    return make_user("Fiona Shaw", role=Role.OFFICIAL)


def propose(moray: Moray, on: date = OWN_START) -> OwnStart:
    found = propose_own_start(moray.plan, on, ALLOWED_BY, on_behalf=False, by=moray.lead, now=NOW)
    db.session.commit()
    return found


def agree(moray: Moray, official: User) -> None:
    agree_own_start(moray.plan, by=official, today=TODAY, now=NOW)
    db.session.commit()


def nationally(moray: Moray, today: date) -> tuple[DocumentState, int | None, DocumentState, DocumentState]:
    """The plan on the day: its state, its days past on the list of officials if it is there, and its states in the
    matrix and for `flask national`."""
    late = [one for one in list_documents(today) if one.milestone_id == moray.plan.id]
    period = moray.cycle.period
    (followed,) = (one for one in list_documents_of_period(period, today) if one.key == moray.plan.key)
    national = next(one for one in list_national_documents(period, today) if one.document == "plan")
    return moray.state(today), late[0].days_past if late else None, followed.state, national.state


def sweep(day: date) -> None:
    queue_due_notices(day, moment(day))


def steps(moray: Moray) -> list[tuple[str, date]]:
    """What the owner of the plan is to be notified of, of what has not ended."""
    found = select(Notice.step, Notice.due_on).where(
        Notice.milestone_id == moray.plan.id, Notice.ended_at.is_(None), Notice.user_id == moray.lead.id
    )
    return [(row.step, row.due_on) for row in db.session.execute(found.order_by(Notice.id))]


def test_a_proposed_start_changes_nothing_until_an_official_agrees_it(moray: Moray, official: User) -> None:
    before = nationally(moray, TODAY)
    assert before[0] is DocumentState.PAST_GUIDANCE_DATE
    assert before[1] == 49
    own_start = propose(moray)
    assert nationally(moray, TODAY) == before
    assert (moray.plan.own_start_on, moray.plan.due_on, own_start.agreed_at) == (None, FIRST_DAY, None)
    agree(moray, official)
    assert (own_start.agreed_by_id, moray.plan.due_on, moray.plan.expected_date) == (official.id, OWN_START, False)
    assert moray.plan.target_on == FIRST_DAY


def test_an_agreed_plan_is_measured_from_its_own_start_everywhere(moray: Moray, official: User) -> None:
    propose(moray)
    agree(moray, official)
    for day, state, past in (
        (OWN_START, DocumentState.OPEN, None),
        (DAY_AFTER, DocumentState.PAST_GUIDANCE_DATE, 1),
        (date(2026, 8, 30), DocumentState.PAST_GUIDANCE_DATE, 60),
        (date(2026, 8, 31), DocumentState.OUTSTANDING, 61),
    ):
        assert nationally(moray, day) == (state, past, state, state), day
    (national,) = (one for one in list_national_documents(moray.cycle.period, TODAY) if one.document == "plan")
    assert (national.target_on, national.own_start_on, national.due_on) == (FIRST_DAY, OWN_START, OWN_START)


def test_notices_follow_the_own_start(moray: Moray, official: User) -> None:
    propose(moray)
    agree(moray, official)
    bookmark = moray.plan.next_notice_on
    assert bookmark is not None
    assert TODAY < bookmark <= OWN_START
    moray.plan.owner = moray.lead
    db.session.commit()
    sweep(date(2026, 6, 2))
    assert steps(moray) == []
    sweep(date(2026, 6, 3))
    assert steps(moray) == [("before-28", OWN_START)]
    for day in (date(2026, 8, 14), date(2026, 8, 17)):  # ten working days before 31 August, on which it is outstanding
        sweep(day)
    explained = select(Notice.queued_on).where(Notice.milestone_id == moray.plan.id, Notice.step == "explain")
    assert set(db.session.scalars(explained)) == {date(2026, 8, 17)}
    undo_own_start(moray.plan, "It was for another area.", by=moray.lead, now=moment(date(2026, 8, 17)))
    db.session.commit()
    sweep(date(2026, 8, 18))
    assert [due_on for _, due_on in steps(moray)] == [FIRST_DAY]


def test_nobody_is_emailed_about_the_past_of_a_period_that_nobody_opened(moray: Moray, official: User) -> None:
    moray.cycle.opened_on = None
    moray.plan.owner, moray.plan.next_notice_on = moray.lead, None
    keep_silent([moray.plan], TODAY, NOW)
    for own_start in (date(2026, 5, 1), OWN_START):  # past, and still to come
        propose(moray, own_start)
        agree(moray, official)
        assert (moray.plan.next_notice_on is None) == (own_start < TODAY)
        undo_own_start(moray.plan, "It was for another area.", by=moray.lead, now=NOW)
        db.session.commit()
        assert moray.plan.next_notice_on is None
        sweep(date(2026, 5, 21))
        assert steps(moray) == []


def test_a_request_names_the_own_start(moray: Moray, official: User) -> None:
    propose(moray)
    agree(moray, official)
    (asked,) = as_asked([moray.plan], DAY_AFTER)
    assert "The plan’s own start was 1 July 2026 (1 day before 2 July 2026)." in opening(asked, DAY_AFTER)


def test_undone_it_is_measured_from_the_first_day_again_and_the_history_has_both(moray: Moray, official: User) -> None:
    propose(moray)
    agree(moray, official)
    with pytest.raises(RuleBroken):
        undo_own_start(moray.plan, " ", by=moray.lead, now=NOW)
    undo_own_start(moray.plan, "The letter was for another area.", by=moray.lead, now=NOW)
    db.session.commit()
    assert (moray.plan.own_start_on, moray.plan.due_on, moray.plan.expected_date) == (None, FIRST_DAY, False)
    assert nationally(moray, TODAY)[:2] == (DocumentState.PAST_GUIDANCE_DATE, 49)
    assert find_own_start(moray.plan) is None
    (kept,) = db.session.scalars(select(OwnStart))
    assert (kept.undone_by_id, kept.undone_why) == (moray.lead.id, "The letter was for another area.")
    actions = select(AuditEvent.action).where(AuditEvent.action.startswith("own-start")).order_by(AuditEvent.id)
    assert db.session.scalars(actions).all() == ["own-start-proposed", "own-start-agreed", "own-start-undone"]
    propose(moray)


def test_the_leads_and_the_owner_cannot_agree_it_even_if_they_are_officials(moray: Moray, official: User) -> None:
    propose(moray)
    moray.plan.owner = official
    db.session.commit()
    for person in (official, moray.lead):
        with pytest.raises(RuleBroken, match="cannot agree the plan’s own start"):
            agree_own_start(moray.plan, by=person, today=TODAY, now=NOW)


def test_who_recorded_it_as_a_lead_cannot_agree_it_as_an_official_later(moray: Moray, official: User) -> None:
    own_start = propose(moray)
    own_start.recorded_by_id = official.id
    db.session.commit()
    with pytest.raises(RuleBroken, match="cannot agree the plan’s own start"):
        agree(moray, official)
    own_start.on_behalf = True
    db.session.commit()
    agree(moray, official)


def test_only_a_day_within_the_period_and_after_its_first_is_an_own_start(moray: Moray) -> None:
    for day in (FIRST_DAY, date(2026, 3, 31), date(2029, 4, 1)):
        with pytest.raises(RuleBroken) as refused:
            propose(moray, day)
        assert refused.value.field == "starts_on"
    propose(moray, date(2029, 3, 31))
    with pytest.raises(RuleBroken, match="already recorded"):
        propose(moray)


def test_the_later_of_own_start_interim_plan_and_explanation_is_worked_to(moray: Moray, official: User) -> None:
    explained = date(2026, 6, 12)
    words = "The council meets again in June."
    note_expected_date(moray.plan, explained, words, shared=True, by=official, today=TODAY, now=NOW)
    propose(moray)
    agree(moray, official)
    assert (moray.plan.due_on, moray.plan.expected_date) == (OWN_START, False)
    assert nationally(moray, DAY_AFTER)[3] is DocumentState.PAST_GUIDANCE_DATE, "what was explained is over"
    moray.publish(version=Version.INTERIM, interim_until=date(2026, 9, 30))
    assert (moray.plan.due_on, moray.plan.expected_date) == (date(2026, 10, 1), True)
    undo_own_start(moray.plan, "It was for another area.", by=official, now=NOW)
    assert (moray.plan.due_on, moray.plan.expected_date) == (date(2026, 10, 1), True)


def test_a_plan_that_is_done_is_measured_from_its_own_start_too(moray: Moray, official: User) -> None:
    moray.publish(on=date(2026, 5, 1))
    propose(moray, date(2026, 4, 24))
    agree(moray, official)
    assert (moray.plan.due_on, moray.plan.next_notice_on) == (date(2026, 4, 24), None)
    (late,) = (one for one in list_documents(TODAY) if one.milestone_id == moray.plan.id)
    assert (late.state, late.days_past) == (DocumentState.PUBLISHED_COPY_NOT_SENT, 7)
