"""Whether a document is complete is kept beside it by the database, whoever changes what it hangs on."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Publication, PublicationCopy, Version
from tests.factories import make_government, make_milestone, make_organisation, make_partnership, make_report

NOW = datetime(2026, 7, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def report(core_app: Flask) -> Milestone:
    return make_report(make_partnership())


@pytest.fixture
def plan(core_app: Flask) -> Milestone:
    return make_milestone(make_partnership("fife"), key="2026-29.plan-prepared", kind=Kind.PLAN)


def published(report: Milestone, version: Version = Version.FINAL) -> Publication:
    publication = Publication(milestone=report, version=version, published_on=date(2026, 7, 1), recorded_from=NOW)
    db.session.add(publication)
    db.session.flush()
    return publication


def sent(publication: Publication) -> None:
    publication.copies.append(PublicationCopy(receiver_id=make_government().id))
    db.session.flush()


def is_complete(report: Milestone) -> bool:
    return bool(db.session.scalar(select(Milestone.complete).where(Milestone.id == report.id)))


def test_a_document_is_complete_once_it_is_published_and_a_plan_once_it_is_sent_too(
    report: Milestone, plan: Milestone
) -> None:
    assert not is_complete(report)
    published(report)
    assert is_complete(report)
    publication = published(plan)
    assert not is_complete(plan)
    sent(publication)
    assert is_complete(plan)


def test_a_copy_to_somebody_else_completes_nothing(plan: Milestone) -> None:
    council = make_organisation("Moray Council")
    publication = published(plan)
    publication.copies.append(PublicationCopy(receiver_id=council.id))
    db.session.flush()
    assert not is_complete(plan)


@pytest.mark.parametrize("version", [Version.DRAFT, Version.INTERIM])
def test_what_is_not_the_plan_itself_completes_nothing_until_it_is(plan: Milestone, version: Version) -> None:
    publication = published(plan, version)
    sent(publication)
    assert not is_complete(plan)
    publication.version = Version.FINAL
    db.session.flush()
    assert is_complete(plan)


def test_a_draft_of_a_report_completes_nothing(report: Milestone) -> None:
    draft = published(report, Version.DRAFT)
    assert not is_complete(report)
    draft.version = Version.FINAL
    db.session.flush()
    assert is_complete(report)
    db.session.execute(delete(Publication))
    assert not is_complete(report)


@pytest.mark.parametrize(
    "undo",
    [
        lambda: db.session.execute(delete(PublicationCopy)),
        lambda: db.session.execute(update(Publication).values(version=Version.DRAFT)),
        lambda: (db.session.execute(delete(PublicationCopy)), db.session.execute(delete(Publication))),
        lambda: db.session.execute(update(PublicationCopy).values(receiver_id=make_organisation("Moray Council").id)),
    ],
    ids=["copy taken back", "a draft again", "publication gone", "sent to somebody else"],
)
def test_it_is_complete_no_more_where_that_is_taken_back(plan: Milestone, undo: Callable[[], object]) -> None:
    sent(published(plan))
    undo()
    assert not is_complete(plan)
