"""What is known of a notice beside its own row, as parts of the statements that read notices; and which contacts
answered that something is done, so that they are not asked again."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, func, not_, or_, select
from sqlalchemy.orm import aliased

from cycle_tracker.access.queries.scopes import IS_DOCUMENT, IS_OPEN
from cycle_tracker.core.audiences import HEARD_AT_ONCE, Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import is_one_of
from cycle_tracker.models.answer import Answer, AnswerKind
from cycle_tracker.models.date_change import NOTED, DateChange, DateChangeKind
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.reminders.rules.digests import FIRST_AND_LAST_AT_ONCE, OF_PEOPLE
from cycle_tracker.reminders.rules.steps import ANSWERED, RAISED


def is_first() -> ColumnElement[bool]:
    """True for a notice of a document or a consultation before which nobody was notified of this date."""
    earlier = aliased(Notice, name="earlier")
    is_of_one = is_one_of(Milestone.kind, sorted(FIRST_AND_LAST_AT_ONCE))
    was_any = exists().where(
        and_(
            earlier.milestone_id == Notice.milestone_id,
            earlier.due_on == Notice.due_on,
            earlier.ended_at.is_(None),
            earlier.queued_on < Notice.queued_on,
            earlier.step.not_in(sorted(OF_PEOPLE)),
        )
    )
    return case((is_of_one, ~was_any.correlate(Notice)), else_=false())


def is_unshared() -> ColumnElement[bool]:
    """True for a document whose new expected date was agreed with an explanation that officials cannot see: the twin in
    SQL of `unshared_explanation` in `documents.queries.explanations`."""
    newest = aliased(DateChange, name="newest_explanation")
    was_agreed = (
        DateChange.milestone_id == Milestone.id,
        DateChange.kind == DateChangeKind.EXPECTED,
        NOTED,
    )
    last = select(func.max(DateChange.id)).where(*was_agreed).correlate(Milestone).scalar_subquery()
    unshared = (
        exists()
        .where(newest.id == last, not_(newest.shared), newest.new_due_on == Milestone.due_on)
        .correlate(Milestone)
    )
    return case((and_(Milestone.expected_date, IS_DOCUMENT, IS_OPEN), unshared), else_=false())


def with_its_audience() -> Any:
    """The newest open escalation to the audience of a notice, where that decides: of a step by which it was raised, the
    one that was."""
    return (
        select(func.max(Escalation.id))
        .where(
            Escalation.milestone_id == Notice.milestone_id,
            Escalation.audience == Notice.audience,
            Escalation.resolved_at.is_(None),
            Notice.audience.in_(sorted(HEARD_AT_ONCE)),
            or_(Notice.step.not_in(sorted(RAISED.values())), Escalation.raised_by_id.is_not(None)),
        )
        .correlate(Notice)
        .scalar_subquery()
    )


def last_acknowledged() -> Any:
    """The open escalation of a notice's milestone that was acknowledged last, within the partnership."""
    return (
        select(func.max(Escalation.id))
        .where(
            Escalation.milestone_id == Notice.milestone_id,
            Escalation.resolved_at.is_(None),
            Escalation.acknowledged_at.is_not(None),
            Escalation.audience != Audience.NATIONAL,
            Notice.audience.not_in([Audience.NATIONAL, Audience.CONTACT]),
        )
        .correlate(Notice)
        .scalar_subquery()
    )


def last_answer() -> Any:
    """What a contact answered last about the milestone of a notice about that answer."""
    return (
        select(func.max(Answer.id))
        .where(Answer.milestone_id == Notice.milestone_id, Answer.contact_id.is_not(None), Notice.step == ANSWERED)
        .correlate(Notice)
        .scalar_subquery()
    )


def has_said_done(contact_id: Any, milestone_id: Any) -> ColumnElement[bool]:
    """True where this contact answered last that this milestone is done."""
    return exists().where(Answer.contact_id == contact_id, Answer.milestone_id == milestone_id, _still_holds())


def contacts_who_said_done(contact_ids: Collection[int]) -> set[tuple[int, int]]:
    """Who of these contacts answered of which milestone that it is done; one statement, or none without contacts."""
    if not contact_ids:
        return set()
    rows = db.session.execute(
        select(Answer.contact_id, Answer.milestone_id).where(Answer.contact_id.in_(contact_ids), _still_holds())
    )
    return {(contact_id, milestone_id) for contact_id, milestone_id in rows if contact_id is not None}


def _still_holds() -> ColumnElement[bool]:
    """True for an answer that it is done, unless the contact said something else later, or was asked anew: a new date
    and a re-opening supersede what was asked before."""
    later, before = aliased(Answer, name="later"), aliased(Notice, name="asked_before")
    said_else = exists().where(
        later.contact_id == Answer.contact_id, later.milestone_id == Answer.milestone_id, later.id > Answer.id
    )
    asked_anew = exists().where(
        before.contact_id == Answer.contact_id,
        before.milestone_id == Answer.milestone_id,
        before.ending == Ending.SUPERSEDED,
        before.ended_at > Answer.answered_at,
    )
    return and_(Answer.kind == AnswerKind.DONE, ~said_else.correlate(Answer), ~asked_anew.correlate(Answer))


def with_group_since() -> Any:
    """The day on which the milestone of a notice to its owner or a lead was escalated to the governance group, and is
    open there."""
    return (
        select(func.min(Escalation.fell_due_on))
        .where(
            Escalation.milestone_id == Notice.milestone_id,
            Escalation.audience == Audience.GOVERNANCE,
            Escalation.resolved_at.is_(None),
            Notice.audience.in_([Audience.OWNER, Audience.LEAD]),
        )
        .correlate(Notice)
        .scalar_subquery()
    )
