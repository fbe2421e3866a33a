"""The local steps of the demo: those of the past done, those of these months done, in hand, or past their date."""

from datetime import date

from cycle_tracker.cli.demo.chances import days, in_office_hours, lot, one_in, working_day
from cycle_tracker.cli.demo.documents import Scene
from cycle_tracker.cli.demo.people import People
from cycle_tracker.domain.lifecycle import State
from cycle_tracker.models import Milestone, User
from cycle_tracker.services import audit
from cycle_tracker.services.milestones import move_local_date, start_milestone

OF_LATE = days(200)
"""Steps due so long ago, or less, may still be open."""

WITHIN_REACH = days(30)
"""Work on a step with no opening day begins so long before its date."""

CONTRIBUTED = frozenset({"needs-assessment", "engage-families", "resources", "draft-report", "review"})
"""Steps that somebody other than the lead owns where there is such a person."""

BEFORE_THE_REPORT = "draft-report"
BEFORE_THE_PLAN = frozenset({"approvals", "consultation-opening", "consultation-closing", "draft-plan"})
CLOSING = "close-cycle"


def own(milestone: Milestone, slug: str, people: People) -> None:
    """Give a milestone its owner: the lead, somebody who contributes, or now and then nobody yet."""
    if milestone.is_document:
        milestone.owner = people.leads[slug]
    elif _name(milestone) in CONTRIBUTED:
        milestone.owner = people.contributor_or_lead(slug)
    elif not one_in(14, slug, milestone.key, "owner"):
        milestone.owner = people.leads[slug]


def play_step(step: Milestone, documents: dict[str, Milestone], scene: Scene) -> None:
    """Give a step its history up to the demo's day. `documents` are those of its cycle, done or not, by their name."""
    if not step.is_open or step.due_on is None or step.done_with is not None:
        return  # done with its document, or waiting for it
    document = _document_of(step, documents)
    if document is not None and not document.is_open:
        _finish(step, _usual_day(step, scene, before=document.done_on), scene)
    elif document is not None and _begins_on(step) < scene.on:
        _start(step, scene)
    elif document is None:
        _play_by_date(step, step.due_on, scene)


def _play_by_date(step: Milestone, due_on: date, scene: Scene) -> None:
    chance = (scene.slug, step.key, "step")
    if due_on + OF_LATE < scene.on or (due_on < scene.on and lot(4, *chance)):
        _finish(step, _usual_day(step, scene), scene)
    elif _begins_on(step) < scene.on and lot(3, *chance, "begun"):
        _start(step, scene)
    if step.is_open and _name(step) == CLOSING and due_on < scene.on:
        _put_off(step, due_on, scene)


def _usual_day(step: Milestone, scene: Scene, *, before: date | None = None) -> date:
    """A day near its date, three times out of four before it, and never after the document that it leads to."""
    chance = (scene.slug, step.key, "done")
    due_on = step.due_on or scene.on
    day = due_on - days(lot(15, *chance)) if lot(4, *chance, "late") else due_on + days(1 + lot(20, *chance))
    latest = min(scene.on - days(1), before - days(2) if before is not None else scene.on)
    return working_day(min(max(day, step.opens_on or day), latest))


def _finish(step: Milestone, done_on: date, scene: Scene) -> None:
    """Done, in a past of which nobody was ever told: there is no notice to stop, so the rows are written at once."""
    recorded_on = scene.recorded_on(done_on, step.key)
    audit.record_milestone(
        step,
        "finished",
        by=_doer(step, scene),
        at=in_office_hours(recorded_on, step.key),
        before={"state": step.state, "done_on": None},
        after={"state": State.DONE, "done_on": done_on},
    )
    step.state, step.done_on, step.next_notice_on = State.DONE, done_on, None


def _start(step: Milestone, scene: Scene) -> None:
    began_on = scene.recorded_on(working_day(_begins_on(step) + days(3)), step.key)
    if began_on < scene.on:
        start_milestone(step, by=_doer(step, scene), now=in_office_hours(began_on, step.key))


def _put_off(step: Milestone, due_on: date, scene: Scene) -> None:
    """The lead gave the step a local date in these days, some time before the first one passed."""
    moved_on = scene.recorded_on(working_day(due_on - days(6)), step.key)
    if moved_on >= scene.on:
        return
    move_local_date(
        step,
        working_day(scene.on + days(5 + lot(8, scene.slug, step.key))),
        "The lessons are drawn together once the third annual report is out.",
        by=scene.lead,
        now=in_office_hours(moved_on, step.key),
    )


def _document_of(step: Milestone, documents: dict[str, Milestone]) -> Milestone | None:
    """The document that this step leads to, where it is one of the last steps before it."""
    name = _name(step)
    if name == BEFORE_THE_REPORT:
        return documents[f"annual-report-{step.key[-1]}"]
    return documents["plan-prepared"] if name in BEFORE_THE_PLAN else None


def _begins_on(step: Milestone) -> date:
    return step.opens_on or (step.due_on or date.max) - WITHIN_REACH


def _doer(step: Milestone, scene: Scene) -> User:
    return step.owner or scene.lead


def _name(step: Milestone) -> str:
    """The name of the template's entry: `draft-report` for `2023-26.draft-report-3`."""
    return step.key.partition(".")[2].rstrip("-123")
