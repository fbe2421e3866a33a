"""What came to the governance groups, and what they decide."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core import clock
from cycle_tracker.core.audiences import Audience
from cycle_tracker.documents.queries.explanations import newest_explanations, newest_noted
from cycle_tracker.documents.queries.proposals import find_proposal
from cycle_tracker.documents.web.facts import date_rows, explanation_of, read_facts, status_of
from cycle_tracker.governance.queries.decisions import decisions_on
from cycle_tracker.governance.queries.escalations import EscalationList, get_escalation
from cycle_tracker.governance.queries.groups import list_meetings_held
from cycle_tracker.governance.queries.open_escalations import chairs_group_of
from cycle_tracker.governance.rules import answers_for, records_as_lead
from cycle_tracker.governance.services.disputes import may_dispute
from cycle_tracker.governance.services.minutes import may_correct
from cycle_tracker.governance.services.raising import may_reply_again
from cycle_tracker.governance.web.escalations import deciding
from cycle_tracker.governance.web.escalations.decision_words import decision_lines
from cycle_tracker.governance.web.escalations.files import FILE_COLUMNS, file_rows
from cycle_tracker.governance.web.escalations.filters import EscalationFilters
from cycle_tracker.governance.web.escalations.forms import DecisionForm
from cycle_tracker.governance.web.escalations.presenters import (
    escalation_rows,
    grouped,
    lines,
    may_be_decided_by,
    may_decide,
    recorded_words,
)
from cycle_tracker.milestones.web.details import detail_for
from cycle_tracker.milestones.web.newest import changed_by_others
from cycle_tracker.milestones.web.places import place_wording
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.decision import Decision
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.partnerships.queries.partnerships import list_partnerships
from cycle_tracker.people.queries.owners import list_owners
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.paging import PER_PAGE, Pages, last_page, page_asked_for
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.sheets import FileForm, Sheet, download
from cycle_tracker.web.wording import bases_wording

bp = Blueprint("escalations", __name__, url_prefix="/escalations")
ONE = "/<int(max=2147483647):escalation_id>"


@bp.route("")
@requires(Permission.READ_ESCALATIONS)
def index() -> ResponseReturnValue:
    """What waits for a decision of the person's groups, then what is decided and open, then what was settled."""
    filters, found = _asked_for()
    count = found.count()
    page = min(page_asked_for(), last_page(count))
    rows = found.rows(page=page, per_page=PER_PAGE)
    return render_template(
        "governance/escalations/index.html",
        filters=filters,
        groups=grouped(lines(rows, *_beside(rows), clock.today())),
        pages=Pages(rows, page=page, count=count),
    )


@bp.route("/export.<any(csv,xlsx):form>")
@requires(Permission.READ_ESCALATIONS)
def export(form: FileForm) -> ResponseReturnValue:
    """The whole list as it is filtered."""
    _, found = _asked_for()
    rows, today = found.rows(), clock.today()
    return download(Sheet(f"escalations-{today}", FILE_COLUMNS, file_rows(rows, *_beside(rows), today)), form)


@bp.route(ONE)
@requires(Permission.READ_ESCALATIONS)
def show(escalation_id: int) -> ResponseReturnValue:
    """The facts, what was decided so far, and for the group the form of its decision."""
    return _page(get_escalation(current_viewer(), escalation_id))


@bp.route(f"{ONE}/decision", methods=["GET", "POST"])
@requires(Permission.DECIDE_ESCALATIONS)
def decide(escalation_id: int) -> ResponseReturnValue:
    """Decide, in one of four ways."""
    viewer, today = current_viewer(), clock.today()
    escalation = get_escalation(viewer, escalation_id, to=Permission.DECIDE_ESCALATIONS)
    form = _form(escalation)
    attempt = Attempt(form, escalation.milestone)
    if attempt.validate():
        with attempt:
            deciding.decide(escalation, form, viewer, by=current_user_row(), today=today, now=clock.now())
    if attempt.saved:
        flash(f"Saved. {recorded_words(form)}", "success")
        return redirect(url_for("escalations.show", escalation_id=escalation_id))
    if not attempt.is_late:
        return _page(escalation, form if form.is_submitted() else None)
    changed = changed_by_others(attempt, escalation.milestone)
    return _page(escalation, form, changed=changed, typed=form.typed()), attempt.status


def _asked_for() -> tuple[EscalationFilters, EscalationList]:
    """The filters of the address, and the list that they give."""
    viewer = current_viewer()
    filters = EscalationFilters(request.args, list_partnerships(viewer.partnerships_with(Permission.READ_ESCALATIONS)))
    return filters, EscalationList(viewer, filters.partnership.word, filters.standing.value)


def _beside(rows: Sequence[Escalation]) -> tuple[dict[int, DateChange], dict[int, list[Decision]]]:
    """What stands beside escalations in a list: explanations by milestone, decisions by escalation."""
    return newest_explanations({one.milestone_id for one in rows}), decisions_on([one.id for one in rows])


def _form(escalation: Escalation) -> DecisionForm:
    """The form, with the meetings and owners of the partnership to choose from."""
    milestone, today, form = escalation.milestone, clock.today(), DecisionForm()
    if milestone.partnership_id is not None:
        form.offer(
            list_meetings_held(milestone.partnership_id, today),
            list_owners(milestone.partnership_id, today),
            minuted=records_as_lead(current_viewer(), milestone.partnership_id),
        )
    return form


def _may_reply(escalation: Escalation, viewer: Viewer, today: date) -> bool:
    """True where the person may say by when the group, or its chair, replies: nobody has, and nothing is decided."""
    partnership_id = escalation.milestone.partnership_id
    answered = escalation.acknowledged_at and not may_reply_again(escalation, today)
    if answered or escalation.decided_at or not may_be_decided_by(escalation, viewer):
        return False
    return partnership_id is not None and answers_for(
        viewer,
        escalation.audience,
        partnership_id,
        owner_id=escalation.milestone.owner_id,
        chairs=escalation.audience is Audience.CHAIR and chairs_group_of(viewer.user_id, partnership_id, today),
    )


def _may(
    decisions: Sequence[Decision], escalation: Escalation, viewer: Viewer, today: date
) -> dict[str, frozenset[int]]:
    """Which decisions the person can dispute, and of which they can correct the meeting and minute, by id; asked only
    where something was decided."""
    partnership_id = escalation.milestone.partnership_id
    if not decisions or not viewer.can(Permission.DECIDE_ESCALATIONS, partnership_id):
        return {"may_dispute": frozenset(), "may_correct": frozenset()}
    chairs = chairs_group_of(viewer.user_id, partnership_id, today)
    return {
        "may_dispute": frozenset(
            one.id for one in decisions if not one.is_disputed and may_dispute(one, viewer.user_id, chairs=chairs)
        ),
        "may_correct": frozenset(
            one.id for one in decisions if may_correct(one, viewer, partnership_id, chairs=chairs)
        ),
    }


def _page(escalation: Escalation, form: DecisionForm | None = None, **more: object) -> str:
    viewer, today, milestone = current_viewer(), clock.today(), escalation.milestone
    facts, detail = read_facts(milestone), detail_for(viewer, milestone)
    proposal = find_proposal(milestone)
    decisions = decisions_on([escalation.id]).get(escalation.id, [])
    if form is None:
        form = _form(escalation)
        form.for_now(milestone)
        form.start_from(proposal, newest_noted(facts.date_changes, shared=False))
    return render_template(
        "governance/escalations/show.html",
        escalation=escalation,
        milestone=milestone,
        place=place_wording(milestone),
        status=status_of(facts, detail, today),
        rows=[*date_rows(facts, detail, today), *escalation_rows(escalation, today)],
        bases=bases_wording(milestone),
        explanation=explanation_of(facts, detail),
        proposal=proposal,
        decisions=decision_lines(decisions),
        **_may(decisions, escalation, viewer, today),
        of_the_group=may_be_decided_by(escalation, viewer),
        may_decide=may_decide(escalation, viewer),
        for_group=deciding.records_for_group(viewer, escalation),
        as_lead=records_as_lead(viewer, milestone.partnership_id),
        may_reply=_may_reply(escalation, viewer, today),
        form=form,
        **more,
    )
