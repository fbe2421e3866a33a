"""The page of one partnership."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.cycles.queries.cycles import list_cycles
from cycle_tracker.national.queries.documents import list_documents_of_partnership
from cycle_tracker.overview.web.partnerships.links import links_for
from cycle_tracker.overview.web.partnerships.presenters import bodies, explanations, joined_words, periods, seen_by
from cycle_tracker.partnerships.queries.bodies import list_bodies
from cycle_tracker.partnerships.queries.partnerships import get_partnership
from cycle_tracker.people.queries.planning_leads import list_planning_leads
from cycle_tracker.requests.queries.request_lists import list_waiting_requests_in
from cycle_tracker.requests.web.presenters import tasks
from cycle_tracker.web.access import current_viewer, signed_in

bp = Blueprint("partnerships", __name__, url_prefix="/partnerships/<slug>")


@bp.get("")
@signed_in
def show(slug: str) -> ResponseReturnValue:
    """The page. How much of the partnership the person sees is asked where it is fetched, and here for its documents:
    who may not read them sees their titles and dates."""
    viewer, today = current_viewer(), clock.today()
    partnership = get_partnership(viewer, slug)
    reads = viewer.can(Permission.READ_DOCUMENTS, partnership.id)
    documents = list_documents_of_partnership(partnership, today)
    return render_template(
        "overview/partnerships/show.html",
        partnership=partnership,
        joined=joined_words(partnership, today),
        bodies=bodies(list_bodies(partnership.id), today),
        leads=list_planning_leads(partnership),
        periods=periods(partnership, documents, list_cycles(partnership), titles_only=not reads),
        requests=tasks(list_waiting_requests_in(partnership), today) if reads else [],
        explanations=explanations(partnership, documents) if reads else [],
        places=links_for(viewer, partnership),
        seen_by=seen_by(viewer, partnership),
        reads=reads,
    )
