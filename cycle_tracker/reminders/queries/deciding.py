"""What the reminder rules need to know about a batch of milestones: for the sweep, for the forecast, and for the page
that says why no one was notified."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from cycle_tracker.core.audiences import Audience, EscalationStage
from cycle_tracker.core.calendar import WorkingCalendar
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import ASKS_CONTACTS, DOCUMENTS
from cycle_tracker.core.statements import in_literal_ids
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.partnerships.queries.calendars import calendars_of
from cycle_tracker.reminders.queries.around import Around, around
from cycle_tracker.reminders.queries.audiences import Audiences, audiences_for, contacts_of
from cycle_tracker.reminders.queries.deadlines import Policies, deadline_of, policies_now
from cycle_tracker.reminders.rules.policies import Policy
from cycle_tracker.reminders.rules.reminders import StageReached
from cycle_tracker.reminders.rules.steps import RUNG, Deadline

DECIDING = (
    Milestone.id,
    Milestone.partnership_id,
    Milestone.owner_id,
    Milestone.kind,
    Milestone.fact_of_id,
    Milestone.duty_basis,
    Milestone.state,
    Milestone.opens_on,
    Milestone.due_on,
    Milestone.measured_on.label("measured_on"),
    Milestone.expected_date,
    Milestone.after_interim,
    Milestone.entered_on,
    Milestone.next_notice_on,
    Partnership.notify_from,
)
"""The columns of a row that the rules need; the caller joins the partnership."""


@dataclass(frozen=True)
class BatchFacts:
    """What is known about a batch of milestones besides their rows."""

    calendars: Mapping[int | None, WorkingCalendar]
    audiences: Audiences
    contacts: Mapping[int, tuple[str, ...]]
    policies: Policies
    notified: Mapping[tuple[int, date], set[str]]
    climbed: Mapping[tuple[int, date], set[tuple[int, Audience]]]
    around: Around

    def deadline(self, row: Row[Any]) -> Deadline:
        """One milestone as the rules know it."""
        return deadline_of(
            row,
            notify_from=row.notify_from,
            reply_by=self.around.reply_by.get((row.id, row.due_on)),
            waits=self.around.waits_for.get(row.id, 0) > 0,
            free_since=self.around.free_since.get(row.id),
            document_with_group=row.id in self.around.with_group,
            calendar=self.calendars[row.partnership_id],
            addressees=self._addressees(row),
        )

    def policy(self, row: Row[Any]) -> Policy:
        """The policy that applies to it."""
        return self.policies.of(row)

    def notified_of(self, row: Row[Any]) -> Collection[str]:
        """The steps that were notified for its present date, and those that they overtook. Where the escalation stages
        were changed since, a stage counts as notified if its audiences were notified by a stage that no longer exists:
        each audience is notified only once."""
        notified = self.notified.get((row.id, row.due_on), set())
        rungs = self.policy(row).rungs
        before = _audiences_of_others(self.climbed.get((row.id, row.due_on), ()), rungs)
        if not before:
            return notified
        return notified | {
            f"{RUNG}{rung.days}" for rung in rungs if before.issuperset({*rung.audiences} - {Audience.OWNER})
        }

    def is_open(self, row: Row[Any], reached: StageReached) -> bool:
        """True where an escalation stage of its present date is already open, or an earlier stage to the same
        audience; and where the stage counts as notified and is not open: an upgrade gave the date, and nobody hears of
        stages that had passed by then."""
        opened = self.around.opened.get((row.id, row.due_on), ())
        others = _audiences_of_others(opened, self.policy(row).rungs)
        if reached.audiences[-1] in others or any(days == reached.days for days, _ in opened):
            return True
        return f"{RUNG}{reached.days}" in self.notified.get((row.id, row.due_on), ())

    def _addressees(self, row: Row[Any]) -> dict[Audience, tuple[str, ...]]:
        people = self.audiences.of(
            owner_id=row.owner_id, partnership_id=row.partnership_id, is_document=row.kind in DOCUMENTS
        )
        contacts = self.contacts.get(row.id, ())
        return {**people, Audience.CONTACT: contacts} if contacts else people


def facts_for_batch(rows: Sequence[Row[Any]], today: date, policies: Policies | None = None) -> BatchFacts:
    """What is known of these milestones now, in a constant number of statements; with `policies` as if they applied."""
    partnership_ids = {row.partnership_id for row in rows}
    milestone_ids = [row.id for row in rows]
    notified, climbed = _notified(milestone_ids)
    return BatchFacts(
        calendars=calendars_of(partnership_ids),
        audiences=audiences_for(
            partnership_ids - {None}, {row.owner_id for row in rows if row.owner_id is not None}, today
        ),
        contacts=contacts_of([row.id for row in rows if row.kind in ASKS_CONTACTS]),
        # Asked for each batch, once the sweep has locked it: a change of policy sets bookmarks before or after that.
        policies=policies_now() if policies is None else policies,
        notified=notified,
        climbed=climbed,
        around=around(rows),
    )


def _audiences_of_others(climbed: Iterable[tuple[int, Audience]], rungs: Iterable[EscalationStage]) -> set[Audience]:
    """The audiences that were notified, or had something opened, by escalation stages that no longer exist."""
    present = {rung.days for rung in rungs}
    return {audience for days, audience in climbed if days not in present}


def _notified(
    milestone_ids: list[int],
) -> tuple[dict[tuple[int, date], set[str]], dict[tuple[int, date], set[tuple[int, Audience]]]]:
    """The steps notified for each milestone and date, and those that they overtook; and which stage notified which
    audience."""
    notified: dict[tuple[int, date], set[str]] = defaultdict(set)
    climbed: dict[tuple[int, date], set[tuple[int, Audience]]] = defaultdict(set)
    for row in db.session.execute(
        select(Notice.milestone_id, Notice.due_on, Notice.step, Notice.overtook, Notice.audience).where(
            in_literal_ids(Notice.milestone_id, milestone_ids), Notice.ended_at.is_(None)
        )
    ):
        of = (row.milestone_id, row.due_on)
        notified[of].update((row.step, *row.overtook))
        if row.step.startswith(RUNG):
            climbed[of].add((int(row.step.removeprefix(RUNG)), row.audience))
    return notified, climbed
