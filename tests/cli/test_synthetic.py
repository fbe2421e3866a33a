"""`flask load-synthetic` and `flask outbox`: the data that measures stand on, and the list that they are judged by."""

import json
from datetime import date
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DOCUMENTS
from cycle_tracker.core.lifecycle import State
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication, PublicationCopy
from cycle_tracker.models.user import RoleGrant, User
from scheduler.jobs import queue_notices

THURSDAY = "2026-05-14"
ASKED = {"--partnerships": 3, "--milestones": 20, "--overdue": 4, "--due-soon": 6, "--people": 5, "--on": THURSDAY}


def load(app: Flask, **others: Any) -> Result:
    documents = ["--documents"] if others.pop("documents", False) else []
    options = {**ASKED, **{f"--{name.replace('_', '-')}": value for name, value in others.items()}}
    return app.test_cli_runner().invoke(
        args=["load-synthetic", *documents, *(str(word) for option in options.items() for word in option)]
    )


def outbox(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["outbox", *words])


def test_the_first_are_overdue_the_next_due_soon_and_the_rest_far_ahead(app: Flask) -> None:
    assert load(app).exit_code == 0
    with app.app_context():
        rows = db.session.execute(
            select(Milestone.due_on, func.count()).group_by(Milestone.due_on).order_by(Milestone.due_on)
        )
        due = [(date(2026, 5, 11), 4), (date(2026, 5, 21), 6), (date(2027, 6, 18), 10)]
        assert [tuple(row) for row in rows] == due
        assert set(db.session.scalars(select(Milestone.entered_on))) == {date(2026, 3, 15)}
        assert set(db.session.scalars(select(Milestone.key))) >= {"syn-0000000", "syn-0000019"}


def test_milestones_go_round_the_partnerships_and_the_people(app: Flask) -> None:
    load(app)
    with app.app_context():
        slug, email = db.session.execute(
            select(Partnership.slug, User.email)
            .select_from(Milestone)
            .join(Milestone.partnership)
            .join(Milestone.owner)
            .where(Milestone.key == "syn-0000013")
        ).one()
        assert (slug, email) == ("syn-0001", "person-000003@example.test")
        assert db.session.scalar(select(func.count()).select_from(RoleGrant)) == 5


def test_with_documents_all_that_are_due_are_published_but_the_newest_report_of_every_tenth(app: Flask) -> None:
    assert load(app, partnerships=11, documents=True).exit_code == 0
    with app.app_context():
        documents = select(Milestone).where(Milestone.kind.in_(DOCUMENTS))
        rows = db.session.scalars(documents.join(Milestone.partnership).order_by(Milestone.id)).all()
        assert len(rows) == 11 * 4 * 4
        assert {one.owner_id for one in rows} == {one.next_notice_on for one in rows} == {None}
        late = [
            one for one in rows if one.is_open and (one.target_on or one.reports_on or date.max) < date(2026, 5, 14)
        ]
        assert [(one.partnership and one.partnership.slug, one.key) for one in late] == [
            ("syn-0000", "2023-26.annual-report-2"),
            ("syn-0010", "2023-26.annual-report-2"),
        ]
        published = db.session.scalar(select(func.count()).select_from(Publication))
        sent = db.session.scalar(
            select(func.count()).select_from(PublicationCopy).where(PublicationCopy.sent_on.is_not(None))
        )
        assert published == sent == sum(one.state is State.DONE for one in rows) == 11 * 12 - 2


def test_it_adds_nothing_where_there_is_synthetic_data(app: Flask) -> None:
    load(app)
    again = load(app)
    assert again.exit_code == 1
    assert "syn-0000" in again.output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Milestone)) == 20


def test_more_due_than_there_are_is_refused(app: Flask) -> None:
    refused = load(app, overdue=15)
    assert refused.exit_code == 2
    assert "more than --milestones" in refused.output


def test_an_empty_outbox_is_an_empty_array(app: Flask) -> None:
    assert json.loads(outbox(app, "--json").output) == []


@pytest.fixture
def queued(app: Flask) -> Flask:
    load(app)
    with app.app_context():
        queue_notices(date.fromisoformat(THURSDAY))
    return app


def test_the_outbox_lists_each_message_with_what_it_tells(queued: Flask) -> None:
    messages = json.loads(outbox(queued, "--json").output)
    assert len(messages) == 5
    first = messages[0]
    assert first["recipient"] == "person-000000@example.test"
    assert (first["state"], first["attempts"]) == ("queued", 0)
    assert first["message_id"].startswith("<")
    assert first["notices"] == [
        {"partnership": "syn-0000", "key": "syn-0000000", "due_on": "2026-05-11", "step": "overdue-1"},
        {"partnership": "syn-0002", "key": "syn-0000005", "due_on": "2026-05-21", "step": "before-14"},
    ]


def test_without_json_the_outbox_is_counted_by_state(queued: Flask) -> None:
    with queued.app_context():
        message = db.session.scalars(select(Message).order_by(Message.id).limit(1)).one()
        message.state, message.trouble = "failed", "550 no such user"  # type: ignore[assignment]
        db.session.commit()
    printed = outbox(queued).output
    assert printed.splitlines()[0].split() == ["failed", "1"]
    assert printed.splitlines()[1].split() == ["queued", "4"]
    assert "person-000000@example.test" in printed
    assert "550 no such user" in printed
