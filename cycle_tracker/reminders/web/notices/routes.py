"""The record of every notice, the page of one, and why somebody got a mail."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.partnerships.queries.partnerships import list_partnerships
from cycle_tracker.reminders.queries.mails import get_mail
from cycle_tracker.reminders.queries.notices import NoticeList, get_notice
from cycle_tracker.reminders.web.notices.filters import NoticeFilters
from cycle_tracker.reminders.web.notices.mails import MAILS, hidden_words, late_lines, mail_rows, why_lines
from cycle_tracker.reminders.web.notices.presenters import (
    FILE_COLUMNS,
    STATUSES,
    file_rows,
    lines,
    milestone_address,
    story,
)
from cycle_tracker.web.access import current_viewer, requires, signed_in
from cycle_tracker.web.paging import PER_PAGE, Pages, last_page, page_asked_for
from cycle_tracker.web.sheets import FileForm, Sheet, download

bp = Blueprint("notices", __name__)


@bp.get("/notices")
@requires(Permission.READ_NOTICES)
def index() -> ResponseReturnValue:
    """Every notice of the person's partnerships, the newest first."""
    filters, found = _asked_for()
    count = found.count()
    page = min(page_asked_for(), last_page(count))
    return render_template(
        "reminders/notices/index.html",
        filters=filters,
        lines=lines(found.rows(page=page, per_page=PER_PAGE)),
        pages=Pages((), page=page, count=count),
    )


@bp.get("/notices/export.<any(csv,xlsx):form>")
@requires(Permission.READ_NOTICES)
def export(form: FileForm) -> ResponseReturnValue:
    """The whole list as it is filtered."""
    _, found = _asked_for()
    return download(Sheet(f"notices-{clock.today()}", FILE_COLUMNS, file_rows(found.rows())), form)


@bp.get("/notices/<int(max=2147483647):notice_id>")
@requires(Permission.READ_NOTICES)
def show(notice_id: int) -> ResponseReturnValue:
    """The whole story of one notice."""
    notice = get_notice(current_viewer(), notice_id)
    return render_template(
        "reminders/notices/show.html",
        notice=notice,
        status=STATUSES[notice.status],
        rows=story(notice),
        milestone=milestone_address(notice),
    )


@bp.get("/mails/<string(length=32):identity>")
@signed_in
def mail(identity: str) -> ResponseReturnValue:
    """Why somebody got a mail. Whose it is, is asked where it is fetched."""
    found = get_mail(current_viewer(), identity)
    return render_template(
        "reminders/notices/mail.html",
        mail=found,
        about=MAILS[found.message.kind],
        rows=mail_rows(found),
        lines=why_lines(found),
        listed=late_lines(found),
        hidden=hidden_words(found.hidden),
    )


def _asked_for() -> tuple[NoticeFilters, NoticeList]:
    """The filters of the address, and the list that they give."""
    viewer = current_viewer()
    filters = NoticeFilters(request.args, list_partnerships(viewer.partnerships_with(Permission.READ_NOTICES)))
    found = NoticeList(
        viewer,
        filters.partnership.word,
        filters.person.word,
        filters.standing.value,
        filters.from_day.value,
        filters.to_day.value,
    )
    return filters, found
