"""Answering by the link of an email what the status of one milestone is.

What whoever answers may do is asked again in the transaction of the answer. No date moves by a mail: that a milestone
needs a new one is written down, and its lead sees it. What a contact answers changes nothing either; its owner is told.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from cycle_tracker.access.services.tokens import hash_of
from cycle_tracker.answers.queries import Question, find_question
from cycle_tracker.audit.services import audit
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.rules.explanations import FURTHEST_AHEAD
from cycle_tracker.jobs.services.locks import lock
from cycle_tracker.milestones.services.milestones import DONE_BY_RECORD, finish_milestone, start_milestone
from cycle_tracker.models.access import AccessLink, LinkPurpose
from cycle_tracker.models.answer import Answer, AnswerKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.models.user import User
from cycle_tracker.reminders.queries.audiences import audiences_for, user_of
from cycle_tracker.reminders.rules.steps import ANSWERED

LONGEST_TEXT = 2000
AFRESH = "a later answer came"


class AnswerOver(Exception):
    """The link was used, is too old, never was one, or is no longer its holder's to use."""


@dataclass(frozen=True)
class ContactAnswer:
    """What somebody answers. `done_on` belongs to what is done, `new_date` to what needs one, and `text` to either of
    the others."""

    kind: AnswerKind
    done_on: date | None = None
    new_date: date | None = None
    text: str = ""


def find_asked(token: str, *, today: date, now: datetime) -> Question | None:
    """What a link asks, for its page; None for one that no longer holds."""
    return find_question(hash_of(token), today=today, now=now)


def answer(token: str, said: ContactAnswer, *, today: date, now: datetime) -> Answer:
    """Use the link, and do what is answered. Raises AnswerOver for a link that no longer holds, and RuleBroken, beside
    the field, for an answer that cannot be: the link can then be tried again."""
    question = find_question(hash_of(token), today=today, now=now)
    if question is None:
        raise AnswerOver
    milestone = question.milestone
    lock(milestone)
    db.session.refresh(milestone)
    question = find_question(hash_of(token), today=today, now=now)
    if question is None or not _spend(question, now=now):
        raise AnswerOver
    if not milestone.is_open:
        raise RuleBroken(f"This is already {milestone.state.label.lower()}. You do not need to update it.")
    _ensure_possible(milestone, said, today)
    given = _write(question, said, now=now)
    if question.user is not None:
        _act(milestone, said, by=question.user, today=today, now=now)
    elif question.contact is not None:
        _notify_owner(milestone, today=today, now=now)
    db.session.flush()
    return given


def _ensure_possible(milestone: Milestone, said: ContactAnswer, today: date) -> None:
    if said.kind is AnswerKind.DONE and milestone.is_document:
        raise RuleBroken("Record a plan or an annual report as published to mark it as done.", field="kind")
    if said.kind is AnswerKind.DONE and milestone.fact is not None:
        raise RuleBroken(DONE_BY_RECORD, field="kind")
    if len(said.text) > LONGEST_TEXT:
        raise RuleBroken(f"Your answer must be {LONGEST_TEXT:,} characters or fewer.", field="text")
    if said.kind is not AnswerKind.NEEDS_A_NEW_DATE:
        return
    if said.new_date is None:
        raise RuleBroken("Enter the new date.", field="new_date")
    if said.new_date <= today:
        raise RuleBroken("The new date must be in the future.", field="new_date")
    if said.new_date > today + FURTHEST_AHEAD:
        raise RuleBroken("The new date must be within three years.", field="new_date")
    if said.new_date == milestone.due_on:
        raise RuleBroken("This is already the due date.", field="new_date")
    if not said.text.strip():
        raise RuleBroken("Enter why it needs a new date.", field="text")


def _spend(question: Question, *, now: datetime) -> bool:
    """Use up every link of the same notice; True for exactly one of those who try at the same time."""
    links = db.session.scalars(
        select(AccessLink.id)
        .where(
            AccessLink.notice_id == question.notice_id,
            AccessLink.purpose == LinkPurpose.ANSWER,
            AccessLink.used_at.is_(None),
        )
        .order_by(AccessLink.id)
        .with_for_update()
    ).all()
    if question.link_id not in links:
        return False
    db.session.execute(
        update(AccessLink)
        .where(AccessLink.id.in_(links))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    return True


def _write(question: Question, said: ContactAnswer, *, now: datetime) -> Answer:
    """Keep what was answered, and write down that it came by a mailed link."""
    needs_date = said.kind is AnswerKind.NEEDS_A_NEW_DATE
    given = Answer(
        milestone_id=question.milestone.id,
        kind=said.kind,
        user_id=question.user.id if question.user else None,
        contact_id=question.contact.id if question.contact else None,
        new_date=said.new_date if needs_date else None,
        text=said.text.strip(),
        answered_at=now,
    )
    db.session.add(given)
    audit.record_milestone(
        question.milestone,
        "answered-by-mail",
        by=question.user,
        at=now,
        after={"kind": said.kind, "new_date": given.new_date, "contact_id": given.contact_id},
        reason=given.text,
    )
    return given


def _act(milestone: Milestone, said: ContactAnswer, *, by: User, today: date, now: datetime) -> None:
    if said.kind is AnswerKind.DONE:
        if said.done_on is None:
            raise RuleBroken("Enter the date it was done.", field="done_on")
        finish_milestone(milestone, said.done_on, by=by, today=today, now=now)
    elif said.kind is AnswerKind.ON_TRACK and milestone.state is State.NOT_STARTED:
        start_milestone(milestone, by=by, now=now)


def _notify_owner(milestone: Milestone, *, today: date, now: datetime) -> None:
    """Have the owner, or whoever stands in their place, told at the next run. Where they are still to be told of an
    earlier answer, that mail will tell of this one."""
    if milestone.due_on is None or milestone.partnership_id is None:
        return
    owners = [milestone.owner_id] if milestone.owner_id is not None else []
    people = audiences_for([milestone.partnership_id], owners, today).of(
        owner_id=milestone.owner_id, partnership_id=milestone.partnership_id, is_document=milestone.is_document
    )
    for addressee in people[Audience.OWNER]:
        earlier = db.session.scalars(
            select(Notice).where(
                Notice.milestone_id == milestone.id,
                Notice.step == ANSWERED,
                Notice.addressee == addressee,
                Notice.ended_at.is_(None),
            )
        ).all()
        if any(notice.message_id is None for notice in earlier):
            continue
        for notice in earlier:
            notice.ended_at, notice.ending, notice.ended_why = now, Ending.SUPERSEDED, AFRESH
        db.session.flush()
        db.session.add(
            Notice(
                milestone_id=milestone.id,
                due_on=milestone.due_on,
                step=ANSWERED,
                addressee=addressee,
                user_id=user_of(addressee),
                audience=Audience.OWNER,
                at_once=True,
                queued_on=today,
                queued_at=now,
            )
        )
