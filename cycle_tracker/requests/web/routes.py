"""Asking for an update, the list of what was asked, and the page on which it is answered."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import addresses, clock
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.documents.queries.explanations import current_note
from cycle_tracker.models.officials import UpdateRequest
from cycle_tracker.partnerships.queries.partnerships import list_partnerships
from cycle_tracker.requests.queries.documents_to_ask import list_documents_to_ask
from cycle_tracker.requests.queries.request_lists import RequestSort, count_update_requests, list_update_requests
from cycle_tracker.requests.queries.requests import get_update_request, mailed_to
from cycle_tracker.requests.rules import MOST_AT_ONCE
from cycle_tracker.requests.services import (
    Draft,
    answer_request,
    draft_requests,
    find_same_request,
    fingerprint,
    send_requests,
)
from cycle_tracker.requests.web.forms import (
    AnswerForm,
    AskForm,
    UpdateRequestFilters,
    documents_chosen,
    form_as_it_stands,
)
from cycle_tracker.requests.web.presenters import columns, lines, sheet
from cycle_tracker.requests.web.request_pages import previews, request_page
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.forms import show_rule
from cycle_tracker.web.links import url_for
from cycle_tracker.web.paging import PER_PAGE, Pages, last_page, page_asked_for
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.sheets import FileForm, download
from cycle_tracker.web.wording import count

bp = Blueprint("update_requests", __name__, url_prefix=addresses.UPDATE_REQUESTS)
ONE = "/<int(max=2147483647):request_id>"


@bp.get("")
@requires(Permission.READ_DOCUMENTS)
def index() -> ResponseReturnValue:
    """Requests about the documents that the person reads; filtered, sorted and paged by the address."""
    viewer, today = current_viewer(), clock.today()
    partnerships = list_partnerships(viewer.partnerships_with(Permission.READ_DOCUMENTS))
    filters = UpdateRequestFilters(request.args, partnerships)
    number = count_update_requests(viewer, filters.wanted, today)
    page = min(page_asked_for(), last_page(number))
    found = list_update_requests(viewer, filters.wanted, today, page=page, per_page=PER_PAGE)
    return render_template(
        "requests/index.html",
        filters=filters,
        columns=columns(filters.wanted.sort, _addresses(filters)),
        lines=lines(found, today),
        pages=Pages(found, page=page, count=number),
    )


@bp.get("/export.<any(csv,xlsx):form>")
@requires(Permission.READ_DOCUMENTS)
def export(form: FileForm) -> ResponseReturnValue:
    """The list as it stands, as a file."""
    viewer, today = current_viewer(), clock.today()
    partnerships = list_partnerships(viewer.partnerships_with(Permission.READ_DOCUMENTS))
    filters = UpdateRequestFilters(request.args, partnerships)
    return download(sheet(list_update_requests(viewer, filters.wanted, today), today), form)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.ASK_FOR_UPDATES)
def new() -> ResponseReturnValue:
    """Ask about the documents that were ticked: the text, then each mail as it will read, then the button.

    Only what the person saw is sent: where the mails have become others since, they are shown first.
    """
    chosen = documents_chosen()
    documents = list_documents_to_ask(current_viewer(), chosen[:MOST_AT_ONCE], hold=request.method == "POST")
    form = AskForm() if request.method == "POST" else form_as_it_stands(clock.today())
    drafts: list[Draft] = []
    if documents and (request.method == "GET" or form.validate()):
        try:
            drafts = draft_requests(documents, form.text.data, form.reply_by.chosen, clock.today())
        except RuleBroken as rule:
            show_rule(form, rule)
    left_out = len(chosen) - len(documents)
    sending = bool(drafts) and request.form.get("action") == "send"
    if sending and not left_out and form.seen.data == fingerprint(drafts):
        return _sent(send_requests(drafts, form.reply_by.chosen, by=current_user_row(), now=clock.now()), drafts)
    if sending and (same := find_same_request(drafts, by=current_user_row())):
        flash("You have already sent this.", "success")
        return redirect(_next_page([same] * len(drafts)))
    changed = sending and not left_out
    form.seen.data = fingerprint(drafts)
    return render_template(
        "requests/new.html",
        form=form,
        documents=documents,
        previews=previews(drafts),
        left_out=left_out,
        too_many=len(chosen) > MOST_AT_ONCE,
        changed=changed,
        most=MOST_AT_ONCE,
    )


@bp.get(ONE)
@requires(Permission.READ_DOCUMENTS)
def show(request_id: int) -> ResponseReturnValue:
    """What was asked, to whom it was mailed, and the answer or, for a planning lead, the form for it."""
    viewer = current_viewer()
    asked, form = get_update_request(viewer, request_id), AnswerForm(formdata=None)
    if asked.answered_at is None and viewer.can(Permission.ANSWER_UPDATES, asked.milestone.partnership_id):
        # Officials read the answer, so it begins with nothing that is not shared with them.
        note = current_note(asked.milestone_id, shared_only=True)
        if note is not None:
            form.answer.data, form.is_filled_in = note.reason, True
    return _page(asked, form)


@bp.route(f"{ONE}/answer", methods=["GET", "POST"])
@requires(Permission.ANSWER_UPDATES)
def answer(request_id: int) -> ResponseReturnValue:
    """Answer for the partnership."""
    asked = get_update_request(current_viewer(), request_id, to=Permission.ANSWER_UPDATES)
    form = AnswerForm()
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            answer_request(asked, form.answer.data, by=current_user_row(), today=clock.today(), now=clock.now())
    if attempt.saved:
        flash("Saved. The Scottish Government can read your answer here.", "success")
        return redirect(url_for("update_requests.show", request_id=request_id))
    if attempt.is_late:
        return _page(asked, AnswerForm(formdata=None), typed=form.answer.data), attempt.status
    return _page(asked, form)


def _page(asked: UpdateRequest, form: AnswerForm, **more: object) -> str:
    viewer, today = current_viewer(), clock.today()
    return render_template(
        "requests/show.html",
        asked=asked,
        page=request_page(asked, mailed_to([asked.id])[asked.id], viewer, today),
        form=form,
        may_answer=viewer.can(Permission.ANSWER_UPDATES, asked.milestone.partnership_id),
        may_ask=viewer.can(Permission.ASK_FOR_UPDATES, asked.milestone.partnership_id),
        **more,
    )


def _sent(sent: Sequence[UpdateRequest], drafts: Sequence[Draft]) -> ResponseReturnValue:
    """Keep what was sent, say how much it was and where there was no one to email, and continue."""
    db.session.commit()
    mails = sum(len(draft.to) for draft in drafts)
    flash(f"You have sent {count(len(sent), 'request')} in {count(mails, 'email')}.", "success")
    nobody = [one.document.partnership.name for one in drafts if not one.to and one.document.partnership]
    if nobody:
        places = ", ".join(dict.fromkeys(nobody))
        flash(f"There was no one to email in {places}. The request is shown on the document’s page.", "warning")
    return redirect(_next_page(sent))


def _next_page(sent: Sequence[UpdateRequest]) -> str:
    return (
        url_for("update_requests.show", request_id=sent[0].id) if len(sent) == 1 else url_for("update_requests.index")
    )


def _addresses(filters: UpdateRequestFilters) -> dict[RequestSort, str]:
    """The address of the list in each order."""
    return {
        sort: url_for(
            "update_requests.index", **filters.in_address(sort="" if sort is RequestSort.REPLY else sort.value)
        )
        for sort in RequestSort
    }
