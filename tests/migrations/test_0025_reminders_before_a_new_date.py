"""Version 0025: owners are reminded before the new expected dates that exist, and not while an interim plan lasts."""

from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from cycle_tracker.core.extensions import db
from tests.migrations.conftest import StandsAt
from tests.migrations.rows import MILESTONE

# By number: its kind, state, due date, whether that is a new expected date, the bookmark.
MILESTONES = {
    1: ("annual-report", "not-started", "2026-12-15", True, "2026-12-16"),
    2: ("annual-report", "not-started", "2026-12-15", False, "2026-12-16"),
    3: ("annual-report", "done", "2026-12-15", True, None),
    4: ("annual-report", "not-started", "2026-12-15", True, None),
    5: ("annual-report", "not-started", "2026-12-15", True, "2026-07-01"),
    6: ("plan", "not-started", "2027-04-01", True, "2027-04-02"),
    7: ("plan", "not-started", "2027-04-01", True, "2027-04-02"),
}
PUBLICATION = (
    "INSERT INTO publications (id, milestone_id, version, interim_until, recorded_from, is_present) "
    "VALUES ({id}, {id}, 'interim', '2027-03-31', '2026-04-02 09:00:00', true)"
)
CHANGE = (
    "INSERT INTO date_changes (milestone_id, kind, new_due_on, reason, shared, noted_at, declined_why) "
    "VALUES ({id}, 'expected', '{due_on}', 'Late.', false, '2026-11-02 09:00:00', '')"
)


def found() -> dict[int, tuple[bool, str | None]]:
    rows = db.session.execute(text("SELECT id, after_interim, next_notice_on FROM milestones ORDER BY id")).all()
    db.session.remove()
    return {number: (bool(interim), str(on) if on else None) for number, interim, on in rows}


def test_bookmarks_of_new_dates_are_early_and_what_waits_for_an_interim_plan_keeps_its_own(stands_at: StandsAt) -> None:
    stands_at("0024")
    run = db.session.execute
    for number, (kind, state, due_on, expected, bookmark) in MILESTONES.items():
        run(text(MILESTONE.format(id=number, key=f"m-{number}", kind=kind, state=state)))
        values = {"id": number, "due_on": due_on, "expected": expected, "bookmark": bookmark}
        run(text("UPDATE milestones SET due_on = :due_on, expected_date = :expected WHERE id = :id"), values)
        run(text("UPDATE milestones SET next_notice_on = :bookmark WHERE id = :id"), values)
        if expected and number != 6:
            run(text(CHANGE.format(id=number, due_on=due_on)))
    for number in (6, 7):
        run(text(PUBLICATION.format(id=number)))
    db.session.commit()
    db.session.remove()
    upgrade(revision="0025")
    after = {
        1: (False, "2026-10-02"),
        2: (False, "2026-12-16"),
        3: (False, None),
        4: (False, None),
        5: (False, "2026-07-01"),
        6: (True, "2027-04-02"),
        7: (False, "2027-01-17"),
    }
    assert found() == after
    causes = "SELECT count(*) FROM date_changes WHERE cause IS NULL"
    assert run(text(causes)).scalar() == run(text("SELECT count(*) FROM date_changes")).scalar() == 5
    db.session.remove()
    downgrade(revision="0024")
    assert run(text("SELECT count(*) FROM date_changes")).scalar() == 5
    assert run(text("SELECT count(*) FROM milestones")).scalar() == len(MILESTONES)
    db.session.remove()
    upgrade(revision="0025")
    assert found() == after
