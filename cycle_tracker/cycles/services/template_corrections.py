"""Errors of a template put right in cycles that run: words, citations, bases and order, never a date.

An error is no new edition: cycles of the same edition get what the file says now. What a person changed stays theirs.
A row whose words are none that a version of its template gave is left as it is; the basis of a date that somebody
moved, and an order that somebody changed, are left too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from cycle_tracker.audit.services import audit
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.extensions import db
from cycle_tracker.core.periods import Period
from cycle_tracker.cycles.rules.templates import PlannedMilestone, Template, generate, generate_national
from cycle_tracker.cycles.services.cycles import template_of
from cycle_tracker.models.cycle import Cycle, TemplateEdition
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.reminders.services.bookmarks import ask_again

WORDS = ("title", "evidence_asked", "duty_basis", "duty_citation")
OF_THE_DATE = ("date_basis", "date_citation")


@dataclass
class Corrected:
    """How many milestones were looked at, put right, and left because a person had changed them."""

    total: int = 0
    changed: int = 0
    kept: int = 0


@dataclass(frozen=True)
class _Planned:
    """What the versions of one edition give for one period, by key: those before, and the one that is right."""

    before: Sequence[dict[str, PlannedMilestone]]
    right: dict[str, PlannedMilestone]


def correct_running_cycles(templates: Iterable[Template], now: datetime) -> Corrected:
    """Put right what these templates, as their files have them, say otherwise than the versions before. Flushes."""
    found = Corrected()
    for template in templates:
        versions = _versions(template.edition)
        right = next((one for one in versions if one.entries == template.to_json()), None)
        before = [one for one in versions if right is not None and one.version < right.version]
        if right is None or not before:
            continue
        for cycle in _cycles_of(before):
            period = cycle.period
            _correct(_milestones_of(cycle), _planned(before, right, period), found, now)
            cycle.template_edition = right
        _correct_national(before, right, found, now)
    db.session.flush()
    return found


def _versions(edition: str) -> Sequence[TemplateEdition]:
    return db.session.scalars(
        select(TemplateEdition).where(TemplateEdition.edition == edition).order_by(TemplateEdition.version)
    ).all()


def _cycles_of(editions: Sequence[TemplateEdition]) -> Sequence[Cycle]:
    return db.session.scalars(
        select(Cycle).where(Cycle.template_edition_id.in_([one.id for one in editions])).order_by(Cycle.id)
    ).all()


def _milestones_of(cycle: Cycle) -> Sequence[Milestone]:
    return db.session.scalars(
        select(Milestone)
        .where(Milestone.cycle_id == cycle.id)
        .options(selectinload(Milestone.predecessors))
        .order_by(Milestone.id)
    ).all()


def _correct_national(
    before: Sequence[TemplateEdition], right: TemplateEdition, found: Corrected, now: datetime
) -> None:
    """The same for what belongs to Scottish Government, of each period that a cycle was opened for."""
    starts = db.session.scalars(
        select(Cycle.period_start).where(Cycle.template_edition_id == right.id).distinct().order_by(Cycle.period_start)
    )
    for start in starts.all():
        planned = _planned(before, right, Period(start), national=True)
        milestones = db.session.scalars(
            select(Milestone)
            .where(Milestone.partnership_id.is_(None), Milestone.key.in_(planned.right))
            .options(selectinload(Milestone.predecessors))
            .order_by(Milestone.id)
        ).all()
        _correct(milestones, planned, found, now)


def _planned(
    before: Sequence[TemplateEdition], right: TemplateEdition, period: Period, *, national: bool = False
) -> _Planned:
    plan = generate_national if national else generate
    each = [{one.key: one for one in plan(template_of(version), period)} for version in (*before, right)]
    return _Planned(before=each[:-1], right=each[-1])


def _correct(milestones: Sequence[Milestone], planned: _Planned, found: Corrected, now: datetime) -> None:
    by_key = {one.key: one for one in milestones}
    asked_again = []
    for milestone in milestones:
        right = planned.right.get(milestone.key)
        if right is None:
            continue
        found.total += 1
        before = [one[milestone.key] for one in planned.before if milestone.key in one]
        if _values(milestone, WORDS) not in [_given(one, WORDS) for one in (*before, right)]:
            found.kept += 1
            continue
        old, new = _put_right(milestone, before, right), {}
        if _put_in_order(milestone, before, right, by_key):
            new["order"] = True
        new |= {name: getattr(milestone, name) for name in old}
        if new:
            found.changed += 1
            audit.record_milestone(milestone, "reference-corrected", by=None, at=now, before=old, after=new)
        if "duty_basis" in old or "order" in new:
            asked_again.append(milestone.id)
    db.session.flush()
    if asked_again:
        ask_again(Milestone.id.in_(asked_again), london_day(now))


def _put_right(milestone: Milestone, before: Sequence[PlannedMilestone], right: PlannedMilestone) -> dict[str, Any]:
    """Give a milestone the right words; what it said, by column. Its date's only while they are the template's."""
    wrong = {}
    dates_given = [_given(one, OF_THE_DATE) for one in before]
    columns = (*WORDS, *OF_THE_DATE) if _values(milestone, OF_THE_DATE) in dates_given else WORDS
    for column, value in zip(columns, _given(right, columns), strict=True):
        if getattr(milestone, column) != value:
            wrong[column] = getattr(milestone, column)
            setattr(milestone, column, value)
    return wrong


def _put_in_order(
    milestone: Milestone, before: Sequence[PlannedMilestone], right: PlannedMilestone, by_key: dict[str, Milestone]
) -> bool:
    """Let a milestone come after the right ones of its cycle; True if that changed anything."""
    wanted = _earlier(right, by_key)
    there = {one.id for one in milestone.predecessors}
    if there == {one.id for one in wanted}:
        return False
    if there not in [{one.id for one in _earlier(version, by_key)} for version in before]:
        return False
    milestone.predecessors = wanted
    return True


def _earlier(planned: PlannedMilestone, by_key: dict[str, Milestone]) -> list[Milestone]:
    prefix = planned.key.removesuffix(planned.template_key)
    return [by_key[prefix + key] for key in planned.after if prefix + key in by_key]


def _values(milestone: Milestone, columns: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(milestone, column) for column in columns)


def _given(planned: PlannedMilestone, columns: Sequence[str]) -> tuple[Any, ...]:
    """What a template gives in these columns of a milestone."""
    entry = planned.entry
    values = {
        "title": planned.title,
        "evidence_asked": entry.evidence,
        "duty_basis": entry.duty_basis,
        "duty_citation": entry.duty_citation,
        "date_basis": entry.date_basis,
        "date_citation": entry.date_citation,
    }
    return tuple(values[column] for column in columns)
