"""The cycle page."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core import clock
from cycle_tracker.cycles.queries.cycles import find_neighbours, get_cycle, list_milestones, list_reports_carried_over
from cycle_tracker.cycles.web.presenters import CycleFacts, cycle_page
from cycle_tracker.documents.queries.document_facts import published_and_notified
from cycle_tracker.documents.queries.explanations import shared_explanations
from cycle_tracker.documents.queries.publications import list_gaps
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.web.access import current_viewer, signed_in

bp = Blueprint("cycles", __name__, url_prefix="/partnerships/<slug>/cycles")


@bp.route("/<period>")
@signed_in
def show(slug: str, period: str) -> ResponseReturnValue:
    """The page. What the person may see of the partnership is asked where the cycle and its milestones are fetched."""
    viewer = current_viewer()
    cycle = get_cycle(viewer, slug, period)
    page = cycle_page(cycle, _facts(cycle, viewer), viewer, clock.today())
    return render_template("cycles/show.html", cycle=cycle, page=page, neighbours=find_neighbours(cycle))


def _facts(cycle: Cycle, viewer: Viewer) -> CycleFacts:
    milestones = list_milestones(viewer, cycle)
    carried_over = list_reports_carried_over(cycle)
    documents = [one for one in (*milestones, *carried_over) if one.is_document]
    return CycleFacts(
        milestones=milestones,
        carried_over=carried_over,
        publications=published_and_notified(documents),
        explanations=shared_explanations(documents),
        gaps=list_gaps(documents, clock.today()),
    )
