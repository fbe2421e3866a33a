"""The milestone page, and what people do on it."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.kinds import Kind
from cycle_tracker.documents.queries.copies import government_has_mailbox
from cycle_tracker.documents.services.publications import (
    record_publication,
    send_to_scottish_government,
)
from cycle_tracker.milestones.queries.milestones import (
    find_publication,
    get_milestone,
    government_copy,
    list_unfinished_predecessors,
    list_unfinished_sub_tasks,
)
from cycle_tracker.milestones.queries.on_page import OnPage, get_milestone_on_page, put_on_page
from cycle_tracker.milestones.services.milestones import finish_milestone, start_milestone
from cycle_tracker.milestones.web.details import detail_for
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.milestones.web.newest import changed_by_others
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.milestones.web.sections import sections_of
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.overview.web.milestone.forms import FinishForm, PublicationForm
from cycle_tracker.overview.web.milestone.headings import headings_of
from cycle_tracker.overview.web.milestone.presenters import MilestonePage
from cycle_tracker.overview.web.milestone.reading import read_page
from cycle_tracker.web.access import current_user_row, current_viewer, requires, signed_in
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.wording import day

bp = Blueprint("milestones", __name__, url_prefix="/partnerships/<slug>/milestones/<key>")
bp.add_app_template_filter(headings_of)


@bp.route("")
@signed_in
def show(slug: str, key: str) -> ResponseReturnValue:
    """The page. Whether the person may see the milestone, and how much of it, is asked where it is fetched."""
    return _page(get_milestone_on_page(current_viewer(), slug, key))


@bp.route("/start", methods=["GET", "POST"])
@requires(Permission.CHANGE_OWN_MILESTONES)
def start(slug: str, key: str) -> ResponseReturnValue:
    """Say that work has begun."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.CHANGE_OWN_MILESTONES)
    form = MilestoneForm()
    attempt = Attempt(form, milestone)
    if attempt.validate():
        with attempt:
            start_milestone(milestone, by=current_user_row(), now=clock.now())
    if attempt.saved:
        return _to_page(milestone, "Saved. This is in progress.")
    return _page(put_on_page(milestone), form, attempt)


@bp.route("/finish", methods=["GET", "POST"])
@requires(Permission.CHANGE_OWN_MILESTONES)
def finish(slug: str, key: str) -> ResponseReturnValue:
    """Say on which day it was done."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.CHANGE_OWN_MILESTONES)
    form = FinishForm()
    attempt = Attempt(form, milestone)
    if attempt.validate():
        with attempt:
            finish_milestone(
                milestone, form.done_on.chosen, by=current_user_row(), today=clock.today(), now=clock.now()
            )
    if attempt.saved:
        return _to_page(milestone, f"Saved. This was done on {day(form.done_on.data)}.")
    return _page(put_on_page(milestone), form, attempt)


@bp.route("/publication", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def record(slug: str, key: str) -> ResponseReturnValue:
    """Record where and when a document was published. A report is on the officials' list with that; a plan is sent to
    Scottish Ministers, and with `tell` that is recorded too."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.RECORD_PUBLICATION)
    form = PublicationForm()
    send = milestone.kind is Kind.ANNUAL_REPORT or request.form.get("tell") == "yes"
    attempt = Attempt(form, milestone)
    if attempt.validate():
        with attempt:
            record_publication(
                milestone,
                address=form.address.data,
                published_on=form.published_on.data,
                send_to_ministers=send,
                by=current_user_row(),
                today=clock.today(),
                now=clock.now(),
                confirmed=form.confirmed.data,
            )
    if attempt.saved:
        will_email = _what_the_government_gets(milestone) if send and not _was_sent_before(milestone) else ""
        return _to_page(milestone, f"Saved. This was published on {day(form.published_on.data)}.{will_email}")
    return _page(put_on_page(milestone), form, attempt)


@bp.route("/tell", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def send_copy(slug: str, key: str) -> ResponseReturnValue:
    """Record that a published document was sent to Scottish Government today."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.RECORD_PUBLICATION)
    form = MilestoneForm()
    attempt = Attempt(form, milestone)
    if attempt.validate():
        with attempt:
            _send_copy(milestone)
    if attempt.saved:
        sent = "" if government_has_mailbox() else f" This was sent on {day(clock.today())}."
        return _to_page(milestone, f"Saved.{sent}{_what_the_government_gets(milestone)}")
    if isinstance(attempt.error, IntegrityError):
        return redirect(page_of(milestone))  # the same button pressed twice: the first press was recorded
    return _page(put_on_page(milestone), form, attempt)


def _send_copy(milestone: Milestone) -> None:
    publication = find_publication(milestone)
    if publication is not None and government_copy(publication) is None:
        send_to_scottish_government(publication, by=current_user_row(), today=clock.today(), now=clock.now())


def _was_sent_before(milestone: Milestone) -> bool:
    """Whether the Scottish Government was sent the plan before that was recorded as published: it is not sent again."""
    publication = find_publication(milestone)
    copy = government_copy(publication) if publication is not None else None
    return copy is not None and copy.waited


def _what_the_government_gets(milestone: Milestone) -> str:
    """What recording it did for the Scottish Government, in words that are true."""
    if government_has_mailbox():
        return " We are emailing a copy to the Scottish Government, and will record it as sent when it is accepted."
    return " The Scottish Government can see it here." if milestone.kind is Kind.ANNUAL_REPORT else ""


def _to_page(milestone: Milestone, said: str) -> ResponseReturnValue:
    """Back to the page, which says what was saved."""
    flash(said, "success")
    _warn_of_unfinished(milestone)
    return redirect(page_of(milestone))


def _warn_of_unfinished(milestone: Milestone) -> None:
    """Say what was to be finished first and is not: it warns, and never blocks."""
    first = [one.title for one in list_unfinished_predecessors(milestone)]
    parts = [] if milestone.is_open else [one.title for one in list_unfinished_sub_tasks(milestone)]
    for words, titles in (("This should be finished first", first), ("A sub-task is not finished", parts)):
        if titles:
            more = f", and {len(titles) - 1} more" if len(titles) > 1 else ""
            flash(f"{words}: {titles[0]}{more}.", "warning")


def _page(
    on_page: OnPage, submitted: MilestoneForm | None = None, attempt: Attempt | None = None
) -> ResponseReturnValue:
    """The page as it is now. Where a change came too late: with what others changed, and what the person typed."""
    viewer, today, milestone = current_viewer(), clock.today(), on_page.milestone
    changed = changed_by_others(attempt, milestone) if attempt else None
    page = read_page(on_page, viewer, today)
    open_form = _form_for(page, milestone)
    if submitted is None or not submitted.is_submitted():
        submitted = open_form
    elif type(submitted) is type(open_form):
        open_form = submitted
    return render_template(
        "overview/milestone/show.html",
        page=page,
        milestone=milestone,
        sections=sections_of(on_page, viewer, detail_for(viewer, milestone), today),
        form=submitted,
        open_form=open_form,
        sends_by_email=_may_send(page, milestone) and government_has_mailbox(),
        changed=changed,
        typed=submitted.typed() if submitted is not None and changed is not None else [],
    ), attempt.status if attempt else 200


def _may_send(page: MilestonePage, milestone: Milestone) -> bool:
    """True where the page has a button that sends a plan, or records that it was sent."""
    return milestone.kind is Kind.PLAN and bool(page.actions & {"record", "tell"})


def _form_for(page: MilestonePage, milestone: Milestone) -> MilestoneForm | None:
    """The form that stands open on the page, if one does; the others are buttons."""
    form: MilestoneForm
    if "record" in page.actions:
        form = PublicationForm(formdata=None)
    elif "finish" in page.actions:
        form = FinishForm(formdata=None, done_on=clock.today())
    else:
        return None
    form.for_now(milestone)
    return form
