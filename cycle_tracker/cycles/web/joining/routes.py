"""Setting a partnership up, and the list of how far each has got."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.periods import FIRST_START, Period
from cycle_tracker.cycles.queries.cycles import get_open_cycle, list_cycles
from cycle_tracker.cycles.queries.joining import (
    count_newly_late,
    list_joining,
)
from cycle_tracker.cycles.services import partnerships
from cycle_tracker.cycles.services.cycles import newest_edition, steps_of, switch_on_steps, template_of
from cycle_tracker.cycles.web.joining import presenters
from cycle_tracker.cycles.web.joining.forms import (
    BodyForm,
    EndBodyForm,
    NotifyFromForm,
    OpenPeriodForm,
    StepsForm,
)
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.partnership import BodyRole, Partnership
from cycle_tracker.organisations.queries.parts import get_part
from cycle_tracker.organisations.services import parts
from cycle_tracker.partnerships.queries.bodies import list_bodies, list_organisations
from cycle_tracker.partnerships.queries.partnerships import get_partnership
from cycle_tracker.web.access import current_user_row, current_viewer, requires, signed_in
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.sheets import FileForm, Sheet, download
from cycle_tracker.web.wording import count, day

bp = Blueprint("joining", __name__, url_prefix="/partnerships")
ONE = "/<slug>/set-up"


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """How far each partnership has got: for administrators, officials and auditors."""
    _ensure_reads_the_list()
    found = list_joining(clock.today(), clock.now())
    return render_template("cycles/joining/index.html", lines=presenters.lines(found))


@bp.get("/export.<any(csv,xlsx):form>")
@signed_in
def export(form: FileForm) -> ResponseReturnValue:
    """The same as a file."""
    _ensure_reads_the_list()
    rows = presenters.file_rows(list_joining(clock.today(), clock.now()))
    return download(Sheet(f"partnerships-{clock.today()}", presenters.FILE_COLUMNS, rows), form)


@bp.get(ONE)
@requires(Permission.SET_UP_PARTNERSHIPS)
def set_up(slug: str) -> ResponseReturnValue:
    """What there is to do until the partnership can work, with its state."""
    partnership = _partnership(slug)
    (joining,) = list_joining(clock.today(), clock.now(), partnership_id=partnership.id)
    return render_template(
        "cycles/joining/set_up.html",
        partnership=partnership,
        status=presenters.standing(joining),
        tasks=presenters.tasks(joining, records_history=current_viewer().can(Permission.RECORD_ON_BEHALF)),
    )


@bp.route(f"{ONE}/bodies", methods=["GET", "POST"])
@requires(Permission.SET_UP_PARTNERSHIPS)
def bodies(slug: str) -> ResponseReturnValue:
    """Who leads and who takes part, then and now; and one more."""
    partnership = _partnership(slug)
    organisations = list_organisations(partnership_id=partnership.id)
    form = BodyForm()
    form.offer(organisations)
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            parts.add_body(
                partnership,
                next(one for one in organisations if one.code == form.organisation.data),
                BodyRole(form.role.data),
                form.from_on.chosen,
                by=current_user_row(),
                now=clock.now(),
            )
    if attempt.saved:
        flash("Added.", "success")
        return redirect(url_for("joining.bodies", slug=slug))
    return render_template(
        "cycles/joining/bodies.html",
        partnership=partnership,
        lines=presenters.body_lines(list_bodies(partnership.id), clock.today()),
        form=form,
    ), attempt.status


@bp.route(f"{ONE}/bodies/<int(max=2147483647):body_id>/end", methods=["GET", "POST"])
@requires(Permission.SET_UP_PARTNERSHIPS)
def end_body(slug: str, body_id: int) -> ResponseReturnValue:
    """Say on which day an organisation's part ends."""
    partnership = _partnership(slug)
    body = get_part(partnership, body_id)
    form = EndBodyForm(data={"to_on": body.to_on})
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            parts.end_body(body, form.to_on.chosen, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash(f"Saved. The last day of {body.organisation.name} is {day(body.to_on)}.", "success")
        return redirect(url_for("joining.bodies", slug=slug))
    return render_template(
        "cycles/joining/end_body.html", partnership=partnership, body=body, form=form
    ), attempt.status


@bp.route(f"{ONE}/notices-from", methods=["GET", "POST"])
@requires(Permission.SET_UP_PARTNERSHIPS)
def notify_from(slug: str) -> ResponseReturnValue:
    """Say from which day on dates count. An earlier day than before is asked about once more."""
    partnership, today = _partnership(slug), clock.today()
    form = NotifyFromForm(data={"notify_from": partnership.notify_from or today})
    newly_late = 0
    attempt = Attempt(form)
    if attempt.validate():
        chosen = form.notify_from.chosen
        newly_late = count_newly_late(partnership, chosen, today)
        if not newly_late or request.form.get("confirmed") == str(newly_late):
            with attempt:
                partnerships.set_notify_from(partnership, chosen, by=current_user_row(), today=today, now=clock.now())
        if attempt.saved:
            flash(f"Saved. We will send reminders for anything due from {day(chosen)}.", "success")
            return redirect(url_for("joining.set_up", slug=slug))
    return render_template(
        "cycles/joining/notify_from.html",
        partnership=partnership,
        form=form,
        newly_late=newly_late,
        newly_late_words=count(newly_late, "open milestone"),
    ), attempt.status


@bp.route(f"{ONE}/periods", methods=["GET", "POST"])
@requires(Permission.SET_UP_PARTNERSHIPS)
def periods(slug: str) -> ResponseReturnValue:
    """The plan periods that are open, and one more to open."""
    partnership = _partnership(slug)
    cycles = list_cycles(partnership)
    choices = _periods_to_open(cycles)
    form = OpenPeriodForm(data={"period": _likely(choices), "earlier": True})
    form.offer(choices, presenters.optional_steps(template_of(newest_edition(_now())).optional))
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            partnerships.open_period(
                partnership,
                Period.named(form.period.data),
                steps=form.steps.data or (),
                earlier=form.earlier.data,
                by=current_user_row(),
                today=clock.today(),
                now=clock.now(),
            )
    if attempt.saved:
        flash(f"Opened plan period {Period.named(form.period.data).label}.", "success")
        return redirect(url_for("joining.periods", slug=slug))
    return render_template(
        "cycles/joining/periods.html", partnership=partnership, cycles=cycles, form=form, may_open=bool(choices)
    ), attempt.status


@bp.route(f"{ONE}/periods/<period>", methods=["GET", "POST"])
@requires(Permission.SET_UP_PARTNERSHIPS)
def steps(slug: str, period: str) -> ResponseReturnValue:
    """Switch on more of the optional steps of a cycle that runs."""
    partnership = _partnership(slug)
    cycle = get_open_cycle(current_viewer(), slug, period)
    on, off = _steps_of(cycle)
    form = StepsForm()
    form.offer(off)
    attempt = Attempt(form)
    if attempt.validate():
        ticked = form.steps.data or ()
        with attempt:
            switch_on_steps(cycle, ticked, entered_on=clock.today(), by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash("Saved.", "success")
        return redirect(url_for("joining.steps", slug=slug, period=period))
    return render_template(
        "cycles/joining/steps.html", partnership=partnership, cycle=cycle, on=on, form=form
    ), attempt.status


def _ensure_reads_the_list() -> None:
    viewer = current_viewer()
    if not (viewer.can(Permission.SET_UP_PARTNERSHIPS) or viewer.can(Permission.READ_OUTSTANDING)):
        raise NotAllowed


def _partnership(slug: str) -> Partnership:
    return get_partnership(current_viewer(), slug, to=Permission.SET_UP_PARTNERSHIPS)


def _periods_to_open(cycles: Sequence[Cycle]) -> list[Period]:
    """Every period up to the one after the present that is not open yet, the newest first."""
    found, last = [Period(FIRST_START)], _now().next()
    while found[0] < last:
        found.insert(0, found[0].next())
    opened = {cycle.period for cycle in cycles}
    return [period for period in found if period not in opened]


def _likely(choices: Sequence[Period]) -> str:
    now = _now()
    return now.name if now in choices else choices[0].name if choices else ""


def _now() -> Period:
    return Period.containing(clock.today())


def _steps_of(cycle: Cycle) -> tuple[list[str], list[tuple[str, str]]]:
    """The titles of a cycle's steps, and what could be switched on: key and title."""
    there = steps_of(cycle)
    template = template_of(cycle.template_edition)
    off = [entry for entry in template.optional if not there.keys() & {entry.key, f"{entry.key}-1", f"{entry.key}-3"}]
    return [milestone.title for milestone in there.values()], presenters.optional_steps(off)
