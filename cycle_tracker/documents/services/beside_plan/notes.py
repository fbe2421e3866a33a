"""Notices of disagreement with a plan (2014 Act, section 10(8)), and directions about it (sections 16 and 17).

They are recorded, corrected, and undone with a reason. They complete nothing and have no due date.
"""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind, OnBehalf, PowerUsed
from cycle_tracker.core.web_addresses import ensure_web_address
from cycle_tracker.documents.queries.publications import get_record
from cycle_tracker.documents.services.on_behalf.acts import forget_undone_acts, note_act
from cycle_tracker.milestones.services.milestones import ensure_past_day
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.approval import Direction, Disagreement
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.user import User


@dataclass(frozen=True)
class NoticeDetails:
    """What is known of a notice of disagreement. Any of it may be unknown."""

    service: str = ""
    matters: str = ""
    reasons: str = ""
    address: str = ""
    published_on: date | None = None


@dataclass(frozen=True)
class DirectionDetails:
    """A direction: on which day, to whom, under which section, what about, and where it is published if that is
    known."""

    given_on: date
    given_to: str
    section: PowerUsed
    about: str
    address: str = ""


def record_disagreement(
    plan: Milestone,
    body: Organisation,
    details: NoticeDetails,
    *,
    on_behalf: bool,
    by: User,
    today: date,
    now: datetime,
) -> Disagreement:
    """Record that a body published a notice of disagreement with a plan.

    Raises RuleBroken for what is no plan, for a body that the Act does not name (Scottish Ministers and the other
    service providers: lead bodies agree to the plan or do not), for a day or an address that cannot be.
    """
    _ensure_plan(plan)
    if body.id not in {one.id for one in get_record(plan, today).receivers}:
        raise RuleBroken("Choose Scottish Ministers or another service provider of the area.", field="body")
    known = _possible(details, today)
    notice = Disagreement(
        milestone_id=plan.id,
        organisation=body,
        **asdict(known),
        on_behalf=on_behalf,
        recorded_by_id=by.id,
        recorded_at=now,
    )
    db.session.add(notice)
    after = {**_facts(body, known), "on_behalf": on_behalf}
    audit.record_milestone(plan, "disagreement-recorded", by=by, at=now, after=after)
    if on_behalf:
        note_act(plan, OnBehalf.DISAGREEMENT, by=by, now=now)
    _saved(plan)
    return notice


def correct_disagreement(
    plan: Milestone, notice: Disagreement, details: NoticeDetails, *, by: User, today: date, now: datetime
) -> None:
    """Add what was not known of a notice of disagreement, or correct it. Raises RuleBroken for one that was undone, and
    for a day or an address that cannot be."""
    _ensure_known(notice)
    known = _possible(details, today)
    before = NoticeDetails(notice.service, notice.matters, notice.reasons, notice.address, notice.published_on)
    for name, value in asdict(known).items():
        setattr(notice, name, value)
    body = notice.organisation
    audit.record_milestone(
        plan, "disagreement-corrected", by=by, at=now, before=_facts(body, before), after=_facts(body, known)
    )
    _saved(plan)


def undo_disagreement(plan: Milestone, notice: Disagreement, reason: str, *, by: User, now: datetime) -> None:
    """Undo the record of a notice of disagreement, with a reason. Raises RuleBroken without one."""
    details = NoticeDetails(notice.service, notice.matters, notice.reasons, notice.address, notice.published_on)
    _end(notice, reason, by=by, now=now)
    forget_undone_acts(plan, {OnBehalf.DISAGREEMENT}, by_id=notice.recorded_by_id, at=notice.recorded_at)
    before = _facts(notice.organisation, details)
    audit.record_milestone(plan, "disagreement-undone", by=by, at=now, before=before, reason=reason.strip())
    _saved(plan)


def record_direction(plan: Milestone, details: DirectionDetails, *, by: User, today: date, now: datetime) -> Direction:
    """Record a direction about a plan. Who is an official is asked where the plan is fetched.

    Raises RuleBroken for what is no plan, for a day that is still to come, and where it is not said to whom or what
    about.
    """
    _ensure_plan(plan)
    ensure_past_day(details.given_on, today, field="given_on")
    known = replace(details, given_to=details.given_to.strip(), about=details.about.strip())
    if not known.given_to:
        raise RuleBroken("Enter who the direction was given to.", field="given_to")
    if not known.about:
        raise RuleBroken("Enter what the direction is about.", field="about")
    _ensure_address(known.address)
    direction = Direction(milestone_id=plan.id, **asdict(known), recorded_by_id=by.id, recorded_at=now)
    db.session.add(direction)
    audit.record_milestone(plan, "direction-recorded", by=by, at=now, after=_as_kept(known))
    _saved(plan)
    return direction


def undo_direction(plan: Milestone, direction: Direction, reason: str, *, by: User, now: datetime) -> None:
    """Undo the record of a direction, with a reason. Raises RuleBroken without one."""
    details = DirectionDetails(
        direction.given_on, direction.given_to, direction.section, direction.about, direction.address
    )
    _end(direction, reason, by=by, now=now)
    audit.record_milestone(plan, "direction-undone", by=by, at=now, before=_as_kept(details), reason=reason.strip())
    _saved(plan)


def _ensure_plan(plan: Milestone) -> None:
    if plan.kind is not Kind.PLAN:
        raise RuleBroken("Only a plan can have a notice of disagreement or a direction.")


def _ensure_known(note: Disagreement | Direction) -> None:
    if note.undone_at is not None:
        raise RuleBroken("This was undone already.")


def _end(note: Disagreement | Direction, reason: str, *, by: User, now: datetime) -> None:
    _ensure_known(note)
    if not reason.strip():
        raise RuleBroken("Enter the reason for undoing this.", field="reason")
    note.undone_by_id, note.undone_at, note.undone_why = by.id, now, reason.strip()


def _possible(details: NoticeDetails, today: date) -> NoticeDetails:
    if details.published_on is not None:
        ensure_past_day(details.published_on, today, field="published_on")
    _ensure_address(details.address)
    return replace(
        details,
        service=details.service.strip(),
        matters=details.matters.strip(),
        reasons=details.reasons.strip(),
        address=details.address.strip(),
    )


def _ensure_address(address: str) -> None:
    if address:
        ensure_web_address(address)


def _facts(body: Organisation, details: NoticeDetails) -> dict[str, Any]:
    return {"body": body.name, "organisation_id": body.id, **_as_kept(details)}


def _as_kept(details: NoticeDetails | DirectionDetails) -> dict[str, Any]:
    """The details as the audit keeps them."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(details).items()}


def _saved(plan: Milestone) -> None:
    count_as_changed(plan)
    db.session.flush()
