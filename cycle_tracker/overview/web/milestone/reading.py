"""What the page of a milestone reads from the database: as many statements for much of a kind as for little."""

from collections.abc import Sequence
from datetime import date

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.documents.queries.explanations import list_date_changes
from cycle_tracker.documents.web.facts import facts_on_page
from cycle_tracker.governance.queries.escalations import find_open_escalation
from cycle_tracker.milestones.queries.milestones import list_unfinished_predecessors
from cycle_tracker.milestones.queries.on_page import OnPage, put_on_page
from cycle_tracker.milestones.web.details import Detail, detail_for
from cycle_tracker.milestones.web.entries import Entry
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.overview.queries.histories import get_history, list_notices
from cycle_tracker.overview.web.milestone.histories import NEWEST, NoticeRow, notice_rows, sentences
from cycle_tracker.overview.web.milestone.presenters import MilestonePage, milestone_page


def read_page(on_page: OnPage, viewer: Viewer, today: date) -> MilestonePage:
    """The page of a milestone that the person may see."""
    milestone, has = on_page.milestone, on_page.has
    detail = detail_for(viewer, milestone)
    facts = facts_on_page(on_page)
    return milestone_page(
        facts,
        viewer,
        today,
        escalation=find_open_escalation(milestone) if has.escalations else None,
        unfinished=list_unfinished_predecessors(milestone) if has.predecessors else [],
        history=_history(on_page, detail, facts.date_changes),
        notices=_notices(on_page) if detail is Detail.EVERYTHING else None,
    )


def _history(on_page: OnPage, detail: Detail, date_changes: Sequence[DateChange]) -> list[Entry]:
    if detail is Detail.DATES:
        return []
    return sentences(get_history(on_page, date_changes), shared_only=detail is Detail.DOCUMENT)


def _notices(on_page: OnPage) -> list[NoticeRow]:
    milestone = on_page.milestone
    return notice_rows(list_notices(milestone), milestone.due_on) if on_page.has.notices else []


def read_newest(milestone: Milestone, viewer: Viewer) -> list[Entry]:
    """What happened to it last: shown to a person whose change came too late."""
    changes = list_date_changes(milestone.id)
    return _history(put_on_page(milestone), detail_for(viewer, milestone), changes)[:NEWEST]
