"""Plans and annual reports as officials follow them: what is past its guidance date and not complete."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, case, func, or_, select

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.queries.scopes import IS_DOCUMENT, IS_INCOMPLETE
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.deadlines import days_past
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.periods import Period
from cycle_tracker.core.statements import OneOf, built_once, day_of, rows_of
from cycle_tracker.documents.queries.document_facts import FACTS, first_facts, with_facts
from cycle_tracker.documents.rules.documents import document_state, lag_days
from cycle_tracker.milestones.queries.due_states import is_past
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication


@dataclass(frozen=True)
class Document:
    """One document with its state today, limited to what officials may see.

    `days_past` counts from the guidance date, `lag` from the 31 March that a report covers (None for a plan).
    `explanation` is the newest that was shared, with its new date in `expected_on`; of a document that is not required
    it is the reason. `escalated_on` is the day on which an escalation that is still open fell due to the governance
    group, `raised_on` the day on which it was raised to the Scottish Government escalation group. `joined` says that
    its partnership uses the service, or will from a day that is set.
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
    statement = _incomplete(
        reach_of(within),
        not_required=not_required,
        one_partnership=bool(partnership),
        one_kind=kind is not None,
        one_period=period is not None,
    )
    filters = {"partnership": partnership, "kind": kind, "period": period.start if period else None}
    wanted = {name: value for name, value in filters.items() if value}
    return [_document(row, today) for row in rows_of(statement, today=today, **wanted, **values_of(within))]


@built_once
def _incomplete(
    reach: Reach, *, not_required: bool, one_partnership: bool, one_kind: bool, one_period: bool
) -> Select[*tuple[Any, ...]]:
    """Documents past their guidance date, but for those that are complete."""
    late = select(Milestone.id).where(IS_DOCUMENT, IS_INCOMPLETE, is_past(Milestone.target_on, day_of()))
    narrowed = [in_reach(Milestone.partnership_id, reach)]
    if not not_required:
        narrowed.append(or_(Publication.id.is_not(None), Milestone.state != State.NOT_REQUIRED))
    if one_partnership:
        narrowed.append(Partnership.slug == bindparam("partnership"))
    if one_kind:
        narrowed.append(Milestone.kind == bindparam("kind"))
    if one_period:
        narrowed.append(Cycle.period_start == day_of("period"))
    return (
        with_facts(
            select(
                *FACTS,
                Milestone.done_on,
                Milestone.id,
                Milestone.key,
                Milestone.title,
                Milestone.reason,
                Milestone.partnership_id,
                Partnership.slug,
                Partnership.name,
                Cycle.period_start,
                _escalated_on(Audience.GOVERNANCE).label("escalated_on"),
                _escalated_on(Audience.NATIONAL).label("raised_on"),
            )
        )
        .outerjoin(Cycle, Cycle.id == Milestone.cycle_id)
        .where(OneOf(Milestone.id, late), *narrowed)
        .order_by(Milestone.target_on, Partnership.name, Milestone.id)
    )


def _escalated_on(audience: Audience) -> Any:
    """When an open escalation was passed to a group. Looked up by milestone, because each has few."""
    fell_due_on = case((Escalation.audience == audience, Escalation.fell_due_on))
    return (
        select(func.min(fell_due_on))
        .where(Escalation.milestone_id == Milestone.id, Escalation.resolved_at.is_(None))
        .correlate(Milestone)
        .scalar_subquery()
    )


def _document(row: Any, today: date) -> Document:
    published = bool(row.is_published)
    facts = first_facts(row)
    state = document_state(facts, today)
    return Document(
        milestone_id=row.id,
        key=row.key,
        title=row.title,
        kind=row.kind,
        period=Period(row.period_start) if row.period_start else None,
        partnership_id=row.partnership_id,
        partnership_slug=row.slug,
        partnership_name=row.name,
        state=state,
        target_on=row.target_on,
        days_past=days_past(row.target_on, _ended_on(row) or today),
        lag=lag_days(row.reports_on, row.published_on, today),
        published=published,
        published_on=row.published_on,
        explanation=row.reason if state is DocumentState.NOT_REQUIRED else row.explanation or "",
        expected_on=row.explained_until,
        escalated_on=row.escalated_on,
        raised_on=row.raised_on,
        joined=facts.notify_from is not None,
    )


def _ended_on(row: Any) -> date | None:
    """The day up to which the days past the guidance date count: for a plan that on which it was prepared."""
    prepared = row.kind is Kind.PLAN and row.state is State.DONE
    ended_on: date | None = row.done_on if prepared else row.published_on
    return ended_on
