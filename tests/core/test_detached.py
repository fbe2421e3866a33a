"""Objects that no session knows: what was read is there, and nothing else is."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import object_session
from sqlalchemy.orm.exc import DetachedInstanceError

from cycle_tracker.core.detached import columns_of, detached, parts_of
from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import rows_of
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from tests.factories import make_cycle, make_milestone, make_partnership


@pytest.fixture
def step(core_app: Flask) -> Iterator[Milestone]:
    moray = make_partnership("moray", name="Moray")
    yield make_milestone(moray, cycle=make_cycle(moray))
    db.session.remove()


def read(milestone: Milestone) -> list[object]:
    statement = (
        select(*columns_of(Milestone, Cycle, Partnership))
        .join(Milestone.partnership)
        .outerjoin(Milestone.cycle)
        .where(Milestone.id == milestone.id)
    )
    return parts_of(rows_of(statement)[0], Milestone, Cycle, Partnership)


def test_it_has_every_column_as_the_session_has_it(step: Milestone) -> None:
    milestone, cycle, _ = read(step)
    assert cycle is not None
    found = detached(Milestone, milestone)  # type: ignore[arg-type]
    for attribute in columns_of(Milestone):
        assert getattr(found, attribute.key) == getattr(step, attribute.key), attribute.key
    assert (found.is_open, found.is_document) == (step.is_open, step.is_document)


def test_what_was_not_read_is_no_empty_value(step: Milestone) -> None:
    milestone, _, partnership = read(step)
    place = detached(Partnership, partnership)  # type: ignore[arg-type]
    found = detached(Milestone, milestone, partnership=place)  # type: ignore[arg-type]
    assert found.partnership is place
    with pytest.raises(DetachedInstanceError):
        _ = found.cycle


def test_no_row_is_none(step: Milestone) -> None:
    step.cycle = None
    db.session.flush()
    assert read(step)[1] is None


def test_what_is_set_on_it_is_not_saved(step: Milestone) -> None:
    title = step.title
    found = detached(Milestone, read(step)[0])  # type: ignore[arg-type]
    found.title = "Another"
    db.session.commit()
    assert object_session(found) is None
    assert db.session.scalar(select(Milestone.title)) == title
