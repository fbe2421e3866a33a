"""The part of a milestone's page that lists its evidence."""

from dataclasses import dataclass
from datetime import date

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.milestones.queries.evidence import list_evidence
from cycle_tracker.milestones.queries.milestones import holds
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.milestones.web.evidence.presenters import EvidenceRow, pieces
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Section


@dataclass(frozen=True)
class EvidenceOf:
    """The evidence of one milestone; `add` is the address at which more is added, for those who may."""

    pieces: list[EvidenceRow]
    asked: str
    add: str


def section_of(on_page: OnPage, viewer: Viewer, detail: Detail, today: date) -> Section | None:  # noqa: ARG001
    """The evidence, for the people of the partnership and auditors. One statement."""
    milestone = on_page.milestone
    if detail is not Detail.EVERYTHING or milestone.partnership is None:
        return None
    may_add = holds(viewer, Permission.CHANGE_OWN_MILESTONES, milestone)
    add = url_for("evidence.new", slug=milestone.partnership.slug, key=milestone.key) if may_add else ""
    found = pieces(list_evidence(milestone), milestone, viewer) if on_page.has.evidence else []
    return Section("milestones/evidence/section.html", EvidenceOf(found, milestone.evidence_asked, add))
