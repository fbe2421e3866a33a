"""Plans and annual reports as officials follow them: what is past its guidance date and not complete."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.queries.scopes import IS_DOCUMENT, IS_INCOMPLETE, IS_PUBLISHED
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.deadlines import days_past
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.periods import Period
from cycle_tracker.core.statements import OneOf, built_once, day_of, number_of, numbers_of, rows_of
from cycle_tracker.documents.rules.documents import DocumentFacts, document_state, lag_days
from cycle_tracker.milestones.queries.due_states import is_past
from cycle_tracker.models import (
    Cycle,
    DateChange,
    DateChangeKind,
    Escalation,
    Milestone,
    Organisation,
    OrganisationKind,
    Partnership,
    Publication,
    PublicationCopy,
)


@dataclass(frozen=True)
class Document:
    """One document with its state today, and no more of it than officials may see.

    `days_past` counts from the guidance date, `lag` from the 31 March that a report covers (None for a plan).
    `explanation` is the newest that was shared, with its new date in `expected_on`; of a document that is not required
    it is the reason. `escalated_on` is the day on which an escalation that is still open fell due to the governance
    group, `raised_on` the day on which it was raised to the national group.
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


def facts_of(
    milestone: Milestone, publication: Publication | None, explanation: DateChange | None, *, notified: bool
) -> DocumentFacts:
    """What is known of one document, for its state; `explanation` is the newest that was shared."""
    return DocumentFacts(
        state=milestone.state,
        opens_on=milestone.opens_on,
        target_on=milestone.target_on,
        published=publication is not None,
        notified=notified,
        explained_until=explanation.new_due_on if explanation else None,
        notify_from=milestone.partnership.notify_from if milestone.partnership else None,
    )


def shared_explanations(milestones: Iterable[Milestone]) -> dict[int, DateChange]:
    """By milestone, the newest explanation that officials may see.

    One that is not shared moves the date worked to, and leaves what officials were told as it stands.
    """
    return _by_milestone(_newest_of_each(shared=True), [milestone.id for milestone in milestones])


def newest_explanations(milestone_ids: Collection[int]) -> dict[int, DateChange]:
    """The newest explanation noted for each of these milestones, where there is one, shared or not."""
    return _by_milestone(_newest_of_each(shared=False), milestone_ids)


def list_date_changes(milestone_id: int) -> Sequence[DateChange]:
    """Every change of a milestone's date and every proposal of one, the newest first. One statement."""
    return db.session.scalars(_date_changes(), {"milestone": milestone_id}).all()


@built_once
def _date_changes() -> Select[DateChange]:
    of_milestone = DateChange.milestone_id == number_of("milestone")
    return select(DateChange).where(of_milestone).order_by(DateChange.id.desc())


def newest_noted(changes: Iterable[DateChange], *, shared: bool) -> DateChange | None:
    """Of changes that are in this order, the newest explanation that was noted; or that officials may see."""
    return next(
        (
            change
            for change in changes
            if change.kind is DateChangeKind.EXPECTED and change.noted_at is not None and (change.shared or not shared)
        ),
        None,
    )


def published_and_notified(milestones: Iterable[Milestone]) -> dict[int, tuple[Publication, bool]]:
    """By milestone, what is published, and whether Scottish Government has it or was sent it; no drafts."""
    rows = db.session.execute(_published(), {"milestones": [milestone.id for milestone in milestones]})
    return {publication.milestone_id: (publication, notified) for publication, notified in rows}


@built_once
def _published() -> Select[*tuple[Any, ...]]:
    return (
        select(Publication, _notified())
        .where(Publication.milestone_id.in_(numbers_of("milestones")), IS_PUBLISHED)
        .order_by(Publication.id)
    )


@built_once
def _newest_of_each(*, shared: bool) -> Select[DateChange]:
    newest = select(func.max(DateChange.id)).where(
        DateChange.milestone_id.in_(numbers_of("milestones")),
        DateChange.kind == DateChangeKind.EXPECTED,
        DateChange.noted_at.is_not(None),
        *([DateChange.shared] if shared else []),
    )
    newest = newest.group_by(DateChange.milestone_id)
    return select(DateChange).where(DateChange.id.in_(newest)).order_by(DateChange.id)


def _by_milestone(statement: Select[DateChange], milestone_ids: Collection[int]) -> dict[int, DateChange]:
    changes = db.session.scalars(statement, {"milestones": list(milestone_ids)})
    return {change.milestone_id: change for change in changes}


@built_once
def _incomplete(
    reach: Reach, *, not_required: bool, one_partnership: bool, one_kind: bool, one_period: bool
) -> Select[*tuple[Any, ...]]:
    """Documents past their guidance date, but for those published and notified."""
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
                *FACTS,
            )
        )
        .where(OneOf(Milestone.id, late), *narrowed)
        .order_by(Milestone.target_on, Partnership.name, Milestone.id)
    )


def _newest_shared(change: Any = DateChange) -> Select[int | None]:
    """The number of the newest explanation that was noted and shared."""
    return select(func.max(change.id)).where(
        change.kind == DateChangeKind.EXPECTED, change.shared, change.noted_at.is_not(None)
    )


def _notified() -> Any:
    """True where there is a record that Scottish Government has the document, or was sent it."""
    return (
        exists()
        .where(
            PublicationCopy.publication_id == Publication.id,
            PublicationCopy.receiver_id == Organisation.id,
            Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT,
        )
        .correlate(Publication)
    )


def _escalated_on(audience: Audience) -> Any:
    """When an open escalation came to a group. Looked up by milestone: there are few of each."""
    fell_due_on = case((Escalation.audience == audience, Escalation.fell_due_on))
    return (
        select(func.min(fell_due_on))
        .where(Escalation.milestone_id == Milestone.id, Escalation.resolved_at.is_(None))
        .correlate(Milestone)
        .scalar_subquery()
    )


_SHARED = aliased(DateChange)


def with_facts(statement: Any) -> Select[Any]:
    """A statement on documents, joined with all that their states hang on: partnership, cycle, publication, and the
    newest explanation that was shared."""
    newest = _newest_shared().where(DateChange.milestone_id == Milestone.id).correlate(Milestone)
    joined: Select[Any] = (
        statement.select_from(Milestone)
        .join(Partnership, Partnership.id == Milestone.partnership_id)
        .outerjoin(Cycle, Cycle.id == Milestone.cycle_id)
        .outerjoin(Publication, and_(Publication.milestone_id == Milestone.id, IS_PUBLISHED))
        .outerjoin(_SHARED, _SHARED.id == newest.scalar_subquery())
    )
    return joined


FACTS = (
    Milestone.kind,
    Milestone.state,
    Milestone.opens_on,
    Milestone.target_on,
    Milestone.reports_on,
    Partnership.notify_from,
    Publication.id.is_not(None).label("is_published"),
    Publication.published_on,
    Milestone.complete.label("notified"),
    _SHARED.reason.label("explanation"),
    _SHARED.new_due_on.label("explained_until"),
)
"""The columns of `with_facts` that say where a document stands. `facts_in` reads them."""


def facts_in(row: Any) -> DocumentFacts:
    """What a row with the columns of `FACTS` says."""
    return DocumentFacts(
        state=row.state,
        opens_on=row.opens_on,
        target_on=row.target_on,
        published=row.is_published,
        notified=row.notified,
        explained_until=row.explained_until,
        notify_from=row.notify_from,
    )


def _document(row: Any, today: date) -> Document:
    published = row.is_published
    state = document_state(facts_in(row), today)
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
        days_past=days_past(row.target_on, row.published_on or today),
        lag=lag_days(row.reports_on, row.published_on, today),
        published=published,
        published_on=row.published_on,
        explanation=row.reason if state is DocumentState.NOT_REQUIRED else row.explanation or "",
        expected_on=row.explained_until,
        escalated_on=row.escalated_on,
        raised_on=row.raised_on,
    )
