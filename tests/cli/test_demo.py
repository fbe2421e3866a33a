"""The demo on two days: what it shows, that it adds nothing twice, and that its notices can be written."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from cycle_tracker.cli.demo.emails import UNFINISHED
from cycle_tracker.cli.demo.people import ACCOUNTS, CHAIR, CLERK, MEMBER, PASSWORD
from cycle_tracker.core.deadlines import DueState, due_state
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.extensions import Base, db
from cycle_tracker.core.kinds import DOCUMENTS
from cycle_tracker.documents.queries.document_facts import facts_of, published_and_notified
from cycle_tracker.documents.queries.documents import list_documents
from cycle_tracker.documents.queries.explanations import shared_explanations
from cycle_tracker.documents.rules.documents import document_state
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.group import Membership, MembershipRole
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.reference import ServiceSetting
from cycle_tracker.models.user import User
from cycle_tracker.people.services.users import authenticate
from cycle_tracker.reminders.services.reminders import queue_due_notices
from tests.factories import at_seven, make_user
from tests.support.databases import Database, Sqlite
from tests.support.demo import FRIDAY, seeded_demo

AUTUMN = FRIDAY
SPRING = date(2026, 5, 12)

ON_EVERY_DAY = {
    DocumentState.NOT_OPEN,
    DocumentState.EXPLAINED,
    DocumentState.OUTSTANDING,
    DocumentState.NO_RECORD,
    DocumentState.INTERIM,
    DocumentState.PREPARED_NOT_PUBLISHED,
    DocumentState.PUBLISHED_COPY_NOT_SENT,
    DocumentState.COMPLETE,
}
STATES = {
    AUTUMN: ON_EVERY_DAY,  # nothing is between its guidance date and 60 days after it, and no report is open
    SPRING: ON_EVERY_DAY | {DocumentState.OPEN, DocumentState.PAST_GUIDANCE_DATE},
}
STARS_REPORT = {AUTUMN: "2023-26.annual-report-3", SPRING: "2023-26.annual-report-2"}


@pytest.mark.parametrize(
    ("database", "on"),
    [
        pytest.param("sqlite", AUTUMN, id="autumn"),
        pytest.param("postgresql", SPRING, id="spring", marks=pytest.mark.in_full),
    ],
    indirect=["database"],
)
def test_the_demo_shows_every_state_and_can_be_told_of(
    app: Flask, database: Database, shared_folder: Path, on: date
) -> None:
    runner = app.test_cli_runner()
    said = seed(app, database, shared_folder, on)
    assert f"Added the demo data up to {on:%-d %B %Y}, with 30 partnerships" in said
    with app.app_context():
        before = _row_counts()
        _check_documents(on)
        _check_steps(on)
        _check_history(on)
        _check_people()
    again = runner.invoke(args=["seed-demo"])
    assert again.output == "The demo data is already there. Nothing was changed.\n"
    with app.app_context():
        assert _row_counts() == before
        _check_notices(on)


def seed(app: Flask, database: Database, shared: Path, on: date) -> str:
    """Put the demo in, and give what the command said. That of the autumn is made once for all tests of a run."""
    if not isinstance(database, Sqlite):
        return app.test_cli_runner().invoke(args=["seed-demo", "--on", on.isoformat()]).output
    assert on == FRIDAY
    file, said = seeded_demo(shared)
    with app.app_context():
        database.fill(file)
    return said


@pytest.mark.in_full
@pytest.mark.parametrize("database", [pytest.param("sqlite", id="spring of 2028")], indirect=True)
def test_the_demo_has_the_documents_of_the_period_that_is_to_come(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["seed-demo", "--on", "2028-03-01"]).exit_code == 0
    with app.app_context():
        plans = db.session.scalars(select(Milestone).where(Milestone.key == "2029-32.plan-prepared")).all()
        assert len(plans) == 30
        assert {one.cycle.opened_on for one in plans if one.cycle} == {None}


def test_a_day_after_the_last_period_of_the_demo_is_refused_in_words(app: Flask) -> None:
    refused = app.test_cli_runner().invoke(args=["seed-demo", "--on", "2029-04-01"])
    assert refused.exit_code == 1
    said = "Error: The demo has no histories after 31 March 2029. Choose an earlier day with --on.\n"
    assert refused.output == said


def test_a_run_that_was_stopped_in_its_last_part_is_not_taken_for_the_demo(app: Flask) -> None:
    with app.app_context():
        db.session.add(ServiceSetting(name=UNFINISHED, value="1"))
        db.session.commit()
    refused = app.test_cli_runner().invoke(args=["seed-demo"])
    assert refused.exit_code == 1
    assert refused.output == "Error: An earlier run was stopped before it was done. Start with an empty database.\n"


def test_the_accounts_are_shown_with_their_password(app: Flask) -> None:
    shown = app.test_cli_runner().invoke(args=["demo-accounts"]).output
    assert all(account.email in shown for account in ACCOUNTS)
    assert shown.count(PASSWORD) == len(ACCOUNTS)


def test_it_is_not_added_beside_real_people(app: Flask) -> None:
    with app.app_context():
        make_user("Ailsa Grant", email="ailsa.grant@moray.example.test")
        db.session.commit()
    refused = app.test_cli_runner().invoke(args=["seed-demo"])
    assert refused.exit_code == 1
    assert "There are people here who are not part of the demo" in refused.output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Partnership)) == 0


def _check_documents(on: date) -> None:
    states = _document_states(on)
    assert set(states.values()) == STATES[on]
    stars = {milestone.key: state for milestone, state in states.items() if _slug(milestone) == "moray"}
    assert stars[STARS_REPORT[on]] is DocumentState.OUTSTANDING
    last_reports = Counter(state for one, state in states.items() if one.key == STARS_REPORT[on])
    assert last_reports == {
        DocumentState.COMPLETE: 21,  # three of them sent to nobody: recording a report is telling
        DocumentState.OUTSTANDING: 6,
        DocumentState.EXPLAINED: 2,
        DocumentState.NO_RECORD: 1,
    }
    without_record = {_slug(one) for one, state in states.items() if state is DocumentState.NO_RECORD}
    assert without_record == {"orkney-islands"}
    listed = list_documents(on)
    stars_report = next(one for one in listed if one.key == STARS_REPORT[on] and one.partnership_slug == "moray")
    assert (stars_report.state, stars_report.explanation) == (DocumentState.OUTSTANDING, "")


def _check_steps(on: date) -> None:
    steps = db.session.scalars(select(Milestone).where(Milestone.kind.not_in(DOCUMENTS)).order_by(Milestone.id)).all()
    seen = Counter(
        due_state(one.due_on, one.state, one.done_on, on, notify_from=one.partnership.notify_from)
        for one in steps
        if one.partnership is not None
    )
    assert {DueState.DONE, DueState.DONE_LATE, DueState.OVERDUE, DueState.DUE_SOON, DueState.NOT_DUE} <= set(seen)
    documents = db.session.scalars(select(Milestone).where(Milestone.kind.in_(DOCUMENTS)).order_by(Milestone.id)).all()
    assert all(one.owner_id is not None for one in documents)
    assert sum(one.owner_id is None for one in steps) < len(steps) / 10


def _check_history(on: date) -> None:
    """Nothing happened on the demo's day or after it, nor on a day off, and nothing done waits to be told of."""
    latest = db.session.scalar(select(func.max(Milestone.done_on)))
    assert latest is not None
    assert latest < on
    assert (db.session.scalar(select(func.max(Milestone.entered_on))) or on) <= on
    happened = db.session.scalars(
        select(AuditEvent.at).where(AuditEvent.subject == "milestone").order_by(AuditEvent.id)
    ).all()
    assert max(happened) < at_seven(on)
    assert {moment.weekday() for moment in happened} == {0, 1, 2, 3, 4}
    closed_with_bookmark = select(func.count()).where(
        Milestone.done_on.is_not(None), Milestone.next_notice_on.is_not(None)
    )
    assert db.session.scalar(closed_with_bookmark) == 0


def _check_people() -> None:
    assert all(authenticate(account.email, PASSWORD) is not None for account in ACCOUNTS)
    places = db.session.execute(
        select(User.name, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(User.email.endswith(".moray@example.org"))
        .order_by(User.name)
    ).all()
    assert [tuple(row) for row in places] == [
        *sorted(
            [
                (CHAIR.name, MembershipRole.CHAIR),
                (CLERK.name, MembershipRole.CLERK),
                (MEMBER.name, MembershipRole.MEMBER),
            ]
        )
    ]


def _check_notices(on: date) -> None:
    before = db.session.scalar(select(func.count()).select_from(Notice))
    assert before is not None
    assert before > 250
    swept = queue_due_notices(on, at_seven(on))
    assert swept.skipped == 0
    assert 0 < swept.notices < 60, "the emails of the days before it said the rest"
    unreached = db.session.scalars(select(Notice).where(Notice.unreachable).order_by(Notice.id)).all()
    assert {_slug(notice.milestone) for notice in unreached} == {"shetland-islands"}
    stars = db.session.scalars(
        select(Notice.step)
        .join(Notice.milestone)
        .join(Milestone.partnership)
        .where(Partnership.slug == "moray", Milestone.key == STARS_REPORT[on])
        .order_by(Notice.id)
    ).all()
    assert stars.count("rung-14") == 3


def _document_states(on: date) -> dict[Milestone, DocumentState]:
    documents = db.session.scalars(select(Milestone).where(Milestone.kind.in_(DOCUMENTS)).order_by(Milestone.id)).all()
    explanations, publications = shared_explanations(documents), published_and_notified(documents)
    states = {}
    for document in documents:
        publication, notified = publications.get(document.id, (None, False))
        facts = facts_of(document, publication, explanations.get(document.id), notified=notified)
        states[document] = document_state(facts, on)
    return states


def _slug(milestone: Milestone) -> str:
    return milestone.partnership.slug if milestone.partnership is not None else ""


def _row_counts() -> dict[str, int]:
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }
