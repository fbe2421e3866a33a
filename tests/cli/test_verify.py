"""`flask verify`: what it says, its exit status, and the head that is kept elsewhere."""

import json
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from cycle_tracker.audit.queries.seals import find_head
from cycle_tracker.audit.services.audit import record
from cycle_tracker.audit.services.seals import seal_new_events
from cycle_tracker.core.clock import now
from cycle_tracker.core.extensions import db
from scheduler.jobs import JOBS, run_job
from tests.audit.services.test_audit_seals import ids, tamper
from tests.conftest import Database


@pytest.fixture
def audit(app: Flask) -> Iterator[Flask]:
    """The app in its context, with five events that are sealed."""
    with app.app_context():
        add_events(5)
        seal_new_events(now)
        yield app
        db.session.remove()


def add_events(count: int, *, minutes_ago: int = 0) -> None:
    for number in range(count):
        at = now() - timedelta(minutes=minutes_ago)
        record("milestone", number, "finished", by=None, at=at, reason="At the meeting\x1b[31m\r\nof May")
    db.session.commit()


def verify(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["verify", *arguments])


def test_a_whole_audit_is_exit_status_0_and_gives_its_head(audit: Flask) -> None:
    result = verify(audit)
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "The audit history is complete and unchanged. We checked 5 seals.",
        f"Head: {find_head()}",
        "Keep the head somewhere else. Use it with --head later to check that nothing was cut off the end.",
    ]


def test_what_is_wrong_is_said_in_words_with_exit_status_1(audit: Flask, database: Database) -> None:
    second, fourth = ids()[1], ids()[3]
    tamper(
        database,
        "UPDATE audit_events SET reason = 'rewritten' WHERE id = :second",
        "DELETE FROM audit_events WHERE id = :fourth",
        second=second,
        fourth=fourth,
    )
    result = verify(audit)
    assert result.exit_code == 1
    assert result.output.splitlines()[:3] == [
        f"Event {second} was changed after seal 2 was made from it.",
        f"Event {fourth} was removed. Its seal, number 4, is still there.",
        "The audit history was changed after it was sealed. We found 2 faults.",
    ]


def test_the_window_is_named_while_events_wait_for_their_seal(audit: Flask) -> None:
    add_events(1)
    result = verify(audit)
    assert result.exit_code == 0
    assert "1 event of the last 10 minutes is not sealed yet. We cannot detect a change" in result.output


def test_events_that_nobody_sealed_are_a_fault_after_so_many_minutes(audit: Flask) -> None:
    add_events(1, minutes_ago=30)
    assert verify(audit, "--minutes", "60").exit_code == 0
    late = verify(audit, "--minutes", "20")
    assert late.exit_code == 1
    assert late.output.startswith(f"Event {ids()[-1]} has no seal and is older than 20 minutes")


def test_a_history_that_was_never_sealed_is_not_called_changed(app: Flask) -> None:
    with app.app_context():
        add_events(2, minutes_ago=30)
        result = verify(app)
        assert result.exit_code == 1
        assert result.output.splitlines()[-1] == (
            "2 events have no seal, so we cannot check whether they were changed. Either sealing has not run since, or "
            "seals were removed. We checked 0 seals and found no changes."
        )
        seal_new_events(now)
        assert verify(app).exit_code == 0


def test_the_head_kept_elsewhere_shows_that_the_end_was_cut_off(audit: Flask, database: Database) -> None:
    kept = str(find_head())
    assert verify(audit, "--head", kept).exit_code == 0
    tamper(database, "DELETE FROM audit_seals WHERE number > 3", "DELETE FROM audit_events WHERE id > :id", id=ids()[2])
    assert verify(audit).exit_code == 0
    cut = verify(audit, "--head", kept)
    assert cut.exit_code == 1
    assert cut.output.startswith(
        "The chain ends at seal 3, before seal 5 of the head that you kept. Its end was cut off."
    )


def test_the_result_as_json(audit: Flask, database: Database) -> None:
    tamper(database, "UPDATE audit_events SET actor_id = 9 WHERE id = :id", id=ids()[0])
    result = verify(audit, "--json")
    assert json.loads(result.output) == {
        "ok": False,
        "seals": 5,
        "head": str(find_head()),
        "waiting": 0,
        "minutes": 10,
        "faults": 1,
        "findings": [
            {
                "fault": "event-changed",
                "seal": 1,
                "event": ids()[0],
                "said": f"Event {ids()[0]} was changed after seal 1 was made from it.",
            }
        ],
    }


def test_of_very_many_faults_the_first_are_listed_and_all_are_counted(
    audit: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("cycle_tracker.cli.verify"), "LISTED_AT_MOST", 2)
    tamper(database, "DELETE FROM audit_events")
    result = verify(audit)
    assert result.output.splitlines()[2:4] == [
        "And 3 more.",
        "The audit history was changed after it was sealed. We found 5 faults.",
    ]
    assert len(json.loads(verify(audit, "--json").output)["findings"]) == 2


@pytest.mark.parametrize("arguments", [("--head", "five"), ("--head", "5:abc"), ("--minutes", "0"), ("--minutes", "x")])
def test_a_head_that_is_none_is_refused(audit: Flask, arguments: tuple[str, ...]) -> None:
    assert verify(audit, *arguments).exit_code == 2


def test_an_audit_of_nothing_is_whole(app: Flask) -> None:
    with app.app_context():
        assert verify(app).output == "The audit history is complete and unchanged. We checked 0 seals.\n"
        assert json.loads(verify(app, "--json").output)["head"] is None


@pytest.mark.parametrize("job", ["seal-audit", "seal-whole-audit"])
def test_the_jobs_seal_and_count(core_app: Flask, job: str) -> None:
    assert job in JOBS
    add_events(3)
    report = run_job(core_app, job, now().date())
    assert report.usable
    assert (report.counts["sealed"], report.counts["elsewhere"]) == (3, 0)
    assert db.session.scalar(text("SELECT count(*) FROM audit_seals")) == 3
