"""The whole demo: reference data, people, cycles, what happened up to the demo's day, and the emails of two months."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select

from cycle_tracker.audit.services.seals import seal_new_events
from cycle_tracker.cli.demo.acts.actions import add_actions
from cycle_tracker.cli.demo.acts.documents import play_document
from cycle_tracker.cli.demo.acts.owners import assign_owners
from cycle_tracker.cli.demo.acts.past import Past
from cycle_tracker.cli.demo.acts.present import play_present
from cycle_tracker.cli.demo.acts.revising import revise_plan
from cycle_tracker.cli.demo.acts.steps import play_step
from cycle_tracker.cli.demo.chances import days, in_office_hours, working_day
from cycle_tracker.cli.demo.emails import send_past_emails
from cycle_tracker.cli.demo.parts import JOINED_TODAY, first_notices_on
from cycle_tracker.cli.demo.people import HOST, LEAD, People, add_people
from cycle_tracker.cli.demo.scenes import Act, Scene
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.periods import Period
from cycle_tracker.cycles.services.core_documents import add_core_documents
from cycle_tracker.cycles.services.cycles import open_cycle
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.documents.services.publications import scottish_government
from cycle_tracker.mail.services.demonstration import mark_as_demonstration
from cycle_tracker.milestones.services.milestones import finish_milestone
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.partnerships.queries.partnerships import list_partnerships
from cycle_tracker.people.queries.users import find_user

PERIODS = tuple(Period.starting(year) for year in (2017, 2020, 2023, 2026))
# So long after its window opens the feedback of a national review came.
FEEDBACK_AFTER = days(3)


@dataclass(frozen=True)
class Seeded:
    """What the demo holds, in numbers."""

    partnerships: int
    people: int
    milestones: int


def is_seeded() -> bool:
    """True where the demo is there already."""
    return find_user(LEAD.email) is not None


def seed_demo(on: date, now: datetime) -> Seeded:
    """Add the demo as it stands on the day `on`. Raises RuleBroken where the database holds anything real, and for a
    day after the demo's last period. Commits."""
    _refuse_beside_real_data()
    if on >= PERIODS[-1].next().start:
        last = PERIODS[-1].next().start - days(1)
        raise RuleBroken(f"The demo has no histories after {last:%-d %B %Y}. Choose an earlier day with --on.")
    mark_as_demonstration()
    load_reference(now)
    _take_core_documents_away()
    partnerships = list_partnerships()
    people = add_people(partnerships, now)
    cycles = {partnership.slug: _open_cycles(partnership, on, now) for partnership in partnerships}
    government = scottish_government()
    _finish_national_reviews(on, people.official)
    scenes = {
        partnership.slug: _play(partnership, cycles[partnership.slug], people, government, on)
        for partnership in partnerships
    }
    db.session.flush()
    add_core_documents(on, now)
    play_present(scenes, people)
    seeded = Seeded(len(partnerships), _count(User), _count(Milestone))
    send_past_emails(on)
    seal_new_events(lambda: now)
    return seeded


def _refuse_beside_real_data() -> None:
    if db.session.scalars(select(User.id).where(~User.email.endswith(f"@{HOST}")).limit(1)).first() is not None:
        raise RuleBroken("There are people here who are not part of the demo. No demo data was added.")
    if db.session.scalars(select(Cycle.id).where(Cycle.opened_on.is_not(None)).limit(1)).first() is not None:
        raise RuleBroken("There are cycles here that are not part of the demo. No demo data was added.")


def _take_core_documents_away() -> None:
    """In the demo the cycles were opened long before the reference data was loaded, so their documents are as old."""
    unopened = select(Cycle.id).where(Cycle.opened_on.is_(None))
    db.session.execute(delete(Milestone).where(Milestone.cycle_id.in_(unopened)))
    db.session.execute(delete(Cycle).where(Cycle.opened_on.is_(None)))


def _open_cycles(partnership: Partnership, on: date, now: datetime) -> list[Cycle]:
    """The cycles of all four periods, put in on the day from which the partnership uses the service."""
    joined_on = on if partnership.slug == JOINED_TODAY else first_notices_on(on)
    partnership.notify_from = joined_on
    opened_at = now if joined_on == on else in_office_hours(joined_on, partnership.slug)
    return [open_cycle(partnership, period, entered_on=joined_on, by=None, now=opened_at) for period in PERIODS]


def _finish_national_reviews(on: date, official: User) -> None:
    """The national reviews whose feedback has come; the steps that hang on them get their dates from it."""
    for review in db.session.scalars(
        select(Milestone).where(Milestone.partnership_id.is_(None)).order_by(Milestone.id)
    ):
        done_on = working_day(review.opens_on + FEEDBACK_AFTER) if review.opens_on else on
        if done_on < on:
            finish_milestone(review, done_on, by=official, today=done_on, now=in_office_hours(done_on, review.key))


def _play(partnership: Partnership, cycles: list[Cycle], people: People, government: Organisation, on: date) -> Scene:
    slug = partnership.slug
    joined_on = partnership.notify_from or on
    scene = Scene(partnership, on, joined_on, people.leads[slug], people.chairs.get(slug), people.official)
    past = Past(government)
    for cycle in cycles:
        milestones = db.session.scalars(
            select(Milestone).where(Milestone.cycle_id == cycle.id).order_by(Milestone.id)
        ).all()
        assign_owners(milestones, slug, people)
        if slug != JOINED_TODAY:
            act = Act(scene, cycle.period, milestones)
            _play_act(act, past)
            if cycle.period.start <= on <= cycle.period.end:
                add_actions(cycle, act, people)
                revise_plan(act)
    past.write()
    return scene


def _play_act(act: Act, past: Past) -> None:
    for milestone in act.milestones:
        if milestone.is_document:
            play_document(milestone, act, past)
    for milestone in act.milestones:
        if not milestone.is_document:
            play_step(milestone, act, past)


def _count(model: type[User] | type[Milestone]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0
