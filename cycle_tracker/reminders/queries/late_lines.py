"""All that is late of those who get a digest: what the digest lists beside its notices."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    column,
    exists,
    func,
    not_,
    or_,
    select,
    union,
    union_all,
    values,
)
from sqlalchemy.orm import aliased

from cycle_tracker.access.queries.scopes import IS_OPEN, may_be_seen_by
from cycle_tracker.access.queries.tenures import body_gives_access
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.core.statements import in_literal_ids
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership, PartnershipBody
from cycle_tracker.models.user import RoleGrant
from cycle_tracker.reminders.rules.digests import LISTED_AT_MOST


@dataclass(frozen=True)
class LateLine:
    """One late milestone as a digest lists it. `owner_id` is whose it was then, None for one without an owner."""

    milestone_id: int
    owner_id: int | None
    due_on: date
    key: str
    title: str
    expected_date: bool
    date_basis: Basis
    partnership: str
    slug: str


@dataclass(frozen=True)
class LateList:
    """What one reader's digest lists as late beside its notices, oldest first, and how many more there are."""

    lines: Sequence[LateLine] = field(default_factory=tuple)
    more: int = 0


NOTHING_LATE = LateList()
ToldOf = Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True)
class Whose:
    """Whose work one email tells of, and who reads it: for a deputy also that of those whom they cover."""

    reader_id: int
    people: Collection[int]


def late_lists(mails: Mapping[int, Whose], notice_ids: Collection[int], today: date) -> dict[int, LateList]:
    """All else that is late for each of these emails, by their numbers: without the milestones of the notices
    `notice_ids`, which the emails tell of. One statement for all of them, which reads no more rows than are listed.

    Somebody's work is what they own, and what nobody who may be notified owns in the partnerships that they lead: of
    that the notices come to them too. Only what the reader may see is listed.
    """
    if not mails:
        return {}
    rows: dict[int, list[Row[Any]]] = {}
    for row in db.session.execute(_statement(mails, notice_ids, today)):
        rows.setdefault(row.mail, []).append(row)
    return {
        mail: LateList([_line(row) for row in theirs], theirs[0].total - len(theirs)) for mail, theirs in rows.items()
    }


def _statement(mails: Mapping[int, Whose], notice_ids: Collection[int], today: date) -> Select[*tuple[Any, ...]]:
    columns = (column("mail", Integer), column("reader_id", Integer), column("person_id", Integer))
    pairs = (
        values(*columns, name="pairs", literal_binds=True)
        .data([(mail, whose.reader_id, one) for mail, whose in mails.items() for one in sorted(whose.people)])
        .cte("pairs")
    )
    told_of = _told_of(pairs, notice_ids)
    # `union`, for of two who are covered, or with two grants, the same milestone may be found twice
    each = union(_owned(pairs, told_of, today), _without_owner(pairs, told_of, today)).subquery("each")
    by_mail: dict[str, Any] = {"partition_by": each.c.mail}
    ranked = select(
        each,
        func.row_number().over(order_by=(each.c.due_on, each.c.milestone_id), **by_mail).label("place"),
        func.count().over(**by_mail).label("total"),
    ).subquery("ranked")
    return (
        select(
            ranked.c.mail,
            ranked.c.total,
            Milestone.id.label("milestone_id"),
            Milestone.owner_id,
            Milestone.due_on,
            Milestone.key,
            Milestone.title,
            Milestone.expected_date,
            Milestone.date_basis,
            Partnership.name.label("partnership"),
            Partnership.slug,
        )
        .join(Milestone, Milestone.id == ranked.c.milestone_id)
        .outerjoin(Partnership, Partnership.id == Milestone.partnership_id)
        .where(ranked.c.place <= LISTED_AT_MOST)
        .order_by(ranked.c.mail, ranked.c.place)
    )


def _told_of(pairs: Any, notice_ids: Collection[int]) -> ToldOf:
    """Whether an email tells of a milestone in one of its notices, given the column of the email's number."""
    told = pairs.alias("told")
    return lambda mail: (
        exists()
        .where(
            in_literal_ids(Notice.id, notice_ids),
            Notice.milestone_id == Milestone.id,
            Notice.ended_at.is_(None),
            Notice.user_id == told.c.person_id,
            told.c.mail == mail,
        )
        .correlate_except(Notice, told)
    )


def _owned(pairs: Any, told_of: ToldOf, today: date) -> Select[*tuple[Any, ...]]:
    """What the people own."""
    return _late(pairs, told_of, today).join(Milestone, Milestone.owner_id == pairs.c.person_id)


def _without_owner(pairs: Any, told_of: ToldOf, today: date) -> Select[*tuple[Any, ...]]:
    """What nobody who may be notified owns, in the partnerships that the people lead: by a role in one, or by one in
    all partnerships of an organisation."""
    by_partnership = (
        select(pairs.c.mail, pairs.c.reader_id, RoleGrant.partnership_id)
        .join(RoleGrant, RoleGrant.user_id == pairs.c.person_id)
        .where(RoleGrant.role == Role.LEAD, RoleGrant.scope == Scope.PARTNERSHIP)
    )
    by_organisation = (
        select(pairs.c.mail, pairs.c.reader_id, PartnershipBody.partnership_id)
        .join(RoleGrant, RoleGrant.user_id == pairs.c.person_id)
        .join(PartnershipBody, PartnershipBody.organisation_id == RoleGrant.organisation_id)
        .where(RoleGrant.role == Role.LEAD, RoleGrant.scope == Scope.ORGANISATION, body_gives_access(today))
    )
    led = union_all(by_partnership, by_organisation).subquery("led")
    has_none = not_(and_(Milestone.owner_id.is_not(None), may_be_seen_by(Milestone.owner_id, today)))
    return _late(led, told_of, today).join(Milestone, Milestone.partnership_id == led.c.partnership_id).where(has_none)


def _late(of: Any, told_of: ToldOf, today: date) -> Select[*tuple[Any, ...]]:
    """What is open and past its date, not told of, not from before its partnership joined, and seen by the reader. In
    this order: nearly all of what is late is told of, and what the reader may see is asked last."""
    place = aliased(Partnership, name="place")
    not_joined = exists().where(
        place.id == Milestone.partnership_id, or_(place.notify_from.is_(None), place.notify_from > Milestone.due_on)
    )
    return (
        select(of.c.mail, Milestone.id.label("milestone_id"), Milestone.due_on)
        .select_from(of)
        .where(
            IS_OPEN,
            Milestone.due_on < today,
            not_(told_of(of.c.mail)),
            not_(not_joined.correlate(Milestone)),
            may_be_seen_by(of.c.reader_id, today),
        )
    )


def _line(row: Row[Any]) -> LateLine:
    return LateLine(
        row.milestone_id,
        row.owner_id,
        row.due_on,
        row.key,
        row.title,
        row.expected_date,
        row.date_basis,
        row.partnership or "Scotland",
        row.slug or "",
    )
