"""What the demo says in one place agrees with what it says in another."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.cli.demo.people import ACCOUNTS, BOARD_OFFICER, LEAD
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.models.approval import Approval
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.group import Meeting
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import OrganisationKind
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication
from cycle_tracker.models.update_request import UpdateRequest
from cycle_tracker.models.user import User
from cycle_tracker.web_app import create_app
from tests.support.databases import make_quick
from tests.support.demo import FRIDAY, copy_demo
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
            .where(Milestone.key == "2026-29.plan-prepared", Milestone.partnership_id == step.partnership_id)
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
