"""What the people of the star do beside dates: a post that owns actions, sub-tasks, comments, evidence."""

from datetime import date

from sqlalchemy import select

from cycle_tracker.cli.demo.chances import days, in_office_hours, working_day
from cycle_tracker.cli.demo.people import HOST, People
from cycle_tracker.cli.demo.scenes import Scene
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.milestones.services.comments import write_comment
from cycle_tracker.milestones.services.evidence import add_address
from cycle_tracker.milestones.services.local_milestones import Wanted, add_sub_task
from cycle_tracker.milestones.services.milestones import finish_milestone, start_milestone
from cycle_tracker.milestones.services.owners import change_owner
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from cycle_tracker.people.services.posts import add_post, set_holders

OF_THE_POST = ("Train school staff in trauma-informed practice", "Review kinship care payments across the lead bodies")
WAITS_FOR_A_DATE = "Agree one referral route for young carers"
WITH_SUB_TASKS = "Open family support drop-ins in two more localities"
# What is to be done, how many days after the demo's day it is due, and how far it is.
SUB_TASKS = (
    ("Agree the two localities with the area forums", -9, State.DONE),
    ("Find rooms and opening hours", 5, State.IN_PROGRESS),
    ("Tell families, schools and health visitors", 8, State.NOT_STARTED),
)

# So long before the demo's day the step was split up.
SPLIT_UP = days(25)

FIGURES_CAME = "NHS Grampian sent the figures on waiting times on Monday. They are now in chapter 4 of the draft."
WHAT_IS_LEFT = "Thank you. The design team has the text. We still need the web page and the summary for children."
TWO_MORE_WEEKS = "The carers centre asked for two more weeks to talk to its young people about the form."

# By the name of a step in the template, what shows that it was done and where that is.
EVIDENCE = {
    "needs-assessment": ("The assessment as agreed by the strategic group", "needs-assessment-2025.pdf"),
    "engage-families": ("What children and families said", "what-you-told-us"),
    "consultation-closing": ("Summary of the answers to the consultation", "consultation-answers"),
}


def add_workaday(scene: Scene, people: People) -> None:
    """Add them as they stand on the demo's day. Of what is not there on that day nothing is said."""
    contributor = people.contributor_or_lead(scene.slug)
    _add_post(scene, contributor)
    _split_up(scene, contributor)
    _discuss(scene, contributor)
    _show_what_was_done(scene, contributor)


def _add_post(scene: Scene, holder: User) -> None:
    day = working_day(scene.on - days(40))
    now = in_office_hours(day, "post")
    post = add_post(
        "Moray children’s services team",
        f"childrens-services.moray@{HOST}",
        organisation=scene.lead.organisation,
        partnership=scene.partnership,
        by=scene.lead,
        now=now,
    )
    set_holders(post, [holder], by=scene.lead, now=now)
    owned = [one for one in (open_step(scene, title) for title in OF_THE_POST) if one is not None]
    change_owner(owned, post, by=scene.lead, today=day, now=now)


def _split_up(scene: Scene, contributor: User) -> None:
    parent = open_step(scene, WITH_SUB_TASKS)
    if parent is None:
        return
    day = working_day(scene.on - SPLIT_UP)
    for title, distance, state in SUB_TASKS:
        due_on = working_day(scene.on + days(distance))
        wanted = Wanted(title, due_on=due_on, owner=contributor)
        task = add_sub_task(parent, wanted, by=scene.lead, today=day, now=in_office_hours(day, title))
        if state is not State.NOT_STARTED:
            begun_on = working_day(day + days(5))
            start_milestone(task, by=contributor, now=in_office_hours(begun_on, title))
        if state is State.DONE:
            finish_milestone(task, due_on, by=contributor, today=due_on, now=in_office_hours(due_on, title))


def _discuss(scene: Scene, contributor: User) -> None:
    """What was said of the report that is outstanding, and of an action past its date."""
    report = db.session.scalars(
        select(Milestone)
        .where(
            Milestone.partnership_id == scene.partnership.id,
            Milestone.key.contains(".annual-report-"),
            Milestone.target_on < scene.on,
            Milestone.state == State.IN_PROGRESS,
        )
        .order_by(Milestone.target_on, Milestone.id)
        .limit(1)
    ).one_or_none()
    if report is not None:
        _say(report, scene, 16, contributor, FIGURES_CAME)
        _say(report, scene, 14, scene.lead, WHAT_IS_LEFT)
    action = open_step(scene, WAITS_FOR_A_DATE)
    if action is not None:
        _say(action, scene, 5, scene.lead, TWO_MORE_WEEKS)


def _say(milestone: Milestone, scene: Scene, days_before: int, by: User, text: str) -> None:
    day = working_day(scene.on - days(days_before))
    write_comment(milestone, text, by=by, now=in_office_hours(day, text))


def _show_what_was_done(scene: Scene, contributor: User) -> None:
    for name, (title, page) in EVIDENCE.items():
        step = db.session.scalars(
            select(Milestone)
            .where(
                Milestone.partnership_id == scene.partnership.id,
                Milestone.key.endswith(f".{name}"),
                Milestone.done_on.is_not(None),
                Milestone.done_on < scene.on,
            )
            .order_by(Milestone.done_on.desc())
            .limit(1)
        ).one_or_none()
        added_on = _added_on(step, scene) if step is not None else scene.on
        if step is not None and added_on < scene.on:
            address = f"https://www.{scene.slug}.example.org/children/{page}"
            add_address(step, title, address, by=contributor, now=in_office_hours(added_on, name))


def _added_on(step: Milestone, scene: Scene) -> date:
    return scene.recorded_on(working_day((step.done_on or scene.on) + days(6)), step.key)


def open_step(scene: Scene, title: str) -> Milestone | None:
    """The open step of this title, where there is one on the demo's day."""
    return db.session.scalars(
        select(Milestone)
        .where(
            Milestone.partnership_id == scene.partnership.id,
            Milestone.title == title,
            Milestone.state.in_([State.NOT_STARTED, State.IN_PROGRESS]),
        )
        .order_by(Milestone.id)
        .limit(1)
    ).one_or_none()
