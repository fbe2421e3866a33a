"""The plans and annual reports of the demo: published in their time, late, not told of, or explained."""

from dataclasses import dataclass
from datetime import date

from cycle_tracker.cli.demo.chances import days, in_office_hours, lot, one_in, working_day
from cycle_tracker.cli.demo.parts import EXPLANATIONS, HOLDS_FOR_DAYS, UNPUBLISHED, Part, part_of
from cycle_tracker.domain.kinds import Kind
from cycle_tracker.models import Milestone, Partnership, Publication, User
from cycle_tracker.services.explanations import note_expected_date
from cycle_tracker.services.milestones import start_milestone
from cycle_tracker.services.publications import record_publication, tell_scottish_government

EXPLAINED_AFTER = days(35)
"""So long after the guidance date the governance group noted the explanation."""

RAN_OUT = days(24)
"""So long before the demo's day the new expected date of an explanation passed."""

RECEIVED_WITHIN = days(21)


@dataclass(frozen=True)
class Scene:
    """One partnership on the demo's day, with the people who act in it, and the day on which its past was entered."""

    partnership: Partnership
    on: date
    joined_on: date
    lead: User
    chair: User | None

    @property
    def slug(self) -> str:
        """The partnership's short name."""
        return self.partnership.slug

    def recorded_on(self, day: date, *names: str) -> date:
        """When it was put down here what happened on `day`: in the weeks after joining, or that day."""
        return max(day, working_day(self.joined_on + days(5 + lot(20, self.slug, *names))))


def play_document(document: Milestone, scene: Scene) -> None:
    """Give a document its history up to the demo's day."""
    part = part_of(document, scene.slug, scene.on)
    if document.opens_on is not None and document.opens_on >= scene.on:
        return
    published_on = None if part in UNPUBLISHED else _published_on(document, part, scene)
    if published_on is not None and published_on < scene.on:
        _publish(document, published_on, scene, tell=part is not Part.NOT_TOLD)
    elif _is_begun(document, scene):
        _leave_unpublished(document, part, scene)


def _published_on(document: Milestone, part: Part, scene: Scene) -> date:
    """The day of publication that goes with the part. Before 2020 no guidance named a month for a report."""
    chance = (scene.slug, document.key, "published")
    if document.target_on is None:
        return working_day(document.reports_on + days(100 + lot(160, *chance)))
    if part is Part.JUST_NOW:
        return working_day(scene.on - days(4 + lot(9, *chance)))
    if part is Part.NOT_TOLD:
        return working_day(document.target_on + days(12 + lot(35, *chance)))
    if part is Part.LATE:
        return working_day(document.target_on + days(8 + lot(50, *chance)))
    return working_day(document.target_on - days(lot(26, *chance)))


def _publish(document: Milestone, published_on: date, scene: Scene, *, tell: bool) -> None:
    recorded_on = scene.recorded_on(published_on, document.key)
    publication = record_publication(
        document,
        address=_address(document, scene.slug),
        published_on=None if _is_day_forgotten(document, scene) else published_on,
        tell_government=False,
        by=scene.lead,
        today=recorded_on,
        now=in_office_hours(recorded_on, document.key),
    )
    if tell:
        _tell_government(publication, working_day(published_on + days(lot(5, scene.slug, document.key))), scene)


def _tell_government(publication: Publication, sent_on: date, scene: Scene) -> None:
    """Sent, and received some days later; what was sent of late is still to be received."""
    document = publication.milestone
    recorded_on = scene.recorded_on(sent_on, document.key, "sent")
    copy = tell_scottish_government(
        publication, sent_on=sent_on, by=scene.lead, now=in_office_hours(recorded_on, document.key), mail=False
    )
    if sent_on + RECEIVED_WITHIN < scene.on:
        copy.received_on = working_day(sent_on + days(2 + lot(9, scene.slug, document.key)))


def _leave_unpublished(document: Milestone, part: Part, scene: Scene) -> None:
    began_on = scene.recorded_on(working_day(_window_opens_on(document) + days(20)), document.key)
    if began_on < scene.on:
        start_milestone(document, by=scene.lead, now=in_office_hours(began_on, document.key))
    if part in (Part.EXPLAINED, Part.RUN_OUT, Part.NOT_SHARED):
        _explain(document, part, scene)


def _explain(document: Milestone, part: Part, scene: Scene) -> None:
    """The lead proposed a new expected date and the governance group noted it, unless that day is still to come."""
    if document.target_on is None or scene.chair is None:
        return
    noted_on = working_day(document.target_on + EXPLAINED_AFTER)
    if noted_on >= scene.on:
        return
    ahead = days(HOLDS_FOR_DAYS.get(scene.slug, 40))
    note_expected_date(
        document,
        working_day(scene.on - RAN_OUT if part is Part.RUN_OUT else scene.on + ahead),
        EXPLANATIONS[scene.slug],
        shared=part is not Part.NOT_SHARED,
        by=scene.chair,
        proposed_by=scene.lead,
        today=noted_on,
        now=in_office_hours(noted_on, document.key),
    )


def _is_begun(document: Milestone, scene: Scene) -> bool:
    return _window_opens_on(document) < scene.on


def _window_opens_on(document: Milestone) -> date:
    """The day from which work on a document shows: for a plan, three months before its period."""
    if document.opens_on is not None:
        return document.opens_on
    return document.cycle.period.start - days(90)


def _is_day_forgotten(document: Milestone, scene: Scene) -> bool:
    """Of a few reports of the first period nobody knows the day any more."""
    return document.target_on is None and one_in(9, scene.slug, document.key, "forgotten")


def _address(document: Milestone, slug: str) -> str:
    if document.kind is Kind.PLAN:
        name = f"plan-{document.cycle.period.name}"
    else:
        name = f"annual-report-{document.reports_on.year - 1}-{document.reports_on.year % 100:02d}"
    return f"https://www.{slug}.example.org/children/{name}"
