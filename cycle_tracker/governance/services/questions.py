"""The two questions to the clerk about what is on the agenda of a meeting: when its papers are due, and afterwards."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import uuid4

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from cycle_tracker.access.queries.tenures import membership_holds
from cycle_tracker.core import addresses
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.extensions import db
from cycle_tracker.core.wording import day
from cycle_tracker.governance.rules import asked_after_on, asked_before_on
from cycle_tracker.mail.services.outgoing import enqueue
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Group, Meeting, Membership, MembershipRole
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.partnerships.queries.calendars import calendar_of

LISTED_AT_MOST = 50


def ask_clerks(meeting_ids: Collection[int], today: date, now: datetime) -> int:
    """Write to the clerk of each group, in one email a meeting, what is on its agenda and not decided: on the day on
    which its papers are due, and five working days after it. Without a clerk the chair is asked; without either the
    question waits. Returns the number of emails.

    In one transaction, which the caller commits: of two runs at once the second finds nothing left.
    """
    written = 0
    for meeting in db.session.scalars(
        select(Meeting)
        .where(Meeting.id.in_(meeting_ids))
        .options(joinedload(Meeting.group).joinedload(Group.partnership))
        .order_by(Meeting.id)
    ).all():
        partnership, is_over = meeting.group.partnership, meeting.held_on < today
        if partnership is None or not _is_due(meeting, today, is_over=is_over):
            continue
        people = _clerks(meeting, today)
        waiting = _on_agenda(meeting)
        if people and waiting and _take(meeting, now, is_over=is_over):
            for person in people:
                _queue(meeting, partnership, waiting, person, now=now, is_over=is_over)
            written += len(people)
    return written


def _is_due(meeting: Meeting, today: date, *, is_over: bool) -> bool:
    calendar = calendar_of(meeting.group.partnership_id)
    if not calendar.is_working_day(today):
        return False
    if is_over:
        return asked_after_on(meeting.held_on, calendar) <= today
    return asked_before_on(meeting.held_on, meeting.papers_on, calendar) <= today


def _clerks(meeting: Meeting, today: date) -> Sequence[User]:
    """The active clerks of the group; where it has none, its chair."""
    found = db.session.execute(
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.group_id == meeting.group_id,
            Membership.role.in_((MembershipRole.CLERK, MembershipRole.CHAIR)),
            membership_holds(today),
            User.active,
        )
        .order_by(User.id)
    ).all()
    clerks = [user for user, role in found if role is MembershipRole.CLERK]
    return clerks or [user for user, _ in found]


def _on_agenda(meeting: Meeting) -> Sequence[Escalation]:
    return db.session.scalars(
        select(Escalation)
        .where(
            Escalation.meeting_id == meeting.id,
            Escalation.resolved_at.is_(None),
            Escalation.decided_at.is_(None),
        )
        .options(joinedload(Escalation.milestone))
        .order_by(Escalation.fell_due_on, Escalation.id)
    ).all()


def _take(meeting: Meeting, now: datetime, *, is_over: bool) -> bool:
    """Whether this run asks: no other did meanwhile."""
    asked = Meeting.asked_after_at if is_over else Meeting.asked_before_at
    taken = db.session.scalars(
        update(Meeting)
        .where(Meeting.id == meeting.id, asked.is_(None))
        .values({asked: now})
        .returning(Meeting.id)
        .execution_options(synchronize_session=False)
    ).all()
    return bool(taken)


def _queue(
    meeting: Meeting,
    partnership: Partnership,
    waiting: Sequence[Escalation],
    to: User,
    *,
    now: datetime,
    is_over: bool,
) -> None:
    service = current_app.config["SERVICE_URL"]
    enqueue(
        Message(
            identity=uuid4().hex,
            kind=MessageKind.GROUP,
            recipient=to.email,
            user_id=to.id,
            rendered_on=london_day(now),
        ),
        template="governance/mail/agenda",
        now=now,
        partnership=partnership.name,
        held_on=day(meeting.held_on),
        papers=_papers(meeting, london_day(now)),
        is_over=is_over,
        items=[
            {"title": one.milestone.title, "link": f"{service}{addresses.escalation(one.id)}"}
            for one in waiting[:LISTED_AT_MOST]
        ],
        more=max(0, len(waiting) - LISTED_AT_MOST),
        page=f"{service}{addresses.group(partnership.slug)}",
    )


def _papers(meeting: Meeting, today: date) -> str:
    """When the papers of a meeting are due, or were if somebody was asked late; empty if it is not known."""
    if meeting.papers_on is None:
        return ""
    return f"The papers {'were' if meeting.papers_on < today else 'are'} due by {day(meeting.papers_on)}."
