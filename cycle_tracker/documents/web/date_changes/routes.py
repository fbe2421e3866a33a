"""Moving a local date; proposing, noting, declining and withdrawing a new expected date."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.documents.queries.explanations import current_note
from cycle_tracker.documents.queries.proposals import find_name, find_proposal
from cycle_tracker.documents.rules.explanations import not_open_yet
from cycle_tracker.documents.services.explanations import note_expected_date, share_explanation
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
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.milestones.web.newest import changed_by_others
from cycle_tracker.milestones.web.places import page_of, place_wording, seen_by
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.wording import day

bp = Blueprint("date_changes", __name__, url_prefix="/partnerships/<slug>/milestones/<key>")


@bp.route("/date", methods=["GET", "POST"])
@requires(Permission.CHANGE_MILESTONES)
def move(slug: str, key: str) -> ResponseReturnValue:
    """Move a local date, with a reason."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.CHANGE_MILESTONES)
    form = LocalDateForm()
    attempt = Attempt(form, milestone)
    if attempt.validate():
        with attempt:
            by, cause = current_user_row(), form.cause.chosen
            move_local_date(milestone, form.due_on.chosen, form.reason.data, by=by, now=clock.now(), cause=cause)
    if attempt.saved:
        flash(f"Saved. The date is now {day(form.due_on.data)}.", "success")
        return redirect(page_of(milestone))
    return _page("documents/date_changes/move.html", milestone, form, attempt)


@bp.route("/proposal", methods=["GET", "POST"])
@requires(Permission.PROPOSE_DATES)
def propose(slug: str, key: str) -> ResponseReturnValue:
    """Add an explanation: propose a new expected date, which counts once somebody else notes it."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.PROPOSE_DATES)
    form, waiting = LocalExplanationForm(), find_proposal(milestone)
    if not form.is_submitted() and waiting is not None and waiting.proposed_by_id == current_viewer().user_id:
        _start_from(form, waiting)
    elif not form.is_submitted():
        _fill_in(form, milestone, officials=False)
    attempt = Attempt(form, milestone)
    if attempt.validate():
        with attempt:
            propose_date(
                milestone,
                form.expected_on.chosen,
                form.explanation.data,
                shared=form.shared.data,
                by=current_user_row(),
                today=clock.today(),
                now=clock.now(),
                cause=form.cause.chosen,
            )
    if attempt.saved:
        or_official = " or an official" if milestone.is_document and form.shared.data else ""
        flash(f"Sent. The date takes effect when the governance group{or_official} agrees it.", "success")
        return redirect(page_of(milestone))
    return _page("documents/date_changes/propose.html", milestone, form, attempt)


@bp.route("/proposal/withdrawal", methods=["GET", "POST"])
@requires(Permission.PROPOSE_DATES)
def withdraw(slug: str, key: str) -> ResponseReturnValue:
    """Take one's own proposal back."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.PROPOSE_DATES)
    form = MilestoneForm()
    attempt = Attempt(form, milestone)
    if attempt.validate():
        with attempt:
            withdraw_proposal(milestone, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash("Withdrawn. Your proposal no longer needs a decision.", "success")
        return redirect(page_of(milestone))
    return _page("documents/date_changes/withdraw.html", milestone, form, attempt)


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
    attempt = Attempt(form, milestone)
    if attempt.validate():
        with attempt:
            note_proposal(
                milestone,
                shared=officials or form.shared.data,
                by=current_user_row(),
                today=clock.today(),
                now=clock.now(),
            )
    if attempt.saved:
        flash("Agreed. The proposed date is now the due date.", "success")
        return redirect(page_of(milestone))
    return _page("documents/date_changes/note_proposal.html", milestone, form, attempt)


@bp.route("/proposal/refusal", methods=["GET", "POST"])
@requires(Permission.NOTE_EXPLANATIONS)
def decline(slug: str, key: str) -> ResponseReturnValue:
    """Decline what was proposed, with a reason."""
    milestone = _noted_by_viewer(slug, key)
    form = RefusalForm()
    attempt = Attempt(form, milestone)
    if attempt.validate():
        with attempt:
            decline_proposal(milestone, form.why.data, by=current_user_row(), today=clock.today(), now=clock.now())
    if attempt.saved:
        flash("Declined. The date has not changed.", "success")
        return redirect(page_of(milestone))
    return _page("documents/date_changes/decline.html", milestone, form, attempt)


@bp.route("/explanation", methods=["GET", "POST"])
@requires(Permission.NOTE_EXPLANATIONS)
def explain(slug: str, key: str) -> ResponseReturnValue:
    """Note a new expected date that nobody proposed."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.NOTE_EXPLANATIONS)
    officials = _is_official(milestone)
    form = ExplanationForm() if officials else LocalExplanationForm()
    if not form.is_submitted():
        _fill_in(form, milestone, officials=officials)
    attempt = Attempt(form, milestone)
    if attempt.validate():
        with attempt:
            note_expected_date(
                milestone,
                form.expected_on.chosen,
                form.explanation.data,
                shared=officials or form["shared"].data,
                by=current_user_row(),
                today=clock.today(),
                now=clock.now(),
                cause=form.cause.chosen,
            )
    if attempt.saved:
        flash(f"Agreed. The new expected date is {day(form.expected_on.data)}.", "success")
        return redirect(page_of(milestone))
    return _page("documents/date_changes/explain.html", milestone, form, attempt)


@bp.route("/explanation/sharing", methods=["GET", "POST"])
@requires(Permission.PROPOSE_DATES)
def share(slug: str, key: str) -> ResponseReturnValue:
    """Share the agreed explanation with officials."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.PROPOSE_DATES)
    form = MilestoneForm()
    attempt = Attempt(form, milestone)
    if attempt.validate():
        with attempt:
            share_explanation(milestone, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash("Shared. Officials can now see the explanation and the new expected date.", "success")
        return redirect(page_of(milestone))
    return _page("documents/date_changes/share.html", milestone, form, attempt)


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
    form.shared.data, form.cause.data = proposal.shared, proposal.cause


def _fill_in(form: ExplanationForm, milestone: Milestone, *, officials: bool) -> None:
    """Begin with the words of the current note, if there is one that the person may read, and as it is shared."""
    note = current_note(milestone.id, shared_only=officials)
    if note is not None:
        form.explanation.data, form.cause.data, form.is_filled_in = note.reason, note.cause, True
        if isinstance(form, LocalExplanationForm):
            form.shared.data = note.shared


def _page(template: str, milestone: Milestone, form: MilestoneForm, attempt: Attempt) -> ResponseReturnValue:
    viewer, waiting = current_viewer(), find_proposal(milestone)
    facts, detail = read_facts(milestone), detail_for(viewer, milestone)
    opens_on, is_document = milestone.opens_on, milestone.is_document
    return render_template(
        template,
        milestone=milestone,
        not_yet=not_open_yet(is_document=is_document, opens_on=opens_on, today=clock.today()),
        place=place_wording(milestone),
        rows=date_rows(facts, detail, clock.today()),
        proposal=proposal_for(waiting, find_name(waiting.proposed_by_id) if waiting else "", milestone, viewer, detail),
        seen_by=seen_by(milestone),
        address=page_of(milestone),
        form=form,
        unshared=facts.explanation if facts.is_unshared else None,
        changed=changed_by_others(attempt, milestone),
    ), attempt.status
