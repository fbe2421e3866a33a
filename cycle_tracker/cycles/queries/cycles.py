"""Cycles with their milestones."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload

from cycle_tracker.access.queries.scopes import IS_OPEN
from cycle_tracker.access.rules.permissions import Viewer, may_see
from cycle_tracker.core.calendar import DAY
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.periods import FIRST_START, YEARS_IN_PERIOD, Period
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.partnerships.queries.partnerships import get_partnership


@dataclass(frozen=True)
class NeighbouringCycles:
    """The cycles before and after one, where they were opened."""

    before: Cycle | None
    after: Cycle | None


def get_cycle(viewer: Viewer, slug: str, period_name: str) -> Cycle:
    """A partnership's cycle for the period of this name, such as `2026-29`, with its partnership; opened or not.

    Raises NoResultFound where there is none, or the person sees nothing of the partnership.
    """
    partnership = get_partnership(viewer, slug)
    return db.session.scalars(
        select(Cycle)
        .where(Cycle.partnership_id == partnership.id, Cycle.period_start == period_named(period_name).start)
        .options(joinedload(Cycle.partnership))
    ).one()


def get_open_cycle(viewer: Viewer, slug: str, period_name: str) -> Cycle:
    """The same, to add to it. Raises NoResultFound also where nobody has opened it."""
    cycle = get_cycle(viewer, slug, period_name)
    if not cycle.is_open:
        raise NoResultFound
    return cycle


def period_named(name: str) -> Period:
    """The period of this name. Raises NoResultFound for any other text, as an address may have it."""
    try:
        return Period.named(name)
    except (RuleBroken, ValueError) as error:
        raise NoResultFound from error


def find_neighbours(cycle: Cycle) -> NeighbouringCycles:
    """The partnership's cycles right before and right after this one, where they were opened."""
    starts = {cycle.period_start.year - YEARS_IN_PERIOD, cycle.period_start.year + YEARS_IN_PERIOD}
    days = [Period.starting(year).start for year in sorted(starts) if year >= FIRST_START.year]
    found = db.session.scalars(
        select(Cycle)
        .where(Cycle.partnership_id == cycle.partnership_id, Cycle.period_start.in_(days), Cycle.opened_on.is_not(None))
        .order_by(Cycle.period_start)
    ).all()
    return NeighbouringCycles(
        before=next((one for one in found if one.period_start < cycle.period_start), None),
        after=next((one for one in found if one.period_start > cycle.period_start), None),
    )


def list_cycles(partnership: Partnership) -> Sequence[Cycle]:
    """Every cycle of a partnership that was opened, the newest first."""
    return db.session.scalars(
        select(Cycle)
        .where(Cycle.partnership_id == partnership.id, Cycle.opened_on.is_not(None))
        .order_by(Cycle.period_start.desc())
    ).all()


def list_milestones(viewer: Viewer, cycle: Cycle) -> list[Milestone]:
    """What the person may see of the cycle's milestones, with their owners, by date, the undated last."""
    rows = db.session.scalars(
        select(Milestone)
        .where(Milestone.cycle_id == cycle.id)
        .options(joinedload(Milestone.owner))
        .order_by(Milestone.due_on.is_(None), Milestone.due_on, Milestone.id)
    )
    return [one for one in rows if may_see(viewer, one.partnership_id, is_document=one.is_document)]


def list_reports_carried_over(cycle: Cycle) -> Sequence[Milestone]:
    """The third annual report of the cycle before while it is open: it falls due in this one."""
    return db.session.scalars(
        select(Milestone)
        .join(Milestone.cycle)
        .where(
            Milestone.partnership_id == cycle.partnership_id,
            Milestone.kind == Kind.ANNUAL_REPORT,
            IS_OPEN,
            Cycle.period_start < cycle.period_start,
            Milestone.reports_on >= cycle.period.start - DAY,
        )
        .options(joinedload(Milestone.owner))
        .order_by(Milestone.reports_on, Milestone.id)
    ).all()
