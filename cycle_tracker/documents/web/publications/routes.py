"""Putting right what is published of a document, and recording its newer versions."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.kinds import Kind
from cycle_tracker.documents.queries.publications import (
    get_document,
    get_publication,
    get_record,
    list_steps_opened_again,
)
from cycle_tracker.documents.queries.revisions.of_plans import find_revision
from cycle_tracker.documents.queries.undoing import get_publication_to_undo
from cycle_tracker.documents.services.newer_versions import record_newer_version, version_that_follows
from cycle_tracker.documents.services.publication_corrections import (
    correct_publication,
    undo_publication,
)
from cycle_tracker.documents.services.publications import PublishedAddress, record_publication
from cycle_tracker.documents.services.versions import present_version, version_before
from cycle_tracker.documents.web.publications.forms import FactsForm, NewerVersionForm
from cycle_tracker.documents.web.reasons import do_with_reason
from cycle_tracker.documents.web.versions import version_label
from cycle_tracker.milestones.web.newest import changed_by_others
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Publication, Version
from cycle_tracker.web.access import current_user_row, current_viewer, requires, signed_in
from cycle_tracker.web.saving import Attempt

bp = Blueprint("publications", __name__, url_prefix="/partnerships/<slug>/milestones/<key>/publication")


@bp.route("/facts", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def facts(slug: str, key: str) -> ResponseReturnValue:
    """The version, the days and the addresses: put right, or recorded where nothing is published yet."""
    document = get_document(current_viewer(), slug, key, to=Permission.RECORD_PUBLICATION)
    publication = get_record(document, clock.today()).publication
    form = FactsForm()
    form.offer(document, publication)
    if not form.is_submitted():
        _show_facts(form, publication)
    attempt = Attempt(form, document)
    if attempt.validate():
        with attempt:
            _record_facts(document, publication, form)
    if attempt.saved:
        flash("Saved. The publication details are below.", "success")
        return redirect(page_of(document))
    return render_template(
        "documents/publications/facts.html",
        document=document,
        form=form,
        is_new=publication is None,
        changed=changed_by_others(attempt, document),
    ), attempt.status


@bp.route("/newer-version", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def newer(slug: str, key: str) -> ResponseReturnValue:
    """Record a revised version, or the final one after an interim one, and open the steps that it needs again."""
    record, publication = get_publication(current_viewer(), slug, key, clock.today(), to=Permission.RECORD_PUBLICATION)
    document, version = record.document, version_that_follows(publication.version)
    if version is None:
        raise NoResultFound
    revision = find_revision(document) if version is Version.REVISED else None
    steps = _steps_to_open(document) if version is Version.REVISED and revision is None else []
    form = NewerVersionForm()
    form.steps.choices = {str(one.id): one.title for one in steps}
    if not form.is_submitted():
        form.steps.data = [str(one.id) for one in steps]
    attempt = Attempt(form, document)
    if attempt.validate():
        with attempt:
            record_newer_version(
                publication,
                address=form.address.data,
                published_on=form.published_on.data,
                reason=form.reason.data,
                reopen=[one for one in steps if str(one.id) in form.steps.ticked],
                by=current_user_row(),
                today=clock.today(),
                now=clock.now(),
            )
    name = version.label.lower()
    if attempt.saved:
        flash(f"Saved. The {name} version is recorded.", "success")
        return redirect(page_of(document))
    return render_template(
        "documents/publications/newer_version.html",
        document=document,
        form=form,
        version=name,
        revision=revision,
        changed=changed_by_others(attempt, document),
    ), attempt.status


@bp.route("/taking-back", methods=["GET", "POST"])
@signed_in
def undo(slug: str, key: str) -> ResponseReturnValue:
    """Undo the record of publication, with a reason. Who may is asked where it is fetched."""
    document, publication = get_publication_to_undo(current_viewer(), slug, key, clock.today())
    if publication is None:
        flash("The record of publication has already been removed.", "info")
        return redirect(page_of(document))
    return do_with_reason(
        document,
        partial(undo_publication, publication),
        template="documents/publications/undo.html",
        saved=lambda: _undone_words(publication, present_version(document)),
        publication=publication,
        before=version_before(publication),
    )


def _steps_to_open(document: Milestone) -> list[Milestone]:
    """What a revised version that was not prepared here opens again."""
    return [one for one in list_steps_opened_again(document) if not one.is_open]


def _undone_words(undone: Publication, present: Publication | None) -> str:
    if present is None:
        return "Saved. This is no longer recorded as published."
    version = version_label(undone.version, undone.milestone.kind).lower()
    if present.is_draft:
        return "Saved. This is no longer recorded as published. Only its draft is."
    return f"Saved. The {version} version is no longer recorded. The version before it is the present version again."


def _show_facts(form: FactsForm, publication: Publication | None) -> None:
    places: list[PublishedAddress] = []
    if publication is not None:
        form.which.data, form.published_on.data = publication.version.value, publication.first_published_on
        for name in ("newer_on", "interim_until"):
            if name in form:
                form[name].data = getattr(publication, name)
        places = [PublishedAddress(one.form, one.language, one.address) for one in publication.addresses]
    form.show_places(places)


def _record_facts(document: Milestone, publication: Publication | None, form: FactsForm) -> None:
    version, places = Version(form.which.data), form.chosen_places()
    by, today, now = current_user_row(), clock.today(), clock.now()
    interim_until = form.interim_until.data if "interim_until" in form else None
    if publication is None:
        record_publication(
            document,
            places=places,
            published_on=form.published_on.data,
            send_to_ministers=document.kind is Kind.ANNUAL_REPORT,
            by=by,
            today=today,
            now=now,
            version=version,
            interim_until=interim_until,
            confirmed=form.confirmed.data,
        )
        return
    correct_publication(
        publication,
        version=version,
        published_on=form.published_on.data,
        newer_on=form.newer_on.data if "newer_on" in form else None,
        interim_until=interim_until,
        places=places,
        by=by,
        today=today,
        now=now,
        confirmed=form.confirmed.data,
    )
