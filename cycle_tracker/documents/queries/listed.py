"""What lists show of a milestone: its columns, and those of what it belongs to. No object is made for any of them."""

from datetime import date
from typing import Any, NamedTuple

from cycle_tracker.core.kinds import DOCUMENTS, Basis, Fact, Kind, Stage
from cycle_tracker.core.lifecycle import OPEN, State
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User


class ListedMilestone(NamedTuple):
    """One milestone of a list. `target_on` is the day from which it is measured: of a late-started plan its own start.
    What comes after `fact_total` is asked for only where the list becomes a file or a
    calendar feed."""

    id: int
    version: int
    partnership_id: int
    key: str
    title: str
    kind: Kind
    stage: Stage | None
    state: State
    opens_on: date | None
    target_on: date | None
    due_on: date | None
    expected_date: bool
    done_on: date | None
    date_basis: Basis
    date_citation: str
    owner_id: int | None
    owner: str | None
    owner_active: bool | None
    slug: str
    partnership: str
    notify_from: date | None
    period_start: date | None
    fact: Fact | None
    fact_count: int | None
    fact_total: int | None
    duty_basis: Basis = Basis.LOCAL
    duty_citation: str = ""
    lead_organisation: str | None = None
    entered_on: date | None = None

    @property
    def measured_on(self) -> date | None:
        """The day from which it is measured how late it is."""
        return self.target_on

    @property
    def is_document(self) -> bool:
        """True for a plan or an annual report."""
        return self.kind in DOCUMENTS

    @property
    def is_open(self) -> bool:
        """True until it is done, dropped or not required."""
        return self.state in OPEN


LISTED: tuple[Any, ...] = (
    Milestone.id,
    Milestone.version,
    Milestone.partnership_id,
    Milestone.key,
    Milestone.title,
    Milestone.kind,
    Milestone.stage,
    Milestone.state,
    Milestone.opens_on,
    Milestone.measured_on.label("target_on"),
    Milestone.due_on,
    Milestone.expected_date,
    Milestone.done_on,
    Milestone.date_basis,
    Milestone.date_citation,
    Milestone.owner_id,
    User.name,
    User.active,
    Partnership.slug,
    Partnership.name,
    Partnership.notify_from,
    Cycle.period_start,
    Milestone.fact,
    Milestone.fact_count,
    Milestone.fact_total,
)
"""The columns of a page's list, in the order of `ListedMilestone`: of a statement on Milestone with its partnership,
cycle and owner."""

IN_A_FILE: tuple[Any, ...] = (*LISTED, Milestone.duty_basis, Milestone.duty_citation, Organisation.name)
"""The columns of a file, which has its lead organisation besides."""


def listed(milestone: Milestone) -> ListedMilestone:
    """The same of a partnership's milestone that was fetched whole, such as one that is about to be changed."""
    partnership, owner, cycle = milestone.partnership, milestone.owner, milestone.cycle
    if partnership is None:
        raise ValueError("A national milestone is on no list.")
    return ListedMilestone(
        id=milestone.id,
        version=milestone.version,
        partnership_id=partnership.id,
        key=milestone.key,
        title=milestone.title,
        kind=milestone.kind,
        stage=milestone.stage,
        state=milestone.state,
        opens_on=milestone.opens_on,
        target_on=milestone.measured_on,
        due_on=milestone.due_on,
        expected_date=milestone.expected_date,
        done_on=milestone.done_on,
        date_basis=milestone.date_basis,
        date_citation=milestone.date_citation,
        owner_id=milestone.owner_id,
        owner=owner.name if owner else None,
        owner_active=owner.active if owner else None,
        slug=partnership.slug,
        partnership=partnership.name,
        notify_from=partnership.notify_from,
        period_start=cycle.period_start if cycle else None,
        fact=milestone.fact,
        fact_count=milestone.fact_count,
        fact_total=milestone.fact_total,
        entered_on=milestone.entered_on,
    )
