"""The list of what is to be received, and the receipt of one document."""

from collections.abc import Collection, Sequence

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import addresses, clock
from cycle_tracker.core.errors import NotAllowed, RuleBroken
from cycle_tracker.core.kinds import Kind
from cycle_tracker.documents.queries.copies import waiting_government_copy
from cycle_tracker.documents.queries.receipts import (
    count_to_receive,
    list_government_copies,
    list_to_receive,
)
from cycle_tracker.documents.services.receipts import (
    ReceivedDocument,
    is_on_behalf,
    record_receipts,
    record_received_document,
    undo_receipt,
)
from cycle_tracker.documents.web.receipts.forms import (
    MOST_AT_ONCE,
    ReceiptFilters,
    ReceiptForm,
    ReceiptsForm,
    UndoForm,
    copies_ticked,
)
from cycle_tracker.documents.web.receipts.presenters import columns, lines, recorded_words, sheet
from cycle_tracker.milestones.queries.milestones import find_publication, get_milestone, government_copy, holds
from cycle_tracker.milestones.web.newest import changed_by_others
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import PublicationCopy
from cycle_tracker.partnerships.queries.partnerships import list_partnerships
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.paging import PER_PAGE, Pages, last_page, page_asked_for
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.sheets import FileForm, download
from cycle_tracker.web.wording import day

bp = Blueprint("receipts", __name__)
ONE = "/partnerships/<slug>/milestones/<key>/receipt"


@bp.route(addresses.TO_RECEIVE, methods=["GET", "POST"])
@requires(Permission.RECORD_RECEIPTS)
def index() -> ResponseReturnValue:
    """What was sent and not received, with boxes to tick and one day for all of them."""
    filters = ReceiptFilters(request.args, _partnerships())
    if request.method == "GET":
        return _list(ReceiptsForm(formdata=None, received_on=clock.today()), filters)
    form, ticked = ReceiptsForm(), copies_ticked()
    found = list_government_copies(current_viewer(), ticked)
    waiting = [(document, copy) for document, copy in found if copy.received_on is None]
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            _record(form, ticked, found, waiting)
    if attempt.saved:
        flash(recorded_words(len(waiting), form.received_on.chosen, len(found) - len(waiting)), "success")
        return redirect(url_for("receipts.index", **filters.in_address()))
    return _list(form, filters, ticked), attempt.status


@bp.get(f"{addresses.TO_RECEIVE}/export.<any(csv,xlsx):form>")
@requires(Permission.RECORD_RECEIPTS)
def export(form: FileForm) -> ResponseReturnValue:
    """The list as it stands, as a file."""
    filters = ReceiptFilters(request.args, _partnerships())
    found = list_to_receive(current_viewer(), partnership=filters.partnership.word, sort=filters.order)
    return download(sheet(found, clock.today()), form)


@bp.route(ONE, methods=["GET", "POST"])
@requires(Permission.RECORD_RECEIPTS)
def receive(slug: str, key: str) -> ResponseReturnValue:
    """Record that one document was received, also one of which nothing was told here."""
    document = get_milestone(current_viewer(), slug, key, to=Permission.RECORD_RECEIPTS)
    publication = find_publication(document)
    is_published = publication is not None and not publication.is_draft
    waiting = waiting_government_copy(document)
    if not is_published and waiting is None and not holds(current_viewer(), Permission.RECORD_ON_BEHALF, document):
        raise NotAllowed
    form = ReceiptForm() if request.method == "POST" else ReceiptForm(formdata=None, received_on=clock.today())
    attempt = Attempt(form, document)
    if attempt.validate():
        known = ReceivedDocument(
            received_on=form.received_on.chosen,
            sent_on=form.sent_on.data,
            address=form.address.data,
            published_on=form.published_on.data,
            confirmed=form.confirmed.data,
            not_published=document.kind is Kind.PLAN and form.not_published.data,
        )
        with attempt:
            record_received_document(document, known, by=current_user_row(), today=clock.today(), now=clock.now())
    if attempt.saved:
        flash("Saved.", "success")
        return redirect(page_of(document))
    return render_template(
        "documents/receipts/receive.html",
        document=document,
        form=form,
        is_published=is_published,
        copy=waiting or (government_copy(publication) if publication else None),
        changed=changed_by_others(attempt, document),
    ), attempt.status


@bp.route(f"{ONE}/undo", methods=["GET", "POST"])
@requires(Permission.RECORD_RECEIPTS)
def undo(slug: str, key: str) -> ResponseReturnValue:
    """Take a receipt back, with a reason."""
    document = get_milestone(current_viewer(), slug, key, to=Permission.RECORD_RECEIPTS)
    publication = find_publication(document)
    copy = waiting_government_copy(document) or (government_copy(publication) if publication else None)
    form = UndoForm() if request.method == "POST" else UndoForm(formdata=None)
    attempt = Attempt(form, document)
    if attempt.validate():
        with attempt:
            if copy is None:
                raise RuleBroken("No receipt is recorded, so there is nothing to undo.")
            undo_receipt(document, copy, form.reason.data, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash("Saved.", "success")
        return redirect(page_of(document))
    return render_template(
        "documents/receipts/undo.html",
        document=document,
        form=form,
        copy=copy,
        is_published=publication is not None,
        on_behalf=copy is not None and is_on_behalf(copy),
        changed=changed_by_others(attempt, document),
    ), attempt.status


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


def _list(form: ReceiptsForm, filters: ReceiptFilters, ticked: Collection[int] = ()) -> str:
    viewer, today = current_viewer(), clock.today()
    number = count_to_receive(viewer, partnership=filters.partnership.word)
    page = min(page_asked_for(), last_page(number))
    found = list_to_receive(
        viewer,
        partnership=filters.partnership.word,
        sort=filters.order,
        page=page,
        per_page=PER_PAGE,
    )
    return render_template(
        "documents/receipts/index.html",
        form=form,
        filters=filters,
        columns=columns(filters),
        lines=lines(found, today),
        pages=Pages(found, page=page, count=number),
        ticked=ticked,
        today=day(today),
    )


def _partnerships() -> Sequence[Partnership]:
    return list_partnerships(current_viewer().partnerships_with(Permission.RECORD_RECEIPTS))
