"""Changing several milestones of a partnership: choosing what, seeing what that does, doing it."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.overview.queries.live_notices import count_live_notices
from cycle_tracker.overview.queries.milestone_lists import list_ticked
from cycle_tracker.overview.services.bulk_changes import BulkChange, change_milestones
from cycle_tracker.overview.web.bulk_changes.forms import LONGEST_REASON, BulkChangeForm
from cycle_tracker.overview.web.bulk_changes.presenters import BulkChangeOutcome, change_wording, outcomes
from cycle_tracker.partnerships.queries.calendars import calendar_of
from cycle_tracker.partnerships.queries.partnerships import get_partnership
from cycle_tracker.people.queries.owners import list_owners
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.list_filters import list_address
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.wording import count

bp = Blueprint("bulk_changes", __name__, url_prefix="/partnerships/<slug>/milestones/change")


@bp.route("", methods=["POST"])
@requires(Permission.CHANGE_MILESTONES)
def change(slug: str) -> ResponseReturnValue:
    """The ticked rows, from the list to the change: each press of a button is one step on."""
    viewer = current_viewer()
    partnership = get_partnership(viewer, slug, to=Permission.CHANGE_MILESTONES)
    owners = list_owners(partnership.id, clock.today())
    form = BulkChangeForm()
    form.offer(owners)
    ticked = list_ticked(viewer, form.ticked.data.keys() if form.ticked.data else (), within=partnership)
    if not form.ticked.data:
        flash("Select the milestones to change.", "warning")
        return redirect(_back(partnership))
    if not ticked or form.step.data not in ("preview", "apply"):
        shown = BulkChangeForm(formdata=None, ticked=form.ticked.data)
        shown.offer(owners)
        return _choose(partnership, shown, ticked)
    if not form.validate_on_submit():
        return _choose(partnership, form, ticked)
    return _preview_or_apply(partnership, form, ticked, form.change(owners))


def _preview_or_apply(
    partnership: Partnership, form: BulkChangeForm, ticked: Sequence[Milestone], wanted: BulkChange
) -> ResponseReturnValue:
    taking, hindered = _outcomes(partnership, form, ticked, wanted)
    missing = len(form.ticked.data) - len(ticked)
    if form.step.data == "preview" or hindered or missing:
        return _preview(partnership, form, wanted, taking, hindered, missing)
    attempt = Attempt(form)
    with attempt:
        change_milestones(ticked, wanted, by=current_user_row(), today=clock.today(), now=clock.now())
    if attempt.is_late:
        ticked = list_ticked(current_viewer(), form.ticked.data.keys(), within=partnership)
        taking, hindered = _outcomes(partnership, form, ticked, wanted)
        return _preview(partnership, form, wanted, taking, hindered, len(form.ticked.data) - len(ticked))
    if not attempt.saved:
        return _choose(partnership, form, ticked)
    flash(f"Changed {count(len(ticked), 'milestone')}. {change_wording(wanted)}", "success")
    return redirect(_back(partnership))


def _outcomes(
    partnership: Partnership, form: BulkChangeForm, ticked: Sequence[Milestone], wanted: BulkChange
) -> tuple[list[BulkChangeOutcome], list[BulkChangeOutcome]]:
    return outcomes(
        ticked,
        form.ticked.data,
        wanted,
        notices=count_live_notices([one.id for one in ticked]),
        calendar=calendar_of(partnership.id),
        today=clock.today(),
    )


def _choose(partnership: Partnership, form: BulkChangeForm, ticked: Sequence[Milestone]) -> ResponseReturnValue:
    return render_template(
        "overview/bulk_changes/choose.html",
        partnership=partnership,
        form=form,
        ticked=ticked,
        missing=len(form.ticked.data) - len(ticked),
        back=_back(partnership),
        longest_reason=LONGEST_REASON,
    )


def _preview(
    partnership: Partnership,
    form: BulkChangeForm,
    wanted: BulkChange,
    taking: list[BulkChangeOutcome],
    hindered: list[BulkChangeOutcome],
    missing: int,
) -> ResponseReturnValue:
    page = render_template(
        "overview/bulk_changes/preview.html",
        partnership=partnership,
        form=form,
        change=change_wording(wanted),
        moves_dates=wanted.moves_dates,
        changes_owner=wanted.changes_owner,
        taking=taking,
        hindered=hindered,
        missing=missing,
        back=_back(partnership),
    )
    return page, 409 if form.step.data == "apply" and hindered else 200


def _back(partnership: Partnership) -> str:
    """The list as it was filtered when the rows were ticked."""
    return url_for("milestone_lists.show", slug=partnership.slug, **list_address(request.args))
