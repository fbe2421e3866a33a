"""The facts of a document: which steps each fact completes, and how each is undone."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DOCUMENTS, Agreed, Fact, Kind, Manner
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.periods import Period
from cycle_tracker.core.roles import Role
from cycle_tracker.cycles.services.cycles import open_cycle, switch_on_steps
from cycle_tracker.documents.queries.facts import fact_states
from cycle_tracker.documents.queries.publications import get_record
from cycle_tracker.documents.rules.publications import Unlikely
from cycle_tracker.documents.services.approvals import (
    ApprovalDetails,
    correct_approval,
    record_preparation,
    take_back_approval,
    undo_preparation,
)
from cycle_tracker.documents.services.document_copies import correct_copy, take_back_copy
from cycle_tracker.documents.services.explanations import note_expected_date
from cycle_tracker.documents.services.publication_corrections import (
    correct_publication,
    keep_copy,
    undo_publication,
)
from cycle_tracker.documents.services.publications import PublishedAddress
from cycle_tracker.documents.services.waiting_copies import record_waiting_copies
from cycle_tracker.milestones.services.by_record import finish_without_details
from cycle_tracker.milestones.services.files import store_file
from cycle_tracker.milestones.services.milestones import drop_milestone, finish_milestone, reopen_milestone
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.evidence import StoredContent
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Form, Version
from tests.documents.services.moray import (
    ADDRESS,
    BOARD_AGREED,
    COUNCIL_AGREED,
    NOW,
    PDF,
    PUBLISHED,
    STEPS,
    TODAY,
    Moray,
    revise,
)
from tests.factories import make_user
from tests.support.selection import examples

pytestmark = pytest.mark.alike_on_both_databases


def test_copies_to_the_other_service_providers_close_their_step_with_the_last(moray: Moray) -> None:
    moray.publish()
    providers = moray.providers()
    moray.send(providers[:-1], date(2026, 4, 28))
    step = moray.find("send-to-providers")
    assert (step.state, step.fact_count, step.fact_total) == (State.NOT_STARTED, len(providers) - 1, len(providers))
    moray.send(providers[-1:], date(2026, 5, 4))
    assert (step.state, step.done_on) == (State.DONE, date(2026, 5, 4))
    copy = moray.record.copy_to(providers[-1].id)
    assert copy is not None
    moved = date(2026, 5, 6)
    correct_copy(moray.plan, copy, sent_on=moved, received_on=None, by=moray.lead, today=TODAY, now=NOW)
    assert step.done_on == moved
    take_back_copy(moray.plan, copy, "It lay in the outbox.", by=moray.lead, now=NOW)
    assert (step.state, step.done_on, step.fact_count) == (State.IN_PROGRESS, None, len(providers) - 1)


def check_counts() -> None:
    """The counts kept with each step are those of the facts, and a step is done where its fact is whole."""
    for document in db.session.scalars(select(Milestone).where(Milestone.kind.in_(DOCUMENTS))):
        states = fact_states(get_record(document, TODAY), TODAY)
        for step in db.session.scalars(select(Milestone).where(Milestone.fact_of_id == document.id)):
            assert step.fact is not None
            if step.fact_total is not None:
                assert (step.fact_count, step.fact_total) == (states[step.fact].count, states[step.fact].total)
            assert (step.state is State.DONE) == (states[step.fact].whole or step.details_not_known)


def act_at_random(moray: Moray, chance: Random) -> str:
    """One of the acts that change a fact of the plan; what it was, empty if the rules refused it."""
    days = [BOARD_AGREED, COUNCIL_AGREED, None]
    record, publication = moray.record, moray.record.publication
    approvals, copies = list(record.approvals), list(record.copies)
    acts: dict[str, Callable[[], object]] = {
        "prepare": lambda: record_preparation(moray.plan, PUBLISHED, by=moray.lead, today=TODAY, now=NOW),
        "undo-preparation": lambda: undo_preparation(moray.plan, "A slip.", by=moray.lead, now=NOW),
    }
    bodies = [one for one in record.lead_bodies if one.id not in {approval.organisation_id for approval in approvals}]
    if bodies:
        acts["approve"] = lambda: moray.approve(bodies[0].name, chance.choice(days), chance.choice(list(Manner)))
    to = chance.sample(record.receivers, chance.randint(1, 3))
    if publication is None:
        day = chance.choice([BOARD_AGREED, PUBLISHED, None])
        acts["send-before"] = lambda: record_waiting_copies(
            moray.plan, to, sent_on=day, by=moray.lead, today=TODAY, now=NOW, confirmed=True
        )
        acts["publish"] = lambda: moray.publish(on=chance.choice([PUBLISHED, None]))
    if approvals:
        approval = chance.choice(approvals)
        details = ApprovalDetails(chance.choice(list(Manner)), approved_on=chance.choice(days), agreed=Agreed.YES)
        acts["correct-approval"] = lambda: correct_approval(
            moray.plan, approval, details, by=moray.lead, today=TODAY, now=NOW
        )
        acts["take-back-approval"] = lambda: take_back_approval(moray.plan, approval, "No.", by=moray.lead, now=NOW)
    if publication is not None:
        acts["send"] = acts["send-more"] = lambda: moray.send(list(to), chance.choice([PUBLISHED, None]))
        if chance.random() < 0.2:
            acts["undo-publication"] = lambda: undo_publication(publication, "A slip.", by=moray.lead, now=NOW)
    if copies:
        copy = chance.choice(copies)
        acts["take-back-copy"] = lambda: take_back_copy(moray.plan, copy, "No.", by=moray.lead, now=NOW)
    name = chance.choice(sorted(acts))
    try:
        acts[name]()
    except RuleBroken:
        db.session.rollback()
        return ""
    db.session.commit()
    return name


@pytest.mark.more_in_full
@pytest.mark.parametrize("seed", [3, 4])
def test_the_counts_are_those_of_the_facts_after_acts_at_random(moray: Moray, seed: int) -> None:
    chance, done = Random(seed), set()
    for _ in range(examples(100)):
        done.add(act_at_random(moray, chance))
        check_counts()
    assert {"approve", "publish", "send", "send-before", "take-back-copy"} <= done


def test_the_counts_of_every_step_are_those_of_the_facts(moray: Moray) -> None:
    """Whatever was recorded, in whichever order: the counts are held to the record."""

    check = check_counts
    check()
    moray.approve("NHS Grampian", BOARD_AGREED)
    check()
    moray.publish()
    check()
    moray.send(moray.providers()[:2], None)
    moray.send([moray.record.receivers[0]], PUBLISHED)
    check()
    moray.approve("Moray Council", COUNCIL_AGREED)
    check()
    take_back_copy(moray.plan, moray.publication.copies[0], "A slip.", by=moray.lead, now=NOW)
    check()
    undo_publication(moray.publication, "It was the draft.", by=moray.lead, now=NOW)
    check()


def test_no_person_marks_such_a_step_as_done_or_opens_it_again(moray: Moray) -> None:
    with pytest.raises(RuleBroken, match="its record"):
        finish_milestone(moray.find("publish-plan"), TODAY, by=moray.lead, today=TODAY, now=NOW)
    moray.publish()
    with pytest.raises(RuleBroken, match="undo that record"):
        reopen_milestone(moray.find("publish-plan"), "I want to.", by=moray.lead, now=NOW)
    assert moray.done("publish-plan") == {"publish-plan": PUBLISHED}


def test_done_with_details_not_known_stays_done_until_the_record_says_the_day(moray: Moray) -> None:
    moray.publish()
    step = moray.find("send-to-providers")
    with pytest.raises(RuleBroken) as refused:
        finish_without_details(step, " ", by=moray.lead, now=NOW)
    assert refused.value.field == "reason"
    finish_without_details(step, "The officer has left.", by=moray.lead, now=NOW)
    assert (step.state, step.done_on, step.details_not_known) == (State.DONE, None, True)
    assert step.reason == "The officer has left."
    providers = moray.providers()
    moray.send(providers[:-1], date(2026, 4, 28))
    assert step.state is State.DONE
    moray.send(providers[-1:], date(2026, 4, 29))
    assert (step.done_on, step.details_not_known, step.reason) == (date(2026, 4, 29), False, "")


def test_done_with_details_not_known_can_be_opened_again(moray: Moray) -> None:
    step = moray.find("approvals")
    finish_without_details(step, "The minutes are lost.", by=moray.lead, now=NOW)
    reopen_milestone(step, "They are found.", by=moray.lead, now=NOW)
    assert (step.is_open, step.details_not_known) == (True, False)
    with pytest.raises(RuleBroken):
        finish_without_details(moray.find("draft-plan"), "Nobody knows.", by=moray.lead, now=NOW)


def test_an_interim_plan_prepares_nothing_and_keeps_the_plan_from_being_late_until_its_last_day(moray: Moray) -> None:
    moray.publish(version=Version.INTERIM, interim_until=date(2027, 3, 31))
    plan = moray.plan
    assert (moray.prepared(), plan.is_open, plan.target_on) == (None, True, date(2026, 4, 1))
    assert (plan.due_on, plan.expected_date, plan.after_interim) == (date(2027, 4, 1), True, True)
    assert moray.state() is moray.state(date(2027, 3, 31)) is DocumentState.INTERIM
    assert moray.state(date(2027, 4, 1)) is DocumentState.OUTSTANDING
    assert moray.done(*STEPS) == {}
    assert plan.next_notice_on is not None
    assert plan.next_notice_on > date(2027, 4, 1)
    undo_publication(moray.publication, "It was not agreed.", by=moray.lead, now=NOW)
    assert (plan.due_on, plan.expected_date, plan.after_interim) == (date(2026, 4, 1), False, False)
    assert moray.state() is DocumentState.PAST_GUIDANCE_DATE


def test_the_owner_is_reminded_before_a_date_that_is_explained_and_not_before_the_end_of_an_interim_plan(
    moray: Moray,
) -> None:
    moray.publish(version=Version.INTERIM, interim_until=date(2026, 9, 30))
    plan, official = moray.plan, make_user("Hamish Reid", role=Role.OFFICIAL)
    assert (plan.due_on, plan.next_notice_on) == (date(2026, 10, 1), date(2026, 10, 2))
    explained, why = date(2026, 11, 30), "The council meets in November."
    note_expected_date(plan, explained, why, shared=True, by=official, today=TODAY, now=NOW)
    assert (plan.due_on, plan.after_interim, plan.next_notice_on) == (explained, False, date(2026, 11, 16))
    undo_publication(moray.publication, "It was not agreed.", by=moray.lead, now=NOW)
    assert (plan.due_on, plan.expected_date, plan.after_interim) == (explained, True, False)


def test_a_publication_that_proves_to_be_interim_opens_the_plan_again(moray: Moray) -> None:
    publication = moray.publish()
    correct_publication(
        publication,
        version=Version.INTERIM,
        published_on=PUBLISHED,
        interim_until=date(2027, 3, 31),
        places=[PublishedAddress(Form.FULL, "en", ADDRESS)],
        by=moray.lead,
        today=TODAY,
        now=NOW,
    )
    assert (moray.plan.is_open, moray.prepared(), moray.done(*STEPS)) == (True, None, {})
    assert moray.state() is DocumentState.INTERIM


def test_an_interim_plan_published_after_its_last_day_is_asked_about(moray: Moray) -> None:
    over: dict[str, Any] = {"version": Version.INTERIM, "interim_until": PUBLISHED - timedelta(days=1)}
    with pytest.raises(Unlikely):
        moray.publish(**over)
    publication = moray.publish(**over, confirmed=True)
    facts: dict[str, Any] = {"published_on": PUBLISHED, "places": [], "by": moray.lead, "today": TODAY, "now": NOW}
    correct_publication(publication, **over, **facts)
    with pytest.raises(Unlikely):
        correct_publication(publication, **over | {"interim_until": date(2026, 4, 1)}, **facts)


def test_a_publication_is_undone_as_a_whole_and_what_it_had_closed_is_open_again(moray: Moray) -> None:
    moray.approve_all()
    publication = moray.publish()
    moray.send(list(moray.record.receivers), date(2026, 4, 28))
    keep_copy(publication, store_file("plan.pdf", PDF, now=NOW), by=moray.lead, now=NOW)
    with pytest.raises(RuleBroken) as refused:
        undo_publication(publication, "", by=moray.lead, now=NOW)
    assert refused.value.field == "reason"
    undo_publication(publication, "It was the plan of another area.", by=moray.lead, now=NOW)
    db.session.commit()
    assert moray.record.publication is None
    assert (publication.is_present, publication.recorded_to, len(publication.copies)) == (False, NOW, 7)
    assert db.session.scalars(select(StoredContent)).all() == []
    assert moray.done("plan-prepared", *STEPS) == {"plan-prepared": COUNCIL_AGREED, "approvals": COUNCIL_AGREED}
    assert moray.state() is DocumentState.PREPARED_NOT_PUBLISHED
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "publication-undone")).one()
    assert (event.before["published_on"], len(event.before["copies"])) == ("2026-04-24", 7)
    assert event.reason == "It was the plan of another area."


def test_a_report_that_is_undone_is_open_again_with_its_steps(moray: Moray) -> None:
    report = moray.find("annual-report-1")
    report.reports_on = date(2026, 3, 31)
    publication = moray.publish(report)
    steps = ("annual-report-1", "draft-report-1", "tell-government-1")
    assert moray.done(*steps) == dict.fromkeys(steps, PUBLISHED)
    undo_publication(publication, "It was the report of another area.", by=moray.lead, now=NOW)
    assert moray.done(*steps) == {}
    assert moray.due("tell-government-1") is None


def test_a_step_that_is_switched_on_later_is_done_with_the_fact_that_is_there(moray: Moray) -> None:
    fife = db.session.scalars(select(Partnership).where(Partnership.slug == "fife")).one()
    cycle = open_cycle(fife, Period.named("2026-29"), core_only=True, entered_on=date(2024, 4, 1), by=None, now=NOW)
    plan = db.session.scalars(
        select(Milestone).where(Milestone.cycle_id == cycle.id, Milestone.kind == Kind.PLAN)
    ).one()
    record_preparation(plan, COUNCIL_AGREED, by=moray.lead, today=TODAY, now=NOW)
    (made,) = switch_on_steps(cycle, ["approvals"], entered_on=TODAY, by=moray.lead, now=NOW)
    assert (made.fact, made.fact_of_id, made.state, made.done_on) == (
        Fact.AGREED,
        plan.id,
        State.DONE,
        COUNCIL_AGREED,
    )


def test_a_day_that_moves_takes_what_hangs_on_it_along(moray: Moray) -> None:
    publication = moray.publish()
    correct_publication(
        publication,
        version=Version.FINAL,
        published_on=PUBLISHED + timedelta(days=3),
        places=[],
        by=moray.lead,
        today=TODAY,
        now=NOW,
    )
    day = date(2026, 4, 27)
    assert moray.done("plan-prepared", "publish-plan") == {"plan-prepared": day, "publish-plan": day}
    assert moray.due("send-to-providers") == date(2026, 5, 11)


def test_a_day_that_moves_says_in_the_history_what_it_was_before(moray: Moray) -> None:
    moray.publish()
    moray.approve_all()
    events = select(AuditEvent).where(AuditEvent.action == "done-day-moved", AuditEvent.subject_id == moray.plan.id)
    moved = db.session.scalars(events).one()
    assert (moved.before, moved.after) == (
        {"done_on": PUBLISHED.isoformat()},
        {"done_on": COUNCIL_AGREED.isoformat()},
    )


def test_a_step_that_was_dropped_stays_so_whatever_is_recorded(moray: Moray) -> None:
    drop_milestone(moray.find("approvals"), "Nobody here needs it.", by=moray.lead, now=NOW)
    moray.approve_all()
    step = moray.find("approvals")
    assert (step.state, step.done_on, step.fact_count) == (State.DROPPED, None, 2)


def test_what_was_done_for_the_plan_before_a_revised_one_keeps_the_date_of_that(moray: Moray) -> None:
    moray.approve_all()
    publication = moray.publish()
    moray.send(moray.providers(), date(2026, 4, 10))
    revise(moray, publication)
    done_before = [key for key in STEPS if moray.find(key).state is State.DONE]
    assert "publish-plan" in done_before
    assert moray.due("publish-plan") == COUNCIL_AGREED + timedelta(days=28)
    assert moray.due("send-to-ministers") == date(2026, 5, 18) + timedelta(days=14), "open, so dated by the new one"


def test_a_copy_of_an_interim_plan_is_no_copy_of_the_plan(moray: Moray) -> None:
    moray.publish(version=Version.INTERIM, interim_until=date(2027, 3, 31))
    moray.send(list(moray.record.receivers), date(2026, 4, 28))
    steps = [moray.find(key) for key in ("send-to-ministers", "send-to-providers")]
    assert [(step.state, step.fact_count) for step in steps] == [(State.NOT_STARTED, 0)] * 2


def test_a_report_counts_by_the_day_of_its_first_version(moray: Moray) -> None:
    report = moray.find("annual-report-1")
    report.reports_on = date(2026, 3, 31)
    revise(moray, moray.publish(report))
    keys = ("annual-report-1", "draft-report-1", "tell-government-1")
    assert moray.done(*keys) == dict.fromkeys(keys, PUBLISHED)


def test_an_interim_plan_that_is_undone_leaves_the_new_expected_date(moray: Moray) -> None:
    """Two reasons for another date: the later of the two counts, and each counts once the other is gone."""
    expected = date(2026, 8, 31)
    change = DateChange(milestone_id=moray.plan.id, kind=DateChangeKind.EXPECTED, new_due_on=expected, reason="Late")
    change.noted_at = NOW
    db.session.add(change)
    moray.publish(version=Version.INTERIM, interim_until=date(2027, 3, 31))
    assert moray.plan.due_on == date(2027, 4, 1)
    undo_publication(moray.publication, "It was not agreed.", by=moray.lead, now=NOW)
    assert (moray.plan.due_on, moray.plan.expected_date) == (expected, True)
