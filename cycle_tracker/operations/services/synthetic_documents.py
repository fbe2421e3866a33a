"""Bulk plans and annual reports for measuring: those of every period, nearly all of them published."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Table, insert, select

from cycle_tracker.access.queries.scopes import IS_DOCUMENT
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DOCUMENTS, Kind, PreparedFrom
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.periods import FIRST_START, Period
from cycle_tracker.cycles.rules.templates import PlannedMilestone, generate
from cycle_tracker.cycles.services.cycles import newest_edition, template_of
from cycle_tracker.cycles.services.reference import load_templates
from cycle_tracker.cycles.services.reference_bodies import load_organisations
from cycle_tracker.documents.services.publications import scottish_government
from cycle_tracker.models.approval import Preparation
from cycle_tracker.models.base import table_of
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Form, Publication, PublicationAddress, PublicationCopy, Version

CHUNK = 10_000
EVERY_TENTH = 10


def insert_many(table: Table, rows: Iterator[dict[str, Any]]) -> None:
    """Insert rows in chunks, so that memory stays constant."""
    statement = insert(table)
    while chunk := list(islice(rows, CHUNK)):
        db.session.execute(statement, chunk)


def add_documents(partnership_ids: Sequence[int], today: date, *, entered_on: date) -> None:
    """For each partnership and period up to the present one, the plan and three reports with the template's keys.

    All that are due were sent and published on their date, but for the newest report that is due of every tenth
    partnership. Nobody owns them and they have no bookmark, so nobody is reminded of them.
    """
    load_organisations()
    load_templates(clock.now())
    planned = {period: _documents_of(period) for period in _periods(today)}
    editions = {period: newest_edition(period).id for period in planned}
    insert_many(
        table_of(Cycle),
        (
            {
                "partnership_id": number,
                "period_start": period.start,
                "template_edition_id": editions[period],
                "opened_on": entered_on,
            }
            for number in partnership_ids
            for period in planned
        ),
    )
    missing = _newest_due_report(planned, today)
    late = {(number, missing) for number in partnership_ids[::EVERY_TENTH]}
    cycles = db.session.execute(
        select(Cycle.id, Cycle.partnership_id, Cycle.period_start)
        .where(Cycle.partnership_id.in_(partnership_ids))
        .order_by(Cycle.id)
    ).all()
    insert_many(
        table_of(Milestone),
        (
            _document(cycle, one, published=_is_due(one, today) and (cycle.partnership_id, one.key) not in late)
            | {"entered_on": entered_on}
            for cycle in cycles
            for one in planned[Period(cycle.period_start)]
        ),
    )
    _publish(partnership_ids)


def _publish(partnership_ids: Sequence[int]) -> None:
    """Each of the documents that are done: prepared and published on the day, and sent to the Scottish Government."""
    done = db.session.execute(
        select(Milestone.id, Milestone.key, Milestone.kind, Milestone.done_on)
        .where(Milestone.partnership_id.in_(partnership_ids), IS_DOCUMENT, Milestone.state == State.DONE)
        .order_by(Milestone.id)
    ).all()
    insert_many(
        table_of(Preparation),
        (
            {"milestone_id": one.id, "prepared_on": one.done_on, "prepared_from": PreparedFrom.PUBLICATION}
            for one in done
            if one.kind is Kind.PLAN
        ),
    )
    insert_many(
        table_of(Publication),
        (
            {
                "milestone_id": one.id,
                "version": Version.FINAL,
                "published_on": one.done_on,
                "recorded_from": clock.now(),
            }
            for one in done
        ),
    )
    days = {one.id: one for one in done}
    published = db.session.execute(select(Publication.id, Publication.milestone_id).order_by(Publication.id)).all()
    mine = [(row.id, days[row.milestone_id]) for row in published if row.milestone_id in days]
    insert_many(
        table_of(PublicationAddress),
        (
            {
                "publication_id": number,
                "form": Form.FULL,
                "language": "en",
                "address": f"https://example.org/{one.id}/{one.key}",
            }
            for number, one in mine
        ),
    )
    government = scottish_government().id
    insert_many(
        table_of(PublicationCopy),
        (
            {"milestone_id": one.id, "publication_id": number, "receiver_id": government, "sent_on": one.done_on}
            for number, one in mine
        ),
    )


def _documents_of(period: Period) -> list[PlannedMilestone]:
    template = template_of(newest_edition(period))
    return [one for one in generate(template, period) if one.entry.kind in DOCUMENTS]


def _document(cycle: Any, planned: PlannedMilestone, *, published: bool) -> dict[str, Any]:
    entry = planned.entry
    return {
        "partnership_id": cycle.partnership_id,
        "cycle_id": cycle.id,
        "key": planned.key,
        "kind": entry.kind,
        "stage": entry.stage,
        "title": planned.title,
        "duty_basis": entry.duty_basis,
        "duty_citation": entry.duty_citation,
        "date_basis": entry.date_basis,
        "date_citation": entry.date_citation,
        "date_rule": planned.due_rule,
        "reports_on": planned.reports_on,
        "opens_on": planned.opens_on,
        "target_on": planned.target_on,
        "due_on": planned.target_on,
        "done_on": (planned.target_on or planned.reports_on) if published else None,
        "state": State.DONE if published else State.NOT_STARTED,
    }


def _newest_due_report(planned: dict[Period, list[PlannedMilestone]], today: date) -> str:
    reports = [one for one in _all(planned.values()) if one.entry.kind is Kind.ANNUAL_REPORT and _is_due(one, today)]
    return max(reports, key=lambda one: one.reports_on or date.min).key


def _is_due(planned: PlannedMilestone, today: date) -> bool:
    """True for what is past its date. The first edition of the guidance gives a report none: its year is over then."""
    day = planned.target_on or planned.reports_on
    return day is not None and day < today


def _all(planned: Iterable[list[PlannedMilestone]]) -> Iterator[PlannedMilestone]:
    return (one for documents in planned for one in documents)


def _periods(today: date) -> Iterator[Period]:
    period, last = Period(FIRST_START), Period.containing(today)
    while period <= last:
        yield period
        period = period.next()
