"""Plans and annual reports as officials follow them: what is past its guidance date and not complete."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from cycle_tracker.access.queries.scopes import IS_DOCUMENT, IS_PUBLISHED, is_among
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.deadlines import days_past
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.periods import Period
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
    statement = _incomplete(today)
    if not not_required:
        statement = statement.where(or_(Publication.id.is_not(None), Milestone.state != State.NOT_REQUIRED))
    statement = statement.where(is_among(Milestone.partnership_id, within))
    if partnership:
        statement = statement.where(Partnership.slug == partnership)
    if kind is not None:
        statement = statement.where(Milestone.kind == kind)
    if period is not None:
        statement = statement.where(Cycle.period_start == period.start)
    return [_document(row, today) for row in db.session.execute(statement)]


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
    ids = [milestone.id for milestone in milestones]
    newest = _newest_shared().where(DateChange.milestone_id.in_(ids)).group_by(DateChange.milestone_id)
    changes = db.session.scalars(select(DateChange).where(DateChange.id.in_(newest)).order_by(DateChange.id))
    return {change.milestone_id: change for change in changes}


def newest_explanations(milestone_ids: Collection[int]) -> dict[int, DateChange]:
    """The newest explanation noted for each of these milestones, where there is one, shared or not."""
    newest = (
        select(func.max(DateChange.id))
        .where(
            DateChange.milestone_id.in_(milestone_ids),
            DateChange.kind == DateChangeKind.EXPECTED,
            DateChange.noted_at.is_not(None),
        )
        .group_by(DateChange.milestone_id)
    )
    changes = db.session.scalars(select(DateChange).where(DateChange.id.in_(newest)).order_by(DateChange.id))
    return {change.milestone_id: change for change in changes}


def published_and_notified(milestones: Iterable[Milestone]) -> dict[int, tuple[Publication, bool]]:
    """By milestone, what is published, and whether Scottish Government has it or was sent it; no drafts."""
    rows = db.session.execute(
        select(Publication, _notified())
        .where(
            Publication.milestone_id.in_([milestone.id for milestone in milestones]),
            IS_PUBLISHED,
        )
        .order_by(Publication.id)
    )
    return {publication.milestone_id: (publication, notified) for publication, notified in rows}


def _incomplete(today: date) -> Select[*tuple[Any, ...]]:
    """Documents past their guidance date, but for those published and notified."""
    explained = aliased(DateChange)
    newest = _newest_shared(explained).where(explained.milestone_id == Milestone.id).correlate(Milestone)
    shared = aliased(DateChange)
    return (
        select(
            Milestone.id,
            Milestone.key,
            Milestone.title,
            Milestone.kind,
            Milestone.state,
            Milestone.reason,
            Milestone.opens_on,
            Milestone.target_on,
            Milestone.due_on,
            Milestone.reports_on,
            Milestone.partnership_id,
            Partnership.slug,
            Partnership.name,
            Partnership.notify_from,
            Cycle.period_start,
            Publication.id.label("publication_id"),
            Publication.published_on,
            shared.reason.label("explanation"),
            shared.new_due_on.label("explained_until"),
            _escalated_on(Audience.GOVERNANCE).label("escalated_on"),
            _escalated_on(Audience.NATIONAL).label("raised_on"),
        )
        .join(Partnership, Partnership.id == Milestone.partnership_id)
        .outerjoin(Cycle, Cycle.id == Milestone.cycle_id)
        .outerjoin(Publication, and_(Publication.milestone_id == Milestone.id, IS_PUBLISHED))
        .outerjoin(shared, shared.id == newest.scalar_subquery())
        .where(
            IS_DOCUMENT,
            is_past(Milestone.target_on, today),
            or_(
                Publication.id.is_(None),
                and_(Publication.id.is_not(None), ~_notified()),
            ),
        )
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


def _document(row: Any, today: date) -> Document:
    published = row.publication_id is not None
    facts = DocumentFacts(
        state=row.state,
        opens_on=row.opens_on,
        target_on=row.target_on,
        published=published,
        notified=False,
        explained_until=row.explained_until,
        notify_from=row.notify_from,
    )
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
        days_past=days_past(row.target_on, row.published_on or today),
        lag=lag_days(row.reports_on, row.published_on, today),
        published=published,
        published_on=row.published_on,
        explanation=row.reason if state is DocumentState.NOT_REQUIRED else row.explanation or "",
        expected_on=row.explained_until,
        escalated_on=row.escalated_on,
        raised_on=row.raised_on,
    )
