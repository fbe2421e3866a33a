"""The list of what is to be received, and the receipt of one document."""

from collections.abc import Callable, Collection, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import addresses, clock
from cycle_tracker.core.errors import ChangedMeanwhile, NotAllowed, RuleBroken
from cycle_tracker.documents.queries.receipts import count_to_receive, list_government_copies, list_to_receive
from cycle_tracker.documents.services.receipts import (
    ReceivedDocument,
    is_on_behalf,
    record_receipts,
    record_received_document,
    undo_receipt,
)
from cycle_tracker.documents.web.receipts.forms import (
    MOST_AT_ONCE,
    ListFilters,
    ReceiptForm,
    ReceiptsForm,
    UndoForm,
    copies_ticked,
    filter_form,
    read_filters,
)
from cycle_tracker.documents.web.receipts.presenters import columns, lines, recorded_words, sheet
from cycle_tracker.milestones.queries.milestones import find_publication, get_milestone, government_copy, holds
from cycle_tracker.milestones.web.forms import MilestoneForm, save
from cycle_tracker.milestones.web.newest import read_newest
from cycle_tracker.models import Milestone, Partnership, Publication, PublicationCopy
from cycle_tracker.partnerships.queries.partnerships import list_partnerships
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.paging import PER_PAGE, Pages, last_page, page_asked_for
from cycle_tracker.web.saving import saved
from cycle_tracker.web.sheets import FileForm, download
from cycle_tracker.web.wording import day

bp = Blueprint("receipts", __name__)
ONE = "/partnerships/<slug>/milestones/<key>/receipt"


@bp.route(addresses.TO_RECEIVE, methods=["GET", "POST"])
@requires(Permission.RECORD_RECEIPTS)
def index() -> ResponseReturnValue:
    """What was sent and not received, with boxes to tick and one day for all of them."""
    partnerships = _partnerships()
    filters = read_filters(request.args, partnerships)
    if request.method == "GET":
        return _list(ReceiptsForm(formdata=None, received_on=clock.today()), filters, partnerships)
    form, ticked = ReceiptsForm(), copies_ticked()
    found = list_government_copies(current_viewer(), ticked)
    waiting = [(document, copy) for document, copy in found if copy.received_on is None]
    if form.validate() and saved(form, lambda: _record(form, ticked, found, waiting)):
        flash(recorded_words(len(waiting), form.received_on.chosen, len(found) - len(waiting)), "success")
        return redirect(url_for(".index", **filters.in_address()))
    return _list(form, filters, partnerships, ticked)


@bp.get(f"{addresses.TO_RECEIVE}/export.<any(csv,xlsx):form>")
@requires(Permission.RECORD_RECEIPTS)
def export(form: FileForm) -> ResponseReturnValue:
    """The list as it stands, as a file."""
    filters = read_filters(request.args, _partnerships())
    found = list_to_receive(current_viewer(), partnership=filters.partnership, sort=filters.sort)
    return download(sheet(found, clock.today()), form)


@bp.route(ONE, methods=["GET", "POST"])
@requires(Permission.RECORD_RECEIPTS)
def receive(slug: str, key: str) -> ResponseReturnValue:
    """Record that one document was received, also one of which nothing was told here."""
    document = get_milestone(current_viewer(), slug, key, to=Permission.RECORD_RECEIPTS)
    publication = find_publication(document)
    is_published = publication is not None and not publication.is_draft
    if not is_published and not holds(current_viewer(), Permission.RECORD_ON_BEHALF, document):
        raise NotAllowed
    form = ReceiptForm() if request.method == "POST" else ReceiptForm(formdata=None, received_on=clock.today())
    words = {"is_published": is_published, "copy": government_copy(publication) if publication else None}
    return _change("documents/receipts/receive.html", document, form, lambda: _receive(document, form), **words)


@bp.route(f"{ONE}/undo", methods=["GET", "POST"])
@requires(Permission.RECORD_RECEIPTS)
def undo(slug: str, key: str) -> ResponseReturnValue:
    """Take a receipt back, with a reason."""
    document = get_milestone(current_viewer(), slug, key, to=Permission.RECORD_RECEIPTS)
    publication = find_publication(document)
    copy = government_copy(publication) if publication else None
    form = UndoForm() if request.method == "POST" else UndoForm(formdata=None)
    words = {"copy": copy, "on_behalf": copy is not None and is_on_behalf(copy)}
    return _change("documents/receipts/undo.html", document, form, lambda: _undo(publication, copy, form), **words)


def _change(
    template: str, document: Milestone, form: MilestoneForm, change: Callable[[], object], **words: object
) -> ResponseReturnValue:
    """Make a change and go to the document, or show the page with what stands in the way."""
    try:
        if form.validate_on_submit() and save(form, document, change):
            flash("Saved.", "success")
            return redirect(addresses.milestone(document.partnership.slug, document.key))  # type: ignore[union-attr]
    except ChangedMeanwhile:
        form.for_version(document)
        changed = read_newest(document, current_viewer())
        return render_template(template, document=document, form=form, changed=changed, **words), 409
    if not form.is_submitted():
        form.for_version(document)
    return render_template(template, document=document, form=form, **words)


def _record(
    form: ReceiptsForm,
    ticked: Collection[int],
    found: Collection[tuple[Milestone, PublicationCopy]],
    waiting: list[tuple[Milestone, PublicationCopy]],
) -> None:
    """Raises RuleBroken where nothing is ticked, or something that is none of the list's."""
    if not ticked:
        raise RuleBroken("Select at least one document.")
    if len(ticked) > MOST_AT_ONCE:
        raise RuleBroken(f"Select up to {MOST_AT_ONCE} documents at a time.")
    if len(found) < len(ticked):
        raise RuleBroken("One of the documents you selected is no longer on this list. Nothing has been saved.")
    record_receipts(waiting, form.received_on.chosen, by=current_user_row(), today=clock.today(), now=clock.now())


def _receive(document: Milestone, form: ReceiptForm) -> None:
    known = ReceivedDocument(
        received_on=form.received_on.chosen,
        sent_on=form.sent_on.data,
        address=form.address.data,
        published_on=form.published_on.data,
    )
    record_received_document(document, known, by=current_user_row(), today=clock.today(), now=clock.now())


def _undo(publication: Publication | None, copy: PublicationCopy | None, form: UndoForm) -> None:
    if publication is None or copy is None:
        raise RuleBroken("No receipt is recorded, so there is nothing to undo.")
    undo_receipt(publication, copy, form.reason.data, by=current_user_row(), now=clock.now())


def _list(
    form: ReceiptsForm, filters: ListFilters, partnerships: Sequence[Partnership], ticked: Collection[int] = ()
) -> str:
    viewer, today = current_viewer(), clock.today()
    number = count_to_receive(viewer, partnership=filters.partnership)
    page = min(page_asked_for(), last_page(number))
    found = list_to_receive(viewer, partnership=filters.partnership, sort=filters.sort, page=page, per_page=PER_PAGE)
    return render_template(
        "documents/receipts/index.html",
        form=form,
        filters=filters,
        filter_form=filter_form(filters, partnerships),
        columns=columns(filters),
        lines=lines(found, today),
        pages=Pages(found, page=page, count=number),
        ticked=ticked,
        today=day(today),
    )


def _partnerships() -> Sequence[Partnership]:
    return list_partnerships(current_viewer().partnerships_with(Permission.RECORD_RECEIPTS))
