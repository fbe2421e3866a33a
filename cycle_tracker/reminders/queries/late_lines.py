"""All that is late of those who get a digest: what the digest lists beside its notices."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    not_,
    or_,
    select,
    true,
    tuple_,
    union,
    union_all,
)
from sqlalchemy.orm import aliased

from cycle_tracker.access.queries.scopes import IS_OPEN, may_be_seen_by
from cycle_tracker.access.queries.tenures import body_gives_access
from cycle_tracker.core.kinds import Basis
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.core.statements import built_once, day_of, numbers_of, rows_of
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership, PartnershipBody
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.reminders.queries.around import IS_SILENT, waits_now
from cycle_tracker.reminders.queries.line_facts import is_unshared
from cycle_tracker.reminders.rules.digests import LISTED_AT_MOST


@dataclass(frozen=True)
class LateLine:
    """One late milestone as a digest lists it. `owner_id` is whose it was then, None for one without an owner;
    `is_unshared` says of a document that officials cannot see the explanation of its date."""

    milestone_id: int
    owner_id: int | None
    due_on: date
    key: str
    title: str
    expected_date: bool
    date_basis: Basis
    partnership: str
    slug: str
    is_unshared: bool = False


@dataclass(frozen=True)
class LateList:
    """What one reader's digest lists as late beside its notices, oldest first, and how many more there are."""

    lines: Sequence[LateLine] = field(default_factory=tuple)
    more: int = 0


NOTHING_LATE = LateList()
ToldOf = Callable[[Any], ColumnElement[bool]]


def late_lists(readers: Mapping[int, Collection[int]], notice_ids: Collection[int], today: date) -> dict[int, LateList]:
    """All else that is late of each reader: without the milestones of the notices `notice_ids`, which their emails tell
    of. One statement for all of them, which reads no more rows than are listed.

    `readers` names for each whose work it is: their own, and that of those whom they cover. Somebody's work is what
    they own, and what nobody who may be notified owns in the partnerships that they lead: of that the notices come to
    them too. Only what the reader may see is listed.
    """
    if not readers:
        return {}
    pairs = [(reader, person) for reader, people in readers.items() for person in sorted(people)]
    rows: dict[int, list[Row[Any]]] = {}
    for row in rows_of(
        _statement(),
        pairs=pairs,
        readers=list(readers),
        people=sorted({person for _, person in pairs}),
        notices=list(notice_ids),
        today=today,
    ):
        rows.setdefault(row.reader_id, []).append(row)
    return {
        reader: LateList([_line(row) for row in theirs], theirs[0].total - len(theirs))
        for reader, theirs in rows.items()
    }


@built_once
def _statement() -> Select[*tuple[Any, ...]]:
    today = day_of()
    reader, person = aliased(User, name="reader"), aliased(User, name="person")
    pairs = (
        select(reader.id.label("reader_id"), person.id.label("person_id"))
        .join_from(reader, person, true())
        .where(
            reader.id.in_(numbers_of("readers")),
            person.id.in_(numbers_of("people")),
            tuple_(reader.id, person.id).in_(bindparam("pairs", expanding=True)),
        )
        .cte("pairs")
    )
    told_of = _told_of(pairs)
    # `union`, for of two who are covered, or with two grants, the same milestone may be found twice
    each = union(_owned(pairs, told_of, today), _without_owner(pairs, told_of, today)).subquery("each")
    by_reader: dict[str, Any] = {"partition_by": each.c.reader_id}
    ranked = select(
        each,
        func.row_number().over(order_by=(each.c.due_on, each.c.milestone_id), **by_reader).label("place"),
        func.count().over(**by_reader).label("total"),
    ).subquery("ranked")
    return (
        select(
            ranked.c.reader_id,
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
            is_unshared().label("is_unshared"),
        )
        .join(Milestone, Milestone.id == ranked.c.milestone_id)
        .outerjoin(Partnership, Partnership.id == Milestone.partnership_id)
        .where(ranked.c.place <= LISTED_AT_MOST)
        .order_by(ranked.c.reader_id, ranked.c.place)
    )


def _told_of(pairs: Any) -> ToldOf:
    """Whether an email tells of a milestone in one of its notices, given the column of its reader."""
    told = pairs.alias("told")
    return lambda reader_id: (
        exists()
        .where(
            Notice.id.in_(numbers_of("notices")),
            Notice.milestone_id == Milestone.id,
            Notice.ended_at.is_(None),
            Notice.user_id == told.c.person_id,
            told.c.reader_id == reader_id,
        )
        .correlate_except(Notice, told)
    )


def _owned(pairs: Any, told_of: ToldOf, today: Any) -> Select[*tuple[Any, ...]]:
    """What the people own."""
    return _late(pairs, told_of, today).join(Milestone, Milestone.owner_id == pairs.c.person_id)


def _without_owner(pairs: Any, told_of: ToldOf, today: Any) -> Select[*tuple[Any, ...]]:
    """What nobody who may be notified owns, in the partnerships that the people lead: by a role in one, or by one in
    all partnerships of an organisation."""
    by_partnership = (
        select(pairs.c.reader_id, RoleGrant.partnership_id)
        .join(RoleGrant, RoleGrant.user_id == pairs.c.person_id)
        .where(RoleGrant.role == Role.LEAD, RoleGrant.scope == Scope.PARTNERSHIP)
    )
    by_organisation = (
        select(pairs.c.reader_id, PartnershipBody.partnership_id)
        .join(RoleGrant, RoleGrant.user_id == pairs.c.person_id)
        .join(PartnershipBody, PartnershipBody.organisation_id == RoleGrant.organisation_id)
        .where(RoleGrant.role == Role.LEAD, RoleGrant.scope == Scope.ORGANISATION, body_gives_access(today))
    )
    led = union_all(by_partnership, by_organisation).subquery("led")
    has_none = not_(and_(Milestone.owner_id.is_not(None), may_be_seen_by(Milestone.owner_id, today)))
    return _late(led, told_of, today).join(Milestone, Milestone.partnership_id == led.c.partnership_id).where(has_none)


def _late(of: Any, told_of: ToldOf, today: Any) -> Select[*tuple[Any, ...]]:
    """What is open and past its date, not told of, not from before its partnership joined, waits for no other, is not
    silent, and is seen by the reader. In
    this order: nearly all of what is late is told of, and what the reader may see is asked last."""
    place = aliased(Partnership, name="place")
    not_joined = exists().where(
        place.id == Milestone.partnership_id, or_(place.notify_from.is_(None), place.notify_from > Milestone.due_on)
    )
    return (
        select(of.c.reader_id, Milestone.id.label("milestone_id"), Milestone.due_on)
        .select_from(of)
        .where(
            IS_OPEN,
            Milestone.due_on < today,
            not_(told_of(of.c.reader_id)),
            not_(not_joined.correlate(Milestone)),
            not_(waits_now()),
            not_(IS_SILENT.self_group()),
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
        row.is_unshared,
    )
