"""Home: what needs this person now, for each of the roles that they hold."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core import clock
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.queries.documents import documents_from, late_documents
from cycle_tracker.operations.web.service_health.presenters import health_summary
from cycle_tracker.organisations.queries.organisations import count_waiting
from cycle_tracker.overview.queries.group_escalations import list_decisions_wanted
from cycle_tracker.overview.queries.running_cycles import running_cycles
from cycle_tracker.overview.queries.work import list_work
from cycle_tracker.overview.web.home import national, presenters, quiet, records
from cycle_tracker.web.access import current_viewer, signed_in

bp = Blueprint("home", __name__)


@bp.get("/")
@signed_in
def show() -> ResponseReturnValue:
    """One section for each thing that the person's roles ask of them, the most pressing first."""
    viewer = current_viewer()
    return render_template("overview/home/home.html", **_sections(viewer))


def _sections(viewer: Viewer) -> dict[str, Any]:
    today = clock.today()
    sections: dict[str, Any] = {"nothing_to_do": not viewer.can(Permission.READ_TITLES_AND_DATES)}
    if viewer.can(Permission.DECIDE_ESCALATIONS):
        sections["decisions"] = presenters.decisions(list_decisions_wanted(viewer, today), today)
    if viewer.can(Permission.CHANGE_OWN_MILESTONES):
        sections["work"] = presenters.own_work(list_work(viewer, today), viewer, today)
    reads_all, follows = viewer.can(Permission.READ_PARTNERSHIP), viewer.can(Permission.READ_OUTSTANDING)
    late = late_documents(today, viewer.partnerships_with(Permission.READ_OUTSTANDING)) if follows else None
    beside = running_cycles(viewer, today) if reads_all else late
    quiet_sections, rows = quiet.sections(viewer, clock.now(), beside)
    sections |= quiet_sections
    partnerships = rows if reads_all else []
    if late is not None:
        sections["national"] = national.position(documents_from(late.rows() if reads_all else rows, today))
        if Role.OFFICIAL in viewer.national:
            sections["to_receive"] = national.to_receive(viewer, today)
        sections["may_ask"] = viewer.can(Permission.ASK_FOR_UPDATES)
        sections["nothing_to_do"] = False
    if viewer.can(Permission.RECORD_PUBLICATION) or viewer.can(Permission.RECORD_ON_BEHALF):
        sections["records"] = records.ways_in(viewer, partnerships)
    if viewer.can(Permission.MANAGE_ORGANISATIONS):
        sections["to_accept"] = count_waiting()
    if viewer.can(Permission.READ_SERVICE_HEALTH):
        sections["health"] = health_summary(clock.now())
    if reads_all:
        sections["cycles"] = presenters.cycles(partnerships)
    return sections
