"""Version 0017 draws the stamp of the list of partnerships, and says of each whether it has published."""

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from cycle_tracker.core.extensions import db
from tests.migrations.conftest import StandsAt

pytestmark = pytest.mark.in_full

MILESTONE = (
    "INSERT INTO milestones (id, partnership_id, key, kind, title, evidence_asked, duty_basis, duty_citation, "
    "date_basis, date_citation, date_rule, expected_date, state, reason, entered_on, version) VALUES ({id}, {place}, "
    "'report-{id}', 'annual-report', 'Annual report', '', 'practice', '', 'local', '', '', false, 'done', '', "
    "'2026-04-01', 1)"
)
PUBLICATION = (
    "INSERT INTO publications (id, milestone_id, version, is_present, recorded_from) "
    "VALUES ({id}, {id}, '{version}', true, '2026-07-01 09:00:00')"
)


def test_partnerships_that_exist_learn_whether_they_have_published(empty_app: Flask, stands_at: StandsAt) -> None:
    stands_at("0016")
    for statement in (
        *(
            f"INSERT INTO partnerships (id, slug, name, other_names) VALUES ({number}, '{slug}', '{slug}', '')"  # noqa: S608  words of our own
            for number, slug in enumerate(("moray", "fife", "orkney"), 1)
        ),
        *(MILESTONE.format(id=number, place=number) for number in (1, 2)),
        PUBLICATION.format(id=1, version="final"),
        PUBLICATION.format(id=2, version="draft"),
    ):
        db.session.execute(text(statement))
    db.session.commit()
    db.session.remove()
    upgrade(revision="0017")
    assert having_published() == ["moray"]
    first = stamp()
    assert first is not None
    db.session.execute(text("UPDATE publications SET version = 'final' WHERE id = 2"))
    assert having_published() == ["moray", "fife"]
    assert stamp() == first
    db.session.execute(text("UPDATE partnerships SET name = 'Fife' WHERE id = 2"))
    assert stamp() != first
    db.session.commit()
    db.session.remove()
    downgrade(revision="0016")
    db.session.execute(text("UPDATE partnerships SET name = 'Kingdom of Fife' WHERE id = 2"))
    db.session.execute(text("UPDATE publications SET version = 'draft' WHERE id = 1"))
    db.session.commit()
    db.session.remove()
    upgrade(revision="0017")
    assert having_published() == ["fife"]


def having_published() -> list[str]:
    return list(db.session.scalars(text("SELECT slug FROM partnerships WHERE has_published ORDER BY id")))


def stamp() -> int | None:
    found: int | None = db.session.scalar(text("SELECT stamp FROM partnership_stamp"))
    return found
