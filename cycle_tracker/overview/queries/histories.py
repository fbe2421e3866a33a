"""What happened to a milestone, and the notices sent about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, or_, select

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.statements import built_once, number_of, numbers_of, rows_of
from cycle_tracker.governance.queries.decisions import list_decisions
from cycle_tracker.governance.rules import SHOWN
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.decision import Decision
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.models.user import User

DATE_EVENTS = (
    "date-moved",
    "expected-date-noted",
    "expected-date-undone",
    "date-proposed",
    "proposal-withdrawn",
    "proposal-declined",
)
"""Audit events that repeat what the rows of date changes say."""


@dataclass(frozen=True)
class History:
    """The rows that tell what happened, each newest first, and the names of the people in them. Among the date changes
    are those that were only proposed; `decisions` are those of the governance group."""

    events: Sequence[AuditEvent]
    date_changes: Sequence[DateChange]
    escalations: Sequence[Escalation]
    names: dict[int, str]
    decisions: Sequence[Decision] = ()


@dataclass(frozen=True)
class SentNotice:
    """One notice of a milestone, who it was for, and what became of its email.

    `name` is None where there was no one in its audience.
    """

    step: str
    due_on: date
    audience: Audience
    name: str | None
    unreachable: bool
    overtook: Sequence[str]
    queued_at: datetime
    queued_on: date
    ended_at: datetime | None
    ending: Ending | None
    ended_why: str
    mail_state: MessageState | None
    mail_ended_at: datetime | None
    mail_trouble: str | None


def get_history(on_page: OnPage, date_changes: Sequence[DateChange]) -> History:
    """What happened to a milestone besides these changes of its date, in four statements at most."""
    milestone, has = on_page.milestone, on_page.has
    about = {"milestone": milestone.id}
    events = db.session.scalars(_events(), about).all() if has.events else []
    escalations = db.session.scalars(_escalations(), about).all() if has.escalations else []
    people = {
        *(event.actor_id for event in events),
        *(event.after.get("owner_id") for event in events),
        *(event.after.get("for_id") for event in events),
        *(one.raised_by_id for one in escalations),
        *(one.acknowledged_by_id for one in escalations),
        *(change.noted_by_id for change in date_changes),
        *(change.proposed_by_id for change in date_changes),
        *(change.declined_by_id for change in date_changes),
    }
    return History(
        events,
        date_changes,
        escalations,
        _names(person for person in people if person is not None),
        list_decisions(milestone) if has.escalations else [],  # each decision is on an escalation
    )


def list_notices(milestone: Milestone) -> list[SentNotice]:
    """Every notice that a milestone has had, the newest first, in one statement."""
    return [SentNotice(**row._asdict()) for row in rows_of(_notices(), milestone=milestone.id)]


@built_once
def _events() -> Select[AuditEvent]:
    return (
        select(AuditEvent)
        .where(
            AuditEvent.subject == "milestone",
            AuditEvent.subject_id == number_of("milestone"),
            AuditEvent.action.not_in(DATE_EVENTS),
        )
        .order_by(AuditEvent.id.desc())
    )


@built_once
def _escalations() -> Select[Escalation]:
    return (
        select(Escalation)
        .where(
            Escalation.milestone_id == number_of("milestone"),
            or_(Escalation.audience.in_(sorted(SHOWN)), Escalation.acknowledged_at.is_not(None)),
        )
        .order_by(Escalation.id.desc())
    )


@built_once
def _notices() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Notice.step,
            Notice.due_on,
            Notice.audience,
            User.name,
            Notice.unreachable,
            Notice.overtook,
            Notice.queued_at,
            Notice.queued_on,
            Notice.ended_at,
            Notice.ending,
            Notice.ended_why,
            Message.state.label("mail_state"),
            Message.ended_at.label("mail_ended_at"),
            Message.trouble.label("mail_trouble"),
        )
        .outerjoin(User, User.id == Notice.user_id)
        .outerjoin(Message, Message.id == Notice.message_id)
        .where(Notice.milestone_id == number_of("milestone"))
        .order_by(Notice.queued_on.desc(), Notice.id.desc())
    )


def _names(user_ids: Iterable[int]) -> dict[int, str]:
    people = sorted(set(user_ids))
    return {row.id: row.name for row in rows_of(_people(), people=people)} if people else {}


@built_once
def _people() -> Select[*tuple[Any, ...]]:
    return select(User.id, User.name).where(User.id.in_(numbers_of("people"))).order_by(User.id)
