"""The parts of organisations in a partnership: which lead, which take part and which provide services, from when to
when."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.periods import FIRST_START
from cycle_tracker.jobs.services.locks import lock
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.user import User
from cycle_tracker.organisations.queries.parts import overlapping

LATEST = date(2100, 1, 1)

Follower = Callable[[int, User | None, datetime], None]
FOLLOWERS: list[Follower] = []
"""What else is brought into line when who leads a partnership, or takes part in it, changes: capabilities that build on
organisations add themselves, as documents do with the plans that lead bodies agree."""


@dataclass(frozen=True)
class PartDetails:
    """A role, and the first and last day of it; no last day where none is known."""

    role: BodyRole
    from_on: date
    to_on: date | None = None


def add_body(
    partnership: Partnership,
    organisation: Organisation,
    role: BodyRole,
    from_on: date,
    *,
    to_on: date | None = None,
    by: User | None,
    now: datetime,
    follows: bool = True,
) -> PartnershipBody:
    """Say that an organisation leads, takes part or provides services from a day on. Raises RuleBroken if it has a role
    on one of these days already, and for days that cannot be.

    Without `follows` whoever calls does many at a time, and calls `follow` after the last.
    """
    lock(partnership)
    details = PartDetails(role, from_on, to_on)
    _ensure_days(details)
    if overlapping(partnership, organisation.id, from_on, to_on):
        raise RuleBroken(
            f"{organisation.name} is already in the partnership on that date. Give it an earlier last day first.",
            field="organisation",
        )
    body = PartnershipBody(organisation=organisation, role=role, from_on=from_on, to_on=to_on)
    partnership.bodies.append(body)
    db.session.flush()
    _record(body, "body-added", by=by, now=now, after=_facts(body))
    if follows:
        follow([partnership.id], by=by, now=now)
    return body


def change_body(
    partnership: Partnership,
    body: PartnershipBody,
    details: PartDetails,
    *,
    by: User | None,
    now: datetime,
    follows: bool = True,
) -> None:
    """Set the role and the days of an organisation's part. Saving it as it is changes nothing.

    Raises RuleBroken if the organisation has another role on one of these days, and for days that cannot be. Without
    `follows` whoever calls does many at a time, and calls `follow` after the last.
    """
    lock(partnership)
    _ensure_days(details)
    others = overlapping(partnership, body.organisation_id, details.from_on, details.to_on)
    if any(one.id != body.id for one in others):
        raise RuleBroken(f"{body.organisation.name} has another role on one of these days.", field="from_on")
    before = _facts(body)
    body.role, body.from_on, body.to_on = details.role, details.from_on, details.to_on
    after = _facts(body)
    db.session.flush()
    if after != before:
        _record(body, "body-changed", by=by, now=now, before=before, after=after)
        if follows:
            follow([partnership.id], by=by, now=now)


def end_body(body: PartnershipBody, to_on: date, *, by: User, now: datetime) -> None:
    """Say on which day an organisation's part ends, or ended. Raises RuleBroken for a day before its first."""
    _ensure_days(PartDetails(body.role, body.from_on, to_on))
    before, body.to_on = body.to_on, to_on
    _record(
        body,
        "body-ended",
        by=by,
        now=now,
        before={"organisation_id": body.organisation_id, "to_on": before},
        after={"organisation_id": body.organisation_id, "to_on": to_on},
    )
    db.session.flush()
    follow([body.partnership_id], by=by, now=now)


def follow(partnership_ids: Iterable[int], *, by: User | None, now: datetime) -> None:
    """Bring what builds on the parts of these partnerships into line with them."""
    for partnership_id in sorted(set(partnership_ids)):
        for follower in FOLLOWERS:
            follower(partnership_id, by, now)


def ensure_plausible(day: date, *, field: str) -> None:
    """Raises RuleBroken, beside the field, for a day before the first plan period or long after us."""
    if not FIRST_START <= day < LATEST:
        raise RuleBroken(f"The date must be from {FIRST_START:%-d %B %Y} to {LATEST.year - 1}.", field=field)


def _ensure_days(details: PartDetails) -> None:
    ensure_plausible(details.from_on, field="from_on")
    if details.to_on is None:
        return
    ensure_plausible(details.to_on, field="to_on")
    if details.to_on < details.from_on:
        raise RuleBroken("The last day must not be before the first day.", field="to_on")


def _facts(body: PartnershipBody) -> dict[str, Any]:
    last = {"to_on": body.to_on} if body.to_on else {}
    return {"organisation_id": body.organisation_id, "role": body.role, "from_on": body.from_on} | last


def _record(body: PartnershipBody, action: str, *, by: User | None, now: datetime, **facts: Any) -> None:
    audit.record("partnership", body.partnership_id, action, by=by, at=now, partnership_id=body.partnership_id, **facts)
