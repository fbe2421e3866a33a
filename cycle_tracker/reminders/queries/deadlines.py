"""A milestone as the reminder rules know it, from a row or from the object, and the policy that applies to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from sqlalchemy import select

from cycle_tracker.core.audiences import Audience, EscalationStage
from cycle_tracker.core.calendar import SCOTLAND, WorkingCalendar
from cycle_tracker.core.deadlines import ALWAYS
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DOCUMENTS, Basis, Kind
from cycle_tracker.core.lifecycle import OPEN, State
from cycle_tracker.models.notice import NoticePolicy
from cycle_tracker.reminders.rules.policies import Policy, PolicyChange, Repeats, policy_under
from cycle_tracker.reminders.rules.steps import Deadline


class MilestoneRow(Protocol):
    """The columns of a milestone that the reminder rules need."""

    @property
    def partnership_id(self) -> int | None: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def duty_basis(self) -> Basis: ...
    @property
    def state(self) -> State: ...
    @property
    def opens_on(self) -> date | None: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def measured_on(self) -> date | None: ...
    @property
    def expected_date(self) -> bool: ...
    @property
    def after_interim(self) -> bool: ...
    @property
    def entered_on(self) -> date: ...


def deadline_of(
    row: MilestoneRow,
    *,
    notify_from: date | None,
    reply_by: date | None = None,
    waits: bool = False,
    free_since: date | None = None,
    document_with_group: bool = False,
    calendar: WorkingCalendar = SCOTLAND,
    addressees: Mapping[Audience, tuple[str, ...]] | None = None,
) -> Deadline:
    """What the rules need to know of one milestone; `notify_from` is its partnership's, and counts for none that is
    national. Without `waits` its bookmark may be early."""
    is_document = row.kind in DOCUMENTS
    return Deadline(
        due_on=row.due_on,
        is_open=row.state in OPEN,
        entered_on=row.entered_on,
        is_document=is_document,
        expected_date=row.expected_date,
        after_interim=row.after_interim,
        opens_on=row.opens_on if row.kind is Kind.ANNUAL_REPORT else None,
        explain_by_target=row.measured_on if is_document and not row.expected_date else None,
        notify_from=ALWAYS if row.partnership_id is None else notify_from,
        reply_by=reply_by,
        waits=waits,
        free_since=free_since,
        document_with_group=document_with_group,
        asks_contacts_after=row.kind is Kind.REQUEST,
        calendar=calendar,
        addressees=addressees or {},
    )


@dataclass(frozen=True)
class Policies:
    """The policies that apply now: the defaults, and what was changed of them, by place."""

    changes: Mapping[str, PolicyChange]
    _found: dict[tuple[Kind, Basis, int | None], Policy] = field(default_factory=dict, compare=False, repr=False)

    def of(self, row: MilestoneRow) -> Policy:
        """The policy that applies to one milestone."""
        asked = (row.kind, row.duty_basis, row.partnership_id)
        if asked not in self._found:
            self._found[asked] = policy_under(self.changes, *asked)
        return self._found[asked]


def policies_now() -> Policies:
    """Every policy as it is in the database at this moment; one statement."""
    rows = db.session.execute(
        select(
            NoticePolicy.place,
            NoticePolicy.in_force_from,
            NoticePolicy.before,
            NoticePolicy.first_after,
            NoticePolicy.repeat_every,
            NoticePolicy.rungs,
        )
    )
    return Policies({row.place: change_of(row) for row in rows})


def change_of(row: Any) -> PolicyChange:
    """What a row of `notice_policies` changes."""
    return PolicyChange(
        in_force_from=row.in_force_from,
        before=tuple(row.before) if row.before is not None else None,
        repeats=Repeats(row.first_after, row.repeat_every) if row.first_after is not None else None,
        rungs=tuple(_rung(days, audiences) for days, audiences in row.rungs) if row.rungs is not None else None,
    )


def _rung(days: object, audiences: object) -> EscalationStage:
    """An escalation stage from the two parts of its JSON: `[14, ["governance-group"]]`."""
    if not isinstance(days, int) or not isinstance(audiences, list):
        raise TypeError(f"An escalation stage is days and a list of audiences, not {days!r} and {audiences!r}.")
    return EscalationStage(days, tuple(Audience(one) for one in audiences))


def policy_of(row: MilestoneRow) -> Policy:
    """The policy that applies to one milestone; one statement. For many, ask `policies_now` once."""
    return policies_now().of(row)
