"""Disputing what an official recorded for a partnership, and settling a dispute."""

from functools import partial

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.documents.queries.on_behalf.acts import get_act, gets_an_email
from cycle_tracker.documents.services.on_behalf.acts import dispute_act, settle_dispute
from cycle_tracker.documents.web.on_behalf.section import act_words
from cycle_tracker.documents.web.reasons import do_with_reason
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.web.access import current_viewer, requires

bp = Blueprint(
    "on_behalf", __name__, url_prefix="/partnerships/<slug>/milestones/<key>/on-behalf/<int(max=2147483647):number>"
)


@bp.route("/dispute", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def dispute(slug: str, key: str, number: int) -> ResponseReturnValue:
    """Say that it is not right, and why. Pressed twice, the second finds that it is said."""
    document, act = get_act(current_viewer(), slug, key, number, to=Permission.RECORD_PUBLICATION)
    if act.disputed_at is not None:
        flash("This was disputed already. What was said is below.", "info")
        return redirect(page_of(document))
    is_told = gets_an_email(document, act.recorded_by, clock.today())
    return do_with_reason(
        document,
        partial(dispute_act, document, act),
        template="documents/on_behalf/dispute.html",
        saved=lambda: f"Saved. {act.recorded_by.name} gets an email." if is_told else "Saved.",
        is_told=is_told,
        words=act_words(act),
    )


@bp.route("/settlement", methods=["GET", "POST"])
@requires(Permission.RECORD_ON_BEHALF)
def settle(slug: str, key: str, number: int) -> ResponseReturnValue:
    """Answer a dispute: what was corrected, or why the record is right."""
    document, act = get_act(current_viewer(), slug, key, number, to=Permission.RECORD_ON_BEHALF)
    if not act.is_disputed:
        flash("No answer is needed: this is not disputed, or was answered already.", "info")
        return redirect(page_of(document))
    return do_with_reason(
        document,
        partial(settle_dispute, document, act),
        template="documents/on_behalf/settle.html",
        saved=lambda: "Saved. The dispute is answered.",
        disputed=act,
        is_told=act.disputed_by is not None and gets_an_email(document, act.disputed_by, clock.today()),
        words=act_words(act),
    )
