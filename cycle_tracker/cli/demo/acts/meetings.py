"""What governance groups do in the demo: they meet, and one has decided on what came to it."""

from datetime import datetime

from cycle_tracker.cli.demo.chances import clear_of_christmas, days, in_office_hours, working_day
from cycle_tracker.cli.demo.people import CLERK
from cycle_tracker.cli.demo.scenes import Scene
from cycle_tracker.core.extensions import db
from cycle_tracker.governance.services.decisions import Made, ask_for_next_steps
from cycle_tracker.governance.services.groups import add_meeting, governance_group
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.partnerships.queries.calendars import calendar_of
from cycle_tracker.people.queries.users import find_user
from cycle_tracker.reminders.queries.deadlines import deadline_of, policy_of
from cycle_tracker.reminders.rules.reminders import stages_reached

# So long before the demo's day the star's group met, and so long after it it meets next.
MET, MEETS = days(52), days(27)

TITLE = "Quarterly meeting"

# So long before the demo's day the group of another partnership decided on its report.
DECIDED = days(30)

ASKED_FOR = "Agree the text with both lead bodies, and tell the group the publication date"
DUE_AFTER = days(25)


def add_meetings(scene: Scene) -> None:
    """A meeting with its minutes and one to come, put in by the clerk."""
    clerk = find_user(CLERK.email)
    if clerk is None:
        raise LookupError("the star has no clerk")
    group = governance_group(scene.partnership)
    met_on, entered_on = working_day(scene.on - MET), working_day(scene.on - MET + days(14))
    now = in_office_hours(entered_on, "meetings")
    of_past = f"https://www.{scene.slug}.example.org/children/group/minutes-{met_on:%Y-%m}"
    for held_on, minutes in ((met_on, of_past), (clear_of_christmas(working_day(scene.on + MEETS)), "")):
        add_meeting(group, held_on, title=TITLE, minutes=minutes, by=clerk, today=entered_on, now=now)


def decide_on(report: Milestone, scene: Scene) -> None:
    """The chair asked for next steps on a report that came to the group, at a meeting."""
    decided_on = working_day(scene.on - DECIDED)
    if scene.chair is None or not report.is_open:
        return
    now = in_office_hours(decided_on, "decision")
    escalation = _escalate(report, scene, now)
    if escalation is None:
        return
    meeting = add_meeting(
        governance_group(scene.partnership), decided_on, title=TITLE, by=scene.chair, today=decided_on, now=now
    )
    ask_for_next_steps(
        escalation,
        ASKED_FOR,
        owner=scene.lead,
        due_on=clear_of_christmas(working_day(scene.on + DUE_AFTER)),
        by=scene.chair,
        today=decided_on,
        now=now,
        made=Made(meeting=meeting, minute="Item 6"),
    )


def _escalate(report: Milestone, scene: Scene, now: datetime) -> Escalation | None:
    """Open every rung that the report had come to by then, and give the highest one."""
    deadline = deadline_of(
        report, notify_from=scene.partnership.notify_from, calendar=calendar_of(scene.partnership.id)
    )
    opened = [
        Escalation(
            milestone=report,
            due_on=report.due_on,
            rung=rung.days,
            audience=rung.audiences[-1],
            fell_due_on=rung.fell_due_on,
            opened_at=in_office_hours(rung.fell_due_on, report.key, str(rung.days)),
        )
        for rung in stages_reached(deadline, policy_of(report), now.date())
    ]
    db.session.add_all(opened)
    db.session.flush()
    return max(opened, key=lambda one: one.rung, default=None)
