"""Notices that wait for a mail, and what a mail has to say about each."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import InstrumentedAttribute

from cycle_tracker.domain.kinds import Basis, Kind
from cycle_tracker.domain.lifecycle import State
from cycle_tracker.domain.policies import Audience
from cycle_tracker.extensions import db
from cycle_tracker.models import Escalation, Milestone, Notice, Partnership


@dataclass(frozen=True)
class NoticeLine:
    """One notice with the facts of its milestone that a mail shows."""

    notice_id: int
    user_id: int | None
    contact_id: int | None
    milestone_id: int
    step: str
    audience: Audience
    at_once: bool
    due_on: date
    overtook: tuple[str, ...]
    queued_on: date
    message_id: int | None
    key: str
    title: str
    kind: Kind
    state: State
    milestone_due_on: date | None
    target_on: date | None
    expected_date: bool
    reports_on: date | None
    duty_basis: Basis
    duty_citation: str
    date_basis: Basis
    date_citation: str
    partnership_id: int | None
    partnership: str
    slug: str
    escalation_id: int | None


_COLUMNS = (
    Notice.id.label("notice_id"),
    Notice.user_id,
    Notice.contact_id,
    Notice.milestone_id,
    Notice.step,
    Notice.audience,
    Notice.at_once,
    Notice.due_on,
    Notice.overtook,
    Notice.queued_on,
    Notice.message_id,
    Milestone.key,
    Milestone.title,
    Milestone.kind,
    Milestone.state,
    Milestone.due_on.label("milestone_due_on"),
    Milestone.target_on,
    Milestone.expected_date,
    Milestone.reports_on,
    Milestone.duty_basis,
    Milestone.duty_citation,
    Milestone.date_basis,
    Milestone.date_citation,
    Milestone.partnership_id,
    Partnership.name.label("partnership"),
    Partnership.slug,
    Escalation.id.label("escalation_id"),
)


def people_with_waiting_notices(*, after: int, limit: int) -> Sequence[int]:
    """The next people, by number, for whom a notice waits."""
    return db.session.scalars(
        select(Notice.user_id)
        .where(Notice.message_id.is_(None), Notice.ended_at.is_(None), Notice.user_id > after)
        .group_by(Notice.user_id)
        .order_by(Notice.user_id)
        .limit(limit)
    ).all()  # type: ignore[return-value]  # a person's number is there where it is greater than another


def waiting_notices(user_ids: Collection[int]) -> dict[int, list[NoticeLine]]:
    """What waits for each of these people, locked so that a second run writes no second mail."""
    return _by(
        Notice.user_id,
        _lines().where(Notice.user_id.in_(user_ids), Notice.message_id.is_(None), Notice.ended_at.is_(None)),
    )


def contacts_with_waiting_notices(*, after: int, limit: int) -> Sequence[int]:
    """The next contacts, by number, for whom a notice waits."""
    return db.session.scalars(
        select(Notice.contact_id)
        .where(
            Notice.message_id.is_(None),
            Notice.ended_at.is_(None),
            Notice.contact_id.is_not(None),
            Notice.contact_id > after,
        )
        .group_by(Notice.contact_id)
        .order_by(Notice.contact_id)
        .limit(limit)
    ).all()  # type: ignore[return-value]  # a contact's number is there where it is greater than another


def notices_waiting_for_contacts(contact_ids: Collection[int]) -> dict[int, list[NoticeLine]]:
    """What waits for each of these contacts, locked in the same way."""
    return _by(
        Notice.contact_id,
        _lines().where(Notice.contact_id.in_(contact_ids), Notice.message_id.is_(None), Notice.ended_at.is_(None)),
    )


def notices_of_messages(message_ids: Collection[int]) -> dict[int, list[NoticeLine]]:
    """The notices that still count, of each of these messages."""
    found: dict[int, list[NoticeLine]] = defaultdict(list)
    for row in db.session.execute(_lines().where(Notice.message_id.in_(message_ids), Notice.ended_at.is_(None))):
        line = _line(row)
        if line.message_id is not None:
            found[line.message_id].append(line)
    return found


def _lines() -> Select[*tuple[Any, ...]]:
    governance = (Escalation.audience == Audience.GOVERNANCE) & Escalation.resolved_at.is_(None)
    return (
        select(*_COLUMNS)
        .join(Milestone, Milestone.id == Notice.milestone_id)
        .outerjoin(Partnership, Partnership.id == Milestone.partnership_id)
        .outerjoin(Escalation, (Escalation.milestone_id == Notice.milestone_id) & governance)
        .order_by(Notice.user_id, Notice.contact_id, Notice.due_on, Notice.milestone_id, Notice.id)
    )


def _by(
    addressee: InstrumentedAttribute[int | None], statement: Select[*tuple[Any, ...]]
) -> dict[int, list[NoticeLine]]:
    """The lines by whom they are for, locked."""
    found: dict[int, list[NoticeLine]] = defaultdict(list)
    for row in db.session.execute(statement.with_for_update(of=Notice)):
        found[getattr(row, addressee.key)].append(_line(row))
    return found


def _line(row: Row[Any]) -> NoticeLine:
    values = row._asdict()
    values["overtook"] = tuple(values["overtook"])
    values["partnership"] = values["partnership"] or "Scotland"
    values["slug"] = values["slug"] or ""
    return NoticeLine(**values)
