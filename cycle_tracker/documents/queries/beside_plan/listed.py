"""What is recorded beside plans, for lists of many: own starts, notices of disagreement, directions."""

from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    literal,
    or_,
    select,
    union_all,
)

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.core.kinds import PowerUsed
from cycle_tracker.core.periods import Period
from cycle_tracker.core.statements import Asked, built_once, day_of, numbers_of, rows_of
from cycle_tracker.models.approval import Direction, Disagreement, OwnStart
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import IS_PUBLISHED, Publication

LISTED_AT_MOST = 200


class Beside(StrEnum):
    """What is recorded beside a plan, in the order in which lists have it."""

    OWN_START = "1-own-start"
    DISAGREEMENT = "2-disagreement"
    DIRECTION = "3-direction"


class BesidePlan(NamedTuple):
    """One record beside a plan.

    `on` is the own start, the day of a notice of disagreement, which may be unknown, or that of a direction. `body`
    disagrees, or was given the direction. `subject` is the service of which a notice is, or what a direction is about.
    An own start counts once it is `agreed`; a notice has its `reasons` or is incomplete.
    """

    kind: Beside
    milestone_id: int
    on: date | None
    body: str
    subject: str
    address: str
    section: PowerUsed | None
    agreed: bool
    reasons: bool
    slug: str
    partnership: str
    key: str
    title: str
    is_published: bool


def list_beside_plans(period: Period, *, within: frozenset[int] | None = None) -> list[BesidePlan]:
    """Everything that is recorded beside the plans of a period, own starts that are proposed too, by partnership;
    `within` are the partnerships that the person may follow, None all of them. In one statement."""
    return beside_plans_from(Asked(_of_period(reach_of(within)), _values(period, within)).rows())


def beside_plans(period: Period, within: frozenset[int] | None) -> Asked:
    """The first of the same, as many as a page shows, to be asked where there is any. `beside_plans_from` reads its
    rows."""
    return Asked(_of_period(reach_of(within), on_a_page=True), _values(period, within))


def _values(period: Period, within: frozenset[int] | None) -> dict[str, Any]:
    return {"period": period.start, **values_of(within)}


def anything_beside_plans() -> Asked:
    """Whatever the register may say beside any plan."""
    return Asked(_anything(), {})


def list_public_beside_plans(
    milestone_ids: Collection[int], *, partnership: str = "", period: Period | None = None, on_a_page: bool = False
) -> list[BesidePlan]:
    """What the register says beside these plans, and of plans that are not published: no start that is only proposed;
    with `on_a_page` as many as a page shows. In one statement; the filters are for the plans that are not published.
    """
    values = {"partnership": partnership, "period": period.start if period else None}
    statement = _public(one_partnership=bool(partnership), one_period=period is not None, on_a_page=on_a_page)
    wanted = {name: value for name, value in values.items() if value}
    return beside_plans_from(rows_of(statement, milestones=list(milestone_ids), **wanted))


def beside_plans_from(rows: Iterable[Any]) -> list[BesidePlan]:
    """The records in the rows of `beside_plans`."""
    return [
        BesidePlan(Beside(kind), number, on, body, subject, address, PowerUsed(section) if section else None, *rest)
        for kind, _, number, on, body, subject, address, section, *rest in rows
    ]


def _each() -> Any:
    """Every record that is known, of the three kinds, with the columns of each in one order."""
    words = literal("", String)
    of_start = select(
        literal(Beside.OWN_START.value, String).label("kind"),
        OwnStart.id.label("number"),
        OwnStart.milestone_id,
        OwnStart.starts_on.label("on"),
        words.label("body"),
        words.label("subject"),
        words.label("address"),
        words.label("section"),
        OwnStart.agreed_at.is_not(None).label("agreed"),
        literal(True, Boolean).label("reasons"),
    ).where(OwnStart.undone_at.is_(None))
    of_disagreement = (
        select(
            literal(Beside.DISAGREEMENT.value, String),
            Disagreement.id,
            Disagreement.milestone_id,
            Disagreement.published_on,
            Organisation.name,
            Disagreement.service,
            Disagreement.address,
            words,
            literal(True, Boolean),
            Disagreement.reasons != words,
        )
        .join(Organisation, Organisation.id == Disagreement.organisation_id)
        .where(Disagreement.undone_at.is_(None))
    )
    of_direction = select(
        literal(Beside.DIRECTION.value, String),
        Direction.id,
        Direction.milestone_id,
        Direction.given_on,
        Direction.given_to,
        Direction.about,
        Direction.address,
        cast(Direction.section, String),
        literal(True, Boolean),
        literal(True, Boolean),
    ).where(Direction.undone_at.is_(None))
    return union_all(of_start, of_disagreement, of_direction).subquery()


def _listed(*conditions: Any, each: Any, on_a_page: bool) -> Select[Any]:
    is_published = exists().where(Publication.milestone_id == Milestone.id, IS_PUBLISHED).correlate(Milestone)
    return (
        select(*each.c, Partnership.slug, Partnership.name, Milestone.key, Milestone.title, is_published)
        .select_from(each)
        .join(Milestone, Milestone.id == each.c.milestone_id)
        .join(Partnership, Partnership.id == Milestone.partnership_id)
        .outerjoin(Cycle, Cycle.id == Milestone.cycle_id)
        .where(*conditions)
        .order_by(Partnership.name, Milestone.id, each.c.kind, each.c.on.is_(None), each.c.on, each.c.number)
        .limit(LISTED_AT_MOST if on_a_page else None)
    )


@built_once
def _of_period(reach: Reach, *, on_a_page: bool = False) -> Select[*tuple[Any, ...]]:
    conditions = (Cycle.period_start == day_of("period"), in_reach(Milestone.partnership_id, reach))
    return _listed(*conditions, each=_each(), on_a_page=on_a_page)


@built_once
def _public(*, one_partnership: bool, one_period: bool, on_a_page: bool) -> Select[*tuple[Any, ...]]:
    each = _each()
    unpublished: list[ColumnElement[bool]] = [
        ~exists().where(Publication.milestone_id == Milestone.id, IS_PUBLISHED).correlate(Milestone)
    ]
    if one_partnership:
        unpublished.append(Partnership.slug == bindparam("partnership"))
    if one_period:
        unpublished.append(Cycle.period_start == day_of("period"))
    shown = or_(Milestone.id.in_(numbers_of("milestones")), and_(*unpublished))
    return _listed(each.c.agreed, shown, each=each, on_a_page=on_a_page)


@built_once
def _anything() -> Select[int]:
    each = _each()
    return select(each.c.number).where(each.c.agreed)
