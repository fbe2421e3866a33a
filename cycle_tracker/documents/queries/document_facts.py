"""The facts of a document from which its state is worked out."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.statements import built_once, numbers_of
from cycle_tracker.documents.rules.documents import DocumentFacts
from cycle_tracker.milestones.queries.published import IS_PUBLISHED
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication, PublicationCopy, Version, is_document_itself


def facts_of(
    milestone: Milestone, publication: Publication | None, explanation: DateChange | None, *, notified: bool
) -> DocumentFacts:
    """What is known of one document, for its state; `explanation` is the newest that was shared, and `notified` says
    that Scottish Ministers were sent a copy."""
    is_plan = milestone.kind is Kind.PLAN
    return DocumentFacts(
        state=milestone.state,
        opens_on=milestone.opens_on,
        target_on=milestone.target_on,
        published=publication is not None and is_document_itself(publication.version, milestone.kind),
        sent=notified,
        is_plan=is_plan,
        is_prepared=is_plan and milestone.state is State.DONE,
        interim_until=publication.interim_until if publication else None,
        explained_until=explanation.new_due_on if explanation else None,
        notify_from=milestone.partnership.notify_from if milestone.partnership else None,
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


_SHARED = aliased(DateChange)
# The plan or the report itself is published, as `is_document_itself` says.
_IS_ITSELF = and_(
    Publication.id.is_not(None),
    IS_PUBLISHED,
    or_(Publication.version != Version.INTERIM, Milestone.kind != Kind.PLAN),
)


def with_facts(statement: Any) -> Select[Any]:
    """A statement on documents, joined with everything that their states depend on: partnership, cycle, publication
    and the newest explanation that was shared."""
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
    Milestone.done_on,
    Milestone.reports_on,
    Partnership.notify_from,
    _IS_ITSELF.label("is_published"),
    case((_IS_ITSELF, Publication.published_on)).label("published_on"),
    Publication.interim_until,
    Milestone.complete.label("notified"),
    _SHARED.reason.label("explanation"),
    _SHARED.new_due_on.label("explained_until"),
)
"""The columns of `with_facts` from which the state of a document is worked out. `facts_in` reads them."""


def facts_in(row: Any) -> DocumentFacts:
    """What a row with the columns of `FACTS` says."""
    return DocumentFacts(
        state=row.state,
        opens_on=row.opens_on,
        target_on=row.target_on,
        published=bool(row.is_published),
        sent=row.notified,
        is_plan=row.kind is Kind.PLAN,
        is_prepared=row.kind is Kind.PLAN and row.state is State.DONE,
        interim_until=row.interim_until,
        explained_until=row.explained_until,
        notify_from=row.notify_from,
    )
