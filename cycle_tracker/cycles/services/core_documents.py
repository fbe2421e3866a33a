"""The core documents: the plan and the three annual reports of every period (template rows 12 and 20), there for each
partnership of the reference data from the rules alone, whether or not anybody there uses the service.

Cycles are made for them that nobody opened yet. Opened later, such a cycle keeps its documents and gets the other steps
of its template.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select

from cycle_tracker.access.queries.scopes import IS_DOCUMENT
from cycle_tracker.audit.services import audit
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.deadlines import is_before_service, is_past
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DOCUMENTS, Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.periods import Period
from cycle_tracker.cycles.rules.core_documents import core_periods, ensure_near
from cycle_tracker.cycles.rules.templates import PlannedMilestone, generate
from cycle_tracker.cycles.services.cycles import is_open_by_now, newest_edition, switch_on_steps, template_of
from cycle_tracker.jobs.services.missing_rows import insert_missing
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.partnerships.queries.calendars import calendars_of
from cycle_tracker.reference.files import read_partnerships
from cycle_tracker.reminders.queries.deadlines import deadline_of, policies_now
from cycle_tracker.reminders.rules.reminders import first_notice_on
from cycle_tracker.reminders.services.notices import keep_silent

Planned = Mapping[Period, Sequence[PlannedMilestone]]
# What comes with a plan that is prepared, besides the core of its template (row 14).
OF_A_PREPARED_PLAN = "send-to-providers"


@dataclass
class CoreDocuments:
    """How many core documents there are to be, and how many of them are new, with the cycles made for them; and how
    many steps came with plans that are prepared."""

    total: int = 0
    documents: int = 0
    periods: int = 0
    steps: int = 0


def add_core_documents(today: date, now: datetime) -> CoreDocuments:
    """Make the core documents that are missing, up to the period that begins within eighteen months. Run again it
    changes nothing. Flushes. Raises RuleBroken for a day years ahead of now.

    Nobody is told of the past: of a document whose date has passed already no one is emailed, also where the
    partnership has joined, until somebody opens its period or changes its date.
    """
    ensure_near(today, london_day(now))
    found = CoreDocuments()
    places = _places()
    if not places:  # before the reference data is loaded there are no templates either
        return found
    planned = {period: _documents_of(period) for period in core_periods(today)}
    found.total = len(places) * sum(len(one) for one in planned.values())
    found.periods = insert_missing(Cycle, list(_missing_cycles(places, planned)))
    documents = list(_missing_documents(places, planned, today))
    found.documents = insert_missing(Milestone, documents)
    keep_silent(_of_the_past(places, documents, today), today, now)
    _record(documents, now)
    found.steps = _add_steps_of_prepared_plans(places, today, now)
    db.session.flush()
    return found


def _places() -> dict[int, date | None]:
    """The partnerships of the reference data, each with the day from which its dates count; others have what somebody
    gives them. They are locked: of two runs the second waits and finds all there, and who changes a first day
    meanwhile waits, and then sees the new documents too."""
    slugs = [one.slug for one in read_partnerships()]
    rows = db.session.execute(
        select(Partnership.id, Partnership.notify_from)
        .where(Partnership.slug.in_(slugs))
        .order_by(Partnership.id)
        .with_for_update(key_share=True)  # what refers to a partnership may be recorded meanwhile
    )
    return {row.id: row.notify_from for row in rows}


def _documents_of(period: Period) -> list[PlannedMilestone]:
    template = template_of(newest_edition(period))
    return [one for one in generate(template, period, core_only=True) if one.entry.kind in DOCUMENTS]


def _missing_cycles(places: Mapping[int, date | None], planned: Planned) -> Iterator[dict[str, Any]]:
    there = {(row.partnership_id, row.period_start) for row in _cycles(places)}
    for period in planned:
        edition = newest_edition(period).id
        for place in places:
            if (place, period.start) not in there:
                yield {"partnership_id": place, "period_start": period.start, "template_edition_id": edition}


def _missing_documents(places: Mapping[int, date | None], planned: Planned, today: date) -> Iterator[dict[str, Any]]:
    there = {
        (row.partnership_id, row.key)
        for row in db.session.execute(
            select(Milestone.partnership_id, Milestone.key).where(IS_DOCUMENT, Milestone.partnership_id.in_(places))
        )
    }
    policies, calendars = policies_now(), calendars_of(set(places))
    for cycle in _cycles(places):
        for one in planned.get(Period(cycle.period_start), ()):
            if (cycle.partnership_id, one.key) not in there:
                row, notify_from = _row(one, cycle, today), places[cycle.partnership_id]
                if not _is_of_the_past(row["due_on"], notify_from, today):
                    milestone, calendar = Milestone(**row), calendars[cycle.partnership_id]
                    deadline = deadline_of(milestone, notify_from=notify_from, calendar=calendar)
                    row["next_notice_on"] = first_notice_on(deadline, policies.of(milestone))
                yield row


def _of_the_past(
    places: Mapping[int, date | None], documents: Sequence[dict[str, Any]], today: date
) -> Sequence[Milestone]:
    """Those of the new documents that are past their date, of partnerships that had joined by then."""
    past = {
        (one["partnership_id"], one["key"])
        for one in documents
        if _is_of_the_past(one["due_on"], places[one["partnership_id"]], today)
    }
    if not past:
        return []
    rows = db.session.scalars(
        select(Milestone)
        .where(Milestone.partnership_id.in_({place for place, _ in past}), Milestone.key.in_({key for _, key in past}))
        .order_by(Milestone.id)
    )
    return [one for one in rows if (one.partnership_id, one.key) in past]


def _record(documents: Sequence[dict[str, Any]], now: datetime) -> None:
    """One event for each partnership, with the keys of its new documents."""
    keys: dict[int, list[str]] = defaultdict(list)
    for one in documents:
        keys[one["partnership_id"]].append(one["key"])
    for place, made in keys.items():
        after = {"documents": sorted(made)}
        audit.record("partnership", place, "core-documents-made", by=None, at=now, partnership_id=place, after=after)


def _cycles(places: Mapping[int, date | None]) -> Sequence[Any]:
    return db.session.execute(
        select(Cycle.id, Cycle.partnership_id, Cycle.period_start)
        .where(Cycle.partnership_id.in_(places))
        .order_by(Cycle.period_start, Cycle.partnership_id)
    ).all()


def _row(one: PlannedMilestone, cycle: Any, today: date) -> dict[str, Any]:
    entry = one.entry
    return {
        "partnership_id": cycle.partnership_id,
        "cycle_id": cycle.id,
        "key": one.key,
        "kind": entry.kind,
        "stage": entry.stage,
        "title": one.title,
        "evidence_asked": entry.evidence,
        "duty_basis": entry.duty_basis,
        "duty_citation": entry.duty_citation,
        "date_basis": entry.date_basis,
        "date_citation": entry.date_citation,
        "date_rule": one.due_rule,
        "reports_on": one.reports_on,
        "opens_on": one.opens_on,
        "target_on": one.target_on,
        "due_on": one.target_on,
        "expected_date": False,
        "state": State.NOT_STARTED,
        "reason": "",
        "entered_on": today,
        "next_notice_on": None,
        "version": 1,
    }


def _is_of_the_past(due_on: date | None, notify_from: date | None, today: date) -> bool:
    """True for what fell due while the partnership used the service, and was nobody's business before today."""
    return due_on is not None and is_past(due_on, today) and not is_before_service(due_on, notify_from)


def _add_steps_of_prepared_plans(places: Mapping[int, date | None], today: date, now: datetime) -> int:
    """The steps that a prepared plan calls for (rows 13 to 15), in cycles that nobody has opened."""
    plan_waits = exists().where(
        Milestone.cycle_id == Cycle.id, Milestone.kind == Kind.PLAN, Milestone.state == State.DONE, ~Milestone.complete
    )
    has_steps = exists().where(Milestone.cycle_id == Cycle.id, Milestone.kind == Kind.STEP)
    cycles = db.session.scalars(
        select(Cycle)
        .where(Cycle.opened_on.is_(None), Cycle.partnership_id.in_(places), plan_waits, ~has_steps)
        .order_by(Cycle.id)
    ).all()
    made = [
        step
        for cycle in cycles
        if not is_open_by_now(cycle)
        for step in switch_on_steps(cycle, [OF_A_PREPARED_PLAN], entered_on=today, by=None, now=now)
    ]
    past = [one for one in made if one.is_open and _is_of_the_past(one.due_on, one.notify_from, today)]
    for one in past:
        one.next_notice_on = None
    keep_silent(past, today, now)
    return len(made)
