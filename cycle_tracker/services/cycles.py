"""Opening a partnership's cycle: the template's milestones, as rows."""

from datetime import date, datetime

from sqlalchemy import select

from cycle_tracker.domain.editions import edition_for
from cycle_tracker.domain.lifecycle import State
from cycle_tracker.domain.periods import Period
from cycle_tracker.domain.reminders import first_notice_on
from cycle_tracker.domain.templates import PlannedMilestone, generate, generate_national, template_from_json
from cycle_tracker.extensions import db
from cycle_tracker.models import Cycle, Milestone, Partnership, TemplateEdition, User
from cycle_tracker.queries.calendars import calendar_of
from cycle_tracker.queries.deadlines import deadline_of, policy_of
from cycle_tracker.services import audit


def open_cycle(
    partnership: Partnership,
    period: Period,
    *,
    core_only: bool = False,
    entered_on: date,
    by: User | None,
    now: datetime,
) -> Cycle:
    """The partnership's cycle for this period, with its milestones; the one there is already, if there is one.

    It is made from the newest version of the template for that period and keeps it.
    """
    found = find_cycle(partnership, period)
    if found is not None:
        return found
    edition = newest_edition(period)
    template = template_from_json(edition.edition, edition.title, edition.first_period, edition.entries)
    cycle = Cycle(partnership=partnership, period_start=period.start, template_edition=edition)
    db.session.add(cycle)
    db.session.flush()
    planned = generate(template, period, core_only=core_only)
    rows = _enter(planned, partnership=partnership, cycle=cycle, entered_on=entered_on)
    _join(planned, rows, open_national_milestones(period, entered_on=entered_on))
    audit.record("cycle", cycle.id, "opened", by=by, at=now, partnership_id=partnership.id)
    db.session.flush()
    return cycle


def open_national_milestones(period: Period, *, entered_on: date) -> dict[str, Milestone]:
    """The milestones of the period that belong to Scottish Government, made once, by their template key."""
    edition = newest_edition(period)
    template = template_from_json(edition.edition, edition.title, edition.first_period, edition.entries)
    planned = generate_national(template, period)
    known = {
        milestone.key: milestone
        for milestone in db.session.scalars(
            select(Milestone).where(Milestone.partnership_id.is_(None), Milestone.key.in_([one.key for one in planned]))
        )
    }
    missing = [one for one in planned if one.key not in known]
    made = _enter(missing, partnership=None, cycle=None, entered_on=entered_on)
    return {one.template_key: known.get(one.key) or made[one.template_key] for one in planned}


def find_cycle(partnership: Partnership, period: Period) -> Cycle | None:
    """The cycle, if it was opened."""
    return db.session.scalars(
        select(Cycle).where(Cycle.partnership_id == partnership.id, Cycle.period_start == period.start)
    ).one_or_none()


def newest_edition(period: Period) -> TemplateEdition:
    """The newest version of the template that holds for a period. Raises NoResultFound before reference is loaded."""
    return db.session.scalars(
        select(TemplateEdition)
        .where(TemplateEdition.edition == edition_for(period))
        .order_by(TemplateEdition.version.desc())
        .limit(1)
    ).one()


def _enter(
    planned: list[PlannedMilestone], *, partnership: Partnership | None, cycle: Cycle | None, entered_on: date
) -> dict[str, Milestone]:
    calendar = calendar_of(partnership.id if partnership else None)
    notify_from = partnership.notify_from if partnership else None
    rows = {}
    for one in planned:
        milestone = Milestone(
            partnership=partnership,
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
            done_with=one.entry.done_with,
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
        milestone.next_notice_on = first_notice_on(deadline, policy_of(milestone)) if partnership else None
        db.session.add(milestone)
        rows[one.template_key] = milestone
    db.session.flush()
    return rows


def _join(planned: list[PlannedMilestone], rows: dict[str, Milestone], national: dict[str, Milestone]) -> None:
    """Tie each milestone to those that it follows and comes after; a cycle of core steps alone leaves out the rest."""
    known = {**national, **rows}
    for one in planned:
        milestone = rows[one.template_key]
        if one.follows and one.follows in known:
            milestone.follows_id = known[one.follows].id
        milestone.predecessors = [rows[key] for key in one.after if key in rows]
    db.session.flush()
