"""Importing organisations: new ones, changes to old ones by their code or name, and their roles in partnerships.

Each row is done by the services that the pages use, so the same rules hold. What a row does depends on the rows before
it; so the rows are done one after the other, and whoever calls takes all of it back where one has a problem. What
follows of the parts, such as whether a plan is prepared, is worked out once for each partnership after the last row.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.imports.rules.import_rows import Problem, SheetRow
from cycle_tracker.imports.rules.organisation_rows import (
    CODE,
    FROM,
    KIND,
    MAILBOX,
    NAME,
    PARTNERSHIP,
    TO,
    OrganisationRow,
    read_organisation_rows,
)
from cycle_tracker.imports.services.plans import Effect, Plan, Step, in_order, place_rows
from cycle_tracker.models.organisation import SET_BY_LAW, Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.user import User
from cycle_tracker.organisations.queries.organisations import find_by_name
from cycle_tracker.organisations.rules import clean_code, is_own_code
from cycle_tracker.organisations.services.organisations import (
    OrganisationDetails,
    add_organisation,
    change_organisation,
)
from cycle_tracker.organisations.services.parts import PartDetails, add_body, change_body, follow
from cycle_tracker.partnerships.queries.bodies import find_organisation

KINDS = [kind.value for kind in OrganisationKind]
NEW_KINDS = [kind.value for kind in OrganisationKind if kind not in SET_BY_LAW]
ROLES = [role.value for role in BodyRole]
# The columns that the fields of the services are.
COLUMN_OF = {"from_on": FROM, "to_on": TO, "organisation": PARTNERSHIP}


@dataclass
class _Import:
    """What is done so far: who does it, by organisation what the rows before said of it, and in which partnerships
    parts were changed."""

    by: User | None
    now: datetime
    said: dict[tuple[int, str], tuple[str, int]] = field(default_factory=dict)
    partnership_ids: set[int] = field(default_factory=set)


def record_organisations(rows: Sequence[SheetRow], *, by: User | None, now: datetime) -> Plan:
    """Do what the rows say. With problems, whoever calls must take it all back: some rows are done, others are not."""
    read, problems = read_organisation_rows(rows, kinds=KINDS, roles=ROLES)
    places = place_rows(rows, PARTNERSHIP, problems, only=None, allows=lambda _: True)
    done = _Import(by, now)
    steps = []
    for row in read:
        if row.place and row.number not in places:
            continue
        try:
            steps.append(_record(row, places.get(row.number), done))
        except RuleBroken as rule:
            column = COLUMN_OF.get(rule.field or "", rule.field or "")
            problems.append(Problem(row.number, column, rule.message))
    if problems:
        return Plan(problems=in_order(problems))
    follow(done.partnership_ids, by=by, now=now)
    return Plan(steps=steps)


def _record(row: OrganisationRow, partnership: Partnership | None, done: _Import) -> Step:
    organisation = _find(row)
    effects = set()
    if organisation is None:
        organisation = _add(row, done)
        effects.add(Effect.NEW)
    elif _change(organisation, row, done):
        effects.add(Effect.CHANGED)
    if partnership is not None:
        effects.add(_give_part(partnership, organisation, row, done))
    effect = next((one for one in (Effect.NEW, Effect.CHANGED) if one in effects), Effect.UNCHANGED)
    place = partnership.name if partnership else ""
    return Step(row.number, place, f"{organisation.name} ({organisation.code})", effect)


def _find(row: OrganisationRow) -> Organisation | None:
    """The organisation that a row is about. Raises RuleBroken for one that cannot be used."""
    found = find_organisation(clean_code(row.code)) if row.code else find_by_name(row.name, within=None)
    column = CODE if row.code else NAME
    if found is None:
        if is_own_code(clean_code(row.code)):
            raise RuleBroken(f"There is no organisation with the code {clean_code(row.code)}.", field=CODE)
        return None
    if not found.in_use:
        raise RuleBroken(f"{found.name} is not in use. Select “Use again” on its page first.", field=column)
    if found.is_waiting:
        raise RuleBroken(f"{found.name} is waiting to be accepted. Accept it on its page first.", field=column)
    return found


def _add(row: OrganisationRow, done: _Import) -> Organisation:
    if not row.name:
        raise RuleBroken("A new organisation needs a name.", field=NAME)
    if row.kind not in NEW_KINDS:
        raise RuleBroken(f"A new organisation needs a kind. It can be {', '.join(NEW_KINDS)}.", field=KIND)
    details = OrganisationDetails(row.name, OrganisationKind(row.kind), row.mailbox, row.code)
    added = add_organisation(details, by=done.by, now=done.now)
    _note(added, row, done)
    return added


def _change(organisation: Organisation, row: OrganisationRow, done: _Import) -> bool:
    _note(organisation, row, done)
    details = OrganisationDetails(
        row.name if row.name and row.code else organisation.name,  # without a code the name only finds it
        OrganisationKind(row.kind) if row.kind else organisation.kind,
        row.mailbox or organisation.mailbox or "",
    )
    return change_organisation(organisation, details, by=done.by, now=done.now)


def _note(organisation: Organisation, row: OrganisationRow, done: _Import) -> None:
    """Raises RuleBroken where an earlier row says something else of the organisation."""
    for column, value in ((NAME, row.name), (KIND, row.kind), (MAILBOX, row.mailbox.casefold())):
        if not value:
            continue
        earlier, number = done.said.setdefault((organisation.id, column), (value, row.number))
        if earlier != value:
            raise RuleBroken(f"Row {number} has another {column} for this organisation.", field=column)


def _give_part(partnership: Partnership, organisation: Organisation, row: OrganisationRow, done: _Import) -> Effect:
    """Give the organisation its role from the day on, or set the last day of the one that begins then."""
    if row.from_on is None:
        raise ValueError("a row with a partnership has a first day")
    details = PartDetails(BodyRole(row.role), row.from_on, row.to_on)
    who: dict[str, Any] = {"by": done.by, "now": done.now, "follows": False}
    part = _part(partnership, organisation, details)
    if part is None:
        done.partnership_ids.add(partnership.id)
        add_body(partnership, organisation, details.role, details.from_on, to_on=details.to_on, **who)
        return Effect.NEW
    if details.to_on is None or details.to_on == part.to_on:
        return Effect.UNCHANGED
    done.partnership_ids.add(partnership.id)
    change_body(partnership, part, details, **who)
    return Effect.CHANGED


def _part(partnership: Partnership, organisation: Organisation, details: PartDetails) -> PartnershipBody | None:
    return next(
        (
            one
            for one in partnership.bodies
            if (one.organisation_id, one.role, one.from_on) == (organisation.id, details.role, details.from_on)
        ),
        None,
    )
