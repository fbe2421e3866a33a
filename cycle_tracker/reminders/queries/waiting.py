"""Notices that wait for an email, and what an email has to say about each."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.models.answer import Answer, AnswerKind
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.reminders.queries.around import says_what_waits_is_late
from cycle_tracker.reminders.queries.line_facts import (
    is_first,
    is_unshared,
    last_acknowledged,
    last_answer,
    with_group_since,
    with_its_audience,
)


@dataclass(frozen=True)
class NoticeLine:
    """One notice with the facts of its milestone that an email shows.

    `escalation_id` is what is open with the audience of the notice, for one that decides; `raised_why` and `raised_by`
    are set where a person raised it. `reply_by` is the latest day that was set when it was acknowledged, and
    `acknowledged_by` who did; what was passed to the national group is not shown outside it. `answer` is what a contact
    answered last, of a notice about it, and `answered_by` their name and organisation. `is_first` is true of a document
    or a consultation, if nobody was notified of this date before, and `waits` of what says that something is late which
    waits for another by now. `with_group_since` is the day on which it was escalated to the governance group, for the
    owner and the leads. `is_unshared` says of a document that officials cannot see the explanation of its date.
    """

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
    raised_why: str = ""
    raised_by: str = ""
    reply_by: date | None = None
    acknowledged_by: str = ""
    owner_id: int | None = None
    answer: AnswerKind | None = None
    answer_date: date | None = None
    answer_text: str = ""
    answered_by: str = ""
    is_first: bool = False
    waits: bool = False
    with_group_since: date | None = None
    is_unshared: bool = False


_acknowledged = aliased(Escalation, name="acknowledged")
_raiser, _acknowledger = aliased(User, name="raiser"), aliased(User, name="acknowledger")

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
    Milestone.measured_on.label("target_on"),
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
    Escalation.raised_why,
    _raiser.name.label("raised_by"),
    _acknowledged.reply_by,
    _acknowledger.name.label("acknowledged_by"),
    Milestone.owner_id,
    Answer.kind.label("answer"),
    Answer.new_date.label("answer_date"),
    Answer.text.label("answer_text"),
    Contact.name.label("answered_by"),
    Organisation.name.label("answered_for"),
    is_first().label("is_first"),
    says_what_waits_is_late().label("waits"),
    with_group_since().label("with_group_since"),
    is_unshared().label("is_unshared"),
)

_WAITS = (Notice.message_id.is_(None), Notice.ended_at.is_(None))


def people_with_waiting_notices(*, after: int, limit: int, queued_on: date | None = None) -> Sequence[int]:
    """The next people, by number, for whom a notice waits; with `queued_on`, one of that day."""
    return db.session.scalars(
        select(Notice.user_id)
        .where(*_WAITS, Notice.user_id > after, *_of_day(queued_on))
        .group_by(Notice.user_id)
        .order_by(Notice.user_id)
        .limit(limit)
    ).all()  # type: ignore[return-value]  # a person's number is there where it is greater than another


def waiting_notices(user_ids: Collection[int]) -> dict[int, list[NoticeLine]]:
    """What waits for each of these people, locked so that a second run writes no second email."""
    return _by(Notice.user_id, _lines().where(Notice.user_id.in_(user_ids), *_WAITS))


def contacts_with_waiting_notices(*, after: int, limit: int, queued_on: date | None = None) -> Sequence[int]:
    """The next contacts, by number, for whom a notice waits; with `queued_on`, one of that day."""
    return db.session.scalars(
        select(Notice.contact_id)
        .where(*_WAITS, Notice.contact_id.is_not(None), Notice.contact_id > after, *_of_day(queued_on))
        .group_by(Notice.contact_id)
        .order_by(Notice.contact_id)
        .limit(limit)
    ).all()  # type: ignore[return-value]  # a contact's number is there where it is greater than another


def notices_waiting_for_contacts(contact_ids: Collection[int]) -> dict[int, list[NoticeLine]]:
    """What waits for each of these contacts, locked in the same way."""
    return _by(Notice.contact_id, _lines().where(Notice.contact_id.in_(contact_ids), *_WAITS))


def _of_day(queued_on: date | None) -> list[ColumnElement[bool]]:
    return [] if queued_on is None else [Notice.queued_on == queued_on]


def notices_of_messages(message_ids: Collection[int]) -> dict[int, list[NoticeLine]]:
    """The notices that still count, of each of these messages."""
    found: dict[int, list[NoticeLine]] = defaultdict(list)
    for row in db.session.execute(_lines().where(Notice.message_id.in_(message_ids), Notice.ended_at.is_(None))):
        line = _line(row)
        if line.message_id is not None:
            found[line.message_id].append(line)
    return found


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select(*_COLUMNS)
        .join(Milestone, Milestone.id == Notice.milestone_id)
        .outerjoin(Partnership, Partnership.id == Milestone.partnership_id)
        .outerjoin(Escalation, Escalation.id == with_its_audience())
        .outerjoin(_raiser, _raiser.id == Escalation.raised_by_id)
        .outerjoin(_acknowledged, _acknowledged.id == last_acknowledged())
        .outerjoin(_acknowledger, _acknowledger.id == _acknowledged.acknowledged_by_id)
        .outerjoin(Answer, Answer.id == last_answer())
        .outerjoin(Contact, Contact.id == Answer.contact_id)
        .outerjoin(Organisation, Organisation.id == Contact.organisation_id)
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
    for name in ("slug", "raised_why", "raised_by", "acknowledged_by", "answer_text", "answered_by"):
        values[name] = values[name] or ""
    if organisation := values.pop("answered_for"):
        values["answered_by"] += f", {organisation}"
    return NoticeLine(**values)
