"""The part of a document's page about what officials recorded for the partnership."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.clock import london_day
from cycle_tracker.documents.queries.on_behalf.acts import list_acts
from cycle_tracker.milestones.queries.milestones import holds
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.officials import ActOnBehalf
from cycle_tracker.models.user import User
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Section
from cycle_tracker.web.wording import day


@dataclass(frozen=True)
class ActLine:
    """One thing that was recorded: in a sentence, what a lead says of it, what an official answered, and what the
    reader can do."""

    words: str
    dispute: str
    settlement: str
    label: str
    address: str


def section_of(on_page: OnPage, viewer: Viewer, detail: Detail, _today: date) -> Section | None:
    """What officials recorded, for everybody but administrators. One statement, or none where they recorded nothing."""
    if detail is Detail.DATES or not on_page.has.acts_on_behalf:
        return None
    document = on_page.milestone
    return Section("documents/on_behalf/section.html", _lines(document, list_acts(document), viewer))


def act_words(act: ActOnBehalf) -> str:
    """What was recorded, by whom and when."""
    return f"{act.what.label}: recorded by {act.recorded_by.name} on {day(london_day(act.recorded_at))}."


def _lines(document: Milestone, acts: Sequence[ActOnBehalf], viewer: Viewer) -> list[ActLine]:
    leads, settles = (
        holds(viewer, one, document) for one in (Permission.RECORD_PUBLICATION, Permission.RECORD_ON_BEHALF)
    )
    return [_line(document, one, leads=leads, settles=settles) for one in acts]


def _line(document: Milestone, act: ActOnBehalf, *, leads: bool, settles: bool) -> ActLine:
    label = endpoint = ""
    if leads and act.disputed_at is None:
        label, endpoint = "This is not right", "on_behalf.dispute"
    elif settles and act.is_disputed:
        label, endpoint = "Answer the dispute", "on_behalf.settle"
    place = document.partnership.slug if document.partnership else ""
    return ActLine(
        act_words(act),
        _said(act.disputed_by, act.disputed_at, "disputed this", act.dispute),
        _said(act.settled_by, act.settled_at, "answered", act.settlement),
        label,
        url_for(endpoint, slug=place, key=document.key, number=act.id) if endpoint else "",
    )


def _said(who: User | None, at: datetime | None, did: str, words: str) -> str:
    return f"{who.name} {did} on {day(london_day(at))}: “{words}”" if who is not None and at is not None else ""
