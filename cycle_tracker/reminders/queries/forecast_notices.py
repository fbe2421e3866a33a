"""The notices of the days ahead: those that wait for an email, and those that the rules will write.

Milestones are read in batches, in the order of their bookmarks, so that the memory used depends on how many notices
there will be, and not on how many milestones there are.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, not_, or_, select, true, tuple_

from cycle_tracker.access.queries.scopes import IS_OPEN
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.calendar import DAY
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DOCUMENTS, Kind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.reminders.queries.around import says_what_waits_is_late
from cycle_tracker.reminders.queries.deadlines import Policies
from cycle_tracker.reminders.queries.deciding import DECIDING, facts_for_batch
from cycle_tracker.reminders.queries.line_facts import is_first
from cycle_tracker.reminders.rules.digests import OF_PEOPLE, Foretold, is_prompt
from cycle_tracker.reminders.rules.forecasts import NoticeAhead, notices_ahead
from cycle_tracker.reminders.rules.policies import FURTHEST_BEFORE, Policy, policy_under
from cycle_tracker.reminders.rules.steps import RUNG

BATCH = 500


FURTHEST = FURTHEST_BEFORE + DAY * 60
"""The furthest that a due date can be behind its reminder, with the closure days between them."""


# The day of the first notice of a report; of anything else it is counted from the due date.
_OPENS = case((Milestone.kind == Kind.ANNUAL_REPORT, Milestone.opens_on))


@dataclass(frozen=True)
class NoticeMilestone:
    """The milestone that a notice is about."""

    id: int
    key: str
    title: str
    kind: Kind
    partnership_id: int | None
    partnership: str
    slug: str


@dataclass(frozen=True)
class NoticeToCome:
    """One notice that waits, or will be written on the day `queued_on`; `prompt` if it waits for no list day."""

    about: NoticeMilestone
    addressee: str
    step: str
    audience: Audience
    due_on: date
    at_once: bool
    queued_on: date
    prompt: bool

    @property
    def milestone_id(self) -> int:
        """The milestone's number: an email gathers notices by it."""
        return self.about.id


def notices_to_come(
    ahead: Sequence[date],
    today: date,
    which: ColumnElement[bool] | None,
    policies: Policies | None,
    let_go: Callable[[], None],
) -> list[NoticeToCome]:
    """The notices that the rules will write on these working days, batch by batch. A step opens no stage once its
    document will be with the governance group, if that document is among what is asked for."""
    found: list[NoticeToCome] = []
    serves: dict[int, int] = {}
    applies_again = policies is not None
    for rows in _batches(ahead[-1], which, applies_again=applies_again):
        known = facts_for_batch(rows, today, policies)
        for row in rows:
            about: NoticeMilestone | None = None
            if row.fact_of_id is not None:
                serves[row.id] = row.fact_of_id
            asked_on = ahead[0] if applies_again else row.next_notice_on
            policy, notified = known.policy(row), known.notified_of(row)
            first_on = date.max if OF_PEOPLE.issuperset(notified) else date.min
            for one in notices_ahead(known.deadline(row), policy, notified, ahead, asked_on=asked_on):
                about = about or _about(row)
                first_on = min(first_on, one.day)
                found.append(_to_come(one, about, row, policy, is_first=one.day == first_on))
        let_go()
    with_group = _days_with_the_group(found)
    return [one for one in found if not _is_held_back(one, with_group.get(serves.get(one.milestone_id, 0)))]


def _days_with_the_group(found: Iterable[NoticeToCome]) -> dict[int, date]:
    """The day on which each document will come to the governance group, by the document's number."""
    days: dict[int, date] = {}
    for one in found:
        if one.about.kind in DOCUMENTS and one.audience is Audience.GOVERNANCE and one.step.startswith(RUNG):
            days[one.milestone_id] = min(one.queued_on, days.get(one.milestone_id, date.max))
    return days


def _is_held_back(one: NoticeToCome, document_with_group_on: date | None) -> bool:
    """Whether it is of a stage that a step will not open, because its document is with the group by then."""
    if document_with_group_on is None or not one.step.startswith(RUNG):
        return False
    return one.audience is not Audience.OWNER and one.queued_on > document_with_group_on


def _to_come(
    ahead: NoticeAhead, about: NoticeMilestone, row: Row[Any], policy: Policy, *, is_first: bool
) -> NoticeToCome:
    notice = ahead.notice
    foretold = Foretold(notice.step, notice.overtook, notice.audience, about.kind, is_first, row.expected_date)
    return NoticeToCome(
        about,
        notice.addressee,
        notice.step,
        notice.audience,
        row.due_on,
        notice.at_once,
        ahead.day,
        prompt=is_prompt(foretold, policy),
    )


def _batches(last: date, which: ColumnElement[bool] | None, *, applies_again: bool) -> Iterator[Sequence[Row[Any]]]:
    """The milestones that may have a notice up to the last day, batch by batch: those whose bookmark is reached, or,
    where the rules are applied again, all that are near enough."""
    order = Milestone.due_on if applies_again else Milestone.next_notice_on
    statement = (
        select(*DECIDING, *_ABOUT)
        .outerjoin(Partnership, Partnership.id == Milestone.partnership_id)
        .where(true() if which is None else which)
        .order_by(order, Milestone.id)
        .limit(BATCH)
    )
    if applies_again:
        statement = statement.where(IS_OPEN, or_(Milestone.due_on <= last + FURTHEST, last >= _OPENS))
    else:
        statement = statement.where(Milestone.next_notice_on <= last)
    after: tuple[date, int] | None = None
    while rows := db.session.execute(_after(statement, order, after)).all():
        yield rows
        after = (getattr(rows[-1], order.key), rows[-1].id)


def _after(statement: Select[*tuple[Any, ...]], order: Any, after: tuple[date, int] | None) -> Select[*tuple[Any, ...]]:
    return statement if after is None else statement.where(tuple_(order, Milestone.id) > after)


_ABOUT = (Milestone.key, Milestone.title, Partnership.name.label("partnership"), Partnership.slug)


def _about(row: Any) -> NoticeMilestone:
    return NoticeMilestone(
        row.id, row.key, row.title, row.kind, row.partnership_id, row.partnership or "Scotland", row.slug or ""
    )


def notices_waiting(which: ColumnElement[bool] | None, policies: Policies) -> list[NoticeToCome]:
    """The notices that wait for an email now; one statement."""
    changes = policies.changes
    rows = db.session.execute(
        select(
            Milestone.id,
            Milestone.kind,
            Milestone.partnership_id,
            Milestone.duty_basis,
            Milestone.expected_date,
            *_ABOUT,
            Notice.addressee,
            Notice.step,
            Notice.audience,
            Notice.due_on.label("notified_due_on"),
            Notice.at_once,
            Notice.queued_on,
            Notice.overtook,
            is_first().label("is_first"),
        )
        .join(Notice, Notice.milestone_id == Milestone.id)
        .outerjoin(Partnership, Partnership.id == Milestone.partnership_id)
        .where(
            Notice.message_id.is_(None),
            Notice.ended_at.is_(None),
            Notice.unreachable.is_(False),
            not_(says_what_waits_is_late()),
            true() if which is None else which,
        )
        .order_by(Notice.id)
    )
    return [
        NoticeToCome(
            _about(row),
            row.addressee,
            row.step,
            row.audience,
            row.notified_due_on,
            row.at_once,
            row.queued_on,
            prompt=is_prompt(row, policy_under(changes, row.kind, row.duty_basis, row.partnership_id)),
        )
        for row in rows
    ]
