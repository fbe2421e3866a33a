"""Version 0019: what is recorded beside a plan has its tables, and goes on the way back."""

from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cycle_tracker.core.extensions import db
from tests.migrations.conftest import StandsAt
from tests.migrations.rows import MILESTONE, PERSON

pytestmark = pytest.mark.in_full

DATES = "UPDATE milestones SET target_on = '2020-04-01', due_on = '{due_on}', own_start_on = {own} WHERE id = {id}"


def test_nothing_changes_on_the_way_up_and_a_late_plan_is_due_when_it_was_on_the_way_back(
    empty_app: Flask, stands_at: StandsAt
) -> None:
    stands_at("0018")
    run = db.session.execute
    run(text(PERSON))
    for number in (7, 8, 9):
        run(text(MILESTONE.format(id=number, key=f"plan-{number}", kind="plan", state="not-started")))
    run(text("UPDATE milestones SET target_on = '2020-04-01', due_on = '2020-04-01'"))
    db.session.commit()
    before = dates()
    db.session.remove()
    upgrade(revision="0019")
    assert dates() == before
    run(text(DATES.format(id=8, due_on="2021-04-01", own="'2021-04-01'")))
    run(text(DATES.format(id=9, due_on="2021-10-01", own="'2021-04-01'")))
    run(text("UPDATE milestones SET expected_date = true WHERE id = 9"))
    run(text("UPDATE milestones SET entered_on = '2020-01-06', next_notice_on = '2021-03-04' WHERE id IN (8, 9)"))
    run(
        text(
            "INSERT INTO own_starts (milestone_id, starts_on, allowed_by, recorded_by_id, recorded_at) "
            "VALUES (8, '2021-04-01', 'A law', 1, '2021-04-01 09:00:00')"
        )
    )
    run(
        text(
            "INSERT INTO organisations (id, code, name, kind, in_use, edited) VALUES "
            "(1, 'N01', 'Police', 'other-service-provider', true, false)"
        )
    )
    run(
        text(
            "INSERT INTO disagreements (milestone_id, organisation_id, recorded_by_id, recorded_at) "
            "VALUES (8, 1, 1, '2021-04-01 09:00:00')"
        )
    )
    given = (
        "INSERT INTO directions (milestone_id, given_on, given_to, section, about, recorded_by_id, recorded_at) "
        "VALUES (8, '2021-04-01', 'A council', '{}', 'The plan', 1, '2021-04-01 09:00:00')"
    )
    run(text(given.format("section-16")))
    db.session.commit()
    with pytest.raises(DBAPIError):
        run(text(given.format("section-12")))
    db.session.rollback()
    db.session.remove()
    downgrade(revision="0018")
    assert dates() == [(7, "2020-04-01"), (8, "2020-04-01"), (9, "2021-10-01")], "one that was explained stays"
    marks = run(text("SELECT next_notice_on FROM milestones ORDER BY id")).scalars().all()
    assert [str(one) for one in marks] == ["None", "2020-01-06", "2021-03-04"], "never later than the day calls for"
    db.session.rollback()
    db.session.remove()
    upgrade(revision="0019")
    assert run(text("SELECT count(*) FROM own_starts")).scalar() == 0
    db.session.rollback()


def dates() -> list[tuple[Any, ...]]:
    found = db.session.execute(text("SELECT id, due_on FROM milestones ORDER BY id")).all()
    db.session.rollback()
    return [(number, str(due_on)) for number, due_on in found]
