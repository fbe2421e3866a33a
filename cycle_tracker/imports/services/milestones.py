"""Importing milestones: new ones, and changes to old ones by their key, under the rules that hold everywhere else.

An empty cell leaves what is there. A document is made with its cycle, done by its publication and dated by the
guidance, so no file changes its state or date.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.kinds import DOCUMENTS
from cycle_tracker.core.lifecycle import OPEN, State, ensure_allowed
from cycle_tracker.core.periods import Period
from cycle_tracker.core.wording import day
from cycle_tracker.cycles.rules.templates import PlannedMilestone, generate
from cycle_tracker.cycles.services.cycles import newest_edition, template_of
from cycle_tracker.imports.queries import cycles_of, milestones_by_key, users_by_email
from cycle_tracker.imports.rules.import_rows import Problem, SheetRow
from cycle_tracker.imports.rules.milestone_rows import (
    DUE_ON,
    KEY,
    KIND,
    OWNER,
    PARTNERSHIP,
    STATE,
    TITLE,
    MilestoneRow,
    read_milestone_rows,
)
from cycle_tracker.imports.services.plans import Change, Effect, Plan, Step, in_order, place_rows
from cycle_tracker.milestones.services.local_milestones import LOCAL_KINDS, is_local
from cycle_tracker.milestones.services.milestones import DONE_BY_RECORD
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.owners import owners_within

REASON = "Imported"
NOBODY, NO_DATE = "no owner", "no date"
# Notes what is wrong with a row: the column, and the words.
Refuse = Callable[[str, str], None]


@dataclass(frozen=True)
class ImportedMilestone:
    """One row with what is there of its milestone."""

    row: MilestoneRow
    partnership: Partnership
    milestone: Milestone | None = None
    cycle: Cycle | None = None
    owner: User | None = None


def plan_milestones(
    rows: Sequence[SheetRow], viewer: Viewer | None, today: date, *, only: Partnership | None = None
) -> Plan:
    """What these rows would change, in statements that do not grow with their number.

    With no viewer it is the operator at the command line, who may import into every partnership; with `only`, all rows
    must be about one. Every problem of every row is told.
    """
    read, found = read_milestone_rows(rows)
    problems = list(found)
    places = place_rows(rows, PARTNERSHIP, problems, only=only, allows=partial(_may_import, viewer))
    beside = _beside_what_is_there(_each_once(read, places, problems), problems, today)
    reserved = _reserved_keys(beside)
    steps = [_step(one, reserved, problems) for one in beside]
    return Plan(problems=in_order(problems)) if problems else Plan(steps=steps)


def _may_import(viewer: Viewer | None, partnership_id: int) -> bool:
    return viewer is None or viewer.can(Permission.IMPORT_MILESTONES, partnership_id)


def _each_once(
    rows: Sequence[MilestoneRow], places: dict[int, Partnership], problems: list[Problem]
) -> list[ImportedMilestone]:
    """The rows whose partnership is known, each key once."""
    first_of: dict[tuple[int, str], int] = {}
    found = []
    for row in rows:
        partnership = places.get(row.number)
        if partnership is None:
            continue
        first = first_of.setdefault((partnership.id, row.key), row.number)
        if first == row.number:
            found.append(ImportedMilestone(row, partnership))
        else:
            problems.append(Problem(row.number, KEY, f"Row {first} has the same key."))
    return found


def _beside_what_is_there(
    rows: Sequence[ImportedMilestone], problems: list[Problem], today: date
) -> list[ImportedMilestone]:
    """The rows with the milestones, cycles and owners that they name."""
    partnership_ids = {one.partnership.id for one in rows}
    milestones = milestones_by_key(partnership_ids, {one.row.key for one in rows})
    cycles = cycles_of(partnership_ids)
    users = users_by_email({one.row.owner for one in rows if one.row.owner})
    may_own = {
        partnership_id: {person.id for person in people}
        for partnership_id, people in (owners_within(partnership_ids, today) if users else {}).items()
    }
    found = []
    for one in rows:
        milestone = milestones.get((one.partnership.id, one.row.key))
        owner = users.get(one.row.owner)
        keeps_owner = milestone is not None and owner is not None and milestone.owner_id == owner.id
        if one.row.owner and not keeps_owner and (owner is None or owner.id not in may_own[one.partnership.id]):
            words = f"No one with the email address {one.row.owner} can own milestones in {one.partnership.name}."
            problems.append(Problem(one.row.number, OWNER, words))
            owner = None
        cycle = cycles.get((one.partnership.id, one.row.key.partition(".")[0]))
        found.append(ImportedMilestone(one.row, one.partnership, milestone, cycle, owner))
    return found


def _reserved_keys(rows: Sequence[ImportedMilestone]) -> set[str]:
    """The keys that the guidance's own steps have, or would have once they are switched on."""
    names = {one.row.key.partition(".")[0] for one in rows if one.milestone is None}
    return {planned.key for name in sorted(names) for planned in _steps_of_period(name)}


def _steps_of_period(name: str) -> list[PlannedMilestone]:
    try:
        period = Period.named(name)
        return generate(template_of(newest_edition(period)), period)
    except (RuleBroken, NoResultFound):
        return []


def _step(one: ImportedMilestone, reserved: set[str], problems: list[Problem]) -> Step:
    def refuse(column: str, words: str) -> None:
        problems.append(Problem(one.row.number, column, words))

    if one.milestone is None:
        changes = _of_a_new_one(one, reserved, refuse)
        effect = Effect.NEW
    else:
        changes = _of_an_old_one(one, one.milestone, refuse)
        effect = Effect.CHANGED if changes else Effect.UNCHANGED
    title = one.milestone.title if one.milestone else one.row.title
    return Step(one.row.number, one.partnership.name, f"{title} ({one.row.key})", effect, tuple(changes), does=one)


def _of_a_new_one(one: ImportedMilestone, reserved: set[str], refuse: Refuse) -> list[Change]:
    row = one.row
    if row.key in reserved:
        refuse(
            KEY, "This key belongs to a step from the guidance. Switch that step on in the cycle, or use another key."
        )
    if not row.title:
        refuse(TITLE, "A new milestone needs a title.")
    if row.kind is None:
        refuse(KIND, f"Enter the kind of the new milestone. It can be {', '.join(LOCAL_KINDS)}.")
    elif row.kind in DOCUMENTS:
        refuse(KIND, "Plans and annual reports are added with their cycle. Open the cycle instead.")
    elif row.kind not in LOCAL_KINDS:
        refuse(KIND, f"The kind of a new milestone can be {', '.join(LOCAL_KINDS)}.")
    if row.state is State.NOT_REQUIRED:
        refuse(STATE, "Only a plan or an annual report can be “not required”. An official marks it on its page.")
    return [
        Change(TITLE, "", row.title),
        Change(KIND, "", row.kind or ""),
        Change(DUE_ON, "", day(row.due_on) if row.due_on else NO_DATE),
        Change(OWNER, "", one.owner.name if one.owner else NOBODY),
        Change(STATE, "", (row.state or State.NOT_STARTED).label),
    ]


def _of_an_old_one(one: ImportedMilestone, milestone: Milestone, refuse: Refuse) -> list[Change]:
    row = one.row
    changes = []
    if row.title and row.title != milestone.title:
        if not is_local(milestone):
            refuse(TITLE, f"You cannot change the title “{milestone.title}” because it comes from the guidance.")
        changes.append(Change(TITLE, milestone.title, row.title))
    if row.kind is not None and row.kind is not milestone.kind:
        refuse(KIND, f"You cannot change the kind, {milestone.kind}.")
    if row.due_on is not None and row.due_on != milestone.due_on:
        _check_date(milestone, row, refuse)
        old = day(milestone.due_on) if milestone.due_on else NO_DATE
        changes.append(Change(DUE_ON, old, day(row.due_on)))
    if one.owner is not None and one.owner.id != milestone.owner_id:
        changes.append(Change(OWNER, milestone.owner.name if milestone.owner else NOBODY, one.owner.name))
    if row.state is not None and row.state is not milestone.state:
        _check_state(milestone, row.state, refuse)
        changes.append(Change(STATE, milestone.state.label, row.state.label))
    return changes


def _check_date(milestone: Milestone, row: MilestoneRow, refuse: Refuse) -> None:
    state = row.state or milestone.state
    if milestone.is_document:
        refuse(
            DUE_ON,
            "You cannot move the date of a plan or an annual report. Propose a new expected date on its page instead.",
        )
    elif milestone.state not in OPEN and state not in OPEN:
        refuse(DUE_ON, f"This is {milestone.state.label.lower()}, so its date cannot be moved.")


def _check_state(milestone: Milestone, state: State, refuse: Refuse) -> None:
    if milestone.is_document:
        refuse(STATE, "You cannot mark a plan or an annual report as done here. Record it as published on its page.")
    elif milestone.fact is not None and State.DONE in {state, milestone.state}:
        refuse(STATE, DONE_BY_RECORD)
    elif state is State.NOT_REQUIRED:
        refuse(STATE, "Only a plan or an annual report can be “not required”. An official marks it on its page.")
    else:
        try:
            ensure_allowed(milestone.state, state)
        except RuleBroken as rule:
            refuse(STATE, rule.message)
