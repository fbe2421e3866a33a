"""Saying by when one replies to what came to one, and raising something before the ladder does or further than it."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.errors import ChangedMeanwhile
from cycle_tracker.documents.web.facts import date_rows, read_facts
from cycle_tracker.governance.queries.escalations import get_escalation
from cycle_tracker.governance.queries.ladder import list_open_rungs, open_rung_to
from cycle_tracker.governance.rules import last_reply_day
from cycle_tracker.governance.services import ladder
from cycle_tracker.governance.web.ladder.forms import AcknowledgementForm, RaiseForm
from cycle_tracker.governance.web.ladder.presenters import CAME_TO, rung_line
from cycle_tracker.governance.web.ladder.section import own_rung
from cycle_tracker.milestones.queries.milestones import get_milestone
from cycle_tracker.milestones.web.details import Detail, detail_for
from cycle_tracker.milestones.web.forms import MilestoneForm, save
from cycle_tracker.milestones.web.newest import read_newest
from cycle_tracker.milestones.web.places import place_wording, seen_by
from cycle_tracker.models import Escalation, Milestone
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.wording import day

bp = Blueprint("ladder", __name__)
HERE = "/partnerships/<slug>/milestones/<key>"
ESCALATION = "/escalations/<int(max=2147483647):escalation_id>"


@bp.route(f"{HERE}/acknowledgement", methods=["GET", "POST"])
@requires(Permission.CHANGE_OWN_MILESTONES)
def acknowledge(slug: str, key: str) -> ResponseReturnValue:
    """The owner or a lead says by when they reply."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.CHANGE_OWN_MILESTONES)
    return _acknowledge(milestone, own_rung(list_open_rungs(milestone)), Audience.LEAD, _page_of(milestone))


@bp.route(f"{HERE}/national-acknowledgement", methods=["GET", "POST"])
@requires(Permission.RAISE_FURTHER)
def acknowledge_for_nation(slug: str, key: str) -> ResponseReturnValue:
    """A member of the national group says by when it replies."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.RAISE_FURTHER)
    rung = open_rung_to(list_open_rungs(milestone), Audience.NATIONAL)
    return _acknowledge(milestone, rung, Audience.NATIONAL, _page_of(milestone))


@bp.route(f"{ESCALATION}/acknowledgement", methods=["GET", "POST"])
@requires(Permission.DECIDE_ESCALATIONS)
def acknowledge_escalation(escalation_id: int) -> ResponseReturnValue:
    """The chair, a member or the clerk says by when the chair or the group replies."""
    escalation = get_escalation(current_viewer(), escalation_id, to=Permission.DECIDE_ESCALATIONS)
    back = url_for("escalations.show", escalation_id=escalation.id)
    return _acknowledge(escalation.milestone, escalation, escalation.audience, back)


@bp.route(f"{HERE}/raise", methods=["GET", "POST"])
@requires(Permission.RAISE_TO_GROUP)
def raise_it(slug: str, key: str) -> ResponseReturnValue:
    """Raise something to the governance group before the ladder does."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.RAISE_TO_GROUP)
    form = RaiseForm()
    return _change(
        "governance/ladder/raise.html",
        milestone,
        form,
        lambda: ladder.raise_to_group(
            milestone, form.why.data, by=current_user_row(), today=clock.today(), now=clock.now()
        ),
        "Escalated. We will email the governance group and add this to its list.",
        _page_of(milestone),
    )


@bp.route(f"{HERE}/raise-further", methods=["GET", "POST"])
@requires(Permission.RAISE_FURTHER)
def raise_further(slug: str, key: str) -> ResponseReturnValue:
    """Raise a document to the national group."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.RAISE_FURTHER)
    form = RaiseForm()
    return _change(
        "governance/ladder/raise_further.html",
        milestone,
        form,
        lambda: ladder.raise_further(
            milestone, form.why.data, by=current_user_row(), today=clock.today(), now=clock.now()
        ),
        "Escalated. We will email the national group, and officials will see this on their home page.",
        _page_of(milestone),
    )


def _acknowledge(milestone: Milestone, rung: Escalation | None, audience: Audience, back: str) -> ResponseReturnValue:
    form = AcknowledgementForm()
    return _change(
        "governance/ladder/acknowledge.html",
        milestone,
        form,
        lambda: _say(rung, form),
        f"Saved. The reply date is {day(form.reply_by.data)}.",
        back,
        rung=rung_line(rung, clock.today()) if rung is not None else None,
        is_answered=rung is None or rung.acknowledged_at is not None or rung.resolved_at is not None,
        came_to=CAME_TO[audience],
        holds_back=audience is not Audience.NATIONAL,
        last_day=last_reply_day(audience, clock.today()),
    )


def _say(rung: Escalation | None, form: AcknowledgementForm) -> None:
    if rung is None:
        raise ChangedMeanwhile("This no longer needs a reply.")
    ladder.acknowledge(rung, form.reply_by.chosen, by=current_user_row(), today=clock.today(), now=clock.now())


def _change(
    template: str,
    milestone: Milestone,
    form: MilestoneForm,
    change: Callable[[], object],
    done: str,
    back: str,
    **shown: object,
) -> ResponseReturnValue:
    """Make a change and go back, or show the page with what stands in the way."""
    try:
        if form.validate_on_submit() and save(form, milestone, change):
            flash(done, "success")
            return redirect(back)
    except ChangedMeanwhile:
        form.for_version(milestone)
        changed = read_newest(milestone, current_viewer())
        return _page(template, milestone, form, back, changed=changed, **shown), 409
    if not form.is_submitted():
        form.for_version(milestone)
    return _page(template, milestone, form, back, **shown)


def _page(template: str, milestone: Milestone, form: MilestoneForm, back: str, **shown: object) -> str:
    detail = detail_for(current_viewer(), milestone)
    rungs = list_open_rungs(milestone)
    return render_template(
        template,
        milestone=milestone,
        place=place_wording(milestone),
        rows=date_rows(read_facts(milestone), detail, clock.today()),
        seen_by=seen_by(milestone),
        back=back,
        form=form,
        is_with_group=open_rung_to(rungs, Audience.GOVERNANCE) is not None,
        is_with_nation=open_rung_to(rungs, Audience.NATIONAL) is not None,
        in_full=detail is Detail.EVERYTHING,
        **shown,
    )


def _page_of(milestone: Milestone) -> str:
    if milestone.partnership is None:
        raise ValueError("a national milestone has no page of its own")
    return url_for("milestones.show", slug=milestone.partnership.slug, key=milestone.key)
