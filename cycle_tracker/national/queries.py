"""Every plan and annual report of a plan period, or of one partnership, whatever state it is in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from cycle_tracker.access.queries.scopes import IS_DOCUMENT, is_among
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.periods import Period
from cycle_tracker.documents.queries.documents import facts_of, published_and_notified, shared_explanations
from cycle_tracker.documents.rules.documents import document_state, lag_days
from cycle_tracker.models import Cycle, DateChange, Milestone, Partnership, Publication


@dataclass(frozen=True)
class FollowedDocument:
    """One document as officials follow it. `year` is the year of the period that a report covers, 0 for a plan.

    `expected_on` is the date of the newest explanation that was shared, `explanation` its words. `lag` counts days from
    the 31 March that a report covers; None for a plan, and where the day of publication is not known.
    """

    partnership_id: int
    slug: str
    key: str
    title: str
    kind: Kind
    period: Period | None
    year: int
    state: DocumentState
    target_on: date | None
    published: bool
    published_on: date | None
    explanation: str
    expected_on: date | None
    lag: int | None


def list_documents_of_period(
    period: Period, today: date, *, within: frozenset[int] | None = None
) -> list[FollowedDocument]:
    """The documents of one plan period by partnership, the plan first; `within` are the partnerships that the person
    may follow, None all of them. In three statements."""
    statement = select(Milestone).where(Cycle.period_start == period.start, is_among(Milestone.partnership_id, within))
    return _followed(_documents(statement), today)


def list_documents_of_partnership(partnership: Partnership, today: date) -> list[FollowedDocument]:
    """Every document of one partnership, the newest period first, the plan before its reports. In three statements."""
    found = _followed(_documents(select(Milestone).where(Milestone.partnership_id == partnership.id)), today)
    return sorted(found, key=lambda one: (-one.period.start.year if one.period else 0, one.year, one.key))


def _documents(statement: Select[Milestone]) -> Sequence[Milestone]:
    return db.session.scalars(
        statement.join(Milestone.partnership)
        .outerjoin(Milestone.cycle)
        .where(IS_DOCUMENT)
        .options(contains_eager(Milestone.partnership), contains_eager(Milestone.cycle))
        .order_by(Partnership.name, Partnership.id, Milestone.reports_on, Milestone.id)
    ).all()


def _followed(documents: Sequence[Milestone], today: date) -> list[FollowedDocument]:
    publications, explanations = published_and_notified(documents), shared_explanations(documents)
    found = []
    for document in documents:
        publication, notified = publications.get(document.id, (None, False))
        found.append(_one(document, publication, explanations.get(document.id), today, notified=notified))
    return found


def _one(
    document: Milestone,
    publication: Publication | None,
    explanation: DateChange | None,
    today: date,
    *,
    notified: bool,
) -> FollowedDocument:
    partnership, period = document.partnership, document.cycle.period if document.cycle else None
    if partnership is None:
        raise ValueError("a national milestone is no document")
    published_on = publication.published_on if publication else None
    is_measured = publication is None or published_on is not None
    return FollowedDocument(
        partnership_id=partnership.id,
        slug=partnership.slug,
        key=document.key,
        title=document.title,
        kind=document.kind,
        period=period,
        year=_year(document, period),
        state=document_state(facts_of(document, publication, explanation, notified=notified), today),
        target_on=document.target_on,
        published=publication is not None,
        published_on=published_on,
        explanation=explanation.reason if explanation else "",
        expected_on=explanation.new_due_on if explanation else None,
        lag=lag_days(document.reports_on, published_on, today) if is_measured else None,
    )


def _year(document: Milestone, period: Period | None) -> int:
    """Which reporting year of its period a report covers; 0 for a plan."""
    if document.reports_on is None or period is None:
        return 0
    return document.reports_on.year - period.start.year
