"""What needs a person now: their open milestones on the home page, cut off at a length. Counts stop at a thousand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, func, literal, select, union_all

from cycle_tracker.access.queries.scopes import IS_DOCUMENT, WorkReaches, is_mine, work_of
from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.kinds import Basis, Fact, Kind
from cycle_tracker.core.lifecycle import OPEN, State
from cycle_tracker.core.statements import built_once, day_of, rows_of
from cycle_tracker.core.wording import COUNTED_TO
from cycle_tracker.documents.queries.document_facts import explained_until
from cycle_tracker.milestones.queries.due_states import is_due_by, is_due_on, is_live, is_past
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User

LISTED_AT_MOST = 50
FIRST_OF_EACH = 20
"""So many of each part are on the home page, so that it stays within three screens; the rest are a link away."""

COMING_UP_DAYS = 28


MILESTONE_COLUMNS = (
    Milestone.key,
    Milestone.title,
    Milestone.kind,
    Milestone.state,
    Milestone.opens_on,
    Milestone.duty_basis,
    Milestone.duty_citation,
    Milestone.date_basis,
    Milestone.date_citation,
    Milestone.measured_on.label("target_on"),
    Milestone.due_on,
    Milestone.expected_date,
    Milestone.done_on,
    Milestone.owner_id,
    User.name.label("owner"),
    User.active.label("owner_active"),
    Partnership.slug,
    Partnership.name.label("partnership"),
    Partnership.notify_from,
    explained_until().label("explained_until"),
)


class WorkMilestone(NamedTuple):
    """One open milestone on the home page, in the order of its columns."""

    part: int
    key: str
    title: str
    kind: Kind
    state: State
    date_basis: Basis
    target_on: date | None
    due_on: date | None
    expected_date: bool
    done_on: date | None
    duty_basis: Basis
    duty_citation: str
    date_citation: str
    owner_id: int | None
    owner: str | None
    owner_active: bool | None
    slug: str
    partnership: str
    notify_from: date | None
    opens_on: date | None
    explained_until: date | None
    fact: Fact | None
    fact_count: int | None
    fact_total: int | None

    @property
    def is_open(self) -> bool:
        """Whether it is neither done, dropped nor not required."""
        return self.state in OPEN


_COLUMNS = (
    Milestone.key,
    Milestone.title,
    Milestone.kind,
    Milestone.state,
    Milestone.date_basis,
    Milestone.measured_on.label("target_on"),
    Milestone.due_on,
    Milestone.expected_date,
    Milestone.done_on,
    Milestone.duty_basis,
    Milestone.duty_citation,
    Milestone.date_citation,
    Milestone.owner_id,
    User.name,
    User.active,
    Partnership.slug,
    Partnership.name,
    Partnership.notify_from,
    Milestone.opens_on,
    case((IS_DOCUMENT, explained_until())),
    Milestone.fact,
    Milestone.fact_count,
    Milestone.fact_total,
)


@dataclass(frozen=True)
class WorkList:
    """The open milestones of a person by date: past it, due today, and in the next 28 days. Counts stop at one more
    than `COUNTED_TO`."""

    past: Sequence[WorkMilestone]
    today: Sequence[WorkMilestone]
    coming_up: Sequence[WorkMilestone]
    past_count: int
    today_count: int
    coming_up_count: int


PARTS = PAST, TODAY, COMING_UP = 0, 1, 2


def list_work(viewer: Viewer, today: date) -> WorkList:
    """A planning lead's open milestones are all those of the partnership; a contributor's, those that they own.

    Nothing that fell due before the partnership used the service. In one statement.
    """
    mine = work_of(viewer)
    rows = rows_of(_work(mine.reaches), today=today, last_day=today + timedelta(days=COMING_UP_DAYS), **mine.values)
    numbers = rows[0][-len(PARTS) :] if rows else (0, 0, 0)
    found = [WorkMilestone(*row[: -len(PARTS)]) for row in rows]
    past, due_today, coming_up = ([one for one in found if one.part == part] for part in PARTS)
    return WorkList(past, due_today, coming_up, *numbers)


@built_once
def _work(reaches: WorkReaches) -> Select[*tuple[Any, ...]]:
    """The first of each part with their columns, then on each row how many there are of each part."""
    today, last_day = day_of(), day_of("last_day")
    mine = is_mine(reaches)
    counts = (is_live(), mine)
    parts = {
        PAST: is_past(Milestone.due_on, today),
        TODAY: is_due_on(today),
        COMING_UP: and_(~is_due_by(today), is_due_by(last_day)),
    }
    numbers = [
        select(func.count())
        .select_from(
            select(Milestone.id).join(Milestone.partnership).where(*counts, condition).limit(COUNTED_TO + 1).subquery()
        )
        .scalar_subquery()
        for condition in parts.values()
    ]
    first = [
        select(
            select(Milestone.id, Milestone.due_on, Partnership.name, literal(part).label("part"))
            .join(Milestone.partnership)
            .where(*counts, condition)
            .order_by(Milestone.due_on, Partnership.name, Milestone.id)
            .limit(FIRST_OF_EACH)
            .subquery()
        )
        for part, condition in parts.items()
    ]
    chosen = union_all(*first).subquery()
    return (
        select(chosen.c.part, *_COLUMNS, *numbers)
        .select_from(chosen)
        .join(Milestone, Milestone.id == chosen.c.id)
        .join(Milestone.partnership)
        .outerjoin(Milestone.owner)
        .order_by(chosen.c.part, chosen.c.due_on, chosen.c.name, chosen.c.id)
    )
