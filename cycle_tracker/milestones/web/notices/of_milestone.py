"""Who was told of one milestone, what comes next, and why nobody was told."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core import clock
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.milestones.queries.milestones import get_milestone, holds
from cycle_tracker.milestones.web.places import place_wording
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.reminders.queries.forecasts import forecast
from cycle_tracker.reminders.queries.notices import notices_of
from cycle_tracker.reminders.queries.silences import silence_of
from cycle_tracker.reminders.rules.unsent_reasons import reasons
from cycle_tracker.reminders.web.forecasts.presenters import next_lines
from cycle_tracker.reminders.web.notices.presenters import lines
from cycle_tracker.web.access import current_viewer, signed_in
from cycle_tracker.web.paging import pages_of
from cycle_tracker.web.wording import bases_wording

bp = Blueprint("milestone_notices", __name__, url_prefix="/partnerships/<slug>/milestones/<key>")
# So many days ahead are looked at for what comes next.
AHEAD = 120


@bp.get("/notices")
@signed_in
def show(slug: str, key: str) -> ResponseReturnValue:
    """The page, for those who read everything of the partnership, or who was told what."""
    viewer, today = current_viewer(), clock.today()
    milestone = get_milestone(viewer, slug, key)
    if not may_read(viewer, milestone):
        raise NotAllowed
    notified = notices_of(milestone)
    silence = silence_of(milestone, notified, today, clock.now())
    pages = pages_of(notified)
    return render_template(
        "milestones/notices/milestone.html",
        milestone=milestone,
        place=place_wording(milestone),
        policy=silence.policy,
        bases=bases_wording(milestone),
        reasons=reasons(silence, today),
        coming=next_lines(forecast(today, AHEAD, which=Milestone.id == milestone.id)),
        lines=lines(pages.items),
        pages=pages,
        # Not `links`, which web/base.html sets for the navigation.
        may_open=viewer.can(Permission.READ_NOTICES, milestone.partnership_id),
    )


def may_read(viewer: Viewer, milestone: Milestone) -> bool:
    """True where the person may know who was told of a milestone."""
    return any(holds(viewer, one, milestone) for one in (Permission.READ_PARTNERSHIP, Permission.READ_NOTICES))
