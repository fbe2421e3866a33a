"""What people do about an escalation: acknowledge it with a day for their reply, raise something to the governance
group before its escalation stage, or to the Scottish Government escalation group, to which no stage goes.

An acknowledgement holds back further rungs until its day and nothing else: the owner's reminders go on.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import select

from cycle_tracker.access.queries.viewers import viewer_of, viewers_of
from cycle_tracker.access.rules.permissions import may_see
from cycle_tracker.audit.services import audit
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.wording import day
from cycle_tracker.documents.services.explanations import ensure_open
from cycle_tracker.governance.queries.open_escalations import chairs_group_of, is_in_national_group, national_members
from cycle_tracker.governance.rules import (
    OWN,
    SHOWN,
    answers_for,
    ensure_agenda_day,
    ensure_reason,
    ensure_reply_day,
)
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Meeting
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.user import User
from cycle_tracker.partnerships.queries.calendars import calendar_of
from cycle_tracker.reminders.queries.audiences import addressee_of, audiences_for, user_of
from cycle_tracker.reminders.queries.deadlines import deadline_of
from cycle_tracker.reminders.rules.reminders import UNREACHED
from cycle_tracker.reminders.rules.steps import RAISED

NAMES = {
    Audience.OWNER: "the owner",
    Audience.LEAD: "the owner and the planning leads",
    Audience.CHAIR: "the chair",
    Audience.GOVERNANCE: "the governance group",
    Audience.NATIONAL: "the Scottish Government escalation group",
}


def acknowledge(escalation: Escalation, reply_by: date, *, by: User, today: date, now: datetime) -> None:
    """Say that one has seen what came to one's audience, and by which working day it replies.

    Raises RuleBroken for what is settled or acknowledged already, for anybody who is not of that audience, for the
    owner and the leads where a wider audience has it or they said so once of this date, and for a day that is too far
    ahead or none to reply on. So a lead holds their group's rung back once for a date, and by two weeks at most.
    """
    _ensure_may_reply(escalation, by, today)
    ensure_reply_day(escalation.audience, reply_by, today, calendar_of(escalation.milestone.partnership_id))
    _keep_reply(escalation, reply_by, None, by=by, now=now)


def put_on_agenda(escalation: Escalation, meeting: Meeting, *, by: User, today: date, now: datetime) -> None:
    """Say that what came to the group, or its chair, is on the agenda of one of its meetings to come: the group replies
    by that day, which may be no working day. What was on the agenda of a meeting that decided nothing can be put on
    that of another.

    Raises RuleBroken as `acknowledge` does, and for a meeting of another group, a past one, and one too far ahead.
    """
    _ensure_may_reply(escalation, by, today)
    if meeting.group.partnership_id != escalation.milestone.partnership_id:
        raise RuleBroken("Choose a meeting of the group.", field="meeting")
    ensure_agenda_day(escalation.audience, meeting.held_on, today)
    _keep_reply(escalation, meeting.held_on, meeting, by=by, now=now)


def _ensure_may_reply(escalation: Escalation, by: User, today: date) -> None:
    if escalation.resolved_at is not None:
        raise RuleBroken("This has already been settled.")
    if escalation.acknowledged_at is not None and not may_reply_again(escalation, today):
        raise RuleBroken(_said_already(escalation))
    _ensure_answers_for(escalation, by, today)
    _ensure_first_of_its_date(escalation)


def may_reply_again(escalation: Escalation, today: date) -> bool:
    """Whether the group can say again by when it replies: it was on the agenda of a meeting that is over."""
    if escalation.audience is not Audience.GOVERNANCE or escalation.meeting_id is None:
        return False
    return escalation.decided_at is None and escalation.reply_by is not None and escalation.reply_by < today


def _keep_reply(escalation: Escalation, reply_by: date, meeting: Meeting | None, *, by: User, now: datetime) -> None:
    escalation.acknowledged_at, escalation.acknowledged_by_id, escalation.reply_by = now, by.id, reply_by
    escalation.meeting = meeting
    count_as_changed(escalation.milestone)
    after: dict[str, object] = {"reply_by": reply_by}
    if meeting is not None:
        after["meeting_id"] = meeting.id
    _record(escalation, "acknowledged", by=by, now=now, after=after)


def raise_to_group(milestone: Milestone, why: str, *, by: User, today: date, now: datetime) -> Escalation:
    """Bring something to the governance group before its escalation stage, with a reason.

    Raises RuleBroken for what is closed, has no date or fell due before the service, where the group has it already,
    and for a reason that says nothing.
    """
    return _raise(milestone, Audience.GOVERNANCE, why, by=by, today=today, now=now)


def raise_further(milestone: Milestone, why: str, *, by: User, today: date, now: datetime) -> Escalation:
    """Bring a document to the Scottish Government escalation group, with a reason: no rung goes so far.

    Raises RuleBroken as `raise_to_group` does, and for anything but a document, which is all that the nation sees.
    """
    if not milestone.is_document:
        raise RuleBroken("You can escalate only plans and annual reports to the Scottish Government escalation group.")
    return _raise(milestone, Audience.NATIONAL, why, by=by, today=today, now=now)


def _raise(milestone: Milestone, audience: Audience, why: str, *, by: User, today: date, now: datetime) -> Escalation:
    ensure_open(milestone)
    if milestone.due_on is None or milestone.partnership is None:
        raise RuleBroken("This has no date yet, so you cannot escalate it.")
    if milestone.partnership.notify_from is None:
        raise RuleBroken(f"{milestone.partnership.name} has not joined this service, so you cannot escalate it.")
    if not deadline_of(milestone, notify_from=milestone.partnership.notify_from).calls_for_notices:
        raise RuleBroken("This was due before the partnership used this service, so you cannot escalate it.")
    if _open_to(milestone, {audience}):
        raise RuleBroken(f"This is already with {NAMES[audience]}.")
    ensure_reason(why)
    raised = Escalation(
        milestone_id=milestone.id,
        due_on=milestone.due_on,
        rung=(today - milestone.due_on).days,
        audience=audience,
        fell_due_on=today,
        opened_at=now,
        raised_by_id=by.id,
        raised_why=why.strip(),
    )
    db.session.add(raised)
    db.session.add_all(_notices(raised, milestone, by=by, today=today, now=now))
    count_as_changed(milestone)
    db.session.flush()
    _record(raised, "raised", by=by, now=now, after={"audience": audience, "rung": raised.rung}, reason=why.strip())
    return raised


def _notices(raised: Escalation, milestone: Milestone, *, by: User, today: date, now: datetime) -> Iterable[Notice]:
    """One for each member of the group who may see it, but for whoever raised it; where there is no member, one that
    says that nobody could be told."""
    members = _members(milestone, raised.audience, today)
    others = [one for one in members if one != addressee_of(by.id)]
    for addressee in others if members else [f"{UNREACHED}{raised.audience}"]:
        yield Notice(
            milestone_id=milestone.id,
            due_on=raised.due_on,
            step=RAISED[raised.audience],
            addressee=addressee,
            user_id=user_of(addressee),
            audience=raised.audience,
            at_once=True,
            unreachable=not members,
            queued_on=today,
            queued_at=now,
        )


def _members(milestone: Milestone, audience: Audience, today: date) -> Collection[str]:
    """The members of the group who may see the milestone, as notices key them."""
    if audience is Audience.NATIONAL:
        viewers = viewers_of(national_members(today), today)
        return [
            addressee_of(user_id)
            for user_id, viewer in sorted(viewers.items())
            if may_see(viewer, milestone.partnership_id, is_document=milestone.is_document)
        ]
    partnership_ids = [milestone.partnership_id] if milestone.partnership_id is not None else []
    found = audiences_for(partnership_ids, [], today)
    return found.of(owner_id=None, partnership_id=milestone.partnership_id, is_document=milestone.is_document)[audience]


def _ensure_answers_for(escalation: Escalation, by: User, today: date) -> None:
    milestone = escalation.milestone
    if milestone.partnership_id is None or not answers_for(
        viewer_of(by.id, today),
        escalation.audience,
        milestone.partnership_id,
        owner_id=milestone.owner_id,
        chairs=escalation.audience is Audience.CHAIR and chairs_group_of(by.id, milestone.partnership_id, today),
        in_national_group=escalation.audience is Audience.NATIONAL and is_in_national_group(by.id, today),
    ):
        raise RuleBroken(f"This was escalated to {NAMES[escalation.audience]}, so only they can give a reply date.")


def _ensure_first_of_its_date(escalation: Escalation) -> None:
    """The owner and the leads, and the chair, hold a further rung back once for each date; the owner and the leads not
    once it has gone further."""
    if escalation.audience in OWN and _open_to(escalation.milestone, SHOWN):
        raise RuleBroken("This has been escalated further, so you can no longer delay it with a reply date.")
    same = OWN if escalation.audience in OWN else {escalation.audience}
    if escalation.audience in {*OWN, Audience.CHAIR}:
        earlier = db.session.scalars(
            select(Escalation)
            .where(
                Escalation.milestone_id == escalation.milestone_id,
                Escalation.due_on == escalation.due_on,
                Escalation.audience.in_(sorted(same)),
                Escalation.acknowledged_at.is_not(None),
            )
            .order_by(Escalation.id)
            .limit(1)
        ).one_or_none()
        if earlier is not None:
            raise RuleBroken(f"{_said_already(earlier)} This can be done once for each due date.")


def _said_already(escalation: Escalation) -> str:
    who = escalation.acknowledged_by.name if escalation.acknowledged_by else "Someone"
    return f"{who} has already given a reply date, {day(escalation.reply_by)}."


def _open_to(milestone: Milestone, audiences: Collection[Audience]) -> bool:
    found = select(Escalation.id).where(
        Escalation.milestone_id == milestone.id,
        Escalation.audience.in_(sorted(audiences)),
        Escalation.resolved_at.is_(None),
    )
    return db.session.execute(found.limit(1)).first() is not None


def _record(
    escalation: Escalation, action: str, *, by: User, now: datetime, after: dict[str, object], reason: str = ""
) -> None:
    audit.record(
        "escalation",
        escalation.id,
        action,
        by=by,
        at=now,
        partnership_id=escalation.milestone.partnership_id,
        after={**after, "milestone_id": escalation.milestone_id},
        reason=reason,
    )
    db.session.flush()
