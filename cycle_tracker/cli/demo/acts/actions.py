"""The actions of the present plan: made for the demo, since a plan's actions are its own."""

from datetime import date

from cycle_tracker.cli.demo.chances import days, in_office_hours, lot, one_in, working_day
from cycle_tracker.cli.demo.people import People
from cycle_tracker.cli.demo.scenes import Act, Scene
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Fact, Kind, Stage
from cycle_tracker.core.lifecycle import State
from cycle_tracker.milestones.services.milestones import finish_milestone, start_milestone
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.partnerships.queries.calendars import calendar_of
from cycle_tracker.reminders.queries.deadlines import deadline_of, policies_now
from cycle_tracker.reminders.rules.reminders import first_notice_on

# Only a plan that is published has another version.
OF_THE_PUBLISHED_PLAN = "Publish the child-friendly version of the plan"

# What is to be done, and how many days after the demo's day it is due.
ACTIONS = (
    ("Open family support drop-ins in two more localities", 9),
    ("Agree one referral route for young carers", -8),
    ("Report on waiting times for child and adolescent mental health", 3),
    (OF_THE_PUBLISHED_PLAN, -64),
    ("Train school staff in trauma-informed practice", 75),
    ("Review kinship care payments across the lead bodies", 150),
)

BEGUN_WITHIN = days(60)


def add_actions(cycle: Cycle, act: Act, people: People) -> None:
    """Give the present cycle its actions: one or two of them done, one past its date in some partnerships."""
    scene, published_on = act.scene, _published_on(act)
    calendar = calendar_of(scene.partnership.id)
    actions = [
        _action(cycle, number, title, due_on, scene, people)
        for number, (title, distance) in enumerate(ACTIONS, start=1)
        if (due_on := _due_on(title, distance, scene)) >= cycle.period.start
        and not (-30 < distance < 0 and lot(3, scene.slug, title, "past"))
        and (title != OF_THE_PUBLISHED_PLAN or (published_on is not None and published_on < due_on))
    ]
    policies = policies_now()
    for action in actions:
        deadline = deadline_of(action, notify_from=scene.partnership.notify_from, calendar=calendar)
        action.next_notice_on = first_notice_on(deadline, policies.of(action))
    db.session.add_all(actions)
    db.session.flush()
    for action in actions:
        _play(action, scene)


def _published_on(act: Act) -> date | None:
    """The day on which the plan itself was published, if it was."""
    return next((one.done_on for one in act.milestones if one.fact is Fact.PUBLISHED), None)


def _due_on(title: str, distance: int, scene: Scene) -> date:
    return working_day(scene.on + days(distance + lot(4, scene.slug, title)))


def _action(cycle: Cycle, number: int, title: str, due_on: date, scene: Scene, people: People) -> Milestone:
    return Milestone(
        partnership=scene.partnership,
        partnership_id=scene.partnership.id,
        cycle=cycle,
        key=f"{cycle.period.name}.action-{number}",
        kind=Kind.ACTION,
        stage=Stage.DO,
        title=title,
        # Section 12 is one duty, to provide services in line with the plan so far as reasonably practicable. It makes
        # no single action a duty in law.
        duty_basis=Basis.LOCAL,
        duty_citation="carries out the plan: 2014 Act, section 12",
        date_basis=Basis.LOCAL,
        date_citation="",
        target_on=due_on,
        due_on=due_on,
        expected_date=False,
        state=State.NOT_STARTED,
        owner=people.actor(scene.slug, number),
        entered_on=max(cycle.period.start, scene.joined_on),
    )


def _play(action: Milestone, scene: Scene) -> None:
    doer, due_on = action.owner or scene.lead, action.due_on or scene.on
    began_on = working_day(max(due_on - BEGUN_WITHIN, action.entered_on + days(7)))
    if began_on < scene.on and not one_in(3, scene.slug, action.key, "begun"):
        start_milestone(action, by=doer, now=in_office_hours(began_on, action.key))
    if due_on + days(30) < scene.on:
        finish_milestone(action, due_on, by=doer, today=due_on, now=in_office_hours(due_on, action.key))
