"""What people were reminded of before the days whose emails the demo has in full, as far as it still matters.

Of what is open when these days begin: each escalation stage and each offer to explain on its own day, and of the
reminders the last one. Without them the first run would say all of it at once, as after an outage.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, insert, select, update

from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.models.base import table_of
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.reminders.queries.deciding import DECIDING, BatchFacts, facts_for_batch
from cycle_tracker.reminders.rules.reminders import NoticeDue, called_for
from cycle_tracker.reminders.rules.steps import EXPLAIN, RUNG, all_steps
from cycle_tracker.reminders.services.reminders import escalation_rows, notice_rows

RUNS_AT = time(7)
NoticesByDay = dict[date, list[dict[str, Any]]]


def at_seven(day: date) -> datetime:
    """The moment at which the day's notices are decided."""
    return datetime.combine(day, RUNS_AT, tzinfo=LONDON)


def notices_before(first: date) -> NoticesByDay:
    """The rows of `notices` of the days before the first, by day. Opens the escalations that were reached by then, and
    moves the bookmarks on. Does not commit."""
    columns: tuple[Any, ...] = DECIDING
    rows = db.session.execute(
        select(*columns)
        .outerjoin(Partnership, Partnership.id == Milestone.partnership_id)
        .where(Milestone.next_notice_on < first)
        .order_by(Milestone.id)
    ).all()
    known = facts_for_batch(rows, first)
    by_day: NoticesByDay = {}
    for row in rows:
        for day, notice in _notices_of(row, known, first):
            by_day.setdefault(day, []).extend(notice_rows(row, [notice], known.policy(row), day, at_seven(day)))
        _open_escalations(row, known, first)
        db.session.execute(update(table_of(Milestone)).where(Milestone.id == row.id).values(next_notice_on=first))
    return dict(sorted(by_day.items()))


def write_notices(rows: list[dict[str, Any]]) -> None:
    """Add the notices of one day. Does not commit."""
    db.session.execute(insert(table_of(Notice)), rows)


def _notices_of(row: Row[Any], known: BatchFacts, first: date) -> Iterator[tuple[date, NoticeDue]]:
    deadline, policy = known.deadline(row), known.policy(row)
    if not deadline.calls_for_notices:
        return
    days = {step.notify_on for step in all_steps(deadline, policy, row.due_on, first) if step.notify_on < first}
    notified: set[str] = set()
    last: dict[str, tuple[date, NoticeDue]] = {}
    for day in sorted(days):
        for notice in called_for(deadline, policy, notified, day).notices:
            notified.add(notice.step)
            if notice.step.startswith(RUNG) or notice.step == EXPLAIN:
                yield day, notice
            else:
                last[notice.addressee] = day, notice
    yield from last.values()


def _open_escalations(row: Row[Any], known: BatchFacts, first: date) -> None:
    reached = called_for(known.deadline(row), known.policy(row), (), first).rungs
    by_day = defaultdict(list)
    for stage in reached:
        if stage.fell_due_on < first and not known.is_open(row, stage):
            by_day[stage.fell_due_on].append(stage)
    for day, stages in sorted(by_day.items()):
        db.session.execute(insert(table_of(Escalation)), list(escalation_rows(row, stages, at_seven(day))))
