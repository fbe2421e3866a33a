"""What came to the governance group, and its decision."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cycle_tracker import clock
from cycle_tracker.domain.errors import ChangedMeanwhile
from cycle_tracker.domain.permissions import Permission
from cycle_tracker.models import Escalation
from cycle_tracker.queries.escalations import count_escalations, get_escalation, list_escalations, newest_explanations
from cycle_tracker.services.explanations import decide_new_date
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.escalations.forms import DecisionForm
from cycle_tracker.web.escalations.presenters import escalation_rows, lines, may_decide
from cycle_tracker.web.forms import save
from cycle_tracker.web.milestones.details import detail_for
from cycle_tracker.web.milestones.presenters import date_rows, explanation_of, place_wording, status_of
from cycle_tracker.web.milestones.reading import read_facts, read_newest
from cycle_tracker.web.paging import PER_PAGE, Pages, last_page, page_asked_for
from cycle_tracker.web.wording import bases_wording, day

bp = Blueprint("escalations", __name__, url_prefix="/escalations")
ONE = "/<int(max=2147483647):escalation_id>"


@bp.route("")
@requires(Permission.READ_ESCALATIONS)
def index() -> ResponseReturnValue:
    """What waits for a decision of the person's groups, then what was settled."""
    viewer, today = current_viewer(), clock.today()
    count = count_escalations(viewer)
    page = min(page_asked_for(), last_page(count))
    found = list_escalations(viewer, page=page, per_page=PER_PAGE)
    explanations = newest_explanations({one.milestone_id for one in found})
    return render_template(
        "escalations/index.html",
        waiting=lines((one for one in found if one.resolved_at is None), explanations, today),
        settled=lines((one for one in found if one.resolved_at is not None), explanations, today),
        pages=Pages(found, page=page, count=count),
    )


@bp.route(ONE)
@requires(Permission.READ_ESCALATIONS)
def show(escalation_id: int) -> ResponseReturnValue:
    """The facts, and for the group the form of its decision."""
    return _page(get_escalation(current_viewer(), escalation_id))


@bp.route(f"{ONE}/decision", methods=["GET", "POST"])
@requires(Permission.DECIDE_ESCALATIONS)
def decide(escalation_id: int) -> ResponseReturnValue:
    """Note a new expected date with its explanation."""
    escalation = get_escalation(current_viewer(), escalation_id, to=Permission.DECIDE_ESCALATIONS)
    form = DecisionForm()
    try:
        if form.validate_on_submit() and save(form, escalation.milestone, lambda: _decide(escalation, form)):
            flash(f"Recorded. The new expected date is {day(form.expected_on.data)}.", "success")
            return redirect(url_for("escalations.show", escalation_id=escalation_id))
    except ChangedMeanwhile:
        form.for_version(escalation.milestone)
        changed = read_newest(escalation.milestone, current_viewer())
        return _page(escalation, form, changed=changed, typed=form.typed()), 409
    return _page(escalation, form if form.is_submitted() else None)


def _decide(escalation: Escalation, form: DecisionForm) -> None:
    decide_new_date(
        escalation,
        form.expected_on.chosen,
        form.explanation.data,
        shared=form.shared.data,
        by=current_user_row(),
        today=clock.today(),
        now=clock.now(),
    )


def _page(escalation: Escalation, form: DecisionForm | None = None, **more: object) -> str:
    viewer, today, milestone = current_viewer(), clock.today(), escalation.milestone
    facts, detail = read_facts(milestone), detail_for(viewer, milestone)
    if form is None:
        form = DecisionForm(formdata=None)
        form.for_version(milestone)
    return render_template(
        "escalations/show.html",
        escalation=escalation,
        milestone=milestone,
        place=place_wording(milestone),
        status=status_of(facts, detail, today),
        rows=[*date_rows(facts, detail, today), *escalation_rows(escalation)],
        bases=bases_wording(milestone),
        explanation=explanation_of(facts, detail),
        may_decide=may_decide(escalation, viewer),
        form=form,
        **more,
    )
