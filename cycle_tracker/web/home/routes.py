"""Home: what needs this person now, for each of the roles that they hold."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker import clock
from cycle_tracker.domain.permissions import Permission, Role, Viewer
from cycle_tracker.queries.documents import list_documents
from cycle_tracker.queries.work import (
    list_decisions_wanted,
    list_not_notified,
    list_running_cycles,
    list_to_receive,
    list_work,
)
from cycle_tracker.web.access import current_viewer, signed_in
from cycle_tracker.web.home import presenters
from cycle_tracker.web.service_health.presenters import HealthPage, health_page

bp = Blueprint("home", __name__)


@bp.get("/")
@signed_in
def show() -> ResponseReturnValue:
    """One section for each of the person's roles, the most pressing first."""
    viewer = current_viewer()
    today = clock.today()
    own_work = viewer.can(Permission.CHANGE_OWN_MILESTONES)
    follows = viewer.can(Permission.READ_OUTSTANDING)
    decides = viewer.can(Permission.DECIDE_ESCALATIONS)
    return render_template(
        "home/home.html",
        decisions=presenters.decisions(list_decisions_wanted(viewer), today) if decides else None,
        work=presenters.work(list_work(viewer, today), viewer, today) if own_work else None,
        not_notified=presenters.not_notified(list_not_notified(viewer)) if _records(viewer) else [],
        documents=presenters.documents(_documents(viewer)) if follows else None,
        to_receive=presenters.to_receive(list_to_receive(viewer), today) if Role.OFFICIAL in viewer.national else None,
        health=_health(viewer),
        cycles=presenters.cycles(list_running_cycles(viewer, today)) if _reads_cycles(viewer) else [],
        today=today,
    )


def _documents(viewer: Viewer) -> list:  # type: ignore[type-arg]
    return list_documents(clock.today(), within=viewer.partnerships_with(Permission.READ_OUTSTANDING))
