"""Version 0022: revisions have their table, steps without a date get one, and on the way back nothing else is lost."""

from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cycle_tracker.core.extensions import db
from tests.migrations.conftest import StandsAt
from tests.migrations.rows import MILESTONE, PERSON, triggers

STEPS = {2: "2026-29.invite-bodies", 3: "2026-29.approvals", 4: "2026-29.publish-plan", 5: "2026-29.draft-plan"}
BODY = (
    "INSERT INTO organisations (id, code, name, kind, in_use, edited) VALUES "
    "({id}, 'X{id}', 'Body {id}', 'other-service-provider', true, false)"
)
VERSION = (
    "INSERT INTO publications (id, milestone_id, number, version, is_present, recorded_from) "
    "VALUES ({id}, 1, {id}, '{version}', {present}, '2026-05-01 09:00:00')"
)
REVISION = (
    "INSERT INTO revisions (id, milestone_id, number, reason, target_on, recorded_by_id, recorded_at, undone_at) "
    "VALUES ({id}, 1, {id}, 'Why', '2027-09-30', 1, '2026-12-01 09:00:00', {undone})"
)
APPROVAL = (
    "INSERT INTO approvals (id, milestone_id, publication_id, revision_id, organisation_id, manner, made_by, meeting, "
    "minute, on_behalf, recorded_by_id, recorded_at) VALUES ({id}, 1, {version}, {revision}, {body}, 'approved', '', "
    "'', '', false, 1, '2026-12-01 09:00:00')"
)
COPY = (
    "INSERT INTO publication_copies (id, milestone_id, publication_id, revision_id, receiver_id, waited) "
    "VALUES ({id}, 1, {version}, {revision}, {body}, true)"
)


def test_rows_are_carried_over_both_ways(empty_app: Flask, stands_at: StandsAt) -> None:
    stands_at("0021")
    run = db.session.execute
    run(text(PERSON))
    run(text("INSERT INTO partnerships (id, slug, name, other_names) VALUES (1, 'moray', 'Moray', '')"))
    run(
        text(
            "INSERT INTO template_editions (id, edition, version, title, first_period, entries, loaded_at) "
            "VALUES (1, 'g', 1, 'G', 2020, '[]', '2026-04-01 09:00:00')"
        )
    )
    run(
        text(
            "INSERT INTO cycles (id, partnership_id, period_start, template_edition_id) VALUES (1, 1, '2026-04-01', 1)"
        )
    )
    run(text(MILESTONE.format(id=1, key="2026-29.plan-prepared", kind="plan", state="done")))
    for number, key in STEPS.items():
        run(text(MILESTONE.format(id=number, key=key, kind="step", state="in-progress")))
    run(text("UPDATE milestones SET partnership_id = 1, cycle_id = 1"))
    run(text("UPDATE milestones SET due_on = '2026-06-15' WHERE id = 3"))
    for number in (1, 2, 3):
        run(text(BODY.format(id=number)))
    run(text(VERSION.format(id=1, version="final", present="false")))
    run(text(VERSION.format(id=2, version="revised", present="true")))
    db.session.commit()
    made = triggers()
    db.session.remove()

    upgrade(revision="0022")
    assert triggers() == made, "none is lost"
    found = {row.id: row for row in run(text("SELECT id, due_on, date_basis, next_notice_on FROM milestones"))}
    assert found[2].due_on is not None
    assert (found[2].date_basis, found[2].next_notice_on is not None) == ("suggested", True)
    assert (str(found[3].due_on), found[3].date_basis) == ("2026-06-15", "local"), "it has a date"
    assert [found[number].due_on for number in (4, 5)] == [None, None], "they are not dated from the upgrade"

    run(text(MILESTONE.format(id=6, key="2026-29.revision-2.send", kind="step", state="done")))
    run(text("UPDATE milestones SET fact = 'copies-sent', fact_of_id = 1, details_not_known = true WHERE id = 6"))
    run(text(REVISION.format(id=1, undone="'2026-12-02 09:00:00'")))
    run(text(REVISION.format(id=2, undone="NULL")))
    records = [("2", "NULL", 1), ("NULL", "1", 1), ("NULL", "2", 1), ("NULL", "2", 2), ("NULL", "NULL", 2)]
    for number, (version, revision, body) in enumerate(records, 1):
        for statement in (APPROVAL, COPY):
            run(text(statement.format(id=number, version=version, revision=revision, body=body)))
    db.session.commit()
    for twice in (APPROVAL, COPY):
        with pytest.raises(DBAPIError):
            run(text(twice.format(id=9, version="NULL", revision="2", body=1)))
        db.session.rollback()
    with pytest.raises(DBAPIError):
        run(text(REVISION.format(id=3, undone="NULL")))
    db.session.rollback()
    db.session.remove()

    downgrade(revision="0021")
    assert triggers() == made
    assert rows("SELECT id, fact, fact_of_id FROM milestones WHERE id = 6") == [(6, None, None)]
    assert rows("SELECT id FROM approvals ORDER BY id") == [(1,), (3,), (5,)], "one for each body waits"
    assert rows("SELECT id FROM publication_copies ORDER BY id") == [(1,), (5,)]
    upgrade(revision="0022")
    assert rows("SELECT count(*) FROM revisions") == [(0,)]


def rows(statement: str) -> list[tuple[Any, ...]]:
    found = [tuple(row) for row in db.session.execute(text(statement)).all()]
    db.session.rollback()
    db.session.remove()
    return found
