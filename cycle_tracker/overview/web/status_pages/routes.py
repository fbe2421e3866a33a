"""The one-page status of a partnership, and the same as a Word document."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.overview.queries.status import get_status
from cycle_tracker.overview.web.status_pages.presenters import StatusReport, status_report
from cycle_tracker.overview.web.status_pages.word import MEDIA_TYPE, as_word
from cycle_tracker.partnerships.queries.partnerships import get_partnership
from cycle_tracker.web.access import current_viewer, requires

bp = Blueprint("status_pages", __name__, url_prefix="/partnerships/<slug>")


@bp.route("/status")
@requires(Permission.READ_DOCUMENTS)
def show(slug: str) -> ResponseReturnValue:
    """The page: all of it for the people of the partnership and auditors, the documents for officials."""
    return render_template("overview/status_pages/show.html", slug=slug, report=_report(slug))


@bp.route("/status.docx")
@requires(Permission.READ_DOCUMENTS)
def word(slug: str) -> ResponseReturnValue:
    """The same as a file to keep, to change and to send on."""
    today = clock.today()
    return Response(
        as_word(_report(slug), today),
        content_type=MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="status-{slug}-{today}.docx"'},
    )


def _report(slug: str) -> StatusReport:
    viewer = current_viewer()
    partnership = get_partnership(viewer, slug, to=Permission.READ_DOCUMENTS)
    return status_report(get_status(viewer, partnership, clock.today()))
