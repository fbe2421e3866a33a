"""What may have kept people from being notified about one milestone, looked up now."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, func, select

from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.audit.queries.deputies import deputies_on
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.calendar import DAY, SCOTLAND
from cycle_tracker.core.clock import london_time
from cycle_tracker.core.extensions import db
from cycle_tracker.core.preferences import OF_CONTACTS
from cycle_tracker.core.stand_ins import stand_in
from cycle_tracker.jobs.queries import QUEUE_NOTICES
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.job_run import JobRun, RunOutcome
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.people.rules import goes_to_stand_in
from cycle_tracker.reminders.queries.around import says_what_waits_is_late, unfinished_before
from cycle_tracker.reminders.queries.audiences import addressee_of, user_of
from cycle_tracker.reminders.queries.deciding import DECIDING, facts_for_batch
from cycle_tracker.reminders.queries.digest_days import NO_DIGESTS, digest_days_of
from cycle_tracker.reminders.queries.line_facts import is_first
from cycle_tracker.reminders.queries.notices import NoticeRecord, NoticeStatus
from cycle_tracker.reminders.rules.digests import Foretold, is_prompt
from cycle_tracker.reminders.rules.policies import Policy
from cycle_tracker.reminders.rules.reminders import UNREACHED, next_notice_on
from cycle_tracker.reminders.rules.silences import Silence, Stuck, Waits

DECIDED_BY = time(7, 15)
"""By then, London time, the day's notices should have been decided."""


def silence_of(milestone: Milestone, notified: Sequence[NoticeRecord], today: date, now: datetime) -> Silence:
    """What keeps anyone from being notified about this milestone, whose notices so far are `notified`."""
    row: Row[Any] = _row_of(milestone)
    known = facts_for_batch([row], today)
    deadline, policy = known.deadline(row), known.policy(row)
    owners = deadline.addressees.get(Audience.OWNER, ())
    of_this_date = [one for one in notified if one.due_on == milestone.due_on and one.ending is not Ending.SUPERSEDED]
    return Silence(
        deadline=deadline,
        policy=policy,
        waits_for=unfinished_before(milestone.id) if deadline.waits else (),
        closed_as=milestone.state.label.lower(),
        partnership=milestone.partnership.name if milestone.partnership else "Scotland",
        was_notified=any(one.status is NoticeStatus.SENT for one in of_this_date),
        owner=milestone.owner.name if milestone.owner else "",
        owner_may_be_notified=milestone.owner_id is not None and addressee_of(milestone.owner_id) in owners,
        stands_in=_names([number for one in owners if (number := user_of(one)) and number != milestone.owner_id]),
        unreachable=[one.audience for one in of_this_date if one.status is NoticeStatus.UNREACHABLE],
        waiting=_waiting(milestone, policy, today),
        switched_off=_switched_off(milestone),
        stuck=[
            Stuck(one.reader or one.name, one.trouble or "", one.status is NoticeStatus.FAILED)
            for one in of_this_date
            if one.status in {NoticeStatus.FAILED, NoticeStatus.ON_ITS_WAY}
        ],
        decided_for=_decided_for(),
        decided_by_now=_decided_by_now(london_time(now)),
        next_on=next_notice_on(deadline, policy, today),
    )


def _row_of(milestone: Milestone) -> Any:
    return db.session.execute(
        select(*DECIDING)
        .outerjoin(Partnership, Partnership.id == Milestone.partnership_id)
        .where(Milestone.id == milestone.id)
    ).one()


def _names(user_ids: Sequence[int]) -> list[str]:
    return list(db.session.scalars(select(User.name).where(User.id.in_(user_ids)).order_by(User.name, User.id)))


def _waiting(milestone: Milestone, policy: Policy, today: date) -> list[Waits]:
    rows = db.session.execute(
        select(Notice, User, Contact, is_first())
        .join(Milestone, Milestone.id == Notice.milestone_id)
        .outerjoin(User, User.id == Notice.user_id)
        .outerjoin(Contact, Contact.id == Notice.contact_id)
        .where(
            Notice.milestone_id == milestone.id,
            Notice.message_id.is_(None),
            Notice.ended_at.is_(None),
            Notice.unreachable.is_(False),
            ~Notice.addressee.startswith(UNREACHED),
            ~says_what_waits_is_late(),
        )
        .order_by(Notice.id)
    ).all()
    deputies = _deputies(milestone, [notice for notice, *_ in rows], today)
    had = digest_days_of(
        [*(notice.addressee for notice, *_ in rows), *(addressee_of(one.id) for one in deputies.values())], today
    )
    found = []
    for notice, user, contact, first in rows:
        person, deputy = user or contact, deputies.get(notice.id)
        if person is not None:
            taker = deputy or user
            steps, kind, is_new = tuple(notice.overtook), milestone.kind, milestone.expected_date
            step = Foretold(notice.step, steps, notice.audience, kind, first, is_new)
            digests = had.get(addressee_of(deputy.id) if deputy else notice.addressee, NO_DIGESTS)
            found.append(
                Waits(
                    f"{deputy.name} (for {person.name})" if deputy else person.name,
                    notice.step,
                    notice.due_on,
                    notice.queued_on,
                    at_once=notice.at_once,
                    preference=taker.preference if taker else OF_CONTACTS,
                    reminds_before=person.reminds_before,
                    prompt=is_prompt(step, policy),
                    last_digest_on=today if digests.has_todays else digests.last_on,
                )
            )
    return found


def _deputies(milestone: Milestone, waiting: Sequence[Notice], today: date) -> dict[int, User]:
    """Who gets these notices in place of somebody who is away, by the number of the notice: it goes when they take
    their mail."""
    deputies = deputies_on(today)
    gets = {one.id: stand_in(one.user_id, deputies) for one in waiting if one.user_id in deputies}
    viewers = viewers_of(set(gets.values()), today) if gets else {}
    people = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(viewers)))} if gets else {}
    return {
        one.id: people[there]
        for one in waiting
        if (there := gets.get(one.id)) not in {None, one.user_id}
        and goes_to_stand_in(viewers[there], one.audience, milestone.partnership_id, is_document=milestone.is_document)
    }


def _switched_off(milestone: Milestone) -> list[str]:
    """Who was not reminded of the present date because they chose no reminders before it."""
    rows = db.session.execute(
        select(func.coalesce(User.name, Contact.name))
        .select_from(Notice)
        .outerjoin(User, User.id == Notice.user_id)
        .outerjoin(Contact, Contact.id == Notice.contact_id)
        .where(
            Notice.milestone_id == milestone.id,
            Notice.due_on == milestone.due_on,
            Notice.ending == Ending.WITHDRAWN,
            Notice.ended_why == SWITCHED_OFF,
        )
        .order_by(Notice.id)
    )
    return list(dict.fromkeys(name for (name,) in rows if name))


SWITCHED_OFF = "reminders before the day are switched off"
"""What a notice says that ended for this reason: the words of `reminders.services.addressees.SWITCHED_OFF`."""


def _decided_for() -> date | None:
    """The last day for which notices were decided."""
    return db.session.scalar(
        select(func.max(JobRun.ran_for)).where(JobRun.job == QUEUE_NOTICES, JobRun.outcome == RunOutcome.FINISHED)
    )


def _decided_by_now(here: datetime) -> date:
    """The last working day for which notices should have been decided by this London time."""
    return SCOTLAND.on_or_before(here.date() if here.time() >= DECIDED_BY else here.date() - DAY)
