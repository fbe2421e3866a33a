"""The milestones that a template plans, as rows."""

from collections.abc import Collection, Mapping
from datetime import date

from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.cycles.rules.templates import (
    PlannedMilestone,
)
from cycle_tracker.milestones.services.milestones import date_followers
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.partnerships.queries.calendars import calendar_of
from cycle_tracker.reminders.queries.deadlines import deadline_of, policies_now
from cycle_tracker.reminders.rules.reminders import first_notice_on


def enter_planned(
    planned: list[PlannedMilestone], *, partnership: Partnership | None, cycle: Cycle | None, entered_on: date
) -> dict[str, Milestone]:
    """Add what is planned as milestones of a partnership, or of Scottish Government, by template key."""
    calendar = calendar_of(partnership.id if partnership else None)
    notify_from = partnership.notify_from if partnership else None
    policies = policies_now()
    rows = {}
    for one in planned:
        milestone = Milestone(
            partnership=partnership,
            partnership_id=partnership.id if partnership else None,  # policies are asked for it before it is flushed
            cycle=cycle,
            key=one.key,
            kind=one.entry.kind,
            stage=one.entry.stage,
            title=one.title,
            evidence_asked=one.entry.evidence,
            duty_basis=one.entry.duty_basis,
            duty_citation=one.entry.duty_citation,
            date_basis=one.entry.date_basis,
            date_citation=one.entry.date_citation,
            date_rule=one.due_rule,
            fact=one.entry.fact,
            reports_on=one.reports_on,
            opens_on=one.opens_on,
            target_on=one.target_on,
            due_on=one.target_on,
            expected_date=False,
            state=State.NOT_STARTED,
            entered_on=entered_on,
            predecessors=[],  # known to be none yet, so that giving it some asks the database nothing
        )
        deadline = deadline_of(milestone, notify_from=notify_from, calendar=calendar)
        milestone.next_notice_on = first_notice_on(deadline, policies.of(milestone)) if partnership else None
        db.session.add(milestone)
        rows[one.template_key] = milestone
    db.session.flush()
    return rows


def join_planned(
    planned: list[PlannedMilestone], rows: Mapping[str, Milestone], national: Mapping[str, Milestone]
) -> None:
    """Tie each milestone to those that it follows, is completed by and comes after; a cycle of core steps alone leaves
    out the rest."""
    known = {**national, **rows}
    for one in planned:
        milestone = rows[one.template_key]
        if one.follows and one.follows in known and milestone.follows_id is None:
            milestone.follows_id = known[one.follows].id
        if one.fact_of and one.fact_of in rows and milestone.fact_of_id is None:
            milestone.fact_of_id = rows[one.fact_of].id
        there = {earlier.id for earlier in milestone.predecessors}
        milestone.predecessors.extend(rows[key] for key in one.after if key in rows and rows[key].id not in there)
    db.session.flush()


def date_what_follows_the_finished(made: Collection[Milestone]) -> None:
    """Give their dates to new steps whose rule hangs on a milestone that is done already."""
    for followed_id in {one.follows_id for one in made if one.follows_id is not None and one.due_on is None}:
        followed = db.session.get_one(Milestone, followed_id)
        if followed.done_on is not None:
            date_followers(followed, followed.done_on)
