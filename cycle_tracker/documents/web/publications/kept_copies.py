"""Keeping a copy of a document here, removing it, and sending it as a download."""

from flask import Blueprint, Response, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.rules.permissions import Permission, may_see
from cycle_tracker.core import clock
from cycle_tracker.documents.queries.publications import get_publication, get_record
from cycle_tracker.documents.queries.versions import find_kept_copy
from cycle_tracker.documents.services.publication_corrections import keep_copy, remove_kept_copy
from cycle_tracker.documents.web.publications.forms import KeptCopyForm
from cycle_tracker.milestones.queries.milestones import get_milestone
from cycle_tracker.milestones.services.files import store_file
from cycle_tracker.milestones.web.details import Detail, detail_for
from cycle_tracker.milestones.web.evidence.downloads import send_stored_file
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.milestones.web.newest import changed_by_others
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Publication
from cycle_tracker.web.access import current_user_row, current_viewer, requires, signed_in
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt

bp = Blueprint("kept_copies", __name__, url_prefix="/partnerships/<slug>/milestones/<key>/publication/kept-copy")


@bp.route("", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def keep(slug: str, key: str) -> ResponseReturnValue:
    """Keep a copy of the document here, in the place of the one that is."""
    record, publication = get_publication(current_viewer(), slug, key, clock.today(), to=Permission.RECORD_PUBLICATION)
    form = KeptCopyForm()
    attempt = Attempt(form, record.document)
    if attempt.validate():
        upload, now = form.file.data, clock.now()
        with attempt:
            stored = store_file(upload.filename or "", upload.read(), now=now)
            keep_copy(publication, stored, by=current_user_row(), now=now)
    if attempt.saved:
        flash("Saved. A copy of the document is kept here.", "success")
        return redirect(page_of(record.document))
    return _page(record.document, publication, form, attempt)


@bp.post("/removal")
@requires(Permission.RECORD_PUBLICATION)
def remove(slug: str, key: str) -> ResponseReturnValue:
    """Let the kept copy go. Pressed twice, the second finds nothing to remove."""
    record, publication = get_publication(current_viewer(), slug, key, clock.today(), to=Permission.RECORD_PUBLICATION)
    document = record.document
    if publication.kept_copy is None:
        flash("The kept copy has already been removed.", "info")
        return redirect(page_of(document))
    attempt = Attempt(MilestoneForm(), document)
    if attempt.validate():
        with attempt:
            remove_kept_copy(publication, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash("Saved. The kept copy is removed.", "success")
        return redirect(page_of(document))
    form = KeptCopyForm(formdata=None)
    form.for_now(document)
    return _page(document, publication, form, attempt)


@bp.get("/file")
@signed_in
def download(slug: str, key: str) -> Response:
    """The kept copy as a download, for everybody who sees the document's facts."""
    viewer = current_viewer()
    document = get_milestone(viewer, slug, key)
    sees = may_see(viewer, document.partnership_id, is_document=document.is_document)
    publication = get_record(document, clock.today()).publication
    if not sees or detail_for(viewer, document) is Detail.DATES or publication is None or publication.kept_copy is None:
        raise NoResultFound
    return send_stored_file(publication.kept_copy)


@bp.get("/file/<int(max=2147483647):number>")
@signed_in
def download_version(slug: str, key: str, number: int) -> Response:
    """The copy kept of one version of a document, earlier ones too, for the same people."""
    viewer = current_viewer()
    document = get_milestone(viewer, slug, key)
    sees = document.is_document and detail_for(viewer, document) is not Detail.DATES
    file = find_kept_copy(document, number) if sees else None
    if file is None:
        raise NoResultFound
    return send_stored_file(file)


def _page(document: Milestone, publication: Publication, form: KeptCopyForm, attempt: Attempt) -> ResponseReturnValue:
    if document.partnership is None:
        raise NoResultFound
    return render_template(
        "documents/publications/kept_copy.html",
        document=document,
        form=form,
        kept=publication.kept_copy,
        removal=url_for("kept_copies.remove", slug=document.partnership.slug, key=document.key),
        changed=changed_by_others(attempt, document),
    ), attempt.status
