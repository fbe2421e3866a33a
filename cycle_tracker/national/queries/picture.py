"""The national picture as the command has it: every document of a plan period by its name, and how many plans met the
criteria of the review."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, or_, select

from cycle_tracker.access.queries.scopes import IS_DOCUMENT
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.extensions import db
from cycle_tracker.core.periods import Period
from cycle_tracker.core.statements import built_once, rows_of
from cycle_tracker.documents.queries.document_facts import FACTS, IS_ITSELF, first_facts, with_facts
from cycle_tracker.documents.queries.revisions.of_plans import target_in_preparation
from cycle_tracker.documents.rules.documents import document_state
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication, PublicationCopy
from cycle_tracker.models.reference import Criterion
from cycle_tracker.national.queries.documents import is_of_period, year_of
from cycle_tracker.reference.files import read_partnerships

# The plan periods whose plans were reviewed, and counted for all of Scotland.
REVIEWED = ("2020-23", "2023-26")


class NationalDocument(NamedTuple):
    """One document of the national picture, named as in its key: `plan`, `annual-report-1`. `sent_on` is the day on
    which the Scottish Government was sent it, which may be before a plan is published; `own_start_on` the agreed start
    of a late-started plan; `interim_until` the last day of an interim plan in place of the plan; `revision_target_on`
    the target date of a revision that is in preparation."""

    partnership: str
    document: str
    state: DocumentState
    target_on: date | None
    due_on: date | None
    prepared_on: date | None
    sent_on: date | None
    published_on: date | None
    own_start_on: date | None
    interim_until: date | None
    revision_target_on: date | None


class CountedCriterion(NamedTuple):
    """One criterion of the review of plans, with the number of plans that met it fully, partly and not."""

    number: str
    fully: int | None
    partially: int | None
    not_met: int | None
    unknown: int


def list_national_documents(period: Period, today: date) -> list[NationalDocument]:
    """The documents of one plan period, by partnership, the plan before its reports. In one statement."""
    return [_national(row, period, today) for row in rows_of(_national_documents(), period=period.start)]


def list_criteria(period: Period) -> list[CountedCriterion]:
    """The criteria with the national counts of a period; none of a period that was not reviewed."""
    if period.name not in REVIEWED:
        return []
    columns = [getattr(Criterion, f"{met}_{period.name.replace('-', '_')}") for met in ("fully", "partly", "not")]
    rows = db.session.execute(select(Criterion.number, *columns).order_by(Criterion.position))
    plans = len(read_partnerships())
    return [
        CountedCriterion(number, fully, partly, unmet, plans - sum(one or 0 for one in (fully, partly, unmet)))
        for number, fully, partly, unmet in rows
    ]


@built_once
def _national_documents() -> Select[*tuple[Any, ...]]:
    sent_on = (
        select(func.min(PublicationCopy.sent_on))
        .join(Organisation, Organisation.id == PublicationCopy.receiver_id)
        .where(
            PublicationCopy.milestone_id == Milestone.id,
            or_(
                and_(PublicationCopy.publication_id.is_(None), PublicationCopy.revision_id.is_(None)),
                and_(PublicationCopy.publication_id == Publication.id, IS_ITSELF),
            ),
            Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT,
        )
        .correlate(Milestone, Publication)
        .scalar_subquery()
    )
    columns = (
        *(
            *FACTS,
            Partnership.slug,
            Milestone.due_on,
            Milestone.expected_date,
            Milestone.done_on,
            sent_on.label("sent_on"),
        ),
        target_in_preparation().label("revision_target_on"),
    )
    return (
        with_facts(select(*columns))
        .where(IS_DOCUMENT, is_of_period())
        .order_by(Partnership.slug, Milestone.reports_on.is_not(None), Milestone.reports_on, Milestone.id)
    )


def _national(row: Any, period: Period, today: date) -> NationalDocument:
    year = year_of(row.reports_on, period)
    return NationalDocument(
        partnership=row.slug,
        document=f"annual-report-{year}" if year else "plan",
        state=document_state(first_facts(row), today),
        target_on=row.target_on,
        due_on=_due_on(row),
        prepared_on=row.done_on if row.is_prepared else None,
        sent_on=row.sent_on,
        published_on=row.published_on,
        own_start_on=row.own_start_on,
        interim_until=None if row.is_published else row.interim_until,
        revision_target_on=row.revision_target_on,
    )


def _due_on(row: Any) -> date | None:
    """The date worked to as officials know it: a new expected date only where its explanation was shared."""
    if not row.expected_date or row.interim_until is not None:
        known = row.due_on
    else:
        known = row.explained_until or row.own_start_on or row.target_on
    return known  # type: ignore[no-any-return]  # of a row whose columns are not typed
