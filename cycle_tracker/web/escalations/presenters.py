"""What came to a governance group, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cycle_tracker.clock import london_day
from cycle_tracker.domain.deadlines import days_past
from cycle_tracker.domain.documents import lag_days
from cycle_tracker.domain.permissions import Permission, Viewer
from cycle_tracker.models import DateChange, Escalation, Milestone, Resolution
from cycle_tracker.web.milestones.presenters import Row
from cycle_tracker.web.wording import count, date_name, day, lag_wording

RESOLUTIONS = {
    Resolution.DONE: "It was done",
    Resolution.NEW_DATE: "It has a new date",
    Resolution.REOPENED: "It was opened again",
    Resolution.CLOSED: "It was closed",
}


@dataclass(frozen=True)
class Line:
    """One escalation in a list."""

    id: int
    title: str
    partnership: str
    late: str
    lag: str
    rung: str
    since: str
    explanation: str
    settled: str


def lines(escalations: Iterable[Escalation], explanations: Mapping[int, DateChange], today: date) -> list[Line]:
    """Escalations as they stand in a list."""
    return [
        Line(
            id=one.id,
            title=one.milestone.title,
            partnership=one.milestone.partnership.name if one.milestone.partnership else "",
            late=late_wording(one.milestone, today),
            lag=_lag(one.milestone, today),
            rung=rung_wording(one),
            since=day(one.fell_due_on),
            explanation=_explanation(explanations.get(one.milestone_id)),
            settled=settled_wording(one),
        )
        for one in escalations
    ]


def may_decide(escalation: Escalation, viewer: Viewer) -> bool:
    """True where the person may note a new expected date here: it waits still, and they are of the group."""
    return escalation.resolved_at is None and viewer.can(
        Permission.DECIDE_ESCALATIONS, escalation.milestone.partnership_id
    )


def escalation_rows(escalation: Escalation) -> list[Row]:
    """When it came to the group and how it was settled. What is late about it stands beside this."""
    rows = [Row("Came to the governance group", f"{day(escalation.fell_due_on)}, {rung_wording(escalation)}")]
    if escalation.resolved_at is not None:
        rows.append(Row("Settled", settled_wording(escalation)))
    return rows


def rung_wording(escalation: Escalation) -> str:
    """Which step of the ladder it is."""
    return f"{count(escalation.rung, 'day')} past its date"


def settled_wording(escalation: Escalation) -> str:
    """How it ended, or that it waits."""
    if escalation.resolved_at is None or escalation.resolution is None:
        return "Waiting for a decision"
    return f"{RESOLUTIONS[escalation.resolution]}, on {day(london_day(escalation.resolved_at))}"


def late_wording(milestone: Milestone, today: date) -> str:
    """How long the first date had passed when it was done, or has passed today."""
    first = milestone.target_on or milestone.due_on
    passed = days_past(first, milestone.done_on or today)
    if not passed:
        return "Not past its date"
    return f"{count(passed, 'day')} past the {date_name(milestone.date_basis)} of {day(first)}"


def _lag(milestone: Milestone, today: date) -> str:
    lag = lag_days(milestone.reports_on, milestone.done_on, today)
    return lag_wording(lag, published=milestone.done_on is not None)


def _explanation(change: DateChange | None) -> str:
    if change is None:
        return "None yet"
    return f"{change.reason} New expected date {day(change.new_due_on)}."
