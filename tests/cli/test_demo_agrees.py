"""What the demo says in one place agrees with what it says in another."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.cli.demo.acts.actions import OF_THE_PUBLISHED_PLAN
from cycle_tracker.cli.demo.emails import RECEIPT
from cycle_tracker.cli.demo.people import ACCOUNTS, BOARD_OFFICER, LEAD
from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.clock import london_time
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.documents.queries.revisions.of_plans import steps_of
from cycle_tracker.models.approval import Approval, Revision
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.group import Meeting
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.officials import UpdateRequest
from cycle_tracker.models.organisation import OrganisationKind
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Form, Publication, Version
from cycle_tracker.models.user import User
from cycle_tracker.web_app import create_app
from tests.support.databases import make_quick
from tests.support.demo import FRIDAY, SEVEN, copy_demo
from tests.support.settings import settings_for_tests


@pytest.fixture(scope="module")
def demo(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An app over the demo, in its context."""
    app = create_app(settings_for_tests(copy_demo(shared_folder, tmp_path_factory.mktemp("demo"))))
    make_quick(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def of_moray(key: str) -> Milestone:
    return db.session.scalars(
        select(Milestone)
        .join(Milestone.partnership)
        .where(Partnership.slug == "moray", Milestone.key.endswith(f".{key}"), Milestone.key.startswith("2026-29."))
    ).one()


def approvals_of(document: Milestone) -> list[Approval]:
    return list(db.session.scalars(select(Approval).where(Approval.milestone_id == document.id)))


def test_the_step_of_approvals_is_done_when_the_last_body_has_approved(demo: Flask) -> None:
    step, plan = of_moray("approvals"), of_moray("plan-prepared")
    days = [one.approved_on for one in approvals_of(plan) if one.approved_on is not None]
    assert days
    assert step.done_on is not None
    assert step.done_on >= max(days)


def test_copies_are_sent_on_the_day_on_which_the_step_was_done_and_no_body_is_missing(demo: Flask) -> None:
    steps = db.session.scalars(
        select(Milestone).where(Milestone.key == "2026-29.send-to-providers", Milestone.state == State.DONE)
    ).all()
    assert len(steps) > 20
    for step in steps:
        publication = db.session.scalars(
            select(Publication)
            .join(Publication.milestone)
            .where(
                Milestone.key == "2026-29.plan-prepared",
                Milestone.partnership_id == step.partnership_id,
                Publication.is_present,
            )
        ).one()
        others = [one for one in publication.copies if one.receiver.kind is OrganisationKind.OTHER_SERVICE_PROVIDER]
        assert len(others) == 5
        assert {one.sent_on for one in others} == {step.done_on}


def test_nothing_unapproved_is_drafted_and_approved(demo: Flask) -> None:
    """A report in hand is approved by all bodies but one, and its step is in hand too."""
    for slug in ("moray", "tayside"):
        reports = db.session.scalars(
            select(Milestone)
            .join(Milestone.partnership)
            .where(
                Partnership.slug == slug,
                Milestone.kind == Kind.ANNUAL_REPORT,
                Milestone.state == State.IN_PROGRESS,
                Milestone.target_on < FRIDAY,
            )
        ).all()
        for report in reports:
            step = report.key.replace("annual-report", "draft-report")
            draft = db.session.scalars(
                select(Milestone).where(Milestone.key == step, Milestone.partnership_id == report.partnership_id)
            ).one()
            assert draft.is_open
            bodies = len(report.partnership.bodies) if report.partnership else 0
            assert len(approvals_of(report)) < bodies


def test_a_request_that_a_lead_answered_went_to_somebody(demo: Flask) -> None:
    requests = db.session.scalars(select(UpdateRequest)).all()
    assert requests
    asked_about = {one.milestone_id for one in requests}
    went_to = set(db.session.scalars(select(Message.milestone_id).where(Message.kind == "update-request")))
    assert asked_about <= went_to
    assert not db.session.scalars(
        select(Message.id).where(Message.kind == "update-request", Message.state != "sent")
    ).all()


def test_nobody_meets_or_publishes_between_christmas_and_new_year(demo: Flask) -> None:
    days = [
        *db.session.scalars(select(Meeting.held_on).where(Meeting.held_on > FRIDAY)),
        *db.session.scalars(select(DateChange.new_due_on).where(DateChange.new_due_on > FRIDAY)),
    ]
    assert days
    assert not [day for day in days if date(2026, 12, 18) <= day <= date(2027, 1, 8)]


def test_a_consultation_is_open_for_eight_weeks_or_more(demo: Flask) -> None:
    local = db.session.scalars(
        select(Milestone).where(Milestone.kind == Kind.CONSULTATION, Milestone.date_rule == "")
    ).all()
    assert local
    for one in local:
        assert one.due_on is not None
        assert one.opens_on is not None
        assert timedelta(weeks=8) <= one.due_on - one.opens_on <= timedelta(weeks=12)


def test_no_officer_of_a_board_owns_the_same_action_in_six_partnerships(demo: Flask) -> None:
    owned = db.session.scalars(
        select(Milestone.title)
        .join(Milestone.owner)
        .where(User.email == BOARD_OFFICER.email, Milestone.kind == Kind.ACTION)
    ).all()
    assert owned
    assert max(Counter(owned).values()) == 1


def test_people_have_names_and_no_two_the_same(demo: Flask) -> None:
    names = db.session.scalars(select(User.name).where(User.email.not_like("childrens-services%"))).all()
    assert len(names) == len(set(names))
    assert not [name for name in names if {"planning", "lead", "chair", "official", "officer"} & set(name.split())]
    assert {one.name for one in ACCOUNTS} <= set(names)
    assert LEAD.post == "Moray planning lead"


def test_no_single_action_is_called_a_duty_in_law(demo: Flask) -> None:
    """Section 12 is one duty, to provide services in line with the plan; Part 3 asks for no child-friendly plan."""
    actions = db.session.execute(
        select(Milestone.duty_basis, Milestone.duty_citation).where(Milestone.kind == Kind.ACTION).distinct()
    ).all()
    assert [tuple(row) for row in actions] == [(Basis.LOCAL, "carries out the plan: 2014 Act, section 12")]


def test_an_explanation_names_only_what_was_recorded_by_then(demo: Flask) -> None:
    """Tayside's says that three of the four lead bodies have approved the plan."""
    change = db.session.scalars(
        select(DateChange)
        .join(Milestone, Milestone.id == DateChange.milestone_id)
        .join(Milestone.partnership)
        .where(Partnership.slug == "tayside", Milestone.kind == Kind.PLAN)
    ).one()
    approvals = db.session.scalars(select(Approval).where(Approval.milestone_id == change.milestone_id)).all()
    assert len(approvals) == 3
    assert change.noted_at is not None
    for approval in approvals:
        assert approval.recorded_at < change.noted_at
        assert approval.approved_on is not None
        assert approval.approved_on < change.noted_at.date()


def test_no_version_of_a_plan_is_published_before_the_plan(demo: Flask) -> None:
    versions = db.session.scalars(select(Milestone).where(Milestone.title == OF_THE_PUBLISHED_PLAN)).all()
    assert len(versions) > 20
    for version in versions:
        publication = db.session.scalars(
            select(Publication)
            .join(Publication.milestone)
            .where(
                Milestone.partnership_id == version.partnership_id,
                Milestone.key == "2026-29.plan-prepared",
                Publication.is_present,
            )
        ).one()
        assert publication.is_document
        assert publication.published_on is not None
        assert version.due_on is not None
        assert publication.published_on < version.due_on


def test_a_plan_is_agreed_then_published_then_sent_and_received(demo: Flask) -> None:
    """In the history too: nobody recorded a copy of what was not published."""
    plan = of_moray("plan-prepared")
    events = db.session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject == "milestone", AuditEvent.subject_id == plan.id)
        .order_by(AuditEvent.at, AuditEvent.id)
    ).all()
    order = list(dict.fromkeys(one.action for one in events))
    wanted = [
        "draft-published",
        "approval-recorded",
        "prepared",
        "published",
        "told-government",
        "copy-sent",
        "received",
    ]
    assert [one for one in order if one in wanted] == wanted


def test_a_version_for_children_whose_step_is_done_is_on_the_plan(demo: Flask) -> None:
    done = db.session.scalars(
        select(Milestone).where(Milestone.title == OF_THE_PUBLISHED_PLAN, Milestone.state == State.DONE)
    ).all()
    assert len(done) > 20
    for step in done:
        plan = db.session.scalars(
            select(Publication)
            .join(Publication.milestone)
            .where(Milestone.cycle_id == step.cycle_id, Milestone.kind == Kind.PLAN, Publication.is_present)
        ).one()
        assert Form.CHILD in {one.form for one in plan.addresses}


def test_no_plan_is_drafted_before_its_priorities_are_agreed_and_families_are_asked(demo: Flask) -> None:
    done = {
        (one.partnership_id, one.key): one.done_on
        for one in db.session.scalars(select(Milestone).where(Milestone.done_on.is_not(None)))
    }
    drafted = [(place, key, day) for (place, key), day in done.items() if key.endswith(".draft-plan")]
    assert len(drafted) > 100
    for place, key, day in drafted:
        for name in ("priorities", "engage-families"):
            before = done.get((place, key.replace("draft-plan", name)))
            assert before is None or (day is not None and before <= day)


def test_there_is_a_draft_and_a_revised_version_to_look_at(demo: Flask) -> None:
    versions = db.session.execute(
        select(Partnership.slug, Publication.version)
        .join(Publication.milestone)
        .join(Milestone.partnership)
        .where(Publication.version.in_([Version.DRAFT, Version.REVISED]))
    ).all()
    assert {tuple(row) for row in versions} == {("moray", Version.DRAFT), ("fife", Version.REVISED)}


def test_one_plan_is_revised_and_stays_published_meanwhile(demo: Flask) -> None:
    revision, plan, slug = db.session.execute(
        select(Revision, Milestone, Partnership.slug)
        .join(Milestone, Milestone.id == Revision.milestone_id)
        .join(Milestone.partnership)
    ).one()
    assert slug == "south-ayrshire"
    assert revision.in_preparation
    first = db.session.scalars(select(Publication).where(Publication.milestone_id == plan.id)).one()
    begun_on = london_time(revision.recorded_at).date()
    assert first.published_on is not None
    assert first.published_on < begun_on
    invite, consult, *others = steps_of(plan, revision)
    assert invite.done_on is not None
    assert begun_on < invite.done_on <= (invite.due_on or begun_on)
    assert all(one.due_on > SEVEN.date() for one in (consult, *others) if one.due_on), "nothing of it is late"
    assert all(one.owner is plan.owner for one in (invite, consult, *others))


def test_the_history_is_sealed(demo: Flask) -> None:
    result = demo.test_cli_runner().invoke(args=["verify"])
    assert (result.exit_code, "complete and unchanged" in result.output) == (0, True)


def test_an_email_of_the_past_was_sent_on_the_morning_on_which_it_was_called_for(demo: Flask) -> None:
    """On working days, under a Message-ID of its own, and its receipt says that it is made up."""
    past = db.session.scalars(select(Message).where(Message.queued_at < SEVEN).order_by(Message.id)).all()
    digests = [one for one in past if one.kind is MessageKind.DIGEST]
    assert len(digests) > 150
    for one in past:
        assert (one.state, one.attempts, one.receipt) == (MessageState.SENT, 1, RECEIPT)
        assert one.ended_at is not None
        assert timedelta(0) < one.ended_at - one.queued_at < timedelta(minutes=3)
    for one in digests:
        assert SCOTLAND.is_working_day(one.rendered_on)
        assert london_time(one.queued_at).date() == one.rendered_on
        assert london_time(one.queued_at).hour == 7
    days = {one.rendered_on for one in digests if one.rendered_on >= FRIDAY - timedelta(days=60)}
    assert len(days) > 15
    assert len({one.message_id for one in past}) == len(past)


def test_nobody_was_reminded_of_what_was_not_there_yet_or_was_done(demo: Flask) -> None:
    found = db.session.execute(select(Notice, Milestone).join(Notice.milestone).where(Notice.queued_at < SEVEN)).all()
    assert len(found) > 250
    for notice, milestone in found:
        assert notice.queued_on >= milestone.entered_on
        assert not notice.overtook, "the service was never down"
        waits_for_a_list_day = notice.queued_on > FRIDAY - timedelta(days=14)
        assert notice.message_id or notice.unreachable or notice.ended_at or waits_for_a_list_day
        finished = db.session.scalars(
            select(AuditEvent.at)
            .where(
                AuditEvent.subject == "milestone",
                AuditEvent.subject_id == milestone.id,
                AuditEvent.action.in_(["finished", "prepared", "report-published"]),
            )
            .order_by(AuditEvent.at.desc())
        ).first()
        assert finished is None or notice.queued_at < finished


def test_the_run_of_the_day_says_only_what_is_new(demo: Flask) -> None:
    """As on any morning: what was said before is not said again, and nothing waits but what came since."""
    todays = db.session.scalars(select(Notice).where(Notice.queued_on == FRIDAY)).all()
    assert todays
    assert not [one for one in todays if one.overtook]
    assert len(todays) < 60


def test_milestones_are_at_the_end_what_their_history_says(demo: Flask) -> None:
    """They were set back while the emails of the past were written."""
    last: dict[tuple[int, str], object] = {}
    events = select(AuditEvent).where(AuditEvent.subject == "milestone").order_by(AuditEvent.at, AuditEvent.id)
    for event in db.session.scalars(events):
        last |= {
            (event.subject_id, name): value
            for name, value in event.after.items()
            if name in {"state", "owner_id"} or (name == "due_on" and event.action != "date-proposed")
        }
    assert len(last) > 1000
    for (milestone_id, name), value in last.items():
        now = getattr(db.session.get_one(Milestone, milestone_id), name)
        assert str(now) == str(value), (milestone_id, name)
