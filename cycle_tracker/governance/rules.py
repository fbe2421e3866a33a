"""Escalation as people use it: saying that one has seen a rung and will reply, and raising something by hand."""

from datetime import date, timedelta

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.audiences import OF_THE_GROUP, Audience
from cycle_tracker.core.calendar import WorkingCalendar
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.kinds import DOCUMENTS, Basis, Kind
from cycle_tracker.core.roles import Role
from cycle_tracker.core.wording import day

SHORTEST_REASON = 10
LONGEST_REASON = 2000

MEETING_NEEDED = "Choose the meeting at which the group decided this, or enter its date."
MINUTE_NEEDED = "Enter the minute reference."

# How far ahead the meeting can be on whose agenda the group puts something.
FURTHEST_AGENDA = timedelta(days=120)
# So many working days before a meeting, and after it, its clerk is asked about what is on its agenda.
QUESTION_WORKING_DAYS = 5
OWN_REPLY, GROUPS_REPLY = timedelta(days=14), timedelta(days=28)
# How far ahead each audience may put its reply: the owner and the leads two weeks, who meet seldom four.
LONGEST_REPLY = {
    Audience.OWNER: OWN_REPLY,
    Audience.LEAD: OWN_REPLY,
    Audience.CHAIR: GROUPS_REPLY,
    Audience.GOVERNANCE: GROUPS_REPLY,
    Audience.NATIONAL: GROUPS_REPLY,
}

# Audiences of those whose own work it is.
OWN = frozenset({Audience.OWNER, Audience.LEAD})
# Audiences whose rungs stand in the list of escalations; those of owners and leads stand with their milestones.
SHOWN = frozenset({*OF_THE_GROUP, Audience.NATIONAL})


def is_of_other_step(kind: Kind, duty_basis: Basis, *, is_raised: bool) -> bool:
    """True for the escalation of a late step that is no duty in law, if nobody raised it: the group finds it in a table
    of its page, and by default gets no email about it (ADR 0033)."""
    return not is_raised and kind not in {*DOCUMENTS, Kind.CONSULTATION} and duty_basis is not Basis.STATUTE


def ensure_reply_day(audience: Audience, reply_by: date, today: date, calendar: WorkingCalendar) -> None:
    """Raises RuleBroken, beside the field, for a day by which this audience cannot promise its reply: one that has
    come, one on which nobody works, one too far ahead."""
    if reply_by <= today:
        raise RuleBroken("The reply date must be after today.", field="reply_by")
    if reply_by > last_reply_day(audience, today):
        raise RuleBroken(
            f"The reply date must be on or before {day(last_reply_day(audience, today))}.", field="reply_by"
        )
    if not calendar.is_working_day(reply_by):
        raise RuleBroken("The reply date must be a working day when the partnership is not closed.", field="reply_by")


def ensure_agenda_day(audience: Audience, held_on: date, today: date) -> None:
    """Raises RuleBroken, beside the field, for a meeting on whose agenda this cannot be put: it came to no group, or
    the meeting is not to come, or it is too far ahead."""
    if audience not in OF_THE_GROUP:
        raise RuleBroken("Only what was escalated to the governance group or its chair can be on its agenda.")
    if not today < held_on <= today + FURTHEST_AGENDA:
        raise RuleBroken(
            f"The meeting must be after today, and on or before {day(today + FURTHEST_AGENDA)}.", field="meeting"
        )


def ensure_papers_day(held_on: date, papers_on: date | None) -> None:
    """Raises RuleBroken, beside the field, for papers that are due after their meeting."""
    if papers_on is not None and papers_on > held_on:
        raise RuleBroken("The papers must be due on or before the date of the meeting.", field="papers_on")


def asked_before_on(held_on: date, papers_on: date | None, calendar: WorkingCalendar) -> date:
    """The working day on which the clerk is asked about the agenda of a meeting: that on which its papers are due, or
    five working days before it."""
    if papers_on is not None:
        return calendar.on_or_before(papers_on)
    return calendar.working_days_before(held_on, QUESTION_WORKING_DAYS)


def asked_after_on(held_on: date, calendar: WorkingCalendar) -> date:
    """The working day on which the clerk is asked what a meeting decided."""
    return calendar.working_days_after(held_on, QUESTION_WORKING_DAYS)


def last_working_reply_day(audience: Audience, today: date, calendar: WorkingCalendar) -> date | None:
    """The last working day by which this audience may promise its reply; None where there is none before that ends."""
    last = calendar.on_or_before(last_reply_day(audience, today))
    return last if last > today else None


def last_reply_day(audience: Audience, today: date) -> date:
    """The last day by which this audience may promise its reply."""
    return today + LONGEST_REPLY[audience]


def answers_for(
    viewer: Viewer,
    audience: Audience,
    partnership_id: int,
    *,
    owner_id: int | None,
    chairs: bool = False,
    in_national_group: bool = False,
) -> bool:
    """True where the person is of the audience that something came to, so that their word on it counts.

    The owner and the leads for their own rungs; the chair, or the clerk for them; members and the clerk of the
    governance group; members of the national one. Nobody answers for a group about what they own or lead.
    """
    if audience in OWN:
        is_lead = viewer.can(Permission.CHANGE_MILESTONES, partnership_id)
        owns = owner_id in viewer.owns_as and viewer.can(Permission.CHANGE_OWN_MILESTONES, partnership_id)
        return is_lead or owns
    if owner_id in viewer.owns_as or Role.LEAD in viewer.roles_in(partnership_id):
        return False
    if audience is Audience.NATIONAL:
        return in_national_group
    if audience is Audience.CHAIR:
        return chairs or Role.CLERK in viewer.roles_in(partnership_id)
    return viewer.can(Permission.DECIDE_ESCALATIONS, partnership_id)


def records_as_lead(viewer: Viewer, partnership_id: int | None) -> bool:
    """Whether the person is the clerk of the group and one of the partnership's planning leads. They decide nothing
    themselves: they record what the group decided at a meeting, and its chair can dispute it."""
    return partnership_id is not None and viewer.roles_in(partnership_id) >= {Role.LEAD, Role.CLERK}


def ensure_minuted(*, has_meeting: bool, minute: str) -> None:
    """Raises RuleBroken, beside the field, without the meeting and the minute of a decision that a lead records."""
    if not has_meeting:
        raise RuleBroken(MEETING_NEEDED, field="meeting")
    if not minute.strip():
        raise RuleBroken(MINUTE_NEEDED, field="minute")


def ensure_reason(why: str) -> None:
    """Raises RuleBroken, beside the field, for a reason that says nothing or too much."""
    if not SHORTEST_REASON <= len(why.strip()) <= LONGEST_REASON:
        raise RuleBroken(f"The reason must be {SHORTEST_REASON} to {LONGEST_REASON:,} characters.", field="why")
