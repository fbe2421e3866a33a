"""What will be mailed to whom in the days ahead, if nothing changes."""

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cycle_tracker.access.queries.scopes import is_seen_by, within
from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.partnerships.queries.partnerships import list_partnerships
from cycle_tracker.reminders.queries.audiences import addressee_of
from cycle_tracker.reminders.queries.forecast_mails import MailToCome
from cycle_tracker.reminders.queries.forecasts import Forecast, forecast
from cycle_tracker.reminders.web.forecasts.filters import DEFAULT_SPAN, ForecastFilters
from cycle_tracker.reminders.web.forecasts.presenters import (
    FILE_COLUMNS,
    file_rows,
    mail_lines,
    own_mails,
    unreachable_words,
)
from cycle_tracker.web.access import current_viewer, requires, signed_in
from cycle_tracker.web.paging import pages_of
from cycle_tracker.web.sheets import FileForm, Sheet, download

bp = Blueprint("forecasts", __name__, url_prefix="/forecast")


@bp.get("")
@requires(Permission.READ_NOTICES)
def index() -> ResponseReturnValue:
    """The mails of the person's partnerships, day by day."""
    filters, found, mails = _asked_for()
    pages = pages_of(mails)
    return render_template(
        "reminders/forecasts/index.html",
        filters=filters,
        found=found,
        lines=mail_lines(pages.items),
        pages=pages,
        people=len({mail.recipient for mail in mails}),
        unreachable=unreachable_words(found),
    )


@bp.get("/export.<any(csv,xlsx):form>")
@requires(Permission.READ_NOTICES)
def export(form: FileForm) -> ResponseReturnValue:
    """The whole list as it is filtered, a row for each notice."""
    _, _, mails = _asked_for()
    return download(Sheet(f"forecast-{clock.today()}", FILE_COLUMNS, file_rows(mails)), form)


@bp.get("/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """What the person will get themselves, with the posts that they hold and those whom they stand in for."""
    viewer = current_viewer()
    found = forecast(clock.today(), DEFAULT_SPAN, which=is_seen_by(viewer))
    own = {addressee_of(number) for number in viewer.owns_as}
    pages = pages_of(own_mails(found.mails, viewer.owns_as, own))
    return render_template("reminders/forecasts/mine.html", found=found, lines=mail_lines(pages.items), pages=pages)


def _asked_for() -> tuple[ForecastFilters, Forecast, Sequence[MailToCome]]:
    """The filters of the address, the forecast, and the mails of it that they leave."""
    viewer = current_viewer()
    filters = ForecastFilters(request.args, list_partnerships(viewer.partnerships_with(Permission.READ_NOTICES)))
    which = within(Milestone.partnership_id, viewer, Permission.READ_NOTICES)
    if filters.partnership.value is not None:
        which = which & (Milestone.partnership_id == filters.partnership.value.id)
    found = forecast(clock.today(), filters.days.value or DEFAULT_SPAN, which=which)
    person = filters.person.word.casefold()
    mails = [
        mail
        for mail in found.mails
        if any(person in text.casefold() for text in (mail.name, mail.recipient, mail.stands_in_for))
    ]
    return filters, found, mails
