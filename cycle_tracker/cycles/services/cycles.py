"""Opening a partnership's cycle: the template's milestones, as rows."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select

from cycle_tracker.audit.services import audit
from cycle_tracker.core.deadlines import is_before_service, is_past
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DOCUMENTS
from cycle_tracker.core.periods import Period
from cycle_tracker.cycles.rules.editions import edition_for
from cycle_tracker.cycles.rules.templates import (
    PlannedMilestone,
    Template,
    generate,
    generate_national,
    template_from_json,
)
from cycle_tracker.cycles.services.planned_milestones import date_what_follows_the_finished, enter_planned, join_planned
from cycle_tracker.documents.services.facts import settle_documents
from cycle_tracker.jobs.services.locks import lock
from cycle_tracker.models.cycle import Cycle, TemplateEdition
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.bookmarks import ask_again


def open_cycle(
    partnership: Partnership,
    period: Period,
    *,
    core_only: bool = False,
    switched_on: Collection[str] = (),
    entered_on: date,
    by: User | None,
    now: datetime,
) -> Cycle:
    """The partnership's cycle for this period, with its milestones; the one that is open already, if there is one.

    One that nobody had opened keeps its documents with all that is recorded of them. A new one is made from the newest
    version of the template for that period, and either keeps its version. With `core_only`, of the optional steps only
    those whose template keys are `switched_on`; more can be switched on later.
    """
    found = find_cycle(partnership, period)
    if found is not None:
        if not is_open_by_now(found):
            _add_the_other_steps(found, core_only, switched_on, entered_on=entered_on, by=by, now=now)
        return found
    edition = newest_edition(period)
    template = template_of(edition)
    _ensure_optional(switched_on, template)
    cycle = Cycle(partnership=partnership, period_start=period.start, template_edition=edition, opened_on=entered_on)
    db.session.add(cycle)
    db.session.flush()
    planned = generate(template, period, core_only=core_only, switched_on=switched_on)
    rows = enter_planned(planned, partnership=partnership, cycle=cycle, entered_on=entered_on)
    join_planned(planned, rows, open_national_milestones(period, entered_on=entered_on))
    audit.record("cycle", cycle.id, "opened", by=by, at=now, partnership_id=partnership.id)
    db.session.flush()
    return cycle


def switch_on_steps(
    cycle: Cycle, keys: Collection[str], *, entered_on: date, by: User | None, now: datetime
) -> list[Milestone]:
    """Add optional steps to a cycle that runs, by their template keys; those that were not in it yet.

    What is there keeps its dates and its state. Raises RuleBroken for a key that the cycle's template does not have.
    """
    template = template_of(cycle.template_edition)
    _ensure_optional(keys, template)
    wanted = generate(template, cycle.period, core_only=True, switched_on=keys)
    planned = generate(template, cycle.period)
    there = steps_of(cycle)
    missing = [one for one in wanted if one.template_key not in there]
    made = enter_planned(missing, partnership=cycle.partnership, cycle=cycle, entered_on=entered_on)
    rows = {**there, **made}
    join_planned(
        [one for one in planned if one.template_key in rows],
        rows,
        open_national_milestones(cycle.period, entered_on=entered_on),
    )
    date_what_follows_the_finished(made.values())
    settle_documents({one.fact_of_id for one in made.values()} - {None}, by=by, now=now)
    if made:
        audit.record(
            "cycle",
            cycle.id,
            "steps-switched-on",
            by=by,
            at=now,
            partnership_id=cycle.partnership_id,
            after={"steps": sorted(made)},
        )
    db.session.flush()
    return list(made.values())


def open_documents(
    partnership: Partnership,
    period: Period,
    keys: Collection[str],
    *,
    entered_on: date,
    by: User | None,
    now: datetime,
) -> None:
    """Enter documents of a period for what is known of its past, by the keys of their milestones.

    Where there is no cycle one is made that is not opened, of documents alone. The period's other documents come with
    them as far as they fell due before the partnership used the service: nobody is told of those, and they read "no
    record here yet". Opened later, the cycle gets its other steps.
    """
    cycle = find_cycle(partnership, period) or _cycle_of_history(partnership, period, by=by, now=now)
    there = set(db.session.scalars(select(Milestone.key).where(Milestone.cycle_id == cycle.id)))
    documents = [one for one in generate(template_of(cycle.template_edition), period) if one.entry.kind in DOCUMENTS]
    missing = [
        one
        for one in documents
        if one.key not in there and (one.key in keys or _lay_before_service(one, partnership, entered_on))
    ]
    enter_planned(missing, partnership=partnership, cycle=cycle, entered_on=entered_on)


def steps_of(cycle: Cycle) -> dict[str, Milestone]:
    """The milestones of a cycle that its template gave or could have given, by their template key."""
    prefix = f"{cycle.period.name}."
    return {
        one.key.removeprefix(prefix): one
        for one in db.session.scalars(select(Milestone).where(Milestone.cycle_id == cycle.id).order_by(Milestone.id))
        if one.key.startswith(prefix)
    }


def template_of(edition: TemplateEdition) -> Template:
    """The template that an edition keeps."""
    return template_from_json(edition.edition, edition.title, edition.first_period, edition.entries)


def open_national_milestones(period: Period, *, entered_on: date) -> dict[str, Milestone]:
    """The milestones of the period that belong to Scottish Government, made once, by their template key."""
    edition = newest_edition(period)
    template = template_of(edition)
    planned = generate_national(template, period)
    known = {
        milestone.key: milestone
        for milestone in db.session.scalars(
            select(Milestone).where(Milestone.partnership_id.is_(None), Milestone.key.in_([one.key for one in planned]))
        )
    }
    missing = [one for one in planned if one.key not in known]
    made = enter_planned(missing, partnership=None, cycle=None, entered_on=entered_on)
    return {one.template_key: known.get(one.key) or made[one.template_key] for one in planned}


def is_open_by_now(cycle: Cycle) -> bool:
    """Whether somebody has opened a cycle. It is locked: who opens it, or adds its steps, at the same moment waits, and
    then finds what is there."""
    lock(cycle)
    db.session.refresh(cycle, ["opened_on"])
    return cycle.is_open


def find_cycle(partnership: Partnership, period: Period) -> Cycle | None:
    """The cycle, opened or not, if there is one."""
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


def _ensure_optional(keys: Collection[str], template: Template) -> None:
    known = {entry.key for entry in template.optional}
    if not known.issuperset(keys):
        raise RuleBroken("Choose steps from the list.", field="steps")


def _cycle_of_history(partnership: Partnership, period: Period, *, by: User | None, now: datetime) -> Cycle:
    cycle = Cycle(partnership=partnership, period_start=period.start, template_edition=newest_edition(period))
    db.session.add(cycle)
    db.session.flush()
    audit.record("cycle", cycle.id, "opened-for-history", by=by, at=now, partnership_id=partnership.id)
    return cycle


def _lay_before_service(document: PlannedMilestone, partnership: Partnership, today: date) -> bool:
    """True for a document of the past that was nobody's business here: due before the partnership joined, or, with no
    guidance date, on a year that was over then."""
    day = document.target_on or document.reports_on
    return day is not None and is_past(day, today) and is_before_service(day, partnership.notify_from)


def _add_the_other_steps(
    cycle: Cycle,
    core_only: bool,
    switched_on: Collection[str],
    *,
    entered_on: date,
    by: User | None,
    now: datetime,
) -> None:
    """Open a cycle of which only the documents are there: what is recorded of them finishes what goes with it."""
    optional = [entry.key for entry in template_of(cycle.template_edition).optional]
    switch_on_steps(cycle, switched_on if core_only else optional, entered_on=entered_on, by=by, now=now)
    cycle.opened_on = entered_on
    audit.record("cycle", cycle.id, "opened", by=by, at=now, partnership_id=cycle.partnership_id)
    db.session.flush()
    # Of what was made from the rules alone after its date nobody was told: from now on somebody looks after it.
    ask_again(Milestone.cycle_id == cycle.id, entered_on)
