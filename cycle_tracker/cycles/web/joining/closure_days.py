"""The days on which a partnership is closed, and the bank holidays on which it works."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.calendar import DAY, bank_holidays
from cycle_tracker.cycles.queries.joining import (
    get_closure_day,
    list_closure_days,
)
from cycle_tracker.cycles.services import partnerships
from cycle_tracker.cycles.web.joining.forms import (
    ClosureDayForm,
    ConfirmForm,
    WorkedHolidayForm,
)
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.partnerships.queries.partnerships import get_partnership
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.wording import day

# So far ahead bank holidays are offered: as long as the days of the next plan period's drafting.
OFFERED = 3 * 366 * DAY

bp = Blueprint("closure_days", __name__, url_prefix="/partnerships/<slug>/set-up/closure-days")


@bp.route("", methods=["GET", "POST"])
@requires(Permission.SET_UP_PARTNERSHIPS)
def index(slug: str) -> ResponseReturnValue:
    """The days on which the partnership is closed, and one more."""
    partnership = get_partnership(current_viewer(), slug, to=Permission.SET_UP_PARTNERSHIPS)
    form, worked = ClosureDayForm(), _worked_form(partnership)
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            partnerships.add_closure_day(
                partnership,
                form.day.chosen,
                form.name.data,
                by=current_user_row(),
                today=clock.today(),
                now=clock.now(),
            )
    if attempt.saved:
        flash(f"Added {day(form.day.data)}.", "success")
        return redirect(url_for("closure_days.index", slug=slug))
    return _page(partnership, form, worked), attempt.status


@bp.post("/worked")
@requires(Permission.SET_UP_PARTNERSHIPS)
def work(slug: str) -> ResponseReturnValue:
    """Say that the partnership works on a bank holiday."""
    partnership = get_partnership(current_viewer(), slug, to=Permission.SET_UP_PARTNERSHIPS)
    form = _worked_form(partnership)
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            partnerships.add_worked_holiday(
                partnership,
                date.fromisoformat(form.holiday.data),
                by=current_user_row(),
                today=clock.today(),
                now=clock.now(),
            )
    if attempt.saved:
        flash(f"Saved. {partnership.name} works on {day(date.fromisoformat(form.holiday.data))}.", "success")
        return redirect(url_for("closure_days.index", slug=slug))
    return _page(partnership, ClosureDayForm(formdata=None), form), attempt.status


@bp.post("/<int(max=2147483647):closure_id>/remove")
@requires(Permission.SET_UP_PARTNERSHIPS)
def remove(slug: str, closure_id: int) -> ResponseReturnValue:
    """Say that the partnership is open on a day after all."""
    partnership = get_partnership(current_viewer(), slug, to=Permission.SET_UP_PARTNERSHIPS)
    closure = get_closure_day(partnership, closure_id)
    attempt, removed = Attempt(ConfirmForm()), closure.day
    if attempt.validate():
        with attempt:
            partnerships.remove_closure_day(
                partnership, closure, by=current_user_row(), today=clock.today(), now=clock.now()
            )
    if attempt.saved:
        flash(f"Removed {day(removed)}.", "success")
    return redirect(url_for("closure_days.index", slug=slug))


def _worked_form(partnership: Partnership) -> WorkedHolidayForm:
    """With the bank holidays to come that are in no list of the partnership yet."""
    today, listed = clock.today(), {one.day for one in list_closure_days(partnership)}
    form = WorkedHolidayForm()
    form.offer(one for one in bank_holidays(today, today + OFFERED) if one not in listed)
    return form


def _page(partnership: Partnership, form: ClosureDayForm, worked_form: WorkedHolidayForm) -> str:
    days = list_closure_days(partnership)
    return render_template(
        "cycles/joining/closure_days.html",
        partnership=partnership,
        closures=[one for one in days if not one.is_worked],
        worked=[one for one in days if one.is_worked],
        form=worked_form if worked_form.errors else form,
        closure_form=form,
        worked_form=worked_form,
    )
