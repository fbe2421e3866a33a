"""The steps of a milestone: on which day whom is to be notified of what. Pure: the same facts give the same steps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from cycle_tracker.core.audiences import Audience, EscalationStage
from cycle_tracker.core.calendar import WorkingCalendar
from cycle_tracker.core.deadlines import ALWAYS, is_before_service
from cycle_tracker.core.document_states import EXPLAIN_WORKING_DAYS, last_day_before_outstanding
from cycle_tracker.core.kinds import DOCUMENTS, Basis, Kind
from cycle_tracker.reminders.rules.policies import Policy, days_before

OPENS = "opens"
"""Sent to the owner of a report on the first working day on which it can be written."""

EXPLAIN = "explain"
ON_DAY = "on-day"
ASSIGNED = "assigned"
"""Sent straight away to a new owner. It has no day of its own, so no policy names it."""

ANSWERED = "answered"
"""Sent straight away to the owner: a contact answered by the link of a mail."""

RAISED = {Audience.GOVERNANCE: "raised-group", Audience.NATIONAL: "raised-national"}
"""Sent straight away to a group to which a person raised something, before its stage or further than any stage goes."""

UNDECIDED = "undecided-"
"""To the chair and the clerk: so many days something has waited for their group. No policy names it."""

BEFORE = "before-"
OVERDUE = "overdue-"
RUNG = "rung-"
_OWNER = (Audience.OWNER,)
_OWNER_AND_CONTACTS = (Audience.OWNER, Audience.CONTACT)


@dataclass(frozen=True)
class Deadline:
    """What the rule needs to know of one milestone.

    `entered_on` is the day it was put into the service; `expected_date` says that `due_on` is a new expected date noted
    with an explanation, or, with `after_interim`, the day after an interim plan; `opens_on` the first day on which a
    report can be written, None for anything else; `explain_by_target` is the guidance date of a document that nobody
    has explained yet; `notify_from` is the day before which nothing that fell due is anybody's business here; None
    where the partnership has not joined, and nobody is ever notified. `reply_by` is the day that an acknowledgement
    set: no further stage opens before it. `waits` says that it waits for an unfinished one before it, so that nobody is
    reminded that it is late; `free_since` is the day on which the last one before it ended, from which its stages count
    where it is later than the date; `document_with_group` says that the document it serves is with the governance
    group, so that it opens no stage of its own. `asks_contacts_after` says that contacts are also notified, once, that
    the date has passed. `addressees` holds the people behind each audience, keyed as notices are (`user:12`,
    `contact:3`).
    """

    due_on: date | None
    is_open: bool
    entered_on: date
    is_document: bool = False
    expected_date: bool = False
    after_interim: bool = False
    opens_on: date | None = None
    explain_by_target: date | None = None
    notify_from: date | None = ALWAYS
    reply_by: date | None = None
    waits: bool = False
    free_since: date | None = None
    document_with_group: bool = False
    asks_contacts_after: bool = False
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)
    addressees: Mapping[Audience, tuple[str, ...]] = field(default_factory=dict)

    @property
    def calls_for_notices(self) -> bool:
        """Whether anyone is ever notified: not if it is closed, has no date, or fell due before the service."""
        if not self.is_open or self.due_on is None:
            return False
        return not is_before_service(self.due_on, self.notify_from)


class Step(NamedTuple):
    """One moment at which an audience is notified: the day it names, and the working day on which they are notified.

    `is_rung` marks an escalation stage; `beside_owner` one whose owner has the step `overdue-N` of that day instead.
    """

    name: str
    named_day: date
    notify_on: date
    audiences: tuple[Audience, ...]
    is_rung: bool = False
    beside_owner: bool = False

    @property
    def once(self) -> bool:
        """Whether its audience is notified once, and it is not one of a row of repeats."""
        return self.is_rung or self.name == EXPLAIN


def may_wait(kind: Kind, duty_basis: Basis) -> bool:
    """Whether what is of this kind and rests on this basis can wait for another: no document, and no duty in law."""
    return kind not in DOCUMENTS and duty_basis is not Basis.STATUTE


def explain_on(target_on: date, calendar: WorkingCalendar) -> date:
    """The day from which a document is to be explained: ten working days before it shows as outstanding."""
    return calendar.working_days_before(last_day_before_outstanding(target_on), EXPLAIN_WORKING_DAYS)


def named_day_of(step: str, due_on: date) -> date | None:
    """The day that a step names, counted from the due date; None for one that stands in no row of days."""
    if step == ON_DAY:
        return due_on
    for start, sign in ((BEFORE, -1), (OVERDUE, 1)):
        if step.startswith(start):
            return due_on + sign * days_long(int(step.removeprefix(start)))
    return None


def all_steps(milestone: Deadline, policy: Policy, due_on: date, until: date) -> list[Step]:
    """The steps of the policy, those that repeat only as far as `until`."""
    return [
        *_opens_step(milestone, policy, due_on),
        *_before_steps(milestone, policy, due_on),
        *_after_steps(milestone, policy, due_on, until),
        *_rung_steps(milestone, policy, due_on),
        *_explain_step(milestone),
    ]


def _opens_step(milestone: Deadline, policy: Policy, due_on: date) -> Iterator[Step]:
    """That a report can be written now. Not before a new expected date, nor for what opened before the service, nor for
    a report that was entered later than that day."""
    opens_on = milestone.opens_on
    if not policy.opens or opens_on is None or opens_on >= due_on or milestone.expected_date:
        return
    notify_on = milestone.calendar.on_or_after(opens_on)
    if _known_since(milestone, policy) <= notify_on and not is_before_service(opens_on, milestone.notify_from):
        yield Step(OPENS, opens_on, notify_on, _OWNER)


def _known_since(milestone: Deadline, policy: Policy) -> date:
    """A reminder before the date is not sent late if its day lay before this one."""
    return max(milestone.entered_on, policy.before_since or date.min)


def _before_steps(milestone: Deadline, policy: Policy, due_on: date) -> Iterator[Step]:
    is_new = milestone.expected_date
    # The days before a new expected date are no policy's, and its contacts were asked before the first date.
    known_since = milestone.entered_on if is_new else _known_since(milestone, policy)
    asked = _OWNER if is_new else _asked(milestone)
    for days in days_before(policy, expected_date=is_new, after_interim=milestone.after_interim):
        named_day = due_on - days_long(days)
        notify_on = milestone.calendar.on_or_before(named_day)
        if known_since <= notify_on:
            yield Step(f"{BEFORE}{days}" if days else ON_DAY, named_day, notify_on, asked)


def _after_steps(milestone: Deadline, policy: Policy, due_on: date, until: date) -> Iterator[Step]:
    if milestone.waits:
        return
    days = policy.first_after
    while due_on + days_long(days) <= until:
        named_day = due_on + days_long(days)
        asked = _asked(milestone) if milestone.asks_contacts_after and days == policy.first_after else _OWNER
        yield Step(f"{OVERDUE}{days}", named_day, _late_day(milestone, named_day), asked)
        if policy.repeat_every is None:
            return
        days = policy.repeat_every.after(days)


def _late_day(milestone: Deadline, named_day: date) -> date:
    """The working day of a repeat: not before the last one before it ended."""
    day = max(named_day, milestone.free_since) if milestone.free_since else named_day
    return milestone.calendar.on_or_after(day)


def _rung_steps(milestone: Deadline, policy: Policy, due_on: date) -> Iterator[Step]:
    for rung in stages_of(milestone, policy):
        beside_owner = rung.days == policy.first_after and Audience.OWNER in rung.audiences
        heard = rung.audiences if rung.by_email else ()
        audiences = tuple(who for who in heard if not (beside_owner and who is Audience.OWNER))
        # Also with nobody to email: the job comes back on that day to open the stage.
        named_day = _stages_count_from(milestone, due_on) + days_long(rung.days)
        notify_on = stage_opens_on(milestone, due_on, rung)
        yield Step(f"{RUNG}{rung.days}", named_day, notify_on, audiences, is_rung=True, beside_owner=beside_owner)


def stages_of(milestone: Deadline, policy: Policy) -> tuple[EscalationStage, ...]:
    """The stages that a milestone can come to as it stands: none while it waits, or its document is with the group."""
    return () if milestone.waits or milestone.document_with_group else policy.rungs


def _stages_count_from(milestone: Deadline, due_on: date) -> date:
    return max(due_on, milestone.free_since) if milestone.free_since else due_on


def stage_opens_on(milestone: Deadline, due_on: date, rung: EscalationStage) -> date:
    """The working day on which a stage opens: not before the day by which someone who acknowledged it will reply. It is
    counted from the date, or from the day on which the last one before it ended."""
    day = _stages_count_from(milestone, due_on) + days_long(rung.days)
    return milestone.calendar.on_or_after(max(day, milestone.reply_by) if milestone.reply_by else day)


def _asked(milestone: Deadline) -> tuple[Audience, ...]:
    """Who is reminded of the date: its owner, and the contacts who are asked about it."""
    return _OWNER_AND_CONTACTS if milestone.addressees.get(Audience.CONTACT) else _OWNER


def _explain_step(milestone: Deadline) -> Iterator[Step]:
    """Some days before an unexplained document shows as outstanding, its leads and its owner are offered to explain it.

    Not for a guidance date that lay before the service, nor for a document that was entered later than that day. A
    lead who owns it hears as lead, for leads propose dates.
    """
    target_on = milestone.explain_by_target
    if target_on is None or is_before_service(target_on, milestone.notify_from):
        return
    notify_on = explain_on(target_on, milestone.calendar)
    if milestone.entered_on <= notify_on:
        yield Step(EXPLAIN, notify_on, notify_on, (Audience.LEAD, Audience.OWNER))


def is_early(step: str) -> bool:
    """True for a reminder that comes before the day: what people who want no early reminders do not get."""
    return step == OPENS or step.startswith(BEFORE)


@lru_cache(maxsize=1024)
def days_long(count: int) -> timedelta:
    """So many days; kept, because a sweep asks for the same few thousands of times."""
    return timedelta(days=count)
