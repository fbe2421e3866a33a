"""What came to a governance group, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.audiences import OF_THE_GROUP, Audience
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.deadlines import days_past
from cycle_tracker.documents.rules.documents import lag_days
from cycle_tracker.documents.rules.explanations import stands_apart
from cycle_tracker.governance.queries.escalations import EscalationStatus, status_of
from cycle_tracker.governance.rules import records_as_lead
from cycle_tracker.governance.services.decision_words import dispute_words, made_by, meeting_words, what_was_decided
from cycle_tracker.governance.web.escalations.forms import DecisionForm
from cycle_tracker.governance.web.raising.presenters import CAME_TO, acknowledged_words, late_words, raised_words
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.models.escalation import Escalation, Resolution
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.page_parts import Row
from cycle_tracker.web.wording import count, date_name, day, lag_wording

RESOLUTIONS = {
    Resolution.DONE: "Done",
    Resolution.NEW_DATE: "New date agreed",
    Resolution.REOPENED: "Reopened",
    Resolution.CLOSED: "Closed",
}

# The headings of the list, in its order.
STATUSES = {
    EscalationStatus.WAITING: "Decision needed",
    EscalationStatus.DECIDED: "Decided, still open",
    EscalationStatus.SETTLED: "Settled",
}


@dataclass(frozen=True)
class EscalationRow:
    """One escalation in a list: `came` to whom and when, `raised` by whom and why; `acknowledged` says who replies by
    when. `decided` and `how` are of the last decision."""

    id: int
    title: str
    partnership: str
    late: str
    lag: str
    came: str
    raised: str
    acknowledged: str
    explanation: str
    status: EscalationStatus
    settled: str
    decided: str
    how: str


@dataclass(frozen=True)
class LineGroup:
    """The escalations of one page that stand alike."""

    status: EscalationStatus
    title: str
    lines: list[EscalationRow]


def lines(
    escalations: Iterable[Escalation],
    explanations: Mapping[int, DateChange],
    decisions: Mapping[int, list[Decision]],
    today: date,
) -> list[EscalationRow]:
    """Escalations as they stand in a list."""
    return [_line(one, explanations, decisions, today) for one in escalations]


def grouped(found: Iterable[EscalationRow]) -> list[LineGroup]:
    """The lines of one page by where they stand, those that wait first."""
    by_status = {status: [line for line in found if line.status is status] for status in EscalationStatus}
    return [LineGroup(status, STATUSES[status], rows) for status, rows in by_status.items() if rows]


def may_decide(escalation: Escalation, viewer: Viewer) -> bool:
    """True where the person may decide here: it is not settled, they are of the group, and it is not their own work, or
    they record as its clerk what it decided at a meeting."""
    return may_be_decided_by(escalation, viewer) and (
        is_not_their_own(escalation, viewer) or records_as_lead(viewer, escalation.milestone.partnership_id)
    )


def may_be_decided_by(escalation: Escalation, viewer: Viewer) -> bool:
    """True where something is left to decide, and the person is of the group that decides it."""
    is_the_groups = escalation.audience in OF_THE_GROUP and escalation.resolved_at is None
    return is_the_groups and viewer.can(Permission.DECIDE_ESCALATIONS, escalation.milestone.partnership_id)


def is_not_their_own(escalation: Escalation, viewer: Viewer) -> bool:
    """True for anybody but the owner and the partnership's planning leads."""
    milestone = escalation.milestone
    return stands_apart(viewer, milestone.partnership_id, owner_id=milestone.owner_id)


def recorded_words(form: DecisionForm) -> str:
    """What was recorded just now, in a sentence."""
    return {
        DecisionOutcome.NEW_DATE: f"The new expected date is {day(form.expected_on.data)}.",
        DecisionOutcome.NEXT_STEPS: f"The next steps are now a milestone, due on {day(form.next_due_on.data)}.",
        DecisionOutcome.REFER_ON: f"It is referred to {form.referred_to.data}.",
        DecisionOutcome.NO_ACTION: "No action is taken.",
    }[form.outcome]


def escalation_rows(escalation: Escalation, today: date) -> list[Row]:
    """When it came to the group, who raised it, who replies, and how it was settled. What is late about it stands
    beside this."""
    when = f"{day(escalation.fell_due_on)}, {rung_wording(escalation)}"
    rows = [Row(f"Escalated to {CAME_TO[escalation.audience]}", when)]
    if escalation.raised_by is not None:
        rows.append(Row(raised_words(escalation), escalation.raised_why))
    if escalation.acknowledged_by is not None:
        rows.append(Row("Reply", acknowledged_words(escalation, today)))
    if escalation.resolved_at is not None:
        rows.append(Row("Settled", settled_wording(escalation)))
    return rows


def rung_wording(escalation: Escalation) -> str:
    """Which escalation stage it is, or how long before or past its date it was raised."""
    if escalation.raised_by_id is not None:
        return late_words(escalation)
    return f"{count(escalation.rung, 'day')} after the due date"


def settled_wording(escalation: Escalation) -> str:
    """How it ended, or that it waits, or is decided and still open."""
    if escalation.resolved_at is None or escalation.resolution is None:
        return STATUSES[status_of(escalation)]
    return f"{RESOLUTIONS[escalation.resolution]} on {day(london_day(escalation.resolved_at))}"


def late_wording(milestone: Milestone, today: date) -> str:
    """How long the first date had passed when it was done, or has passed today."""
    first = milestone.measured_on or milestone.due_on
    passed = days_past(first, milestone.done_on or today)
    if not passed:
        return "Not overdue"
    return f"{count(passed, 'day')} past the {date_name(milestone.date_basis)} of {day(first)}"


def _lag(milestone: Milestone, today: date) -> str:
    lag = lag_days(milestone.reports_on, milestone.done_on, today)
    return lag_wording(lag, published=milestone.done_on is not None)


def explanation_words(change: DateChange | None) -> str:
    """The newest explanation with its new expected date."""
    if change is None:
        return "None yet"
    return f"{change.reason} New expected date {day(change.new_due_on)}."


def _line(
    one: Escalation,
    explanations: Mapping[int, DateChange],
    decisions: Mapping[int, list[Decision]],
    today: date,
) -> EscalationRow:
    last = next(iter(decisions.get(one.id, ())), None)
    return EscalationRow(
        id=one.id,
        title=one.milestone.title,
        partnership=one.milestone.partnership.name if one.milestone.partnership else "",
        late=late_wording(one.milestone, today),
        lag=_lag(one.milestone, today),
        came=_came(one),
        raised=f"{raised_words(one)}: {one.raised_why}" if one.raised_by else "",
        acknowledged=acknowledged_words(one, today),
        explanation=explanation_words(explanations.get(one.milestone_id)),
        status=status_of(one),
        settled=settled_wording(one),
        decided=what_was_decided(last) if last else "",
        how=". ".join(words for words in (made_by(last), meeting_words(last), dispute_words(last)) if words)
        if last
        else "",
    )


def _came(one: Escalation) -> str:
    """When it came, how late, and to whom where that is not the governance group."""
    words = f"{day(one.fell_due_on)}, {rung_wording(one)}"
    return words if one.audience is Audience.GOVERNANCE else f"{words}, to {CAME_TO[one.audience]}"
