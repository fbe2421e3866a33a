"""The part of a plan's page about what is recorded beside it, and of a report's about a plan that started later."""

from datetime import date

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.kinds import Kind
from cycle_tracker.documents.queries.beside_plan.notes import list_directions, list_disagreements
from cycle_tracker.documents.queries.beside_plan.own_starts import find_own_start
from cycle_tracker.documents.queries.beside_plan.plans import names_of
from cycle_tracker.documents.web.beside_plan.presenters import before_own_start_part, beside_plan_part
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.web.page_parts import Section

TEMPLATE = "documents/beside_plan/section.html"


def section_of(on_page: OnPage, viewer: Viewer, detail: Detail, _today: date) -> Section | None:
    """What is recorded beside a plan, for everybody but administrators. Four statements, or none where nothing is."""
    milestone = on_page.milestone
    if detail is Detail.DATES:
        return None
    if milestone.kind is not Kind.PLAN:
        return Section(TEMPLATE, before_own_start_part()) if on_page.has.before_own_start else None
    is_any = on_page.has.beside_plan
    own_start = find_own_start(milestone) if is_any else None
    disagreements = list_disagreements(milestone) if is_any else []
    directions = list_directions(milestone) if is_any else []
    people = [one.recorded_by_id for one in (own_start, *disagreements, *directions) if one is not None]
    names = names_of([*people, own_start.agreed_by_id if own_start is not None else None])
    part = beside_plan_part(milestone, viewer, names, own_start, disagreements, directions)
    return Section(TEMPLATE, part) if part is not None else None
