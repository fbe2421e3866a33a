"""What passes between officials, planning leads and governance groups in the demo: requests for an update, one of them
answered, and new expected dates that wait to be noted."""

from cycle_tracker.cli.demo.chances import clear_of_christmas, days, in_office_hours, working_day
from cycle_tracker.cli.demo.scenes import Scene
from cycle_tracker.documents.services.proposals import propose_date
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from cycle_tracker.requests.rules import DEFAULT_TEXT, default_reply_by
from cycle_tracker.requests.services import answer_request, draft_requests, send_requests

ANSWER = (
    "We have the last figures and the report is with our designers. Both lead bodies will then note it, and it will be "
    "on the council’s website within a month. We will record it here on the same day."
)
REPORT_LATER = (
    "The health board will consider the report at its next meeting. We will publish it within a week of that."
)
STEP_LATER = "The carers centre needs two more weeks for its young people to try the form. The rest is agreed."


def ask_and_answer(report: Milestone, scene: Scene, official: User) -> None:
    """An official asked some weeks ago, and the planning lead answered within days."""
    _ask(report, scene, official, 24, answered_after=6)


def ask(report: Milestone, scene: Scene, official: User) -> None:
    """An official asked in these days, and nobody has answered yet."""
    _ask(report, scene, official, 4)


def propose_for_report(report: Milestone, scene: Scene) -> None:
    """The lead proposed a date that officials are to see, with an explanation."""
    _propose(report, scene, 41, REPORT_LATER, shared=True)


def propose_for_step(step: Milestone, scene: Scene) -> None:
    """The lead proposed a date for a step, for the partnership alone."""
    _propose(step, scene, 16, STEP_LATER, shared=False)


def _ask(report: Milestone, scene: Scene, official: User, days_before: int, *, answered_after: int = 0) -> None:
    if not report.is_open:
        return
    day = working_day(scene.on - days(days_before))
    reply_by = default_reply_by(day)
    drafts = draft_requests([report], DEFAULT_TEXT, reply_by, day)
    request = send_requests(drafts, reply_by, by=official, now=in_office_hours(day, scene.slug, "asked"))[0]
    if answered_after:
        answered_on = working_day(day + days(answered_after))
        now = in_office_hours(answered_on, scene.slug, "answered")
        answer_request(request, ANSWER, by=scene.lead, today=answered_on, now=now)


def _propose(milestone: Milestone, scene: Scene, distance: int, why: str, *, shared: bool) -> None:
    day = working_day(scene.on - days(3))
    if not milestone.is_open or milestone.due_on is None:
        return
    propose_date(
        milestone,
        clear_of_christmas(working_day(scene.on + days(distance))),
        why,
        shared=shared,
        by=scene.lead,
        today=day,
        now=in_office_hours(day, milestone.key, "proposed"),
    )
