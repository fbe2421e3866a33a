"""What stands around a batch of milestones: their open escalations, what they wait for, and whether their document is
with the governance group. One statement. And which milestones are silent, or wait, as parts of statements."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Row,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from cycle_tracker.core.audiences import HEARD_AT_ONCE, Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DOCUMENTS, Basis
from cycle_tracker.core.lifecycle import OPEN
from cycle_tracker.core.statements import in_literal_ids, is_one_of
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone, predecessors
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.reminders.rules.reminders import UNREACHED
from cycle_tracker.reminders.rules.steps import OVERDUE, RUNG, may_wait

OWN, BEFORE, DOCUMENT = "own", "before", "document"
_NO_DAY, _NO_NUMBER, _NO_WORD = cast(null(), Date), cast(null(), Integer), cast(null(), String)
_first = aliased(Milestone)
KEEPS_WAITING = and_(is_one_of(_first.state, OPEN), _first.due_on >= Partnership.notify_from)
"""True of an unfinished milestone of which its own owner is reminded, so that whoever waits for it need not be. One
with no date, of before the service, or of no partnership, keeps nobody waiting: nobody would be reminded of either."""

# The addressee of a notice that is for nobody, and stands for all that lay behind a date when its milestone was made.
NOBODY = f"{UNREACHED}{Audience.OWNER}"
# True of what was past its date when it was made, in a period that nobody has opened: no one is emailed about it,
# whatever else changes, until somebody opens the period or changes the date (ADR 0031). So is a step of a revision that
# was past its date when that began (ADR 0035).
IS_SILENT = and_(
    Milestone.next_notice_on.is_(None),
    or_(
        exists().where(Cycle.id == Milestone.cycle_id, Cycle.opened_on.is_(None)),
        Milestone.key.like("%.revision-%"),
    ),
    exists().where(
        Notice.milestone_id == Milestone.id,
        Notice.due_on == Milestone.due_on,
        Notice.addressee == NOBODY,
        ~Notice.unreachable,
        Notice.ended_at.is_(None),
    ),
)


@dataclass(frozen=True)
class Around:
    """By milestone, and by its date where it is about that. `waits_for` is the number of unfinished milestones before
    it, and `free_since` the day on which the last of those that have ended did; `with_group` are those whose document
    is escalated to the governance group."""

    opened: Mapping[tuple[int, date], set[tuple[int, Audience]]]
    reply_by: Mapping[tuple[int, date], date]
    waits_for: Mapping[int, int]
    free_since: Mapping[int, date]
    with_group: Collection[int]


def waits_now() -> ColumnElement[bool]:
    """True of a milestone that waits for an unfinished one: what `waits_for` says, in SQL. Nobody is reminded that it
    is late."""
    unfinished = (
        select(1)
        .select_from(predecessors)
        .join(_first, _first.id == predecessors.c.predecessor_id)
        .join(Partnership, Partnership.id == _first.partnership_id)
        .where(predecessors.c.milestone_id == Milestone.id, KEEPS_WAITING)
        .correlate(Milestone)
    )
    return and_(
        not_(is_one_of(Milestone.kind, sorted(DOCUMENTS))), Milestone.duty_basis != Basis.STATUTE, unfinished.exists()
    )


def says_what_waits_is_late() -> ColumnElement[bool]:
    """True of a notice that its milestone is late, while that waits for another. What a group is asked to decide is
    asked of it still."""
    says_late = or_(Notice.step.startswith(OVERDUE), Notice.step.startswith(RUNG))
    return and_(says_late, Notice.audience.not_in(sorted(HEARD_AT_ONCE)), waits_now())


def around(rows: Sequence[Row[Any]]) -> Around:
    """What stands around these milestones."""
    opened: dict[tuple[int, date], set[tuple[int, Audience]]] = defaultdict(set)
    reply_by: dict[tuple[int, date], date] = {}
    waits_for: dict[int, int] = {}
    free_since: dict[int, date] = {}
    with_group: set[int] = set()
    for row in db.session.execute(_statement(rows)):
        of = (row.milestone_id, row.due_on)
        if row.about == DOCUMENT:
            with_group.add(row.milestone_id)
        elif row.about == BEFORE:
            waits_for[row.milestone_id] = row.rung
            if row.reply_by is not None:
                free_since[row.milestone_id] = row.reply_by
        else:
            if row.raised_by_id is None:
                opened[of].add((row.rung, row.audience))
            if row.reply_by is not None:
                reply_by[of] = max(row.reply_by, reply_by.get(of, row.reply_by))
    return Around(opened, reply_by, waits_for, free_since, with_group)


def unfinished_before(milestone_id: int) -> Sequence[str]:
    """The titles of what a milestone waits for, the first due first."""
    return db.session.scalars(
        select(_first.title)
        .join(predecessors, predecessors.c.predecessor_id == _first.id)
        .join(Partnership, Partnership.id == _first.partnership_id)
        .where(predecessors.c.milestone_id == milestone_id, KEEPS_WAITING)
        .order_by(_first.due_on, _first.id)
    ).all()


def _statement(rows: Sequence[Row[Any]]) -> Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]:
    parts: list[Select[*tuple[Any, ...]]] = [_escalations_of([row.id for row in rows])]
    waiting = [row.id for row in rows if may_wait(row.kind, row.duty_basis)]
    if waiting:
        parts.append(_before(waiting))
    completed_by_facts = [row.id for row in rows if row.fact_of_id is not None]
    if completed_by_facts:
        parts.append(_documents_with_the_group(completed_by_facts))
    return parts[0].union_all(*parts[1:]) if len(parts) > 1 else parts[0]


def _escalations_of(milestone_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    found: Select[*tuple[Any, ...]] = select(
        literal(OWN).label("about"),
        Escalation.milestone_id,
        Escalation.due_on,
        Escalation.rung,
        Escalation.audience,
        Escalation.reply_by,
        Escalation.raised_by_id,
    ).where(in_literal_ids(Escalation.milestone_id, milestone_ids), Escalation.resolved_at.is_(None))
    return found


def _before(milestone_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """How many unfinished milestones stand before each of these, as its rung, and when the last one ended, as its day
    of reply."""
    ended_on = case((~is_one_of(_first.state, OPEN), func.coalesce(_first.done_on, _first.closed_on)))
    found: Select[*tuple[Any, ...]] = (
        select(
            literal(BEFORE),
            predecessors.c.milestone_id,
            _NO_DAY,
            func.count(case((KEEPS_WAITING, 1))),
            _NO_WORD,
            func.max(ended_on),
            _NO_NUMBER,
        )
        .join(_first, _first.id == predecessors.c.predecessor_id)
        .outerjoin(Partnership, Partnership.id == _first.partnership_id)
        .where(in_literal_ids(predecessors.c.milestone_id, milestone_ids))
        .group_by(predecessors.c.milestone_id)
    )
    return found


def _documents_with_the_group(milestone_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    found: Select[*tuple[Any, ...]] = (
        select(literal(DOCUMENT), Milestone.id, _NO_DAY, _NO_NUMBER, _NO_WORD, _NO_DAY, _NO_NUMBER)
        .join(Escalation, Escalation.milestone_id == Milestone.fact_of_id)
        .where(
            in_literal_ids(Milestone.id, milestone_ids),
            Escalation.audience == Audience.GOVERNANCE,
            Escalation.resolved_at.is_(None),
        )
    )
    return found
