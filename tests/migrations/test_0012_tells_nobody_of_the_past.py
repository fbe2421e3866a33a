"""What version 0012 dates, closes or opens is told to nobody for days that have passed."""

from datetime import UTC, datetime, time, timedelta

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from cycle_tracker.core.extensions import db
from cycle_tracker.reminders.services.reminders import queue_due_notices
from tests.migrations.before_facts import Before, day_ago, utc_today
from tests.migrations.conftest import StandsAt

pytestmark = pytest.mark.in_full


def test_what_an_upgrade_dates_closes_or_opens_emails_nobody_about_the_past(stands_at: StandsAt) -> None:
    """The next run of queue-notices tells nothing of the days up to the upgrade, and the run after it what is new."""
    stands_at("0009")
    before = Before()
    for number, slug in enumerate(("agreed", "interim", "closing"), 1):
        before.place(number, slug)
    # The dates of what is open move back by this, into the past and near it.
    before.approved(10, 4, day_ago(90))
    before.approved(10, 5, day_ago(100))
    before.published(10, day_ago(10))
    before.done((10, 11, 14), day_ago(10))
    before.dated(12, day_ago(-4))
    before.dated(13, day_ago(-4))
    # This opens a plan again that has long passed its date.
    before.published(20, day_ago(40), "interim")
    before.done((20, 21, 22, 23, 24), day_ago(40))
    # This closes a step of which the owner would have been told next.
    before.published(30, day_ago(60))
    before.sent(30, (2, 3), day_ago(50))
    before.done((30, 31, 34), day_ago(60))
    before.done((32,), day_ago(50))
    before.dated(33, day_ago(46))
    before.run(
        "INSERT INTO notices (milestone_id, due_on, step, addressee, user_id, audience, overtook, policy, at_once, "  # noqa: S608  words of our own
        f"unreachable, queued_on, queued_at, ended_why) VALUES (33, '{day_ago(46)}', 'overdue-8', 'user:1', 1, "
        f"'owner', '[]', '', false, false, '{day_ago(38)}', '2026-05-01 06:00:00', '')"
    )
    before.run("INSERT INTO role_grants (user_id, role, scope) VALUES (1, 'lead', 'national')")
    # Each was escalated for the date that it had: one that gets another, one that loses its date, one that is closed.
    before.milestone(25, 2, "send-again", "step", follows=20, days=14)
    before.dated(25, day_ago(26))
    for number, due in ((12, day_ago(-4)), (25, day_ago(26)), (33, day_ago(46))):
        before.run(
            "INSERT INTO escalations (milestone_id, due_on, rung, audience, fell_due_on, opened_at, reply_by, "  # noqa: S608  words of our own
            f"raised_why) VALUES ({number}, '{due}', 1, 'lead', '{due}', '2026-05-01 06:00:00', NULL, '')"
        )
    db.session.commit()
    db.session.remove()
    upgrade()
    raised = text("SELECT milestone_id, resolution FROM escalations WHERE resolved_at IS NOT NULL ORDER BY 1")
    assert [tuple(row) for row in db.session.execute(raised)] == [(12, "new-date"), (25, "new-date"), (33, "done")]
    statement = text("SELECT milestone_id, step, ending FROM notices WHERE milestone_id = 33")
    assert [tuple(row) for row in db.session.execute(statement)] == [(33, "overdue-8", "withdrawn")]
    db.session.rollback()
    today = utc_today()
    first = queue_due_notices(today, datetime.combine(today, time(7), UTC))
    assert (first.notices, first.unreachable, first.skipped) == (0, 0, 0)
    assert first.milestones > 0, "they were asked about"
    assert first.escalations == 0, "what passed before the upgrade is with nobody who was not notified"
    later = today + timedelta(days=40)
    then = queue_due_notices(later, datetime.combine(later, time(7), UTC))
    assert then.notices + then.unreachable > 0, "what passes after the upgrade is told"
    steps = db.session.execute(text("SELECT milestone_id, step FROM notices WHERE queued_on > :day"), {"day": today})
    assert {row.milestone_id for row in steps} <= {12, 13, 20}


def test_what_a_downgrade_dates_or_opens_is_asked_about_again_and_counts_as_notified(stands_at: StandsAt) -> None:
    """A date that comes back has a bookmark: without one nobody would ever be reminded of it."""
    stands_at("0009")
    before = Before()
    for number, slug in enumerate(("interim", "agreed"), 1):
        before.place(number, slug)
    # An interim plan, with steps that are open and past their dates; and a plan that is agreed and not published.
    before.published(10, day_ago(40), "interim")
    before.done((10, 14), day_ago(40))
    before.dated(12, day_ago(26))
    before.dated(13, day_ago(26))
    before.approved(20, 4, day_ago(30))
    before.approved(20, 5, day_ago(20))
    db.session.commit()
    db.session.remove()
    upgrade()
    downgrade(revision="0009")
    asked = text("SELECT id, due_on, next_notice_on FROM milestones WHERE id IN (12, 13, 20) ORDER BY id")
    found = [(row.id, str(row.due_on), str(row.next_notice_on)) for row in db.session.execute(asked)]
    assert found == [(12, day_ago(26), day_ago(0)), (13, day_ago(26), day_ago(0)), (20, day_ago(200), day_ago(0))]
    notified = text("SELECT milestone_id, step FROM notices WHERE ended_at IS NULL AND milestone_id IN (12, 13, 20)")
    assert {tuple(row) for row in db.session.execute(notified)} == {
        (12, "overdue-26"),
        (13, "overdue-26"),
        (20, "overdue-200"),
    }
