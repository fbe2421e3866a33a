"""Decisions and facts of a plan, from version 0009 to 0012."""

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from cycle_tracker.core.extensions import db
from tests.migrations.before_facts import Before, day_ago
from tests.migrations.conftest import StandsAt
from tests.migrations.rows import DECISION, MILESTONE, PERSON

pytestmark = pytest.mark.in_full


def test_decisions_of_lead_bodies_stay_and_on_the_way_back_only_agreement_is_an_approval(stands_at: StandsAt) -> None:
    stands_at("0009")
    old = ("approved", "noted", "delegated", "chairs-action")
    for statement in (
        PERSON,
        MILESTONE.format(id=1, key="2026-29.plan-prepared", kind="plan", state="in-progress"),
        *(
            f"INSERT INTO organisations (id, code, name, kind) VALUES ({number}, 'S{number}', 'Body', 'council')"  # noqa: S608  words of our own
            for number in range(1, 8)
        ),
        *(DECISION.format(id=number, manner=manner) for number, manner in enumerate(old, 1)),
    ):
        db.session.execute(text(statement))
    db.session.commit()
    upgrade(revision="0012")
    assert manners() == dict(enumerate(old, 1))
    for number, manner in enumerate(("subject-to-changes", "subject-to-changes", "deferred"), 5):
        db.session.execute(text(DECISION.format(id=number, manner=manner)))
    db.session.execute(text("UPDATE approvals SET signed_off = true WHERE id = 5"))
    db.session.execute(text("UPDATE approvals SET agreed = 'yes', agreed_recorded_by_id = 1 WHERE id = 2"))
    db.session.commit()
    db.session.remove()
    downgrade(revision="0009")
    assert manners() == {**dict(enumerate(old, 1)), 5: "approved", 6: "noted", 7: "noted"}


def manners() -> dict[int, str]:
    found: dict[int, str] = dict(db.session.execute(text("SELECT id, manner FROM approvals ORDER BY id")).all())
    db.session.remove()
    return found


def test_plans_learn_when_they_were_prepared_and_steps_what_completes_them(stands_at: StandsAt) -> None:
    """Whole approvals, a publication alone, an interim plan alone, an open plan that is agreed; up, and back."""
    stands_at("0009")
    before = Before()
    for number, slug in enumerate(("agreed", "published", "interim", "unpublished", "followed"), 1):
        before.place(number, slug)
    # Approved 100 and 90 days ago, published 80 days ago, sent to Ministers and to one of two other providers.
    before.approved(10, 4, day_ago(90))
    before.approved(10, 5, day_ago(100))
    before.published(10, day_ago(80))
    before.sent(10, (1, 2), day_ago(78))
    before.done((10, 14), day_ago(80))
    before.done((12,), day_ago(78))
    before.done((13,), day_ago(70))
    before.dated(12, day_ago(66))
    before.dated(13, day_ago(66))
    before.dated(14, day_ago(52))
    # Published 60 days ago, with one approval; its copies to both other providers recorded, the step still open.
    before.approved(20, 4, day_ago(90))
    before.published(20, day_ago(60))
    before.sent(20, (2, 3), day_ago(50))
    before.done((20, 24), day_ago(60))
    before.done((21,), day_ago(95))
    before.dated(22, day_ago(46))
    before.dated(23, day_ago(46))
    before.dated(24, day_ago(32))
    # An interim plan alone.
    before.published(30, day_ago(40), "interim")
    before.done((30, 34), day_ago(40))
    for number, days in ((32, 26), (33, 26), (34, 12)):
        before.dated(number, day_ago(days))
    # Agreed by both 30 and 20 days ago, and not published.
    before.approved(40, 4, day_ago(30))
    before.approved(40, 5, day_ago(20), "chairs-action")
    # An interim plan that the plan itself followed 30 days ago.
    before.published(50, day_ago(60), newer_on=day_ago(30))
    before.done((50, 54), day_ago(60))
    db.session.commit()
    its_days = text("SELECT published_on, newer_on FROM publications WHERE id = 50")
    recorded = [tuple(row) for row in db.session.execute(its_days)]
    was = stands()
    db.session.remove()
    upgrade(revision="0013")
    prepared = db.session.execute(text("SELECT milestone_id, prepared_on, prepared_from FROM preparations ORDER BY 1"))
    assert [(row[0], str(row[1]), row[2]) for row in prepared] == [
        (10, day_ago(90), "approvals"),
        (20, day_ago(60), "publication"),
        (40, day_ago(20), "approvals"),
        (50, day_ago(30), "publication"),
    ]
    found = db.session.execute(text("SELECT interim_on, published_on, newer_on FROM publications WHERE id = 50")).one()
    assert [str(day) for day in found] == [day_ago(60), day_ago(30), "None"]
    now = stands()
    # The plan that was agreed is done on that day, and what hangs on it is dated from it.
    assert now[10] == ("done", day_ago(90), day_ago(200))
    assert now[11] == ("done", day_ago(90), day_ago(200)), "open before, its fact whole"
    assert now[12] == ("done", day_ago(78), day_ago(76))
    assert now[13] == ("done", day_ago(70), day_ago(76)), "done stays done, with a body missing"
    assert now[14] == ("done", day_ago(80), day_ago(62))
    assert now[20] == ("done", day_ago(60), day_ago(200))
    assert now[21] == ("done", day_ago(95), day_ago(200))
    assert now[22] == ("not-started", None, day_ago(46))
    assert now[23] == ("done", day_ago(50), day_ago(46)), "open before, its fact whole"
    # An interim plan is not the plan.
    assert now[30] == ("in-progress", None, day_ago(200))
    assert now[32] == ("not-started", None, None)
    assert now[34] == ("done", day_ago(40), None)
    assert now[40] == ("done", day_ago(20), day_ago(200))
    assert (now[42][2], now[44][2]) == (day_ago(6), day_ago(-8))
    facts = db.session.execute(
        text("SELECT id, fact, fact_of_id, fact_count, fact_total, details_not_known FROM milestones ORDER BY id")
    ).all()
    assert {row.id: tuple(row)[1:] for row in facts if row.id < 30} == {
        10: (None, None, None, None, False),
        11: ("agreed", 10, 2, 2, False),
        12: ("ministers-sent", 10, 1, 1, False),
        13: ("providers-sent", 10, 1, 2, True),
        14: ("published", 10, 1, 1, False),
        20: (None, None, None, None, False),
        21: ("agreed", 20, 1, 2, True),
        22: ("ministers-sent", 20, 0, 1, False),
        23: ("providers-sent", 20, 2, 2, False),
        24: ("published", 20, 1, 1, False),
    }
    assert next(row for row in facts if row.id == 34).details_not_known
    complete = db.session.scalars(text("SELECT id FROM milestones WHERE complete ORDER BY id")).all()
    assert complete == [10]
    db.session.remove()
    downgrade(revision="0009")
    back = stands()
    closed_or_dated = {11, 23, *range(40, 45), 52, 53, 54}  # as nobody would have recorded it twice, that stays
    assert {number: back[number] for number in was if number not in closed_or_dated} == {
        number: values for number, values in was.items() if number not in closed_or_dated
    }
    assert back[40][0] == "in-progress", "it is not published"
    assert [tuple(row) for row in db.session.execute(its_days)] == recorded
    notified = db.session.execute(text("SELECT id, done_with FROM milestones WHERE done_with IS NOT NULL ORDER BY id"))
    assert [tuple(row) for row in notified][:2] == [(12, "told"), (14, "published")]
    db.session.remove()
    upgrade()
    assert stands()[10] == now[10]


def stands() -> dict[int, tuple[str, str | None, str | None]]:
    """Of each milestone: its state, the day on which it was done, and its due date."""
    rows = db.session.execute(text("SELECT id, state, done_on, due_on FROM milestones ORDER BY id")).all()
    db.session.rollback()
    return {row.id: (row.state, *(str(day) if day else None for day in (row.done_on, row.due_on))) for row in rows}
