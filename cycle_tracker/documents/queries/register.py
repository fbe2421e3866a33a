"""The public register of what is published."""

from collections.abc import Sequence

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, selectinload

from cycle_tracker.access.queries.scopes import IS_DOCUMENT, IS_PUBLISHED
from cycle_tracker.core.extensions import db
from cycle_tracker.core.periods import Period
from cycle_tracker.models import Cycle, Milestone, Partnership, Publication

PER_PAGE = 50


def list_published(*, partnership: str = "", period: Period | None = None, page: int = 1) -> Pagination:
    """One page of the published plans and annual reports with their addresses, by partnership, the newest first.

    Drafts published for a consultation are left out. In three statements.
    """
    return db.paginate(_published(partnership, period), page=page, per_page=PER_PAGE, error_out=False)


def list_all_published(*, partnership: str = "", period: Period | None = None) -> Sequence[Publication]:
    """Every page of it, in two statements."""
    return db.session.scalars(_published(partnership, period)).all()


def _published(partnership: str, period: Period | None) -> Select[Publication]:
    statement = (
        select(Publication)
        .join(Publication.milestone)
        .join(Milestone.partnership)
        .outerjoin(Milestone.cycle)
        .where(IS_DOCUMENT, IS_PUBLISHED)
        .options(
            contains_eager(Publication.milestone).contains_eager(Milestone.partnership),
            contains_eager(Publication.milestone).contains_eager(Milestone.cycle),
            selectinload(Publication.addresses),
        )
        .order_by(
            Partnership.name,
            Partnership.id,
            Cycle.period_start.desc(),
            Milestone.reports_on.desc(),
            Milestone.id.desc(),
        )
    )
    if partnership:
        statement = statement.where(Partnership.slug == partnership)
    if period is not None:
        statement = statement.where(Cycle.period_start == period.start)
    return statement


def list_partnerships_with_publications() -> list[tuple[str, str]]:
    """Slug and name of the partnerships that have published something, by name."""
    rows = db.session.execute(
        select(Partnership.slug, Partnership.name)
        .join(Milestone, Milestone.partnership_id == Partnership.id)
        .join(Publication, Publication.milestone_id == Milestone.id)
        .where(IS_DOCUMENT, IS_PUBLISHED)
        .group_by(Partnership.id, Partnership.slug, Partnership.name)
        .order_by(Partnership.name, Partnership.id)
    )
    return [(row.slug, row.name) for row in rows]
