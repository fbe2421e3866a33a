"""How the star is reminded: days of its own before an action is due, somebody without an account who is asked about a
consultation, and a contributor who will be away."""

from cycle_tracker.cli.demo.chances import days, in_office_hours, working_day
from cycle_tracker.cli.demo.people import HOST, People
from cycle_tracker.cli.demo.scenes import Scene
from cycle_tracker.core.kinds import Kind, Stage
from cycle_tracker.cycles.queries.cycles import list_cycles
from cycle_tracker.milestones.services.contacts import ContactDetails, add_contact, ask_contact
from cycle_tracker.milestones.services.local_milestones import Wanted, add_local_milestone
from cycle_tracker.people.services.delegations import set_away
from cycle_tracker.reminders.queries.policies import PolicyScope
from cycle_tracker.reminders.rules.policies import PolicyChange
from cycle_tracker.reminders.services.policies import NEVER_SET, set_policy

DAYS_BEFORE_AN_ACTION = (14, 3)
CONSULTATION = "Consult young carers on the carers’ statement"
CONTACT = ContactDetails("Moray Carers Centre", f"hello@carers.{HOST}", "Moray Carers Centre")


def add_reminding(scene: Scene, people: People) -> None:
    """Add them as they stand on the demo's day."""
    _remind_of_actions_again(scene)
    _ask_about_a_consultation(scene, people)
    _be_away_soon(scene, people)


def _remind_of_actions_again(scene: Scene) -> None:
    """The planning lead had those who own an action reminded a second time, three days before."""
    day = working_day(scene.on - days(20))
    set_policy(
        PolicyScope(Kind.ACTION, scene.partnership),
        PolicyChange(day, before=DAYS_BEFORE_AN_ACTION),
        version=NEVER_SET,
        by_a_lead=True,
        by=scene.lead,
        today=day,
        now=in_office_hours(day, "policy"),
    )


def _ask_about_a_consultation(scene: Scene, people: People) -> None:
    """A consultation of ten weeks that closes in one: owner and contact are reminded of it on the demo's day."""
    day = working_day(scene.on - days(63))
    cycle = next(one for one in list_cycles(scene.partnership) if one.period.start <= scene.on <= one.period.end)
    closes_on = working_day(scene.on) + days(7)
    owner = people.contributor_or_lead(scene.slug)
    wanted = Wanted(CONSULTATION, due_on=closes_on, owner=owner, stage=Stage.PLAN, opens_on=day)
    now = in_office_hours(day, "consultation")
    consultation = add_local_milestone(cycle, Kind.CONSULTATION, wanted, by=scene.lead, today=day, now=now)
    contact = add_contact(scene.partnership, CONTACT, by=scene.lead, now=now)
    ask_contact(consultation, contact, by=scene.lead, now=now)


def _be_away_soon(scene: Scene, people: People) -> None:
    """The contributor is away for two weeks from next week, and the planning lead stands in."""
    day = working_day(scene.on - days(2))
    set_away(
        people.contributor_or_lead(scene.slug),
        scene.lead,
        scene.on + days(6),
        scene.on + days(19),
        by=people.contributor_or_lead(scene.slug),
        today=day,
        now=in_office_hours(day, "away"),
    )
