"""The standard rhythm comes with version 0021."""

from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from cycle_tracker.core.extensions import db
from tests.migrations.conftest import StandsAt

PEOPLE = {
    1: ("never.chose@example.org", "daily", 3),
    2: ("chose.daily.again@example.org", "daily", 0),
    3: ("weekly@example.org", "weekly", 4),
    4: ("only.late@example.org", "only-late", 0),
    5: ("person-000017@example.test", "daily", 0),
    6: ("person-17@example.test", "daily", 0),
}
PERSON = (
    "INSERT INTO users (id, email, name, active, fs_uniquifier, rhythm, weekday, kind, reminds_before) "
    "VALUES ({id}, '{email}', 'Iain Bell', true, '{id}', '{rhythm}', {weekday}, 'person', true)"
)
EVENT = (
    "INSERT INTO audit_events (at, subject, subject_id, action, before, after, reason) "
    "VALUES ('2026-11-01 09:00:00', '{subject}', {subject_id}, '{action}', '{{}}', '{{}}', '')"
)


def rhythms() -> list[tuple[int, str, int]]:
    found = [tuple(row) for row in db.session.execute(text("SELECT id, rhythm, weekday FROM users ORDER BY id"))]
    db.session.remove()
    return found


def test_who_never_chose_gets_the_standard_rhythm_and_goes_back_to_daily(stands_at: StandsAt) -> None:
    stands_at("0020")
    for number, (email, rhythm, weekday) in PEOPLE.items():
        db.session.execute(text(PERSON.format(id=number, email=email, rhythm=rhythm, weekday=weekday)))
    for subject, subject_id, action in (
        ("user", 2, "preference-set"),
        ("user", 1, "added"),
        ("post", 1, "preference-set"),
    ):
        db.session.execute(text(EVENT.format(subject=subject, subject_id=subject_id, action=action)))
    db.session.commit()
    before = rhythms()
    upgrade(revision="0021")
    assert rhythms() == [
        (1, "standard", 3),
        (2, "daily", 0),
        (3, "weekly", 4),
        (4, "only-late", 0),
        (5, "daily", 0),
        (6, "standard", 0),
    ]
    assert "message_lines" in inspect(db.engine).get_table_names()
    downgrade(revision="0020")
    assert "message_lines" not in inspect(db.engine).get_table_names()
    assert rhythms() == before
