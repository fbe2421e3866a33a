"""The facts of a document from which its state is worked out."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.statements import built_once, numbers_of, rows_of
from cycle_tracker.documents.rules.documents import DocumentFacts
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import (
    FIRST_PUBLISHED_ON,
    IS_PUBLISHED,
    Publication,
    PublicationCopy,
    Version,
    is_document_itself,
)

_SHARED, _NEWEST = aliased(DateChange), aliased(DateChange)


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
        notify_from=milestone.notify_from,
        own_start_on=milestone.own_start_on,
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
        change.kind == DateChangeKind.EXPECTED,
        change.shared,
        change.noted_at.is_not(None),
        change.undone_at.is_(None),
    )


def explained_until() -> ScalarSelect[Any]:
    """The new expected date of the newest explanation of a milestone that was shared, for a list of open documents."""
    newest = _newest_shared(_NEWEST).where(_NEWEST.milestone_id == Milestone.id).correlate(Milestone).scalar_subquery()
    return select(_SHARED.new_due_on).where(_SHARED.id == newest).correlate(Milestone).scalar_subquery()


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


# The plan or the report itself is published, as `is_document_itself` says.
IS_ITSELF = and_(
    Publication.id.is_not(None),
    IS_PUBLISHED,
    or_(Publication.version != Version.INTERIM, Milestone.kind != Kind.PLAN),
)


def with_facts(statement: Any) -> Select[Any]:
    """A statement on documents, joined with everything that their states depend on: partnership, publication and the
    newest explanation that was shared."""
    newest = _newest_shared().where(DateChange.milestone_id == Milestone.id).correlate(Milestone)
    joined: Select[Any] = (
        statement.select_from(Milestone)
        .join(Partnership, Partnership.id == Milestone.partnership_id)
        .outerjoin(Publication, and_(Publication.milestone_id == Milestone.id, IS_PUBLISHED))
        .outerjoin(_SHARED, _SHARED.id == newest.scalar_subquery())
    )
    return joined


STATE_FACTS = (
    Milestone.state,
    Milestone.opens_on,
    Milestone.target_on,
    IS_ITSELF.label("is_published"),
    Milestone.complete.label("notified"),
    (Milestone.kind == Kind.PLAN).label("is_plan"),
    and_(Milestone.kind == Kind.PLAN, Milestone.state == State.DONE).label("is_prepared"),
    Publication.interim_until,
    _SHARED.new_due_on.label("explained_until"),
    Partnership.notify_from,
    Milestone.own_start_on,
)
"""The columns of `with_facts` from which the state of a document is worked out, in the order of `DocumentFacts`. A list
asks for them first, and `first_facts` reads them."""
_NUMBER_OF_FACTS = len(STATE_FACTS)

FACTS = (
    *STATE_FACTS,
    Milestone.kind,
    Milestone.reports_on,
    case((IS_ITSELF, FIRST_PUBLISHED_ON)).label("published_on"),
    _SHARED.reason.label("explanation"),
)
"""The same, with what is told beside the state. `facts_in` reads them by name."""


def first_facts(row: Any) -> DocumentFacts:
    """What a row that begins with `STATE_FACTS` says: for lists, at a third of the cost of the next."""
    return DocumentFacts._make(row[:_NUMBER_OF_FACTS])


def facts_in(row: Any) -> DocumentFacts:
    """What a row with the columns of `FACTS` says."""
    return DocumentFacts(
        state=row.state,
        opens_on=row.opens_on,
        target_on=row.target_on,
        published=bool(row.is_published),
        sent=row.notified,
        is_plan=row.is_plan,
        is_prepared=row.is_prepared,
        interim_until=row.interim_until,
        explained_until=row.explained_until,
        notify_from=row.notify_from,
        own_start_on=row.own_start_on,
    )


class KnownDocument(NamedTuple):
    """What the state of a document is worked out from, whether officials may read an explanation of its date, and the
    day on which the document itself was published."""

    facts: DocumentFacts
    is_explained: bool
    published_on: date | None


def known_documents(milestone_ids: Collection[int]) -> dict[int, KnownDocument]:
    """What is known of these documents, by milestone. One statement; none where no document is asked about."""
    if not milestone_ids:
        return {}
    rows = rows_of(_known_documents(), milestones=list(milestone_ids))
    return {row.id: KnownDocument(facts_in(row), row.explanation is not None, row.published_on) for row in rows}


@built_once
def _known_documents() -> Select[*tuple[Any, ...]]:
    return with_facts(select(Milestone.id, *FACTS)).where(Milestone.id.in_(numbers_of("milestones")))
