"""A milestone as the reminder rules know it, from a row or from the object."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from cycle_tracker.domain.calendar import SCOTLAND, WorkingCalendar
from cycle_tracker.domain.kinds import DOCUMENTS, Basis, Kind
from cycle_tracker.domain.lifecycle import OPEN, State
from cycle_tracker.domain.policies import Audience, Policy, policy_for
from cycle_tracker.domain.reminders import Deadline


class MilestoneRow(Protocol):
    """The columns of a milestone that the reminder rules need."""

    @property
    def kind(self) -> Kind: ...
    @property
    def duty_basis(self) -> Basis: ...
    @property
    def state(self) -> State: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def target_on(self) -> date | None: ...
    @property
    def expected_date(self) -> bool: ...
    @property
    def entered_on(self) -> date: ...


def deadline_of(
    row: MilestoneRow,
    *,
    notify_from: date | None,
    calendar: WorkingCalendar = SCOTLAND,
    addressees: Mapping[Audience, tuple[str, ...]] | None = None,
) -> Deadline:
    """What the rules need to know of one milestone."""
    is_document = row.kind in DOCUMENTS
    return Deadline(
        due_on=row.due_on,
        is_open=row.state in OPEN,
        entered_on=row.entered_on,
        is_document=is_document,
        expected_date=row.expected_date,
        explain_by_target=row.target_on if is_document and not row.expected_date else None,
        notify_from=notify_from,
        calendar=calendar,
        addressees=addressees or {},
    )


def policy_of(row: MilestoneRow) -> Policy:
    """The policy that holds for one milestone."""
    return policy_for(row.kind, row.duty_basis)
