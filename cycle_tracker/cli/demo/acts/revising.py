"""One partnership of the demo revises its plan: the revision is in preparation, and the other bodies are invited."""

from datetime import date

from cycle_tracker.cli.demo.chances import clear_of_christmas, days, in_office_hours, working_day
from cycle_tracker.cli.demo.parts import REVISES_PLAN
from cycle_tracker.cli.demo.scenes import Act
from cycle_tracker.documents.queries.revisions.of_plans import steps_of
from cycle_tracker.documents.rules.revisions import STEPS
from cycle_tracker.documents.services.revisions.preparing import begin_revision
from cycle_tracker.documents.services.versions import present_version
from cycle_tracker.milestones.services.milestones import finish_milestone

# So long before the demo's day the revision was started, and so long after it the consultation opens.
STARTED_BEFORE = days(100)
CONSULTED_AFTER = days(42)
# So long before its date, and at the latest before the demo's day, the invitations were sent.
INVITED_BEFORE = days(5)
WHY = "The first review found that the plan says too little about families who care for a disabled child."


def revise_plan(act: Act) -> None:
    """Have the partnership that revises its plan start to do so, if its plan was published long enough ago."""
    scene, plan = act.scene, act.document("plan-prepared")
    started_on = working_day(scene.on - STARTED_BEFORE)
    if scene.slug != REVISES_PLAN:
        return
    published = present_version(plan)
    if published is None or not published.is_document or (published.published_on or scene.on) >= started_on:
        return
    target_on = _target_on(scene.on)
    if target_on > act.period.end:
        return
    started_at = in_office_hours(started_on, plan.key, "revision")
    revision = begin_revision(plan, WHY, target_on, by=scene.lead, today=started_on, now=started_at)
    invite = steps_of(plan, revision)[0]
    invited_on = working_day(min(invite.due_on or scene.on, scene.on) - INVITED_BEFORE)
    invited_at = in_office_hours(invited_on, invite.key)
    finish_milestone(invite, invited_on, by=scene.lead, today=invited_on, now=invited_at)


def _target_on(on: date) -> date:
    """The target date, such that the consultation opens on a day on which people are at work."""
    consult = next(step for step in STEPS if step.opens is not None)
    opens_on = clear_of_christmas(working_day(on + CONSULTED_AFTER))
    return opens_on - (consult.opens or days(0))
