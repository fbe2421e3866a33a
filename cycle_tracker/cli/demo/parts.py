"""Which partnership plays which part, so that every state is there to be seen.

The parts are for two documents only: the last report, which is the newest one so long past its guidance date that
it is outstanding unless it is published or explained, and the present plan. All others were published in their time.
"""

from datetime import date
from enum import StrEnum

from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from cycle_tracker.cli.demo.chances import one_in
from cycle_tracker.cli.demo.scenes import Act
from cycle_tracker.core.document_states import last_day_before_outstanding, report_guidance_date
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership

# The partnership that has an account for every role.
STAR = "moray"

# It uses the service from this day, and nothing of its past is recorded yet.
JOINED_TODAY = "orkney-islands"

# Nobody sits in its governance group, so what should come to the group reaches nobody, and that shows.
WITHOUT_GROUP = "shetland-islands"

# It revised its newest report.
REVISES = "fife"

# It revises its plan: the revision is in preparation.
REVISES_PLAN = "south-ayrshire"


class Part(StrEnum):
    """What becomes of a document."""

    ON_TIME = "on time"
    LATE = "late"
    JUST_NOW = "published in the last days, not received yet"
    NOT_TOLD = "published, not sent to the Scottish Government"
    PREPARED = "prepared, not published"
    INTERIM = "an interim plan published"
    UNEXPLAINED = "not published, no explanation"
    EXPLAINED = "not published, with a current explanation"
    RUN_OUT = "not published, with an explanation whose date has passed"
    NOT_SHARED = "not published, with an explanation that officials do not see"


UNPUBLISHED = frozenset({Part.PREPARED, Part.INTERIM, Part.UNEXPLAINED, Part.EXPLAINED, Part.RUN_OUT, Part.NOT_SHARED})

LAST_REPORT = {
    STAR: Part.UNEXPLAINED,
    "clackmannanshire": Part.UNEXPLAINED,
    "inverclyde": Part.UNEXPLAINED,
    "west-dunbartonshire": Part.UNEXPLAINED,
    "argyll-and-bute": Part.EXPLAINED,
    "south-lanarkshire": Part.EXPLAINED,
    "dumfries-and-galloway": Part.RUN_OUT,
    "na-h-eileanan-siar": Part.NOT_SHARED,
    "highland": Part.JUST_NOW,
    "midlothian": Part.JUST_NOW,
}

PRESENT_PLAN = {
    WITHOUT_GROUP: Part.UNEXPLAINED,
    "tayside": Part.EXPLAINED,
    "west-lothian": Part.NOT_TOLD,
    "stirling": Part.PREPARED,
    "renfrewshire": Part.INTERIM,
}

EXPLANATIONS = {
    "argyll-and-bute": "The council has approved the report. The health board will consider it at its next meeting.",
    "south-lanarkshire": "The officer who drafts the report left. A new officer has started, and a draft goes to the "
    "lead bodies next month.",
    "dumfries-and-galloway": "Partners sent figures for two indicators late. We will publish the report within weeks.",
    "na-h-eileanan-siar": "The Gaelic edition is being translated, and we will publish both editions together.",
    "tayside": "Three of the four lead bodies have approved the plan. The fourth will consider it at its next "
    "committee.",
}

# How far ahead of the demo's day the new expected date of an explanation lies.
HOLDS_FOR_DAYS = {"argyll-and-bute": 26, "south-lanarkshire": 47, "na-h-eileanan-siar": 40, "tayside": 33}


def part_of(document: Milestone, act: Act, on: date) -> Part:
    """The part that a document plays on the demo's day."""
    slug = act.scene.slug
    special = _part_of_plan(slug, act, on) if document.kind is Kind.PLAN else _part_of_report(document, slug, on)
    if special is not None:
        return special
    return Part.LATE if one_in(5, slug, document.key) else Part.ON_TIME


def last_report(partnership: Partnership, on: date) -> Milestone:
    """The last report of a partnership, whatever became of it."""
    return db.session.scalars(
        select(Milestone).where(
            Milestone.partnership_id == partnership.id,
            Milestone.kind == Kind.ANNUAL_REPORT,
            Milestone.target_on == _last_report_target(on),
        )
    ).one()


def first_notices_on(on: date) -> date:
    """The 1 April about two and a half years before the demo's day, from which the others use the service."""
    day = on - relativedelta(months=30)
    first = date(day.year, 4, 1)
    return first if first <= day else date(day.year - 1, 4, 1)


def _part_of_plan(slug: str, act: Act, on: date) -> Part | None:
    return PRESENT_PLAN.get(slug) if act.period.start <= on <= act.period.end else None


def _part_of_report(report: Milestone, slug: str, on: date) -> Part | None:
    """Where the last report is not published, no newer one is either."""
    last = _last_report_target(on)
    part = LAST_REPORT.get(slug)
    if part is None or report.target_on is None or report.target_on < last:
        return None
    if report.target_on == last:
        return part
    return Part.UNEXPLAINED if part in UNPUBLISHED else None


def _last_report_target(on: date) -> date:
    """The newest guidance date of a report on which nothing is left but to be published, explained or outstanding."""
    target = report_guidance_date(on.year)
    return target if last_day_before_outstanding(target) < on else report_guidance_date(on.year - 1)
