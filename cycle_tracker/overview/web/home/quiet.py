"""Home: sections of which there is nothing on most days."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.answers.queries import wanted_dates
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.statements import Asked, rows_and_which_find_any, which_find_any
from cycle_tracker.documents.queries.on_behalf.acts import disputed_acts
from cycle_tracker.documents.queries.proposals import proposals_to_note
from cycle_tracker.overview.queries.document_copies import not_notified
from cycle_tracker.overview.queries.group_escalations import raised_to_nation
from cycle_tracker.overview.queries.leavers import orphaned_milestones
from cycle_tracker.overview.web.home import disputes, failed_mails, leavers, presenters, proposals, raised, requests
from cycle_tracker.overview.web.home import wanted_dates as dates
from cycle_tracker.requests.queries.request_lists import requests_followed, requests_to_answer

Part = tuple[str, Asked, Callable[[Asked], Any]]


def sections(viewer: Viewer, now: datetime, beside: Asked | None) -> tuple[dict[str, Any], Sequence[Any]]:
    """The sections by name, those of which there is nothing too, and the rows of the statement `beside` them.

    That statement also asks which sections there is something of, and each of these is asked for in another, what an
    official asked in two."""
    parts = [*_of_leads(viewer, now), *_of_officials(viewer, now)]
    every = [asked for _, asked, _ in parts]
    rows, any_of = rows_and_which_find_any(beside, every) if beside else ([], which_find_any(every))
    found = {name: show(asked) if is_any else [] for (name, asked, show), is_any in zip(parts, any_of, strict=True)}
    return found, rows


def _of_leads(viewer: Viewer, now: datetime) -> Iterable[Part]:
    """What comes to whoever leads the planning of a partnership."""
    today = london_day(now)
    if viewer.can(Permission.CHANGE_MILESTONES):
        yield "wanted_dates", wanted_dates(viewer), lambda asked: dates.tasks(asked.rows())
        yield "orphaned_milestones", orphaned_milestones(viewer, today), lambda asked: leavers.lines(asked.rows())
    if viewer.can(Permission.ANSWER_UPDATES):
        yield "to_answer", requests_to_answer(viewer), lambda _: requests.to_answer(viewer, today)
    if viewer.can(Permission.RECORD_PUBLICATION):
        yield "failed_mails", failed_mails.asked(viewer, now), lambda asked: failed_mails.lines(asked.rows())
        yield "not_notified", not_notified(viewer), lambda asked: presenters.not_notified(asked.rows())


def _of_officials(viewer: Viewer, now: datetime) -> Iterable[Part]:
    """What comes to whoever agrees new dates, or follows the partnerships."""
    today = london_day(now)
    if viewer.can(Permission.NOTE_EXPLANATIONS):
        yield "proposals", proposals_to_note(viewer), proposals.to_note
    if viewer.can(Permission.READ_OUTSTANDING):
        yield "raised", raised_to_nation(viewer, today), lambda asked: raised.tasks(asked, today)
    if viewer.can(Permission.RECORD_ON_BEHALF):
        yield "disputed", disputed_acts(viewer), lambda asked: disputes.tasks(asked.rows())
    if viewer.can(Permission.ASK_FOR_UPDATES):
        yield "requests", requests_followed(viewer), lambda _: requests.followed(viewer, today, now)
