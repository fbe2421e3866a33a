"""Putting right what is published of a document, recording its copies and its newer versions, and keeping a copy."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.rules.permissions import Permission, may_see
from cycle_tracker.core import clock
from cycle_tracker.documents.queries.publications import (
    DocumentRecord,
    get_document,
    get_publication,
    get_record,
    list_steps_opened_again,
)
from cycle_tracker.documents.services.document_copies import correct_copy, record_copies_sent, take_back_copy
from cycle_tracker.documents.services.newer_versions import record_newer_version, version_that_follows
from cycle_tracker.documents.services.publication_corrections import (
    PublishedAddress,
    correct_publication,
    keep_copy,
    remove_kept_copy,
    set_places,
)
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.documents.web.changing import change_document, milestone_page
from cycle_tracker.documents.web.forms import ReasonForm
from cycle_tracker.documents.web.publications.forms import (
    CopiesForm,
    CopyForm,
    FactsForm,
    KeptCopyForm,
    NewerVersionForm,
)
from cycle_tracker.milestones.queries.milestones import get_milestone
from cycle_tracker.milestones.services.files import store_file
from cycle_tracker.milestones.web.details import Detail, detail_for
from cycle_tracker.milestones.web.evidence.downloads import send_stored_file
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.models import Milestone, OrganisationKind, Publication, PublicationCopy, Version
from cycle_tracker.web.access import current_user_row, current_viewer, requires, signed_in

bp = Blueprint("publications", __name__, url_prefix="/partnerships/<slug>/milestones/<key>/publication")
ONE_COPY = "/copies/<int(max=2147483647):receiver_id>"


@bp.route("/facts", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def facts(slug: str, key: str) -> ResponseReturnValue:
    """The version, the days and the addresses: put right, or recorded where nothing is published yet."""
    document = get_document(current_viewer(), slug, key, to=Permission.RECORD_PUBLICATION)
    publication = get_record(document, clock.today()).publication
    form = FactsForm()
    form.offer(publication)
    if not form.is_submitted():
        _show_facts(form, publication)

    def page(**more: object) -> str:
        return render_template(
            "documents/publications/facts.html", document=document, form=form, is_new=publication is None, **more
        )

    return change_document(
        document,
        form,
        lambda: _record_facts(document, publication, form),
        done="Saved. The publication details are below.",
        page=page,
    )


@bp.route("/copies", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def copies(slug: str, key: str) -> ResponseReturnValue:
    """Record who was sent a copy: everybody who is to have one stands ticked."""
    record, publication = _published(slug, key)
    choices = record.may_receive
    form = CopiesForm()
    form.offer(choices)
    if not form.is_submitted():
        form.receivers.data = [
            str(one.id)
            for one in choices
            if one in record.receivers and one.kind is not OrganisationKind.SCOTTISH_GOVERNMENT
        ]

    def page(**more: object) -> str:
        return render_template(
            "documents/publications/copies.html", document=record.document, form=form, choices=choices, **more
        )

    return change_document(
        record.document,
        form,
        lambda: record_copies_sent(
            publication,
            form.chosen(choices),
            sent_on=form.sent_on.data,
            by=current_user_row(),
            today=clock.today(),
            now=clock.now(),
        ),
        done="Saved. The copies are listed below.",
        page=page,
    )


@bp.route(ONE_COPY, methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def copy(slug: str, key: str, receiver_id: int) -> ResponseReturnValue:
    """When one receiver was sent a copy, and a receipt that came back."""
    record, publication, found = _copy(slug, key, receiver_id)
    form = CopyForm(sent_on=found.sent_on, received_on=found.received_on)

    def page(**more: object) -> str:
        return render_template(
            "documents/publications/copy.html", document=record.document, form=form, copy=found, **more
        )

    return change_document(
        record.document,
        form,
        lambda: correct_copy(
            publication,
            found,
            sent_on=form.sent_on.data,
            received_on=form.received_on.data,
            by=current_user_row(),
            today=clock.today(),
            now=clock.now(),
        ),
        done=f"Saved. The copy to {found.receiver.name} is updated.",
        page=page,
    )


@bp.route(f"{ONE_COPY}/taking-back", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def take_back(slug: str, key: str, receiver_id: int) -> ResponseReturnValue:
    """Take back the record of a copy that was not sent."""
    record, publication, found = _copy(slug, key, receiver_id)
    form, receiver = ReasonForm(), found.receiver.name

    def page(**more: object) -> str:
        return render_template(
            "documents/publications/take_back.html", document=record.document, form=form, receiver=receiver, **more
        )

    return change_document(
        record.document,
        form,
        lambda: take_back_copy(publication, found, form.reason.data, by=current_user_row(), now=clock.now()),
        done=f"Saved. The copy to {receiver} is removed.",
        page=page,
    )


@bp.route("/newer-version", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def newer(slug: str, key: str) -> ResponseReturnValue:
    """Record a revised version, or the final one after an interim one, and open again what it asks for anew."""
    record, publication = _published(slug, key)
    document, version = record.document, version_that_follows(publication.version)
    if version is None:
        raise NoResultFound
    steps = [one for one in list_steps_opened_again(document) if not one.is_open] if version is Version.REVISED else []
    form = NewerVersionForm()
    form.steps.choices = {str(one.id): one.title for one in steps}
    if not form.is_submitted():
        form.steps.data = [str(one.id) for one in steps]

    def page(**more: object) -> str:
        return render_template(
            "documents/publications/newer_version.html",
            document=document,
            form=form,
            version=version.label.lower() if version else "",
            **more,
        )

    return change_document(
        document,
        form,
        lambda: record_newer_version(
            publication,
            address=form.address.data,
            published_on=form.published_on.data,
            reason=form.reason.data,
            reopen=[one for one in steps if str(one.id) in form.steps.ticked],
            by=current_user_row(),
            today=clock.today(),
            now=clock.now(),
        ),
        done=f"Saved. The {version.label.lower()} version is recorded.",
        page=page,
    )


@bp.route("/kept-copy", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def kept_copy(slug: str, key: str) -> ResponseReturnValue:
    """Keep a copy of the document here, in the place of the one that is."""
    record, publication = _published(slug, key)
    form = KeptCopyForm()

    def page(**more: object) -> str:
        return render_template(
            "documents/publications/kept_copy.html",
            document=record.document,
            form=form,
            kept=publication.kept_copy,
            removal=_button(record.document),
            **more,
        )

    return change_document(
        record.document,
        form,
        lambda: _keep(publication, form),
        done="Saved. A copy of the document is kept here.",
        page=page,
    )


@bp.post("/kept-copy/removal")
@requires(Permission.RECORD_PUBLICATION)
def remove_copy(slug: str, key: str) -> ResponseReturnValue:
    """Let the kept copy go. Pressed twice, the second finds nothing to remove."""
    record, publication = _published(slug, key)
    form = MilestoneForm()
    if publication.kept_copy is None:
        flash("The kept copy has already been removed.", "info")
        return redirect(milestone_page(record.document))
    return change_document(
        record.document,
        form,
        lambda: remove_kept_copy(publication, by=current_user_row(), now=clock.now()),
        done="Saved. The kept copy is removed.",
        page=lambda **more: render_template(
            "documents/publications/kept_copy.html",
            document=record.document,
            form=_upload(record.document),
            kept=publication.kept_copy,
            removal=_button(record.document),
            **more,
        ),
    )


@bp.get("/kept-copy/file")
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


def _published(slug: str, key: str) -> tuple[DocumentRecord, Publication]:
    return get_publication(current_viewer(), slug, key, clock.today(), to=Permission.RECORD_PUBLICATION)


def _copy(slug: str, key: str, receiver_id: int) -> tuple[DocumentRecord, Publication, PublicationCopy]:
    """The copy to one receiver. Raises NoResultFound where none is recorded."""
    record, publication = _published(slug, key)
    found = record.copy_to(receiver_id)
    if found is None:
        raise NoResultFound
    return record, publication, found


def _show_facts(form: FactsForm, publication: Publication | None) -> None:
    places: list[PublishedAddress] = []
    if publication is not None:
        form.which.data, form.published_on.data = publication.version.value, publication.published_on
        if "newer_on" in form:
            form.newer_on.data = publication.newer_on
        places = [PublishedAddress(one.form, one.language, one.address) for one in publication.addresses]
    form.show_places(places)


def _record_facts(document: Milestone, publication: Publication | None, form: FactsForm) -> None:
    version, places = Version(form.which.data), form.chosen_places()
    by, today, now = current_user_row(), clock.today(), clock.now()
    if publication is None:
        made = record_publication(
            document,
            address="",
            published_on=form.published_on.data,
            tell_government=False,
            by=by,
            today=today,
            now=now,
            version=version,
        )
        set_places(made, places)
        return
    correct_publication(
        publication,
        version=version,
        published_on=form.published_on.data,
        newer_on=form.newer_on.data if "newer_on" in form else None,
        places=places,
        by=by,
        today=today,
        now=now,
    )


def _keep(publication: Publication, form: KeptCopyForm) -> None:
    upload, now = form.file.data, clock.now()
    keep_copy(publication, store_file(upload.filename or "", upload.read(), now=now), by=current_user_row(), now=now)


def _upload(document: Milestone) -> KeptCopyForm:
    form = KeptCopyForm(formdata=None)
    form.for_version(document)
    return form


def _button(document: Milestone) -> str:
    if document.partnership is None:
        raise NoResultFound
    return url_for("publications.remove_copy", slug=document.partnership.slug, key=document.key)
