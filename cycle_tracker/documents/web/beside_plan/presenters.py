"""What is recorded beside a plan, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.clock import london_day
from cycle_tracker.documents.queries.beside_plan.own_starts import may_undo
from cycle_tracker.documents.queries.beside_plan.plans import may_record
from cycle_tracker.documents.web.links import Link, address_of
from cycle_tracker.milestones.queries.milestones import holds
from cycle_tracker.models.approval import Direction, Disagreement, OwnStart
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.wording import day

REASONS_MISSING = "reasons not recorded"


@dataclass(frozen=True)
class BesidePart:
    """One thing that is recorded: a heading, lines and words of people, and what can be done about it."""

    heading: str
    lines: list[str]
    words: str
    links: list[Link] = field(default_factory=list)
    address: str = ""
    """Where it is published."""


@dataclass(frozen=True)
class BesidePlanPart:
    """What is recorded beside a plan, and where more is recorded."""

    parts: list[BesidePart]
    links: list[Link]


def beside_plan_part(
    plan: Milestone,
    viewer: Viewer,
    names: Mapping[int, str],
    own_start: OwnStart | None,
    disagreements: Sequence[Disagreement],
    directions: Sequence[Direction],
) -> BesidePlanPart | None:
    """What the person sees of it; None if there is nothing to see and nothing to do."""
    parts: list[BesidePart] = []
    links: list[Link] = []
    if own_start is not None:
        parts.append(_own_start(plan, viewer, names, own_start))
    elif may_record(viewer, plan) and plan.target_on is not None:
        links.append(Link("Record that the plan started late", address_of("own_starts.record", plan)))
    parts += [_disagreement(plan, viewer, names, one) for one in disagreements]
    parts += [_direction(plan, viewer, names, one) for one in directions]
    if may_record(viewer, plan):
        links.append(Link("Record a notice of disagreement", address_of("disagreements.record", plan)))
    if holds(viewer, Permission.RECORD_DIRECTIONS, plan):
        links.append(Link("Record a direction", address_of("directions.record", plan)))
    return BesidePlanPart(parts, links) if parts or links else None


def before_own_start_part() -> BesidePlanPart:
    """What the page of a report says if its year was over when the plan of its period started."""
    words = (
        "The plan for this period started after the year that this report covers had ended. If no report is expected "
        "here, an official can mark it as not required."
    )
    return BesidePlanPart([BesidePart("The plan started late", [], words)], [])


def _own_start(plan: Milestone, viewer: Viewer, names: Mapping[int, str], own_start: OwnStart) -> BesidePart:
    is_agreed = own_start.agreed_at is not None
    behalf = " on behalf of the partnership" if own_start.on_behalf else ""
    lines = [f"Recorded on {_when(own_start.recorded_at)}{_by(own_start.recorded_by_id, names)}{behalf}."]
    if own_start.agreed_at is not None:
        lines.append(f"Agreed on {_when(own_start.agreed_at)}{_by(own_start.agreed_by_id, names)}.")
    else:
        lines.append("Proposed. It takes effect when an official agrees it.")
    links = []
    if not is_agreed and holds(viewer, Permission.AGREE_OWN_STARTS, plan):
        links.append(Link("Agree this start", address_of("own_starts.agree", plan)))
    if may_undo(viewer, plan, own_start):
        links.append(Link("Undo this start", address_of("own_starts.take_back", plan)))
    heading = f"Own start of the plan{'' if is_agreed else ', proposed'}: {day(own_start.starts_on)}"
    return BesidePart(heading, lines, own_start.allowed_by, links)


def _disagreement(plan: Milestone, viewer: Viewer, names: Mapping[int, str], notice: Disagreement) -> BesidePart:
    body = notice.organisation.name
    behalf = " on behalf of the partnership" if notice.on_behalf else ""
    lines = [
        f"Service: {notice.service or 'not recorded'}.",
        f"Date of the notice: {day(notice.published_on) if notice.published_on else 'not recorded'}.",
        f"Reasons: {notice.reasons}" if notice.reasons else f"Incomplete: {REASONS_MISSING}.",
        f"Recorded on {_when(notice.recorded_at)}{_by(notice.recorded_by_id, names)}{behalf}.",
    ]
    links = []
    if may_record(viewer, plan) or notice.recorded_by_id == viewer.user_id:
        number = {"number": notice.id}
        about = f"the notice by {body}"
        links = [
            Link("Change what is recorded", address_of("disagreements.correct", plan, **number), f"of {about}"),
            Link("Recorded by mistake? Undo it", address_of("disagreements.take_back", plan, **number), f"({about})"),
        ]
    words = notice.matters or "The matters are not recorded."
    return BesidePart(f"Notice of disagreement: {body}", lines, words, links, notice.address)


def _direction(plan: Milestone, viewer: Viewer, names: Mapping[int, str], direction: Direction) -> BesidePart:
    lines = [
        f"Given to {direction.given_to} on {day(direction.given_on)}.",
        f"Recorded on {_when(direction.recorded_at)}{_by(direction.recorded_by_id, names)}.",
    ]
    links = []
    if holds(viewer, Permission.RECORD_DIRECTIONS, plan):
        address = address_of("directions.take_back", plan, number=direction.id)
        links.append(Link("Recorded by mistake? Undo it", address, f"(the direction to {direction.given_to})"))
    heading = f"Direction of Scottish Ministers under {direction.section.section}"
    return BesidePart(heading, lines, direction.about, links, direction.address)


def _when(moment: datetime) -> str:
    return day(london_day(moment))


def _by(user_id: int | None, names: Mapping[int, str]) -> str:
    return f" by {names[user_id]}" if user_id is not None and user_id in names else ""
