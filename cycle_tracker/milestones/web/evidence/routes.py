"""Adding evidence, reading it and taking it away."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.exc import NoResultFound
from werkzeug.datastructures import FileStorage

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.core.file_kinds import ACCEPTED, LARGEST_FILE
from cycle_tracker.milestones.queries.evidence import get_evidence, may_remove
from cycle_tracker.milestones.queries.milestones import get_milestone
from cycle_tracker.milestones.services.evidence import add_address, add_file, remove_evidence
from cycle_tracker.milestones.web.evidence.downloads import send_stored_file
from cycle_tracker.milestones.web.evidence.forms import EvidenceForm
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.saving import Attempt

bp = Blueprint("evidence", __name__, url_prefix="/partnerships/<slug>/milestones/<key>/evidence")
ONE = "/<int(max=2147483647):evidence_id>"


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_OWN_MILESTONES)
def new(slug: str, key: str) -> ResponseReturnValue:
    """Add a file or an address to a milestone that the person may change."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.CHANGE_OWN_MILESTONES)
    form = EvidenceForm()
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            _add(milestone, form)
    if attempt.saved:
        flash("Evidence added.", "success")
        return redirect(page_of(milestone, anchor="evidence"))
    return render_template(
        "milestones/evidence/new.html", milestone=milestone, form=form, accepted=ACCEPTED
    ), attempt.status


@bp.route(ONE)
@requires(Permission.READ_PARTNERSHIP)
def download(slug: str, key: str, evidence_id: int) -> ResponseReturnValue:
    """A file, to be saved. Evidence that is an address is linked to where it is listed, and is not here."""
    _milestone, evidence = get_evidence(current_viewer(), slug, key, evidence_id, to=Permission.READ_PARTNERSHIP)
    if evidence.file is None or evidence.removed_at is not None:
        raise NoResultFound
    return send_stored_file(evidence.file)


@bp.route(f"{ONE}/remove", methods=["GET", "POST"])
@requires(Permission.COMMENT)
def remove(slug: str, key: str, evidence_id: int) -> ResponseReturnValue:
    """Ask whether it is to be taken away, and do so. A button pressed twice does it once."""
    viewer = current_viewer()
    milestone, evidence = get_evidence(viewer, slug, key, evidence_id, to=Permission.COMMENT)
    if not may_remove(viewer, milestone, evidence):
        raise NotAllowed
    form = FlaskForm()
    if evidence.removed_at is not None:
        return redirect(page_of(milestone, anchor="evidence"))
    if form.validate_on_submit():
        remove_evidence(milestone, evidence, by=current_user_row(), now=clock.now())
        db.session.commit()
        flash("Evidence removed.", "success")
        return redirect(page_of(milestone, anchor="evidence"))
    return render_template("milestones/evidence/remove.html", milestone=milestone, evidence=evidence, form=form)


def _add(milestone: Milestone, form: EvidenceForm) -> None:
    by, now = current_user_row(), clock.now()
    chosen = form.file.data
    if isinstance(chosen, FileStorage):
        content = chosen.stream.read(LARGEST_FILE + 1)
        add_file(milestone, form.title.data, chosen.filename or "", content, by=by, now=now)
    else:
        add_address(milestone, form.title.data, form.address.data, by=by, now=now)
