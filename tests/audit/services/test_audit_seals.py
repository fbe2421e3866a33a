"""Sealing the audit, and finding what was done to it below the triggers, on both databases."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import DBAPIError

from cycle_tracker.audit.queries.seals import find_head, find_sealing, list_unsealed
from cycle_tracker.audit.rules import NOTHING, Fault, Finding, Head
from cycle_tracker.audit.services import seals as audit_seals
from cycle_tracker.audit.services.audit import record
from cycle_tracker.audit.services.seals import Sealed, seal_new_events
from cycle_tracker.audit.services.verification import Verification
from cycle_tracker.core.clock import now
from cycle_tracker.core.extensions import db
from cycle_tracker.models.audit import AuditEvent, AuditSeal
from cycle_tracker.models.base import table_of
from tests.conftest import Database
from tests.support.pages import counted_statements
from tests.support.parallel import at_once

NOW = datetime(2026, 5, 14, 9, 0, 0, 123456, tzinfo=UTC)
events = table_of(AuditEvent)


def add_events(count: int, *, at: datetime = NOW) -> None:
    """So many events, committed, in words that a database might change."""
    for number in range(1, count + 1):
        record(
            "milestone",
            number,
            "finished",
            by=None,
            at=at,
            before={"state": "in-progress", "done_on": None, "share": 0.1},
            after={"title": "Dùn Èideann “plan” 😀\r\n", "z": 1, "a": [1, {"b": True}]},
            reason="Said\nin the meeting.",
        )
    db.session.commit()


def seal(**options: Any) -> Sealed:
    return seal_new_events(lambda: NOW, **options)


def verify(kept: Head | None = None, *, later: timedelta = timedelta(0)) -> list[tuple[Fault, int | None, int | None]]:
    verification = Verification(NOW + later, patience=timedelta(minutes=10), kept=kept)
    return [_short(finding) for finding in verification.findings()]


def _short(finding: Finding) -> tuple[Fault, int | None, int | None]:
    return finding.fault, finding.number, finding.event_id


def seals() -> list[AuditSeal]:
    return list(db.session.scalars(select(AuditSeal).order_by(AuditSeal.number)))


@contextmanager
def below_the_triggers(database: Database) -> Iterator[Connection]:
    """A connection of somebody who owns the database: the triggers and foreign keys are off."""
    db.session.rollback()
    with db.engine.connect() as connection:
        if database.kind == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
            yield connection
            connection.commit()
            connection.execute(text("SET session_replication_role = DEFAULT"))
            connection.commit()
            return
        connection.exec_driver_sql("COMMIT")  # pragmas are not heard within a transaction
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        refusing = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_%'")
        ).all()
        for name, _ in refusing:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield connection
        for _, statement in refusing:
            connection.exec_driver_sql(statement)
        connection.commit()
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def tamper(database: Database, *statements: str, **values: int) -> None:
    """Do this to the tables of the audit, with these values where they are named."""
    with below_the_triggers(database) as connection:
        for statement in statements:
            connection.execute(text(statement), values)
    db.session.expire_all()


def ids() -> list[int]:
    return list(db.session.scalars(select(AuditEvent.id).order_by(AuditEvent.id)))


def test_events_are_sealed_in_batches_numbered_without_gaps(core_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_seals, "BATCH", 4)
    add_events(10)
    assert seal() == Sealed(10)
    assert [row.number for row in seals()] == list(range(1, 11))
    assert [row.event_id for row in seals()] == ids()
    assert verify() == []


def test_sealing_again_does_nothing_until_something_is_new(core_app: Flask) -> None:
    assert seal() == Sealed(0)
    add_events(3)
    assert [seal(), seal(), seal(in_full=True)] == [Sealed(3), Sealed(0), Sealed(0)]
    add_events(2)
    assert seal() == Sealed(2)
    assert verify() == []


def test_the_seals_refuse_to_be_changed_or_removed(core_app: Flask) -> None:
    add_events(1)
    seal()
    for statement in ("UPDATE audit_seals SET hash = 'x'", "DELETE FROM audit_seals"):
        with pytest.raises(DBAPIError, match="audit seals are never"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_the_hashes_are_the_same_on_both_databases(core_app: Flask, database: Database) -> None:
    event_id = 41
    db.session.execute(
        insert(events).values(
            id=event_id,
            at=datetime(2026, 7, 1, 0, 30, 0, 5, tzinfo=UTC),
            actor_id=None,
            partnership_id=None,
            subject="milestone",
            subject_id=9,
            action="finished",
            before={"z": 0.1, "a": None},
            after={"title": "Dùn Èideann 😀"},
            reason="",
        )
    )
    db.session.commit()
    seal()
    assert find_head() == Head(1, "89c25f876ef25719a5d5d82372a6092b33babac4cca88242059427c543c75202")


@pytest.mark.parametrize(
    "change",
    [
        "at = '2026-05-14 09:00:00.123457'",
        "actor_id = 99",
        "subject = 'escalation'",
        "subject_id = 77",
        "action = 'dropped'",
        """before = '{"state": "in-progress", "done_on": null, "share": 0.2}'""",
        "after = '{}'",
        "reason = ''",
    ],
)
def test_an_event_changed_below_the_triggers_is_named(core_app: Flask, database: Database, change: str) -> None:
    add_events(5)
    seal()
    third = ids()[2]
    tamper(database, f"UPDATE audit_events SET {change} WHERE id = :id", id=third)  # noqa: S608
    assert verify() == [(Fault.EVENT_CHANGED, 3, third)]


def test_an_event_given_to_another_partnership_is_named(core_app: Flask, database: Database) -> None:
    add_events(3)
    seal()
    tamper(database, "UPDATE audit_events SET partnership_id = 5 WHERE id = :id", id=ids()[0])
    assert verify() == [(Fault.EVENT_CHANGED, 1, ids()[0])]


def test_an_event_taken_out_is_named(core_app: Flask, database: Database) -> None:
    add_events(4)
    seal()
    second = ids()[1]
    tamper(database, "DELETE FROM audit_events WHERE id = :id", id=second)
    assert verify() == [(Fault.EVENT_GONE, 2, second)]


def test_an_event_numbered_anew_is_gone_under_its_number(core_app: Flask, database: Database) -> None:
    add_events(4)
    seal()
    second, new = ids()[1], ids()[-1] + 10
    tamper(database, "UPDATE audit_events SET id = :new WHERE id = :id", id=second, new=new)
    assert verify(later=timedelta(minutes=11)) == [(Fault.EVENT_GONE, 2, second), (Fault.UNSEALED, None, new)]


def test_an_event_taken_out_with_its_seal_leaves_a_gap(core_app: Flask, database: Database) -> None:
    add_events(5)
    seal()
    tamper(
        database,
        "DELETE FROM audit_seals WHERE number IN (2, 3)",
        "DELETE FROM audit_events WHERE id IN (:second, :third)",
        second=ids()[1],
        third=ids()[2],
    )
    assert verify() == [(Fault.SEAL_GONE, 2, None)]


def test_closing_the_gap_by_new_numbers_does_not_help(core_app: Flask, database: Database) -> None:
    add_events(5)
    seal()
    tamper(
        database,
        "DELETE FROM audit_seals WHERE number = 2",
        "DELETE FROM audit_events WHERE id = :second",
        "UPDATE audit_seals SET number = number + 100 WHERE number > 2",
        "UPDATE audit_seals SET number = number - 101 WHERE number > 100",
        second=ids()[1],
    )
    found = verify()
    assert [row.number for row in seals()] == [1, 2, 3, 4]
    assert {number for _, number, _ in found} == {2, 3, 4}


def test_a_changed_seal_is_named(core_app: Flask, database: Database) -> None:
    add_events(4)
    seal()
    tamper(database, "UPDATE audit_seals SET hash = 'abc' WHERE number = 2")
    assert verify() == [(Fault.SEAL_CHANGED, 2, ids()[1])]


def test_the_time_and_the_event_of_a_seal_are_held_too(core_app: Flask, database: Database) -> None:
    add_events(4)
    seal()
    tamper(database, "UPDATE audit_seals SET sealed_at = '2026-05-13 09:00:00' WHERE number = 2")
    assert verify() == [(Fault.EVENT_CHANGED, 2, ids()[1])]
    other = ids()[3] + 50
    tamper(database, "UPDATE audit_seals SET event_id = :other WHERE number = 3", other=other)
    assert (Fault.EVENT_GONE, 3, other) in verify()


def test_the_end_cut_off_is_found_by_the_head_kept_elsewhere(core_app: Flask, database: Database) -> None:
    add_events(6)
    seal()
    kept = find_head()
    cut = ["DELETE FROM audit_seals WHERE number > 4", "DELETE FROM audit_events WHERE id > :id"]
    tamper(database, *cut, id=ids()[3])
    assert verify() == []
    assert verify(kept) == [(Fault.CUT_OFF, 6, None)]
    add_events(2)
    seal()
    assert verify(kept) == [(Fault.HEAD_CHANGED, 6, None)]


def test_an_event_rewritten_and_sealed_anew_is_found_by_the_head_kept_elsewhere(
    core_app: Flask, database: Database
) -> None:
    add_events(6)
    seal()
    kept = find_head()
    tamper(
        database,
        "DELETE FROM audit_seals WHERE number >= 3",
        "UPDATE audit_events SET actor_id = 5 WHERE id = :id",
        id=ids()[2],
    )
    assert seal() == Sealed(4)
    assert verify() == []
    assert verify(kept) == [(Fault.HEAD_CHANGED, 6, None)]


def test_an_event_without_a_seal_is_a_fault_once_it_is_old(core_app: Flask) -> None:
    add_events(2)
    verification = Verification(NOW + timedelta(minutes=10), patience=timedelta(minutes=10))
    assert list(verification.findings()) == []
    assert (verification.waiting, verification.head) == (2, NOTHING)
    late = verify(later=timedelta(minutes=10, seconds=1))
    assert late == [(Fault.UNSEALED, None, event_id) for event_id in ids()]


def test_how_far_the_audit_is_sealed(core_app: Flask) -> None:
    assert find_sealing().head == NOTHING
    add_events(3)
    seal()
    add_events(2, at=NOW + timedelta(seconds=40))
    sealing = find_sealing()
    assert (sealing.head, sealing.sealed_at) == (find_head(), NOW)
    assert (sealing.waiting, sealing.waiting_since) == (2, NOW + timedelta(seconds=40))


def test_a_run_that_is_asked_to_stop_leaves_a_whole_chain(core_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_seals, "BATCH", 3)
    add_events(10)
    assert seal(stop=lambda: find_head().number >= 6) == Sealed(6)
    assert verify() == []
    assert seal() == Sealed(4)


def test_sealers_at_once_make_one_chain(core_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_seals, "BATCH", 7)
    add_events(200)
    ended = at_once(core_app, *[seal for _ in range(4)])
    while seal().events:
        pass
    assert len(seals()) == 200
    assert sum(one.events for one in ended) <= 200
    assert verify() == []


def test_of_two_sealers_with_the_same_events_in_hand_one_rolls_back_and_says_so(
    core_app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.kind == "sqlite":
        return  # a second writer waits until the first has finished, so they never have the same in hand
    add_events(5)
    in_hand: list[int] = []
    whole = list_unsealed

    def while_another_seals(after: int, up_to: int) -> Any:
        found = whole(after, up_to)
        if not in_hand:
            in_hand.append(len(found))
            monkeypatch.setattr(audit_seals, "list_unsealed", whole)
            assert at_once(core_app, seal) == [Sealed(5)]
        return found

    monkeypatch.setattr(audit_seals, "list_unsealed", while_another_seals)
    assert seal() == Sealed(0, elsewhere=True)
    assert in_hand == [5]
    assert verify() == []
    assert seal() == Sealed(0)


def test_an_event_committed_after_one_with_a_higher_number_is_sealed_at_the_next_run(
    core_app: Flask, database: Database
) -> None:
    if database.kind == "sqlite":
        return  # writers take turns, so numbers are in the order of commits
    add_events(2)
    seal()
    with late_event() as (late, commit):
        add_events(2)
        assert seal() == Sealed(2)
        commit()
    assert seal() == Sealed(1)
    assert [row.event_id for row in seals()][-1] == late
    assert late < max(ids())
    assert verify(later=timedelta(hours=1)) == []


def test_the_next_run_may_come_days_later_and_still_finds_it(core_app: Flask, database: Database) -> None:
    if database.kind == "sqlite":
        return  # writers take turns, so numbers are in the order of commits
    add_events(2)
    seal_new_events(lambda: NOW - timedelta(hours=2))
    with late_event() as (late, commit):
        add_events(2)
        seal()
        commit()
    assert seal_new_events(lambda: NOW + timedelta(days=3)) == Sealed(1)
    assert seals()[-1].event_id == late


def test_a_transaction_open_for_hours_is_found_by_verify_and_by_the_look_through_all(
    core_app: Flask, database: Database
) -> None:
    if database.kind == "sqlite":
        return  # writers take turns, so numbers are in the order of commits
    with late_event() as (late, commit):
        for hours in range(4):
            add_events(2, at=NOW + timedelta(hours=hours))
            seal_new_events(lambda hours=hours: NOW + timedelta(hours=hours))  # type: ignore[misc]
        commit()
    assert seal_new_events(lambda: NOW + timedelta(hours=4)) == Sealed(0)
    assert verify(later=timedelta(hours=4)) == [(Fault.UNSEALED, None, late)]
    assert seal_new_events(lambda: NOW + timedelta(hours=4), in_full=True) == Sealed(1)
    assert verify(later=timedelta(hours=4)) == []


@contextmanager
def late_event() -> Iterator[tuple[int, Callable[[], None]]]:
    """An event that has its number, and how to commit it."""
    with db.engine.connect() as connection:
        values = {"at": NOW, "subject": "milestone", "subject_id": 1, "action": "late", "reason": ""}
        late = connection.execute(insert(events).values(**values, before={}, after={}).returning(events.c.id))
        yield late.scalar_one(), connection.commit


def test_a_quiet_minute_costs_a_few_statements_however_much_is_sealed(core_app: Flask) -> None:
    add_events(30)
    seal_new_events(lambda: NOW - timedelta(hours=2))
    add_events(1)
    seal()
    with counted_statements() as few:
        seal()
    assert len(few) <= 4, few


def test_what_is_read_back_is_what_was_sealed_whatever_json_holds(core_app: Flask) -> None:
    odd = {"": "", "ключ": ["\u2028", -0.0, 1e300, 2**60, None, {"x": []}], 'quote"': "\\"}
    record("milestone", 1, "odd", by=None, at=now(), before=odd, after=json.loads(json.dumps(odd)))
    db.session.commit()
    seal()
    db.session.expire_all()
    assert verify() == []
