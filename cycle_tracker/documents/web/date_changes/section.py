"""What the milestone page shows of changed dates: a proposal that waits, and what may be done about the date."""

from dataclasses import dataclass
from datetime import date

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.documents.queries.proposals import find_name, find_proposal
from cycle_tracker.documents.web.date_changes.presenters import DateActions, WaitingProposal, date_actions, proposal_for
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.partnerships.queries.calendars import calendar_of
from cycle_tracker.web.page_parts import Section

TEMPLATE = "documents/date_changes/section.html"


@dataclass(frozen=True)
class DateSection:
    """The proposal that waits, and what else may be done. `officials`: the person reads only what is shared."""

    proposal: WaitingProposal | None
    actions: DateActions
    version: int
    officials: bool


def section_of(on_page: OnPage, viewer: Viewer, detail: Detail, today: date) -> Section | None:
    """The section, where there is anything to see or to do in it."""
    milestone = on_page.milestone
    if detail is Detail.DATES or not milestone.is_open:
        return None
    change = find_proposal(milestone) if on_page.has.date_changes else None
    proposer = find_name(change.proposed_by_id) if change is not None else ""
    proposal = proposal_for(change, proposer, milestone, viewer, detail)
    # Only of a document the day on which an explanation is asked for is shown.
    calendar = calendar_of(milestone.partnership_id) if milestone.is_document else SCOTLAND
    actions = date_actions(milestone, viewer, today, proposal=change, calendar=calendar)
    if proposal is None and not actions.any:
        return None
    content = DateSection(proposal, actions, milestone.version, officials=detail is Detail.DOCUMENT)
    return Section(TEMPLATE, content)
