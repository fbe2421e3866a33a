"""Version 0008 says of each document whether it is complete."""

from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from cycle_tracker.core.extensions import db

pytestmark = pytest.mark.in_full


def test_documents_that_exist_learn_whether_they_are_complete_and_lose_nothing_on_the_way_back(
    empty_app: Flask,
) -> None:
    upgrade(revision="0007")
    milestone = (
        "INSERT INTO milestones (id, key, kind, title, evidence_asked, duty_basis, duty_citation, date_basis, "
        "date_citation, date_rule, expected_date, state, reason, entered_on, version) VALUES ({id}, 'report-{id}', "
        "'{kind}', 'Annual report', '', 'practice', '', 'local', '', '', false, 'done', '', '2026-04-01', 1)"
    )
    publication = (
        "INSERT INTO publications (id, milestone_id, version, published_on, recorded_at) "
        "VALUES ({id}, {id}, '{version}', '2026-07-01', '2026-07-01 09:00:00')"
    )
    copy = "INSERT INTO publication_copies (publication_id, receiver_id, sent_on) VALUES ({id}, {to}, '2026-07-02')"
    for statement in (
        *(
            f"INSERT INTO organisations (id, code, name, kind) VALUES ({number}, '{kind}', '{kind}', '{kind}')"  # noqa: S608  words of our own
            for number, kind in enumerate(("scottish-government", "council"), 1)
        ),
        *(milestone.format(id=number, kind="annual-report") for number in (1, 2, 3, 4)),
        *(publication.format(id=number, version="final") for number in (1, 2)),
        publication.format(id=3, version="draft"),
        copy.format(id=1, to=1),
        copy.format(id=2, to=2),
        copy.format(id=3, to=1),
    ):
        db.session.execute(text(statement))
    db.session.commit()
    before = copies()
    complete = text("SELECT id FROM milestones WHERE complete")
    upgrade(revision="0008")
    assert db.session.scalars(complete).all() == [1]
    db.session.execute(text("UPDATE publications SET version = 'final' WHERE id = 3"))
    assert sorted(db.session.scalars(complete)) == [1, 3]
    db.session.execute(text("UPDATE publications SET version = 'draft' WHERE id = 3"))
    db.session.commit()
    db.session.remove()
    downgrade(revision="0007")
    assert copies() == before
    db.session.remove()
    upgrade(revision="0008")
    assert db.session.scalars(complete).all() == [1]


def copies() -> list[Any]:
    statement = (
        "SELECT publication_id, receiver_id, sent_on, publications.version, key, state FROM publication_copies "
        "JOIN publications ON publications.id = publication_id "
        "JOIN milestones ON milestones.id = milestone_id ORDER BY 1"
    )
    found = [tuple(row) for row in db.session.execute(text(statement))]
    db.session.remove()
    return found
