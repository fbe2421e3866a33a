"""Saying by when one replies to an escalation, and raising something before its stage or further than any goes."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.audiences import OF_THE_GROUP, Audience
from cycle_tracker.core.errors import ChangedMeanwhile
from cycle_tracker.core.extensions import db
from cycle_tracker.documents.queries.explanations import current_note
from cycle_tracker.documents.web.facts import date_rows, read_facts
from cycle_tracker.governance.queries.escalations import get_escalation
from cycle_tracker.governance.queries.groups import list_agendas
from cycle_tracker.governance.queries.open_escalations import list_open_rungs, open_rung_to
from cycle_tracker.governance.rules import last_working_reply_day
from cycle_tracker.governance.services import raising
from cycle_tracker.governance.web.raising.forms import AcknowledgementForm, RaiseForm
from cycle_tracker.governance.web.raising.presenters import CAME_TO, rung_line
from cycle_tracker.governance.web.raising.section import own_rung
from cycle_tracker.milestones.queries.milestones import get_milestone
from cycle_tracker.milestones.web.details import Detail, detail_for
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.milestones.web.newest import changed_by_others
from cycle_tracker.milestones.web.places import page_of, place_wording, seen_by
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Meeting
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.partnerships.queries.calendars import calendar_of
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.wording import day

bp = Blueprint("raising", __name__)
HERE = "/partnerships/<slug>/milestones/<key>"
ESCALATION = "/escalations/<int(max=2147483647):escalation_id>"


@bp.route(f"{HERE}/acknowledgement", methods=["GET", "POST"])
@requires(Permission.CHANGE_OWN_MILESTONES)
def acknowledge(slug: str, key: str) -> ResponseReturnValue:
    """The owner or a lead says by when they reply."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.CHANGE_OWN_MILESTONES)
    return _acknowledge(milestone, own_rung(list_open_rungs(milestone)), Audience.LEAD, page_of(milestone))


@bp.route(f"{HERE}/national-acknowledgement", methods=["GET", "POST"])
@requires(Permission.RAISE_FURTHER)
def acknowledge_for_nation(slug: str, key: str) -> ResponseReturnValue:
    """A member of the Scottish Government escalation group says by when it replies."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.RAISE_FURTHER)
    rung = open_rung_to(list_open_rungs(milestone), Audience.NATIONAL)
    return _acknowledge(milestone, rung, Audience.NATIONAL, page_of(milestone))


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
    """Raise something to the governance group before its escalation stage."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.RAISE_TO_GROUP)
    form = _raise_form(milestone, for_officials=False)
    attempt = Attempt(form, milestone)
    if attempt.validate():
        with attempt:
            raising.raise_to_group(
                milestone, form.why.data, by=current_user_row(), today=clock.today(), now=clock.now()
            )
    if attempt.saved:
        flash("Escalated. We will email the governance group and add this to its list.", "success")
        return redirect(page_of(milestone))
    return _page("governance/raising/raise.html", milestone, form, attempt, page_of(milestone))


@bp.route(f"{HERE}/raise-further", methods=["GET", "POST"])
@requires(Permission.RAISE_FURTHER)
def raise_further(slug: str, key: str) -> ResponseReturnValue:
    """Raise a document to the Scottish Government escalation group."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.RAISE_FURTHER)
    form = _raise_form(milestone, for_officials=True)
    attempt = Attempt(form, milestone)
    if attempt.validate():
        with attempt:
            raising.raise_further(milestone, form.why.data, by=current_user_row(), today=clock.today(), now=clock.now())
    if attempt.saved:
        flash(
            "Escalated. We will email the Scottish Government escalation group, and officials will see this on their "
            "home page.",
            "success",
        )
        return redirect(page_of(milestone))
    return _page("governance/raising/raise_further.html", milestone, form, attempt, page_of(milestone))


def _raise_form(milestone: Milestone, *, for_officials: bool) -> RaiseForm:
    """The form, which begins with the words of the current note; if officials will read them, only with shared ones."""
    form = RaiseForm()
    note = None if form.is_submitted() else current_note(milestone.id, shared_only=for_officials)
    if note is not None:
        form.why.data, form.is_filled_in = note.reason, True
    return form


def _acknowledge(milestone: Milestone, rung: Escalation | None, audience: Audience, back: str) -> ResponseReturnValue:
    form, today = AcknowledgementForm(), clock.today()
    form.offer(_agendas(milestone, audience, today))
    attempt = Attempt(form, milestone)
    if attempt.validate():
        with attempt:
            if rung is None:
                raise ChangedMeanwhile("This no longer needs a reply.")
            _reply(rung, form)
    if attempt.saved:
        flash(f"Saved. The reply date is {day(rung.reply_by if rung is not None else None)}.", "success")
        return redirect(back)
    return _page(
        "governance/raising/acknowledge.html",
        milestone,
        form,
        attempt,
        back,
        rung=rung_line(rung, today) if rung is not None else None,
        is_answered=rung is None or _is_answered(rung, today),
        came_to=CAME_TO[audience],
        holds_back=audience is not Audience.NATIONAL,
        last_day=last_working_reply_day(audience, today, calendar_of(milestone.partnership_id)),
    )


def _agendas(milestone: Milestone, audience: Audience, today: date) -> Sequence[Meeting]:
    """The meetings on whose agenda the group can put it; none for the owner, the leads and the nation."""
    if audience not in OF_THE_GROUP or milestone.partnership_id is None:
        return []
    return list_agendas(milestone.partnership_id, today)


def _reply(rung: Escalation, form: AcknowledgementForm) -> None:
    by, today, now = current_user_row(), clock.today(), clock.now()
    if form.meeting.data:
        meeting = db.session.get_one(Meeting, int(form.meeting.data))
        raising.put_on_agenda(rung, meeting, by=by, today=today, now=now)
    else:
        raising.acknowledge(rung, form.reply_by.chosen, by=by, today=today, now=now)


def _is_answered(rung: Escalation, today: date) -> bool:
    if rung.resolved_at is not None:
        return True
    return rung.acknowledged_at is not None and not raising.may_reply_again(rung, today)


def _page(
    template: str, milestone: Milestone, form: MilestoneForm, attempt: Attempt, back: str, **shown: object
) -> ResponseReturnValue:
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
        changed=changed_by_others(attempt, milestone),
        **shown,
    ), attempt.status
