"""One partnership on the demo's day: what its part of the history is told from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cycle_tracker.cli.demo.chances import days, lot, working_day
from cycle_tracker.core.periods import Period
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication
from cycle_tracker.models.user import User

BEFORE_PUBLICATION = days(20)
# So long before the demo's day lead bodies dealt with what is not published yet.
UNPUBLISHED_APPROVED = days(30)
# So long after a plan is published its copies go out. No day of publication has a weekend or holidays so long after it.
COPIES_AFTER = days(5)


@dataclass(frozen=True)
class Scene:
    """A partnership, the demo's day, the day from which it uses the service, and the people who act in it. The official
    records what the Scottish Government received."""

    partnership: Partnership
    on: date
    joined_on: date
    lead: User
    chair: User | None
    official: User

    @property
    def slug(self) -> str:
        """The partnership's short name."""
        return self.partnership.slug

    def recorded_on(self, day: date, *names: str) -> date:
        """When it was put down here what happened on `day`: that day, or in the weeks after joining."""
        return max(day, working_day(self.joined_on + days(5 + lot(20, self.slug, *names))))


@dataclass(frozen=True)
class Act:
    """One cycle of a partnership: its period and its milestones."""

    scene: Scene
    period: Period
    milestones: Sequence[Milestone]

    def document(self, name: str) -> Milestone:
        """The plan (`plan-prepared`) or a report (`annual-report-1`) of the cycle."""
        return next(one for one in self.milestones if one.key == f"{self.period.name}.{name}")

    def followers_of(self, document: Milestone) -> list[Milestone]:
        """The steps whose date hangs on a document."""
        return [one for one in self.milestones if one.follows_id == document.id]

    def completed_by(self, document: Milestone) -> list[Milestone]:
        """The steps that a fact about a document completes."""
        return [one for one in self.milestones if one.fact_of_id == document.id]


def last_approval(published_on: date | None, scene: Scene) -> date:
    """The day on which the last of the lead bodies dealt with a document that was published on this day, or is not."""
    return working_day(published_on - BEFORE_PUBLICATION if published_on else scene.on - UNPUBLISHED_APPROVED)


def copies_sent_on(publication: Publication) -> date | None:
    """The day on which each other service provider was sent its copy of a plan."""
    return working_day(publication.published_on + COPIES_AFTER) if publication.published_on else None


def entry_name(milestone: Milestone) -> str:
    """The name of the template's entry: `draft-report` for `2023-26.draft-report-3`."""
    return milestone.key.partition(".")[2].rstrip("-123")
