"""Moving a local date; proposing, noting, declining and withdrawing a new expected date."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.errors import ChangedMeanwhile
from cycle_tracker.documents.queries.proposals import find_name, find_proposal
from cycle_tracker.documents.services.explanations import note_expected_date
from cycle_tracker.documents.services.proposals import decline_proposal, note_proposal, propose_date, withdraw_proposal
from cycle_tracker.documents.web.date_changes.forms import (
    ExplanationForm,
    LocalDateForm,
    LocalExplanationForm,
    NoteForm,
    RefusalForm,
)
from cycle_tracker.documents.web.date_changes.presenters import proposal_for
from cycle_tracker.documents.web.facts import date_rows, read_facts
from cycle_tracker.milestones.queries.milestones import get_milestone
from cycle_tracker.milestones.services.milestones import move_local_date
from cycle_tracker.milestones.web.details import Detail, detail_for
from cycle_tracker.milestones.web.forms import MilestoneForm, save
from cycle_tracker.milestones.web.newest import read_newest
from cycle_tracker.milestones.web.places import place_wording, seen_by
from cycle_tracker.models import DateChange, Milestone
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.wording import day

bp = Blueprint("date_changes", __name__, url_prefix="/partnerships/<slug>/milestones/<key>")


@bp.route("/date", methods=["GET", "POST"])
@requires(Permission.CHANGE_MILESTONES)
def move(slug: str, key: str) -> ResponseReturnValue:
    """Move a local date, with a reason."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.CHANGE_MILESTONES)
    form = LocalDateForm()
    return _change(
        "documents/date_changes/move.html",
        milestone,
        form,
        lambda: move_local_date(
            milestone, form.due_on.chosen, form.reason.data, by=current_user_row(), now=clock.now()
        ),
        f"Saved. The date is now {day(form.due_on.data)}.",
    )


@bp.route("/proposal", methods=["GET", "POST"])
@requires(Permission.PROPOSE_DATES)
def propose(slug: str, key: str) -> ResponseReturnValue:
    """Add an explanation: propose a new expected date, which counts once somebody else notes it."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.PROPOSE_DATES)
    form, waiting = LocalExplanationForm(), find_proposal(milestone)
    if not form.is_submitted() and waiting is not None and waiting.proposed_by_id == current_viewer().user_id:
        _start_from(form, waiting)
    return _change(
        "documents/date_changes/propose.html",
        milestone,
        form,
        lambda: propose_date(
            milestone,
            form.expected_on.chosen,
            form.explanation.data,
            shared=form.shared.data,
            by=current_user_row(),
            today=clock.today(),
            now=clock.now(),
        ),
        "Sent. The governance group, or an official, must agree it first."
        if milestone.is_document and form.shared.data
        else "Sent. The governance group must agree it first.",
    )


@bp.route("/proposal/withdrawal", methods=["GET", "POST"])
@requires(Permission.PROPOSE_DATES)
def withdraw(slug: str, key: str) -> ResponseReturnValue:
    """Take one's own proposal back."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.PROPOSE_DATES)
    form = MilestoneForm()
    return _change(
        "documents/date_changes/withdraw.html",
        milestone,
        form,
        lambda: withdraw_proposal(milestone, by=current_user_row(), now=clock.now()),
        "Withdrawn. Your proposal no longer needs a decision.",
    )


@bp.route("/proposal/note", methods=["GET", "POST"])
@requires(Permission.NOTE_EXPLANATIONS)
def note(slug: str, key: str) -> ResponseReturnValue:
    """Note what was proposed: it becomes the date worked to."""
    milestone = _noted_by_viewer(slug, key)
    form, officials = NoteForm(), _is_official(milestone)
    if officials:
        del form.shared
    elif not form.is_submitted():
        waiting = find_proposal(milestone)
        form.shared.data = waiting is not None and waiting.shared
    return _change(
        "documents/date_changes/note_proposal.html",
        milestone,
        form,
        lambda: note_proposal(
            milestone,
            shared=officials or form.shared.data,
            by=current_user_row(),
            today=clock.today(),
            now=clock.now(),
        ),
        "Agreed. The proposed date is now the due date.",
    )


@bp.route("/proposal/refusal", methods=["GET", "POST"])
@requires(Permission.NOTE_EXPLANATIONS)
def decline(slug: str, key: str) -> ResponseReturnValue:
    """Decline what was proposed, with a reason."""
    milestone = _noted_by_viewer(slug, key)
    form = RefusalForm()
    return _change(
        "documents/date_changes/decline.html",
        milestone,
        form,
        lambda: decline_proposal(milestone, form.why.data, by=current_user_row(), today=clock.today(), now=clock.now()),
        "Declined. The date has not changed.",
    )


@bp.route("/explanation", methods=["GET", "POST"])
@requires(Permission.NOTE_EXPLANATIONS)
def explain(slug: str, key: str) -> ResponseReturnValue:
    """Note a new expected date that nobody proposed."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.NOTE_EXPLANATIONS)
    officials = _is_official(milestone)
    form = ExplanationForm() if officials else LocalExplanationForm()
    return _change(
        "documents/date_changes/explain.html",
        milestone,
        form,
        lambda: note_expected_date(
            milestone,
            form.expected_on.chosen,
            form.explanation.data,
            shared=officials or form["shared"].data,
            by=current_user_row(),
            today=clock.today(),
            now=clock.now(),
        ),
        f"Agreed. The new expected date is {day(form.expected_on.data)}.",
    )


def _noted_by_viewer(slug: str, key: str) -> Milestone:
    """The milestone for somebody who may note. What an official is not shown is not theirs to note or decline."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.NOTE_EXPLANATIONS)
    waiting = find_proposal(milestone)
    if waiting is not None and not waiting.shared and _is_official(milestone):
        raise NoResultFound
    return milestone


def _is_official(milestone: Milestone) -> bool:
    """True for somebody who reads of the partnership only what it shares."""
    return detail_for(current_viewer(), milestone) is not Detail.EVERYTHING


def _start_from(form: LocalExplanationForm, proposal: DateChange) -> None:
    form.expected_on.data, form.explanation.data = proposal.new_due_on, proposal.reason
    form.shared.data = proposal.shared


def _change(
    template: str, milestone: Milestone, form: MilestoneForm, change: Callable[[], object], done: str
) -> ResponseReturnValue:
    """Make a change and go back to the milestone, or show the page with what stands in the way."""
    try:
        if form.validate_on_submit() and save(form, milestone, change):
            flash(done, "success")
            return redirect(_address(milestone))
    except ChangedMeanwhile:
        form.for_version(milestone)
        return _page(template, milestone, form, changed=read_newest(milestone, current_viewer())), 409
    if not form.is_submitted():
        form.for_version(milestone)
    return _page(template, milestone, form)


def _page(template: str, milestone: Milestone, form: MilestoneForm, **more: object) -> str:
    viewer, waiting = current_viewer(), find_proposal(milestone)
    facts, detail = read_facts(milestone), detail_for(viewer, milestone)
    return render_template(
        template,
        milestone=milestone,
        place=place_wording(milestone),
        rows=date_rows(facts, detail, clock.today()),
        proposal=proposal_for(waiting, find_name(waiting.proposed_by_id) if waiting else "", milestone, viewer, detail),
        seen_by=seen_by(milestone),
        address=_address(milestone),
        form=form,
        **more,
    )


def _address(milestone: Milestone) -> str:
    if milestone.partnership is None:
        raise ValueError("a national milestone has no page of its own")
    return url_for("milestones.show", slug=milestone.partnership.slug, key=milestone.key)
