"""The actions of the present plan: made for the demo, since a plan's actions are its own."""

from datetime import date

from cycle_tracker.cli.demo.chances import days, in_office_hours, lot, one_in, working_day
from cycle_tracker.cli.demo.people import People
from cycle_tracker.cli.demo.scenes import Scene
from cycle_tracker.domain.kinds import Basis, Kind, Stage
from cycle_tracker.domain.lifecycle import State
from cycle_tracker.extensions import db
from cycle_tracker.models import Cycle, Milestone
from cycle_tracker.services.milestones import finish_milestone, start_milestone
from cycle_tracker.services.notices import start_notices

ACTIONS = (
    ("Open family support drop-ins in two more localities", 9),
    ("Agree one referral route for young carers", -8),
    ("Report on waiting times for child and adolescent mental health", 3),
    ("Bring out the child-friendly version of the plan", -64),
    ("Train school staff in trauma-informed practice", 75),
    ("Review kinship care payments across the lead bodies", 150),
)
"""What is to be done, and how many days after the demo's day it is due."""

BEGUN_WITHIN = days(60)


def add_actions(cycle: Cycle, scene: Scene, people: People) -> None:
    """Give the present cycle its actions: one or two of them done, one past its date in some partnerships."""
    for number, (title, distance) in enumerate(ACTIONS, start=1):
        due_on = working_day(scene.on + days(distance + lot(4, scene.slug, title)))
        if due_on < cycle.period.start or (-30 < distance < 0 and lot(3, scene.slug, title, "past")):
            continue
        action = _add(cycle, number, title, due_on, scene)
        action.owner = people.contributor_or_lead(scene.slug) if number % 2 else scene.lead
        _play(action, due_on, scene)


def _add(cycle: Cycle, number: int, title: str, due_on: date, scene: Scene) -> Milestone:
    action = Milestone(
        partnership=scene.partnership,
        cycle=cycle,
        key=f"{cycle.period.name}.action-{number}",
        kind=Kind.ACTION,
        stage=Stage.DO,
        title=title,
        duty_basis=Basis.STATUTE,
        duty_citation="2014 Act, section 12",
        date_basis=Basis.LOCAL,
        date_citation="",
        target_on=due_on,
        due_on=due_on,
        expected_date=False,
        state=State.NOT_STARTED,
        entered_on=max(cycle.period.start, scene.joined_on),
    )
    db.session.add(action)
    start_notices(action)
    db.session.flush()
    return action


def _play(action: Milestone, due_on: date, scene: Scene) -> None:
    doer = action.owner or scene.lead
    began_on = working_day(max(due_on - BEGUN_WITHIN, action.entered_on + days(7)))
    if began_on < scene.on and not one_in(3, scene.slug, action.key, "begun"):
        start_milestone(action, by=doer, now=in_office_hours(began_on, action.key))
    if due_on + days(30) < scene.on:
        finish_milestone(action, due_on, by=doer, today=due_on, now=in_office_hours(due_on, action.key))
