"""What a milestone hangs together with, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import OPEN, State
from cycle_tracker.milestones.queries.relations import RelatedMilestone, Relation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Task
from cycle_tracker.web.wording import day, due_wording, milestone_status


@dataclass(frozen=True)
class ChangeLinks:
    """The addresses of what can be changed here; each empty for those who may not."""

    add_sub_task: str = ""
    predecessors: str = ""


@dataclass(frozen=True)
class RelatedTasks:
    """What a milestone is part of, its sub-tasks with how many are done, what comes before it and after it."""

    parent: Task | None
    sub_tasks: list[Task]
    progress: str
    before: list[Task]
    after: list[Task]
    links: ChangeLinks

    @property
    def says_nothing(self) -> bool:
        """True where there is nothing to show and nothing to do."""
        nothing = not (self.parent or self.sub_tasks or self.before or self.after)
        return nothing and self.links == ChangeLinks()


def together(related: Iterable[RelatedMilestone], links: ChangeLinks, today: date) -> RelatedTasks:
    """The part of the page that says how milestones hang together."""
    by_relation: dict[Relation, list[RelatedMilestone]] = {relation: [] for relation in Relation}
    for one in related:
        by_relation[one.relation].append(one)
    parent = by_relation[Relation.PARENT]
    return RelatedTasks(
        parent=related_task(parent[0], today) if parent else None,
        sub_tasks=[related_task(one, today) for one in by_relation[Relation.SUB_TASK]],
        progress=progress_words(by_relation[Relation.SUB_TASK]),
        before=[related_task(one, today) for one in by_relation[Relation.BEFORE]],
        after=[related_task(one, today) for one in by_relation[Relation.AFTER]],
        links=links,
    )


def related_task(one: RelatedMilestone, today: date) -> Task:
    """A milestone as it stands in a list of those that hang together. A national one has no page to link to."""
    status = milestone_status(one, today, one.notify_from)
    owner = (f"Owner: {one.owner}." if one.owner else "No owner.") if one.state in OPEN and one.slug else ""
    place = "" if one.slug else "National milestone."
    return Task(
        title=one.title,
        address=url_for("milestones.show", slug=one.slug, key=one.key) if one.slug else "",
        summary=" ".join(words for words in (f"{due_wording(one, today)}.", owner, place) if words),
        status=status.label,
        colour=status.colour,
    )


def progress_words(sub_tasks: Iterable[RelatedMilestone]) -> str:
    """How many of those that were not dropped are done: `3 of 5 done`."""
    counted = [one for one in sub_tasks if one.state is not State.DROPPED]
    done = sum(one.state is State.DONE for one in counted)
    return f"{done} of {len(counted)} done" if counted else ""


def predecessor_choices(milestones: Iterable[Milestone]) -> list[tuple[str, str]]:
    """Milestones to choose from, each with its date."""
    return [("", "Choose a milestone"), *((str(one.id), _dated(one)) for one in milestones)]


def _dated(milestone: Milestone) -> str:
    place = "" if milestone.partnership_id else " (national)"
    task = " (sub-task)" if milestone.kind is Kind.SUB_TASK else ""
    return f"{milestone.title}{task}{place}, {day(milestone.due_on) if milestone.due_on else 'no date yet'}"
