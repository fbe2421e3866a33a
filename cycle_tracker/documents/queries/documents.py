"""Plans and annual reports as officials follow them: what is past its guidance date and not complete."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, Select, bindparam, case, func, or_, select

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.queries.scopes import IS_DOCUMENT, IS_INCOMPLETE
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.deadlines import days_past
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.periods import Period
from cycle_tracker.core.statements import Asked, OneOf, built_once, day_of
from cycle_tracker.documents.queries.document_facts import FACTS, first_facts, with_facts
from cycle_tracker.documents.rules.documents import document_state, lag_days
from cycle_tracker.milestones.queries.due_states import is_past
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication

KEPT_LISTS = 16
"""Lists of documents that are kept beside the rows that they were made from: those that several people read."""


class Document(NamedTuple):
    """One document with its state today, limited to what officials may see.

    `days_past` counts from the guidance date, or from the own start of a late-started plan (`own_start_on`), `lag` from
    the 31 March that a report covers (None for a plan).
    `explanation` is the newest that was shared, with its new date in `expected_on`; of a document that is not required
    it is the reason. `escalated_on` is the day on which an escalation that is still open fell due to the governance
    group, `raised_on` the day on which it was raised to the Scottish Government escalation group. `joined` says that
    its partnership uses the service, or will from a day that is set. `interim_until` is the last day of an interim plan
    that stands in place of the plan.
    """

    milestone_id: int
    key: str
    title: str
    kind: Kind
    period: Period | None
    partnership_id: int
    partnership_slug: str
    partnership_name: str
    state: DocumentState
    target_on: date
    days_past: int
    lag: int | None
    published: bool
    published_on: date | None
    explanation: str
    expected_on: date | None
    escalated_on: date | None
    raised_on: date | None = None
    joined: bool = True
    own_start_on: date | None = None
    interim_until: date | None = None


def list_documents(
    today: date,
    *,
    within: frozenset[int] | None = None,
    partnership: str = "",
    kind: Kind | None = None,
    period: Period | None = None,
    not_required: bool = False,
) -> list[Document]:
    """Every document past its guidance date and not complete, that longest past it first; in one statement.

    `within` are the partnerships that the person may follow, None all of them; `not_required` asks also for those that
    an official said are not; the rest are filters.
    """
    asked = _asked(today, within, partnership, kind, period, not_required=not_required)
    return documents_from(asked.rows(), today)


def late_documents(today: date, within: frozenset[int] | None) -> Asked:
    """The same without filters, for a page that asks more in the same statement. `documents_from` reads its rows."""
    return _asked(today, within)


def documents_from(rows: Iterable[Any], today: date) -> list[Document]:
    """The documents in the rows of `late_documents`."""
    return list(_documents_of(tuple([row[:_NUMBER_OF_COLUMNS] for row in rows]), today))


@lru_cache(KEPT_LISTS)
def _documents_of(rows: tuple[tuple[Any, ...], ...], today: date) -> tuple[Document, ...]:
    """What these rows say on this day. The same rows say the same, so it is worked out once for all who ask."""
    return tuple(_document(row, today) for row in rows)


def _asked(
    today: date,
    within: frozenset[int] | None,
    partnership: str = "",
    kind: Kind | None = None,
    period: Period | None = None,
    *,
    not_required: bool = False,
) -> Asked:
    statement = _incomplete(
        reach_of(within),
        not_required=not_required,
        one_partnership=bool(partnership),
        one_kind=kind is not None,
        one_period=period is not None,
    )
    filters = {"partnership": partnership, "kind": kind, "period": period.start if period else None}
    wanted = {name: value for name, value in filters.items() if value}
    return Asked(statement, {"today": today, **wanted, **values_of(within)})


@built_once
def _incomplete(
    reach: Reach, *, not_required: bool, one_partnership: bool, one_kind: bool, one_period: bool
) -> Select[*tuple[Any, ...]]:
    """Documents past their guidance date, but for those that are complete."""
    # An own start is after the guidance date, whose index finds the documents.
    started = or_(Milestone.own_start_on.is_(None), is_past(Milestone.own_start_on, day_of()))
    late = select(Milestone.id).where(IS_DOCUMENT, IS_INCOMPLETE, is_past(Milestone.target_on, day_of()), started)
    narrowed = [in_reach(Milestone.partnership_id, reach)]
    if not not_required:
        narrowed.append(or_(Publication.id.is_not(None), Milestone.state != State.NOT_REQUIRED))
    if one_partnership:
        narrowed.append(Partnership.slug == bindparam("partnership"))
    if one_kind:
        narrowed.append(Milestone.kind == bindparam("kind"))
    if one_period:
        narrowed.append(_period_start() == day_of("period"))
    return (
        with_facts(select(*_COLUMNS))
        .where(OneOf(Milestone.id, late), *narrowed)
        .order_by(Milestone.measured_on, Partnership.name, Milestone.id)
    )


def _period_start() -> ScalarSelect[Any]:
    """The first day of a document's period. Looked up for each: of some tens, where a join reads every cycle."""
    return select(Cycle.period_start).where(Cycle.id == Milestone.cycle_id).correlate(Milestone).scalar_subquery()


def _escalated_on(audience: Audience) -> Any:
    """When an open escalation was passed to a group. Looked up by milestone, because each has few."""
    fell_due_on = case((Escalation.audience == audience, Escalation.fell_due_on))
    return (
        select(func.min(fell_due_on))
        .where(Escalation.milestone_id == Milestone.id, Escalation.resolved_at.is_(None))
        .correlate(Milestone)
        .scalar_subquery()
    )


_COLUMNS: tuple[Any, ...] = (
    *FACTS,
    Milestone.done_on,
    Milestone.reason,
    _period_start(),
    Milestone.id,
    Milestone.key,
    Milestone.title,
    Milestone.partnership_id,
    Partnership.slug,
    Partnership.name,
    _escalated_on(Audience.GOVERNANCE),
    _escalated_on(Audience.NATIONAL),
)
"""What `_document` reads, in this order."""
_NUMBER_OF_COLUMNS = len(_COLUMNS)


def _document(row: tuple[Any, ...], today: date) -> Document:
    facts = first_facts(row)
    kind, reports_on, published_on, explanation, done_on, reason, period_start, *rest = row[len(facts) :]
    number, key, title, partnership_id, slug, name, escalated_on, raised_on = rest
    state = document_state(facts, today)
    # Of a plan, the days past the guidance date count up to the day on which it was prepared.
    ended_on = done_on if facts.is_prepared else published_on
    return Document(
        number,
        key,
        title,
        kind,
        Period(period_start) if period_start else None,
        partnership_id,
        slug,
        name,
        state,
        facts.target_on or today,
        days_past(facts.measured_on, ended_on or today),
        lag_days(reports_on, published_on, today),
        bool(facts.published),
        published_on,
        reason if state is DocumentState.NOT_REQUIRED else explanation or "",
        facts.explained_until,
        escalated_on,
        raised_on,
        facts.notify_from is not None,
        facts.own_start_on,
        None if facts.published else facts.interim_until,
    )
