"""The trial of an upgrade: the demo with its emails, back to the version before organisations and facts, and up again.

What the next run says after it is compared with a list that was written by hand, from the dates of the demo. It is held
to the newest version, whichever that is.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, stamp, upgrade
from sqlalchemy import text

from cycle_tracker.cli.demo.story import seed_demo
from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.extensions import db
from cycle_tracker.operations.services.synthetic import Wanted, load_synthetic
from scheduler.jobs import run_job
from tests.migrations.conftest import in_context
from tests.support.demo import copy_demo

pytestmark = pytest.mark.in_full

BEFORE = "0010"

# 30 November 2026 is St Andrew's Day. The demo has the emails of the days before Friday the 27th, which runs here.
ST_ANDREWS_DAY, LAST_RUN, NEXT_RUN = date(2026, 11, 30), date(2026, 11, 27), date(2026, 12, 1)
# Draft reports were due on 15 May: 197 days after it is Saturday 28 November. Three days before 4 December, whoever
# closes a cycle by then is reminded, and so is the owner of two actions in Moray. 22 days after 6 November is the 28th.
# After 57 days it is every 28: 197 is one of them, and 190 is not.
NEXT_NOTICES = {
    ("lead.argyll-and-bute", "argyll-and-bute", "2023-26.draft-report-3", "overdue-197"),
    ("lead.clackmannanshire", "clackmannanshire", "2023-26.draft-report-3", "overdue-197"),
    ("lead.dumfries-and-galloway", "dumfries-and-galloway", "2023-26.draft-report-3", "overdue-197"),
    ("officer.ggc", "inverclyde", "2023-26.draft-report-3", "overdue-197"),
    ("lead.na-h-eileanan-siar", "na-h-eileanan-siar", "2023-26.draft-report-3", "overdue-197"),
    ("lead.south-lanarkshire", "south-lanarkshire", "2023-26.draft-report-3", "overdue-197"),
    ("officer.ggc", "west-dunbartonshire", "2023-26.draft-report-3", "overdue-197"),
    ("lead.dumfries-and-galloway", "dumfries-and-galloway", "2023-26.annual-report-3", "overdue-22"),
    ("lead.clackmannanshire", "clackmannanshire", "2023-26.close-cycle", "before-3"),
    ("lead.east-ayrshire", "east-ayrshire", "2023-26.close-cycle", "before-3"),
    ("lead.north-lanarkshire", "north-lanarkshire", "2023-26.close-cycle", "before-3"),
    ("lead.stirling", "stirling", "2023-26.close-cycle", "before-3"),
    ("contributor.moray", "moray", "2026-29.action-1.2", "before-3"),
    ("contributor.moray", "moray", "2026-29.action-3", "before-3"),
}
# The plan of Stirling was prepared by hand and is not published: the version before knows no such day. The steps that
# hang on it have no date then.
CHANGED = {
    ("stirling", "2026-29.plan-prepared"),
    ("stirling", "2026-29.publish-plan"),
    ("stirling", "2026-29.send-to-ministers"),
    ("stirling", "2026-29.send-to-providers"),
}

# The demo of the file ends on Friday 20 November, and Monday follows. One cycle is to be closed by Thursday the 26th.
MONDAY = date(2026, 11, 23)
NOTICES_OF_MONDAY = {("lead.clackmannanshire", "clackmannanshire", "2023-26.close-cycle", "before-3")}

DEMO_OF = "JOIN partnerships p ON p.id = m.partnership_id AND p.slug NOT LIKE 'syn-%'"
NOTICES = f"""
    SELECT u.email, p.slug, m.key, n.step FROM notices n JOIN users u ON u.id = n.user_id
    JOIN milestones m ON m.id = n.milestone_id {DEMO_OF} WHERE n.queued_on = :day AND n.message_id IS NOT NULL
"""  # noqa: S608  words of our own
SYNTHETIC = """
    SELECT n.step, count(*) FROM notices n JOIN milestones m ON m.id = n.milestone_id
    JOIN partnerships p ON p.id = m.partnership_id AND p.slug LIKE 'syn-%' WHERE n.queued_on = :day GROUP BY n.step
"""
STANDS = (
    "SELECT p.slug, m.key, m.state, m.done_on, m.due_on FROM milestones m JOIN partnerships p ON p.id = partnership_id"
)
ESCALATIONS = f"SELECT p.slug, m.key, e.rung FROM escalations e JOIN milestones m ON m.id = e.milestone_id {DEMO_OF}"  # noqa: S608
OPENED = f"{ESCALATIONS} WHERE e.opened_at >= :now AND e.resolved_at IS NULL"
MAILS = "SELECT id, identity, message_id, recipient, subject, state, digest_on, receipt FROM messages ORDER BY id"
NOTICES_KEPT = f"""
    SELECT n.id, n.step, n.addressee, n.due_on, n.message_id FROM notices n
    JOIN milestones m ON m.id = n.milestone_id {DEMO_OF}
    WHERE n.ended_at IS NULL AND NOT (p.slug = 'stirling' AND m.key LIKE '2026-29.%') AND n.user_id IS NOT NULL
    ORDER BY n.id
"""  # noqa: S608  words of our own


def rows(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    found = [tuple(row) for row in db.session.execute(text(statement), values)]
    db.session.rollback()
    return found


def notices_of(day: date) -> set[tuple[str, str, str, str]]:
    """What a run told whom of the demo: the address before the @, the partnership, the key and the step."""
    return {(email.partition("@")[0], *rest) for email, *rest in rows(NOTICES, day=day)}


def stands() -> dict[tuple[str, str], tuple[Any, ...]]:
    return {(slug, key): tuple(map(str, rest)) for slug, key, *rest in rows(STANDS)}


def changed_by(was: Mapping[Any, Any]) -> set[Any]:
    """The milestones that are not as they were."""
    now = stands()
    assert now.keys() == was.keys()
    return {one for one in was if was[one] != now[one]}


def send_what_waits() -> None:
    db.session.execute(text("UPDATE messages SET state = 'sent', ended_at = queued_at WHERE state = 'queued'"))
    db.session.commit()


def tell_nobody_of_the_past(app: Flask) -> None:
    """The first run on or after the real day of the upgrade, which is asked about what the upgrade changed."""
    now, day = datetime.now(UTC), SCOTLAND.on_or_after(datetime.now(UTC).date())
    assert run_job(app, "queue-notices", day).usable
    assert {(slug, key) for _, slug, key, _ in notices_of(day)}.isdisjoint(CHANGED)
    assert {(slug, key) for slug, key, _ in rows(OPENED, now=now)}.isdisjoint(CHANGED)


def there_and_back() -> None:
    db.session.remove()
    downgrade(revision=BEFORE)
    db.session.remove()
    upgrade()


@pytest.fixture
def demo(shared_folder: Path, tmp_path: Path) -> Iterator[Flask]:
    """The app over a copy of the demo of a Friday in November, its notices sent."""
    with in_context(copy_demo(shared_folder, tmp_path)) as app:
        yield app


def test_the_run_after_an_upgrade_says_what_is_on_a_list_written_by_hand(demo: Flask) -> None:
    stamp()
    db.session.remove()
    send_what_waits()
    was, mails, kept = stands(), rows(MAILS), rows(NOTICES_KEPT)
    there_and_back()
    assert changed_by(was) == CHANGED
    assert rows(MAILS) == mails
    assert rows(NOTICES_KEPT) == kept
    now = datetime.now(UTC)
    assert run_job(demo, "queue-notices", MONDAY).usable
    assert notices_of(MONDAY) == NOTICES_OF_MONDAY
    assert rows(OPENED, now=now) == []
    tell_nobody_of_the_past(demo)


@pytest.mark.long
def test_the_demo_beside_ten_thousand_milestones_is_upgraded_and_tells_nobody_of_the_past(empty_app: Flask) -> None:
    upgrade()
    seed_demo(ST_ANDREWS_DAY, datetime.now(UTC))
    load_synthetic(Wanted(30, 60, 10_000, 1_000, 500, documents=False), ST_ANDREWS_DAY)
    db.session.commit()
    assert run_job(empty_app, "queue-notices", LAST_RUN).usable
    send_what_waits()
    was, mails, kept = stands(), rows(MAILS), rows(NOTICES_KEPT)
    assert len(mails) > 350
    there_and_back()
    assert changed_by(was) == CHANGED
    assert rows(MAILS) == mails
    assert rows(NOTICES_KEPT) == kept
    now = datetime.now(UTC)
    report = run_job(empty_app, "queue-notices", NEXT_RUN)
    assert (report.usable, report.counts["skipped"], report.counts["unreachable"]) == (True, 0, 0)
    assert notices_of(NEXT_RUN) == NEXT_NOTICES
    assert rows(SYNTHETIC, day=NEXT_RUN) == [("overdue-1", 1_000)]
    assert rows(OPENED, now=now) == []
    written = rows("SELECT count(*) FROM messages WHERE state = 'queued' AND recipient LIKE 'person-%'")
    assert written == [(60,)]
    tell_nobody_of_the_past(empty_app)
