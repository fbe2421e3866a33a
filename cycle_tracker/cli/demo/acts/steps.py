"""The local steps of the demo: those of the past done, those of these months done, in hand, or past their date."""

from datetime import date

from cycle_tracker.cli.demo.acts.past import Past
from cycle_tracker.cli.demo.chances import days, in_office_hours, lot, one_in, working_day
from cycle_tracker.cli.demo.parts import STAR
from cycle_tracker.cli.demo.scenes import Act, Scene, entry_name, last_approval
from cycle_tracker.core.kinds import Fact, Stage
from cycle_tracker.milestones.services.milestones import move_local_date, start_milestone
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User

# Steps due so long ago, or less, may still be open.
OF_LATE = days(200)

# Steps of these stages are done in their time: a plan is not drafted with its consultation still open.
TO_THE_PLAN = frozenset({Stage.ANALYSE, Stage.PLAN})

BEFORE = {"draft-plan": ("priorities", "engage-families")}

# Work on a step with no opening day begins so long before its date.
WITHIN_REACH = days(30)


def play_step(step: Milestone, act: Act, past: Past) -> None:
    """Give a step its history up to the demo's day, after the documents of its cycle were given theirs."""
    if not step.is_open or step.due_on is None or step.fact in {Fact.PUBLISHED, Fact.MINISTERS_SENT}:
        _begin_report(step, act)
        return  # done with its document, or waiting for it
    name = entry_name(step)
    if name == "approvals":
        _play_before(step, act.document("plan-prepared"), act.scene, past)
    elif step.fact is Fact.PROVIDERS_SENT and act.period.start >= act.scene.joined_on:
        return  # its copies are recorded, and they complete it
    elif name == "close-cycle":
        _play_closing(step, step.due_on, act.document("annual-report-3"), act.scene, past)
    else:
        _play_by_date(step, step.due_on, act.scene, past, earliest=_after(name, act))


def _after(name: str, act: Act) -> date | None:
    """The day on which the last of the steps was done that come before this one: a plan is drafted with its priorities
    agreed, and with what families said."""
    before = [act.document(one).done_on for one in BEFORE.get(name, ())]
    return max((day for day in before if day is not None), default=None)


def _begin_report(step: Milestone, act: Act) -> None:
    """A report is being drafted until it is published."""
    if step.is_open and step.due_on is not None and entry_name(step) == "draft-report":
        _start(step, act.scene)
        if act.scene.slug == STAR:
            _put_off(step, step.due_on, act.scene, "The health board considers the report at its next meeting.")


def _play_before(step: Milestone, document: Milestone, scene: Scene, past: Past) -> None:
    """The last step before a document: in hand while the document is, and done on the day on which the last lead body
    approved it."""
    if document.is_open:
        _start(step, scene)
    else:
        done_on = last_approval(document.done_on, scene) if document.done_on else usual_day(step, scene)
        past.finish(step, done_on, scene, by=_doer(step, scene))


def _play_closing(step: Milestone, due_on: date, last_report: Milestone, scene: Scene, past: Past) -> None:
    """The last step of a cycle comes after its last report; where it is not done by its date, the lead moves that."""
    lately = due_on + OF_LATE >= scene.on
    if due_on >= scene.on or last_report.is_open or (lately and one_in(4, scene.slug, step.key)):
        _start(step, scene)
        _put_off(step, due_on, scene, "The governance group will consider the note of lessons at its next meeting.")
    else:
        past.finish(step, usual_day(step, scene, earliest=last_report.done_on), scene, by=_doer(step, scene))


def _play_by_date(step: Milestone, due_on: date, scene: Scene, past: Past, *, earliest: date | None) -> None:
    chance = (scene.slug, step.key, "step")
    open_until = due_on if step.stage in TO_THE_PLAN else due_on + OF_LATE
    if open_until < scene.on or (due_on < scene.on and lot(4, *chance)):
        past.finish(step, usual_day(step, scene, earliest=earliest), scene, by=_doer(step, scene))
    elif lot(3, *chance, "begun"):
        _start(step, scene)


def usual_day(step: Milestone, scene: Scene, *, earliest: date | None = None) -> date:
    """A day near its date, three times out of four before it, within its window."""
    chance = (scene.slug, step.key, "done")
    due_on = step.due_on or scene.on
    day = due_on - days(lot(15, *chance)) if lot(4, *chance, "late") else due_on + days(1 + lot(20, *chance))
    first = max(one for one in (day, step.opens_on, earliest) if one is not None)
    return working_day(min(first, scene.on - days(1)))


def _start(step: Milestone, scene: Scene) -> None:
    began_on = scene.recorded_on(working_day(_begins_on(step) + days(3)), step.key)
    if began_on < scene.on:
        start_milestone(step, by=_doer(step, scene), now=in_office_hours(began_on, step.key))


def _put_off(step: Milestone, due_on: date, scene: Scene, why: str) -> None:
    """The lead gave the step a local date in these days, some time before the first one passed."""
    moved_on = scene.recorded_on(working_day(due_on - days(6)), step.key)
    if due_on >= scene.on or moved_on >= scene.on:
        return
    move_local_date(
        step,
        working_day(scene.on + days(5 + lot(8, scene.slug, step.key))),
        why,
        by=scene.lead,
        now=in_office_hours(moved_on, step.key),
    )


def _begins_on(step: Milestone) -> date:
    return step.opens_on or (step.due_on or date.max) - WITHIN_REACH


def _doer(step: Milestone, scene: Scene) -> User:
    return step.owner or scene.lead
