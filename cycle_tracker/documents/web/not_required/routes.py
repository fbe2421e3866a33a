"""Marking a document as not required, and undoing that."""

from functools import partial

from flask import Blueprint
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.documents.queries.publications import get_document
from cycle_tracker.documents.services.not_required import mark_not_required, require_again
from cycle_tracker.documents.web.reasons import do_with_reason
from cycle_tracker.web.access import current_viewer, requires

bp = Blueprint("not_required", __name__, url_prefix="/partnerships/<slug>/milestones/<key>/not-required")


@bp.route("", methods=["GET", "POST"])
@requires(Permission.MARK_NOT_REQUIRED)
def mark(slug: str, key: str) -> ResponseReturnValue:
    """Mark a document as not required, with a reason. It is still shown."""
    document = get_document(current_viewer(), slug, key, to=Permission.MARK_NOT_REQUIRED)
    return do_with_reason(
        document,
        partial(mark_not_required, document),
        template="documents/not_required/mark.html",
        saved=lambda: "Saved. This is marked as not required. Your reason is shown on this page.",
    )


@bp.route("/taking-back", methods=["GET", "POST"])
@requires(Permission.MARK_NOT_REQUIRED)
def take_back(slug: str, key: str) -> ResponseReturnValue:
    """Mark it as required after all, with a reason: it is open, and its reminders restart."""
    document = get_document(current_viewer(), slug, key, to=Permission.MARK_NOT_REQUIRED)
    return do_with_reason(
        document,
        partial(require_again, document),
        template="documents/not_required/take_back.html",
        saved=lambda: "Saved. This is required again.",
    )
