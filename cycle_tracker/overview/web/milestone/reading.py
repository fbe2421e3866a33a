"""What the page of a milestone reads from the database: always the same number of statements."""

from collections.abc import Sequence
from datetime import date

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.documents.queries.explanations import list_date_changes
from cycle_tracker.documents.web.facts import read_facts
from cycle_tracker.governance.queries.escalations import find_open_escalation
from cycle_tracker.milestones.queries.milestones import list_unfinished_predecessors
from cycle_tracker.milestones.web.details import Detail, detail_for
from cycle_tracker.milestones.web.entries import Entry
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.overview.queries.histories import get_history, list_notices
from cycle_tracker.overview.web.milestone.histories import NEWEST, notice_rows, sentences
from cycle_tracker.overview.web.milestone.presenters import MilestonePage, milestone_page


def read_page(milestone: Milestone, viewer: Viewer, today: date) -> MilestonePage:
    """The page of a milestone that the person may see."""
    detail = detail_for(viewer, milestone)
    facts = read_facts(milestone)
    return milestone_page(
        facts,
        viewer,
        today,
        escalation=find_open_escalation(milestone),
        unfinished=list_unfinished_predecessors(milestone),
        history=_history(milestone, detail, facts.date_changes),
        notices=notice_rows(list_notices(milestone), milestone.due_on) if detail is Detail.EVERYTHING else None,
    )


def read_history(milestone: Milestone, detail: Detail) -> list[Entry]:
    """What happened to it, as far as this much detail goes."""
    return _history(milestone, detail, list_date_changes(milestone.id))


def _history(milestone: Milestone, detail: Detail, date_changes: Sequence[DateChange]) -> list[Entry]:
    if detail is Detail.DATES:
        return []
    return sentences(get_history(milestone, date_changes), shared_only=detail is Detail.DOCUMENT)


def read_newest(milestone: Milestone, viewer: Viewer) -> list[Entry]:
    """What happened to it last: shown to a person whose change came too late."""
    return read_history(milestone, detail_for(viewer, milestone))[:NEWEST]
