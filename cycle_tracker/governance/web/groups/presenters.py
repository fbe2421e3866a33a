"""The governance group in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core import addresses
from cycle_tracker.core.audiences import Audience
from cycle_tracker.governance.rules import is_of_other_step
from cycle_tracker.governance.web.escalations.decision_words import DecisionRow, decision_lines, minutes_address
from cycle_tracker.governance.web.escalations.presenters import late_wording
from cycle_tracker.governance.web.groups.forms import PLACE_LABELS
from cycle_tracker.governance.web.raising.presenters import raised_words
from cycle_tracker.models.decision import Decision
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Meeting, Membership
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.page_parts import Task
from cycle_tracker.web.wording import day


@dataclass(frozen=True)
class MemberRow:
    """One person in the group, or one who was. `email` is there for those who look after the group."""

    id: int
    name: str
    place: str
    email: str
    active: bool
    last_day: str


@dataclass(frozen=True)
class MeetingRow:
    """One meeting. `address` is where its minutes are, where that is a web address."""

    id: int
    held_on: str
    title: str
    minutes: str
    address: str
    is_to_come: bool
    papers: str


@dataclass(frozen=True)
class OtherStepRow:
    """One late step that is no duty in law, with who owns it."""

    title: str
    address: str
    late: str
    owner: str


@dataclass(frozen=True)
class DecidedRow:
    """One decision, with what it is about."""

    title: str
    address: str
    decision: DecisionRow


def member_lines(memberships: Iterable[Membership], *, with_addresses: bool) -> tuple[list[MemberRow], list[MemberRow]]:
    """Who is in the group, and who was."""
    present: list[MemberRow] = []
    former: list[MemberRow] = []
    for one in memberships:
        line = MemberRow(
            id=one.id,
            name=one.user.name,
            place=PLACE_LABELS[one.role],
            email=one.user.email if with_addresses else "",
            active=one.user.active,
            last_day=day(one.to_on) if one.to_on else "",
        )
        (former if one.to_on else present).append(line)
    return present, former


def meeting_lines(meetings: Iterable[Meeting], today: date) -> list[MeetingRow]:
    """Meetings as they stand in a list."""
    return [
        MeetingRow(
            id=one.id,
            held_on=day(one.held_on),
            title=one.title,
            minutes=one.minutes,
            address=minutes_address(one.minutes),
            is_to_come=one.held_on > today,
            papers=f"Papers due on {day(one.papers_on)}" if one.papers_on and one.held_on > today else "",
        )
        for one in meetings
    ]


def waiting_tasks(escalations: Iterable[Escalation], viewer: Viewer, today: date) -> list[Task]:
    """What waits for a decision of the group."""
    return [
        Task(
            title=one.milestone.title,
            address=_address(one, one.milestone, viewer),
            summary=f"{late_wording(one.milestone, today)}. {_since(one)}",
            status="Decision needed",
            colour="purple",
        )
        for one in escalations
    ]


def parted(escalations: Iterable[Escalation]) -> tuple[list[Escalation], list[Escalation]]:
    """Those that the group is asked about, and those of other late steps, which are a table."""
    asked: list[Escalation] = []
    others: list[Escalation] = []
    for one in escalations:
        milestone = one.milestone
        is_other = is_of_other_step(milestone.kind, milestone.duty_basis, is_raised=one.raised_by_id is not None)
        (others if is_other else asked).append(one)
    return asked, others


def other_steps(escalations: Iterable[Escalation], viewer: Viewer, today: date) -> list[OtherStepRow]:
    """Other late steps as rows of a table."""
    return [
        OtherStepRow(
            title=one.milestone.title,
            address=_address(one, one.milestone, viewer),
            late=late_wording(one.milestone, today),
            owner=one.milestone.owner.name if one.milestone.owner else "No owner",
        )
        for one in escalations
    ]


def _since(one: Escalation) -> str:
    """Since when it waits, with the group or its chair, or who raised it."""
    if one.raised_by is not None:
        return f"{raised_words(one)} on {day(one.fell_due_on)}: “{one.raised_why}”"
    return f"With the {'chair' if one.audience is Audience.CHAIR else 'group'} since {day(one.fell_due_on)}."


def decided(decisions: Iterable[Decision], viewer: Viewer) -> list[DecidedRow]:
    """What the group decided last."""
    found = list(decisions)
    return [
        DecidedRow(
            title=one.escalation.milestone.title,
            address=_address(one.escalation, one.escalation.milestone, viewer),
            decision=line,
        )
        for one, line in zip(found, decision_lines(found), strict=True)
    ]


def _address(escalation: Escalation, milestone: Milestone, viewer: Viewer) -> str:
    """The escalation for those who may read it, and for the others the milestone."""
    if viewer.can(Permission.READ_ESCALATIONS, milestone.partnership_id) or milestone.partnership is None:
        return addresses.escalation(escalation.id)
    return addresses.milestone(milestone.partnership.slug, milestone.key)
