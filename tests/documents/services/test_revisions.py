"""A revision in preparation: begun, moved, abandoned, taken up again, published and undone."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Manner
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.queries.revisions.of_plans import (
    find_revision,
    get_coming_record,
    list_revisions,
    steps_of,
)
from cycle_tracker.documents.services.approvals import ApprovalDetails, record_approval, take_back_approval
from cycle_tracker.documents.services.newer_versions import record_newer_version
from cycle_tracker.documents.services.publication_corrections import undo_publication
from cycle_tracker.documents.services.revisions.preparing import (
    abandon_revision,
    begin_revision,
    move_revision,
    take_up_revision,
)
from cycle_tracker.documents.services.waiting_copies import record_waiting_copies
from cycle_tracker.milestones.queries.on_page import get_milestone_on_page
from cycle_tracker.milestones.services.milestones import drop_milestone, finish_milestone, move_local_date
from cycle_tracker.models.approval import Revision
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.publication import Publication, Version
from cycle_tracker.national.queries.picture import list_national_documents
from cycle_tracker.reminders.services.bookmarks import ask_again
from cycle_tracker.reminders.services.reminders import queue_due_notices
from tests.documents.services.moray import BOARD_AGREED, NOW, PUBLISHED, TODAY, Moray
from tests.support.days import moment

pytestmark = pytest.mark.alike_on_both_databases

TARGET = date(2027, 1, 20)  # 35 weeks ahead
WHY = "The review found that a priority was missing."
NAMES = ("invite", "consult", "agree", "send", "publish")


def publish_and_send(moray: Moray) -> Publication:
    moray.plan.owner = moray.lead
    moray.approve_all()
    found = moray.publish()
    moray.send(list(moray.record.receivers), PUBLISHED)
    return found


def begin(moray: Moray, target_on: date = TARGET) -> Revision:
    found = begin_revision(moray.plan, WHY, target_on, by=moray.lead, today=TODAY, now=NOW)
    db.session.commit()
    return found


def steps(moray: Moray, number: int = 1) -> dict[str, Milestone]:
    return {name: moray.find(f"revision-{number}.{name}") for name in NAMES}


def days(moray: Moray) -> dict[str, date | None]:
    return {name: step.due_on for name, step in steps(moray).items()}


def states(moray: Moray) -> dict[str, State]:
    return {name: step.state for name, step in steps(moray).items()}


def approve(moray: Moray, revision: Revision, body: str, on: date) -> None:
    record_approval(
        moray.plan,
        moray.body(body),
        ApprovalDetails(Manner.APPROVED, approved_on=on),
        by=moray.lead,
        today=TODAY,
        now=NOW,
        revision=revision,
    )
    db.session.commit()


def send(moray: Moray, revision: Revision, to: list[Organisation], on: date) -> None:
    record_waiting_copies(moray.plan, to, sent_on=on, by=moray.lead, today=TODAY, now=NOW, revision=revision)
    db.session.commit()


def receivers(moray: Moray, revision: Revision) -> list[Organisation]:
    return list(get_coming_record(moray.plan, revision, TODAY).receivers)


def publish_revised(moray: Moray, on: date = TODAY) -> Publication:
    found = record_newer_version(
        moray.publication, address="", published_on=on, reason=WHY, reopen=[], by=moray.lead, today=TODAY, now=NOW
    )
    db.session.commit()
    return found


def recorded(moray: Moray, action: str) -> int:
    """How many events of the plan there are of this kind."""
    found = select(AuditEvent.id).where(AuditEvent.action == action, AuditEvent.subject_id == moray.plan.id)
    return len(db.session.scalars(found).all())


def sweep_until(day: date) -> None:
    """The job runs every day up to this one."""
    for number in range((day - TODAY).days):
        morning = TODAY + timedelta(days=number + 1)
        queue_due_notices(morning, moment(morning))


def notified(step: Milestone) -> bool:
    return bool(
        db.session.scalars(select(Notice.id).where(Notice.milestone_id == step.id, Notice.queued_on > TODAY)).all()
    )


def test_it_has_five_suggested_steps_and_leaves_the_plan_as_it_is(moray: Moray) -> None:
    publication = publish_and_send(moray)
    before = (moray.state(), moray.plan.done_on, moray.publication.id)
    begin(moray)
    assert days(moray) == {
        "invite": date(2026, 7, 22),
        "consult": date(2026, 11, 25),
        "agree": TARGET,
        "send": date(2027, 2, 3),
        "publish": date(2027, 2, 17),
    }
    found = steps(moray)
    assert found["consult"].opens_on == date(2026, 9, 30)
    assert all(one.date_basis is Basis.SUGGESTED and one.owner is moray.lead for one in found.values())
    assert found["invite"].duty_citation == "2014 Act, sections 10(1)(a) and 11(2). See 2020 guidance, section 11"
    assert [one.title for one in found["send"].predecessors] == [found["agree"].title]
    assert (
        (moray.state(), moray.plan.done_on, moray.publication.id)
        == before
        == (
            DocumentState.COMPLETE,
            date(2026, 4, 2),
            publication.id,
        )
    )
    assert moray.find("approvals").state is State.DONE


def test_only_a_published_plan_is_revised_and_one_revision_at_a_time(moray: Moray) -> None:
    with pytest.raises(RuleBroken, match="recorded as published"):
        begin(moray)
    moray.publish(version=Version.INTERIM, interim_until=date(2026, 9, 30))
    with pytest.raises(RuleBroken, match="recorded as published"):
        begin(moray)
    undo_publication(moray.publication, "A slip.", by=moray.lead, now=NOW)
    publish_and_send(moray)
    with pytest.raises(RuleBroken, match="Enter why"):
        begin_revision(moray.plan, " ", TARGET, by=moray.lead, today=TODAY, now=NOW)
    with pytest.raises(RuleBroken, match="Only the plan of a period"):
        begin_revision(moray.find("annual-report-1"), WHY, TARGET, by=moray.lead, today=TODAY, now=NOW)
    begin(moray)
    with pytest.raises(RuleBroken, match="already in preparation"):
        begin(moray)


def test_approvals_and_copies_wait_for_the_version_and_close_the_steps(moray: Moray) -> None:
    publication = publish_and_send(moray)
    revision = begin(moray)
    approve(moray, revision, "NHS Grampian", date(2026, 5, 11))
    agree = steps(moray)["agree"]
    assert (agree.state, agree.fact_count, agree.fact_total) == (State.NOT_STARTED, 1, 2)
    approve(moray, revision, "Moray Council", date(2026, 5, 12))
    assert (agree.state, agree.done_on) == (State.DONE, date(2026, 5, 12))
    everybody = receivers(moray, revision)
    send(moray, revision, everybody[:-1], date(2026, 5, 13))
    step = steps(moray)["send"]
    assert (step.state, step.fact_count, step.fact_total) == (State.NOT_STARTED, 6, 7)
    send(moray, revision, everybody[-1:], date(2026, 5, 14))
    assert (step.state, step.done_on) == (State.DONE, date(2026, 5, 14))
    # Of the present version nothing has changed.
    assert [one.approved_on for one in moray.record.approvals] == [BOARD_AGREED, date(2026, 4, 2)]
    assert {one.sent_on for one in moray.record.copies} == {PUBLISHED}
    assert (moray.find("approvals").done_on, moray.find("send-to-ministers").done_on) == (date(2026, 4, 2), PUBLISHED)
    assert moray.publication is publication
    assert recorded(moray, "told-government") == 1, "officials read in the history of the plan alone"
    approval = get_coming_record(moray.plan, revision, TODAY).approvals[0]
    take_back_approval(moray.plan, approval, "It was of another draft.", by=moray.lead, now=NOW)
    assert (agree.state, agree.fact_count) == (State.IN_PROGRESS, 1)


def test_publishing_ends_it_and_undoing_the_version_prepares_it_again(moray: Moray) -> None:
    first = publish_and_send(moray)
    revision = begin(moray)
    approve(moray, revision, "NHS Grampian", date(2026, 5, 11))
    approve(moray, revision, "Moray Council", date(2026, 5, 12))
    send(moray, revision, receivers(moray, revision), date(2026, 5, 14))
    newer = publish_revised(moray)
    assert (revision.publication_id, find_revision(moray.plan)) == (newer.id, None)
    assert {name: one.done_on for name, one in steps(moray).items() if name in {"agree", "send", "publish"}} == {
        "agree": date(2026, 5, 12),
        "send": date(2026, 5, 14),
        "publish": TODAY,
    }
    assert moray.state() is DocumentState.COMPLETE, "Ministers were sent the revised plan already"
    kept = ("approvals", "send-to-ministers", "send-to-providers", "publish-plan")
    of_first = {
        "approvals": date(2026, 4, 2),
        "send-to-ministers": PUBLISHED,
        "send-to-providers": PUBLISHED,
        "publish-plan": PUBLISHED,
    }
    assert moray.done(*kept) == of_first, "done for the version before"
    assert [one.approved_on for one in moray.record.approvals] == [date(2026, 5, 11), date(2026, 5, 12)]
    undo_publication(newer, "The council has not published it.", by=moray.lead, now=NOW)
    db.session.commit()
    assert (find_revision(moray.plan), moray.publication) == (revision, first)
    assert states(moray)["publish"] is State.IN_PROGRESS
    assert [states(moray)[name] for name in ("agree", "send")] == [State.DONE, State.DONE]
    assert moray.done(*kept) == of_first
    again = publish_revised(moray)
    assert (again.number, len(again.copies), states(moray)["publish"]) == (3, 7, State.DONE)


def test_what_is_recorded_after_publishing_closes_its_steps_too(moray: Moray) -> None:
    publish_and_send(moray)
    revision = begin(moray)
    publish_revised(moray)
    assert states(moray)["agree"] is State.NOT_STARTED
    moray.approve("NHS Grampian", date(2026, 5, 11))
    moray.approve("Moray Council", date(2026, 5, 12))
    assert states(moray)["agree"] is State.DONE
    undo_publication(moray.publication, "A slip.", by=moray.lead, now=NOW)
    db.session.commit()
    coming = get_coming_record(moray.plan, revision, TODAY)
    assert len(coming.approvals) == 2, "they are of this revision, and wait"
    assert states(moray)["agree"] is State.DONE


def test_a_moved_target_moves_what_is_not_done_and_not_what_has_a_local_date(moray: Moray) -> None:
    publish_and_send(moray)
    begin(moray)
    found, before = steps(moray), days(moray)
    finish_milestone(found["invite"], TODAY, by=moray.lead, today=TODAY, now=NOW)
    move_local_date(found["send"], date(2027, 2, 10), "The board meets then.", by=moray.lead, now=NOW)
    later = TARGET + timedelta(weeks=4)
    move_revision(moray.plan, later, "The council meets later.", by=moray.lead, today=TODAY, now=NOW)
    db.session.commit()
    month = timedelta(weeks=4)
    assert days(moray) == {
        "invite": before["invite"],
        "consult": before["consult"] + month if before["consult"] else None,
        "agree": later,
        "send": date(2027, 2, 10),
        "publish": date(2027, 3, 17),
    }
    assert found["consult"].opens_on == date(2026, 10, 28)
    assert found["send"].target_on == later + timedelta(days=14)
    with pytest.raises(RuleBroken, match="already the target date"):
        move_revision(moray.plan, later, "No.", by=moray.lead, today=TODAY, now=NOW)
    with pytest.raises(RuleBroken, match="Enter the reason"):
        move_revision(moray.plan, TARGET, "", by=moray.lead, today=TODAY, now=NOW)


def test_abandoned_it_drops_what_is_not_done_and_it_can_be_taken_up_again(moray: Moray) -> None:
    publish_and_send(moray)
    revision = begin(moray)
    found = steps(moray)
    finish_milestone(found["invite"], TODAY, by=moray.lead, today=TODAY, now=NOW)
    drop_milestone(found["consult"], "The group decided otherwise.", by=moray.lead, now=NOW)
    approve(moray, revision, "NHS Grampian", date(2026, 5, 11))
    with pytest.raises(RuleBroken, match="Enter the reason"):
        abandon_revision(moray.plan, " ", by=moray.lead, now=NOW)
    abandon_revision(moray.plan, "The plan can stay.", by=moray.lead, now=NOW)
    db.session.commit()
    assert states(moray) == {
        "invite": State.DONE,
        **dict.fromkeys(("consult", "agree", "send", "publish"), State.DROPPED),
    }
    with pytest.raises(RuleBroken, match="No revision of this plan"):
        abandon_revision(moray.plan, "Twice.", by=moray.lead, now=NOW)
    take_up_revision(moray.plan, "It cannot.", by=moray.lead, now=NOW)
    db.session.commit()
    assert find_revision(moray.plan) is revision
    assert states(moray) == {
        "invite": State.DONE,
        "consult": State.DROPPED,
        **dict.fromkeys(("agree", "send", "publish"), State.IN_PROGRESS),
    }
    assert found["agree"].fact_count == 1
    with pytest.raises(RuleBroken, match="No abandoned revision"):
        take_up_revision(moray.plan, "Twice.", by=moray.lead, now=NOW)


def test_what_was_recorded_of_an_abandoned_revision_is_of_no_other(moray: Moray) -> None:
    publish_and_send(moray)
    approve(moray, begin(moray), "NHS Grampian", date(2026, 5, 11))
    abandon_revision(moray.plan, "The plan can stay.", by=moray.lead, now=NOW)
    second = begin(moray)
    assert [one.number for one in list_revisions(moray.plan)] == [1, 2]
    assert get_coming_record(moray.plan, second, TODAY).approvals == []
    assert {one.key for one in steps_of(moray.plan, second)} == {f"2026-29.revision-2.{name}" for name in NAMES}
    newer = publish_revised(moray)
    assert moray.record.approvals == []
    begin(moray)
    with pytest.raises(RuleBroken, match="first abandon that revision"):
        undo_publication(newer, "A slip.", by=moray.lead, now=NOW)


def test_nobody_is_emailed_about_dates_that_had_passed_when_it_began(moray: Moray) -> None:
    publish_and_send(moray)
    begin(moray, TODAY + timedelta(weeks=12))
    found = steps(moray)
    assert found["invite"].due_on == TODAY - timedelta(weeks=14)
    ask_again(Milestone.partnership_id == moray.partnership.id, TODAY)  # as a change of policy does
    db.session.commit()
    sweep_until(TODAY + timedelta(days=16))
    assert not notified(found["invite"])
    assert notified(found["consult"])


@pytest.mark.in_full
def test_nobody_is_emailed_about_dates_that_had_passed_when_they_were_given(moray: Moray) -> None:
    publish_and_send(moray)
    begin(moray, TODAY + timedelta(weeks=60))
    invite = steps(moray)["invite"]
    move_revision(moray.plan, TODAY + timedelta(weeks=20), "It is urgent.", by=moray.lead, today=TODAY, now=NOW)
    db.session.commit()
    assert invite.due_on == TODAY - timedelta(weeks=6)
    sweep_until(TODAY + timedelta(days=10))
    assert not notified(invite)
    abandon_revision(moray.plan, "The plan can stay.", by=moray.lead, now=NOW)
    take_up_revision(moray.plan, "It cannot.", by=moray.lead, now=NOW)
    db.session.commit()
    sweep_until(TODAY + timedelta(days=20))
    assert not notified(invite)


def test_what_is_recorded_of_the_revision_is_never_of_the_plan(moray: Moray) -> None:
    first = publish_and_send(moray)
    revision = begin(moray)
    approve(moray, revision, "NHS Grampian", date(2026, 5, 11))
    send(moray, revision, receivers(moray, revision), date(2026, 5, 14))
    undo_publication(first, "It is not published.", by=moray.lead, now=NOW)
    db.session.commit()
    assert {one.approved_on for one in moray.record.approvals} == {BOARD_AGREED, date(2026, 4, 2)}
    assert moray.record.copies == ()
    (national,) = [one for one in list_national_documents(moray.cycle.period, TODAY) if one.document == "plan"]
    assert (national.sent_on, moray.state()) == (None, DocumentState.PREPARED_NOT_PUBLISHED)
    client_sees = get_milestone_on_page(viewers_of([moray.lead.id], TODAY)[moray.lead.id], "moray", moray.plan.key)
    assert client_sees.copies == []
    again = moray.publish()
    assert (len(again.copies), len(moray.record.approvals)) == (0, 2)
    coming = get_coming_record(moray.plan, revision, TODAY)
    assert (len(coming.approvals), len(coming.copies)) == (1, 7)


def test_publishing_opens_no_steps_again_and_leaves_the_dates_of_open_ones(moray: Moray) -> None:
    moray.approve_all()
    moray.publish()
    begin(moray)
    approvals, sending = moray.find("approvals"), moray.find("send-to-providers")
    before = sending.due_on
    record_newer_version(
        moray.publication,
        address="",
        published_on=TODAY,
        reason=WHY,
        reopen=[approvals],
        by=moray.lead,
        today=TODAY,
        now=NOW,
    )
    assert (approvals.state, approvals.done_on) == (State.DONE, date(2026, 4, 2))
    assert (sending.is_open, sending.due_on) == (True, before)


def test_a_key_that_somebody_took_is_not_given_again(moray: Moray) -> None:
    publish_and_send(moray)
    taken = moray.find("draft-plan")
    taken.key = "2026-29.revision-1.invite"
    db.session.commit()
    assert begin(moray).number == 2


def test_an_approval_that_waited_after_an_undone_version_is_of_the_revision(moray: Moray) -> None:
    publish_and_send(moray)
    newer = publish_revised(moray)
    moray.approve("NHS Grampian", TODAY)
    undo_publication(newer, "It is still to come.", by=moray.lead, now=NOW)
    revision = begin(moray)
    assert [one.approved_on for one in get_coming_record(moray.plan, revision, TODAY).approvals] == [TODAY]


def test_an_approval_that_went_on_to_a_later_version_is_of_its_revision_no_longer(moray: Moray) -> None:
    publish_and_send(moray)
    revision = begin(moray)
    approve(moray, revision, "Moray Council", date(2026, 5, 12))
    approve(moray, revision, "NHS Grampian", TODAY)
    published = publish_revised(moray, date(2026, 5, 14))
    later = publish_revised(moray)  # without a preparation: what the board agreed since is of this version
    undo_publication(later, "A slip.", by=moray.lead, now=NOW)
    db.session.commit()
    assert moray.publication is published
    assert [one.approved_on for one in moray.record.approvals] == [date(2026, 5, 12)]
    assert states(moray)["agree"] is State.IN_PROGRESS, "the board’s approval waits for another version"
    moray.approve("NHS Grampian", date(2026, 5, 13))
    assert states(moray)["agree"] is State.DONE
    undo_publication(published, "A slip.", by=moray.lead, now=NOW)
    db.session.commit()
    coming = get_coming_record(moray.plan, revision, TODAY)
    assert [one.approved_on for one in coming.approvals] == [date(2026, 5, 12), date(2026, 5, 13)]


def test_none_is_taken_up_while_an_older_one_is_in_preparation_again(moray: Moray) -> None:
    publish_and_send(moray)
    begin(moray)
    newer = publish_revised(moray)
    begin(moray)
    abandon_revision(moray.plan, "The plan can stay.", by=moray.lead, now=NOW)
    undo_publication(newer, "A slip.", by=moray.lead, now=NOW)
    db.session.commit()
    with pytest.raises(RuleBroken, match="already in preparation"):
        take_up_revision(moray.plan, "It cannot.", by=moray.lead, now=NOW)
