"""Deciding, for one day, who is to be notified of what, and which escalation stages have been reached. Emails are
written later.

The sweep, for each batch of milestones whose bookmark has come up:

1. lock the milestones, so that a second sweep, or somebody who is finishing one, waits;
2. look up the policies, who was notified of their present dates, and who is behind each audience now;
3. ask the rules, which know nothing of databases;
4. write the notices and the escalations that are not there yet, move the bookmarks on, and commit.

A sweep that is killed leaves whole batches behind, and the next one does the rest.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, select, tuple_, update

from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import in_literal_ids
from cycle_tracker.jobs.services.missing_rows import insert_missing
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.reminders.queries.audiences import contact_of, user_of
from cycle_tracker.reminders.queries.deciding import DECIDING, facts_for_batch
from cycle_tracker.reminders.rules.policies import Policy
from cycle_tracker.reminders.rules.reminders import NoticeDue, StageReached, called_for

BATCH = 1000
log = logging.getLogger(__name__)


@dataclass
class SweepCounts:
    """What a sweep did, in numbers."""

    milestones: int = 0
    notices: int = 0
    unreachable: int = 0
    escalations: int = 0
    skipped: int = 0


@dataclass
class _Batch:
    """Rows to write for one batch of milestones."""

    notices: list[dict[str, Any]] = field(default_factory=list)
    escalations: list[dict[str, Any]] = field(default_factory=list)
    bookmarks: dict[date | None, list[int]] = field(default_factory=lambda: defaultdict(list))


def queue_due_notices(
    today: date, now: datetime, *, at_work: Collection[int] | None = None, batch_size: int = BATCH
) -> SweepCounts:
    """Write every notice that is due and not yet sent, and open every stage that was reached. Commits each batch.

    On a bank holiday `at_work` are the partnerships that work, and only of theirs is anyone notified.
    A milestone about which the rules fail is logged and counted in `skipped`, and stops nobody else's notices.
    """
    swept = SweepCounts()
    last: tuple[date, int] | None = None
    is_more = True
    while is_more:
        rows = _lock_candidates(today, after=last, limit=batch_size, at_work=at_work)
        if rows:  # none where another sweep did them while we waited for the lock
            last = (rows[-1].next_notice_on, rows[-1].id)
            _write(_decide(rows, today, now, swept), swept)
        is_more = len(rows) == batch_size or _is_candidate_left(today, after=last, at_work=at_work)
        db.session.commit()
    return swept


def _candidates(
    *columns: Any, today: date, after: tuple[date, int] | None, at_work: Collection[int] | None
) -> Select[Any]:
    """Milestones whose bookmark has come up, in the order of the index, after the last one seen."""
    statement = (
        select(*columns).where(Milestone.next_notice_on <= today).order_by(Milestone.next_notice_on, Milestone.id)
    )
    if at_work is not None:
        statement = statement.where(in_literal_ids(Milestone.partnership_id, at_work))
    if after is None:
        return statement
    return statement.where(tuple_(Milestone.next_notice_on, Milestone.id) > after)


def _is_candidate_left(today: date, *, after: tuple[date, int] | None, at_work: Collection[int] | None) -> bool:
    left = _candidates(Milestone.id, today=today, after=after, at_work=at_work).limit(1)
    return db.session.execute(left).first() is not None


def _lock_candidates(
    today: date, *, after: tuple[date, int] | None, limit: int, at_work: Collection[int] | None
) -> Sequence[Row[Any]]:
    return db.session.execute(
        _candidates(*DECIDING, today=today, after=after, at_work=at_work)
        .outerjoin(Partnership, Partnership.id == Milestone.partnership_id)
        .limit(limit)
        .with_for_update(of=Milestone)
    ).all()


def _decide(rows: Sequence[Row[Any]], today: date, now: datetime, swept: SweepCounts) -> _Batch:
    batch, known = _Batch(), facts_for_batch(rows, today)
    for row in rows:
        swept.milestones += 1
        try:
            policy = known.policy(row)
            calls_for = called_for(known.deadline(row), policy, known.notified_of(row), today)
            reached = [rung for rung in calls_for.rungs if not known.is_open(row, rung)]
        except Exception:  # one milestone with bad data must not keep the others' notices back
            log.exception("Milestone %s: the rules could not be asked.", row.id)
            swept.skipped += 1
            continue
        batch.notices.extend(notice_rows(row, calls_for.notices, policy, today, now))
        batch.escalations.extend(escalation_rows(row, reached, now))
        batch.bookmarks[calls_for.next_on].append(row.id)
    return batch


def notice_rows(
    row: Row[Any], due: Iterable[NoticeDue], policy: Policy, today: date, now: datetime
) -> Iterable[dict[str, Any]]:
    """The rows of `notices` for what one milestone calls for on the day `today`."""
    for notice in due:
        yield {
            "milestone_id": row.id,
            "due_on": row.due_on,
            "step": notice.step,
            "addressee": notice.addressee,
            "user_id": user_of(notice.addressee),
            "contact_id": contact_of(notice.addressee),
            "audience": notice.audience,
            "overtook": list(notice.overtook),
            "policy": policy.place,
            "at_once": notice.at_once,
            "unreachable": notice.unreachable,
            "queued_on": today,
            "queued_at": now,
            "ended_why": "",
        }


def escalation_rows(row: Row[Any], reached: Iterable[StageReached], now: datetime) -> Iterable[dict[str, Any]]:
    """The rows of `escalations` for the stages that one milestone has reached, opened at `now`."""
    for rung in reached:
        yield {
            "milestone_id": row.id,
            "due_on": row.due_on,
            "rung": rung.days,
            "audience": rung.audiences[-1],
            "fell_due_on": rung.fell_due_on,
            "opened_at": now,
        }


def _write(batch: _Batch, swept: SweepCounts) -> None:
    swept.notices += insert_missing(Notice, [row for row in batch.notices if not row["unreachable"]])
    swept.unreachable += insert_missing(Notice, [row for row in batch.notices if row["unreachable"]])
    swept.escalations += insert_missing(Escalation, batch.escalations)
    for bookmark, milestone_ids in batch.bookmarks.items():
        db.session.execute(
            update(Milestone)
            .where(in_literal_ids(Milestone.id, milestone_ids))
            .values(next_notice_on=bookmark)
            .execution_options(synchronize_session=False)
        )
