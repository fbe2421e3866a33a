"""What the milestone page shows of changed dates: a proposal that waits, an explanation to share, and what may be done
about the date."""

from dataclasses import dataclass
from datetime import date

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.documents.queries.explanations import list_date_changes, unshared_explanation
from cycle_tracker.documents.queries.proposals import find_name, waiting_among
from cycle_tracker.documents.web.date_changes.presenters import (
    DateActions,
    Unshared,
    WaitingProposal,
    date_actions,
    proposal_for,
    unshared_for,
)
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.partnerships.queries.calendars import calendar_of
from cycle_tracker.web.page_parts import Section

TEMPLATE = "documents/date_changes/section.html"


@dataclass(frozen=True)
class DateSection:
    """The proposal that waits, the explanation to share, and what else may be done. `officials`: the person reads only
    what is shared."""

    proposal: WaitingProposal | None
    unshared: Unshared | None
    actions: DateActions
    version: int
    officials: bool


def section_of(on_page: OnPage, viewer: Viewer, detail: Detail, today: date) -> Section | None:
    """The section, where there is anything to see or to do in it."""
    milestone = on_page.milestone
    if detail is Detail.DATES or not milestone.is_open:
        return None
    changes = list_date_changes(milestone.id) if on_page.has.date_changes else []
    change = waiting_among(changes)
    proposer = find_name(change.proposed_by_id) if change is not None else ""
    proposal = proposal_for(change, proposer, milestone, viewer, detail)
    # Only of a document the day on which an explanation is asked for is shown.
    calendar = calendar_of(milestone.partnership_id) if milestone.is_document else SCOTLAND
    actions = date_actions(milestone, viewer, today, proposal=change, calendar=calendar)
    unshared = unshared_for(unshared_explanation(changes, milestone.due_on), milestone, viewer, detail, today)
    if proposal is None and unshared is None and not actions.any:
        return None
    content = DateSection(proposal, unshared, actions, milestone.version, officials=detail is Detail.DOCUMENT)
    return Section(TEMPLATE, content)
