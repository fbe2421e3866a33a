"""The milestone page, and what people do on it."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.errors import ChangedMeanwhile
from cycle_tracker.core.extensions import db
from cycle_tracker.documents.services.publications import record_publication, tell_scottish_government
from cycle_tracker.milestones.queries.milestones import (
    find_publication,
    get_milestone,
    government_copy,
    list_unfinished_predecessors,
    list_unfinished_sub_tasks,
)
from cycle_tracker.milestones.services.milestones import finish_milestone, start_milestone
from cycle_tracker.milestones.web.details import detail_for
from cycle_tracker.milestones.web.forms import MilestoneForm, save
from cycle_tracker.milestones.web.sections import sections_of
from cycle_tracker.models import Milestone
from cycle_tracker.overview.web.milestone.forms import FinishForm, PublicationForm
from cycle_tracker.overview.web.milestone.headings import headings_of
from cycle_tracker.overview.web.milestone.presenters import MilestonePage
from cycle_tracker.overview.web.milestone.reading import read_newest, read_page
from cycle_tracker.web.access import current_user_row, current_viewer, requires, signed_in
from cycle_tracker.web.wording import day

bp = Blueprint("milestones", __name__, url_prefix="/partnerships/<slug>/milestones/<key>")
bp.add_app_template_filter(headings_of)


@bp.route("")
@signed_in
def show(slug: str, key: str) -> ResponseReturnValue:
    """The page. Whether the person may see the milestone, and how much of it, is asked where it is fetched."""
    return _page(get_milestone(current_viewer(), slug, key))


@bp.route("/start", methods=["GET", "POST"])
@requires(Permission.CHANGE_OWN_MILESTONES)
def start(slug: str, key: str) -> ResponseReturnValue:
    """Say that work has begun."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.CHANGE_OWN_MILESTONES)
    return _change(
        milestone,
        MilestoneForm(),
        lambda: start_milestone(milestone, by=current_user_row(), now=clock.now()),
        "Saved. This is in progress.",
    )


@bp.route("/finish", methods=["GET", "POST"])
@requires(Permission.CHANGE_OWN_MILESTONES)
def finish(slug: str, key: str) -> ResponseReturnValue:
    """Say on which day it was done."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.CHANGE_OWN_MILESTONES)
    form = FinishForm()
    return _change(
        milestone,
        form,
        lambda: finish_milestone(
            milestone, form.done_on.chosen, by=current_user_row(), today=clock.today(), now=clock.now()
        ),
        f"Saved. This was done on {day(form.done_on.data)}.",
    )


@bp.route("/publication", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def record(slug: str, key: str) -> ResponseReturnValue:
    """Record where and when a document was published and, with `tell`, that Scottish Government is told."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.RECORD_PUBLICATION)
    form, tell = PublicationForm(), request.form.get("tell") == "yes"
    return _change(
        milestone,
        form,
        lambda: record_publication(
            milestone,
            address=form.address.data,
            published_on=form.published_on.data,
            tell_government=tell,
            by=current_user_row(),
            today=clock.today(),
            now=clock.now(),
        ),
        f"Saved. This was published on {day(form.published_on.data)}. We will email the Scottish Government."
        if tell
        else f"Saved. This was published on {day(form.published_on.data)}.",
    )


@bp.route("/tell", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def tell(slug: str, key: str) -> ResponseReturnValue:
    """Record that a published document was sent to Scottish Government today."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.RECORD_PUBLICATION)
    form = MilestoneForm()
    try:
        return _change(milestone, form, lambda: _tell(milestone), "Saved. We will email the Scottish Government.")
    except IntegrityError:
        db.session.rollback()  # the same button pressed twice: it was told the first time
        return _to_page(milestone)


def _tell(milestone: Milestone) -> None:
    publication = find_publication(milestone)
    if publication is not None and government_copy(publication) is None:
        tell_scottish_government(publication, sent_on=clock.today(), by=current_user_row(), now=clock.now())


def _change(milestone: Milestone, form: MilestoneForm, change: Callable[[], object], done: str) -> ResponseReturnValue:
    """Make a change from a form and go back to the page, or show the page with what stands in the way."""
    try:
        if form.validate_on_submit() and save(form, milestone, change):
            flash(done, "success")
            _warn_of_unfinished(milestone)
            return _to_page(milestone)
    except ChangedMeanwhile:
        return _changed_meanwhile(milestone, form)
    return _page(milestone, form)


def _warn_of_unfinished(milestone: Milestone) -> None:
    """Say what was to be finished first and is not: it warns, and never blocks."""
    first = [one.title for one in list_unfinished_predecessors(milestone)]
    parts = [] if milestone.is_open else [one.title for one in list_unfinished_sub_tasks(milestone)]
    for words, titles in (("This should be finished first", first), ("A sub-task is not finished", parts)):
        if titles:
            more = f", and {len(titles) - 1} more" if len(titles) > 1 else ""
            flash(f"{words}: {titles[0]}{more}.", "warning")


def _changed_meanwhile(milestone: Milestone, form: MilestoneForm) -> ResponseReturnValue:
    """The page as it is now, with what changed and what the person typed."""
    form.for_version(milestone)
    changed = read_newest(milestone, current_viewer())
    return _page(milestone, form, changed=changed, typed=form.typed()), 409


def _page(milestone: Milestone, submitted: MilestoneForm | None = None, **more: object) -> str:
    viewer, today = current_viewer(), clock.today()
    page = read_page(milestone, viewer, today)
    open_form = _form_for(page, milestone)
    if submitted is None or not submitted.is_submitted():
        submitted = open_form
    elif type(submitted) is type(open_form):
        open_form = submitted
    return render_template(
        "overview/milestone/show.html",
        page=page,
        milestone=milestone,
        sections=sections_of(milestone, viewer, detail_for(viewer, milestone), today),
        form=submitted,
        open_form=open_form,
        **more,
    )


def _form_for(page: MilestonePage, milestone: Milestone) -> MilestoneForm:
    """The form that stands open on the page, if one does; the others are buttons."""
    form: MilestoneForm
    if "record" in page.actions:
        form = PublicationForm(formdata=None)
    elif "finish" in page.actions:
        form = FinishForm(formdata=None, done_on=clock.today())
    else:
        form = MilestoneForm(formdata=None)
    form.for_version(milestone)
    return form


def _to_page(milestone: Milestone) -> ResponseReturnValue:
    if milestone.partnership is None:
        raise ValueError("a national milestone has no page of its own")
    return redirect(url_for("milestones.show", slug=milestone.partnership.slug, key=milestone.key))
