"""The plans and annual reports of the demo: published in their time, late, not told of, or explained."""

from datetime import date

from cycle_tracker.cli.demo.acts.papers import approve_before
from cycle_tracker.cli.demo.acts.past import Past
from cycle_tracker.cli.demo.acts.steps import usual_day
from cycle_tracker.cli.demo.chances import clear_of_christmas, days, in_office_hours, lot, one_in, working_day
from cycle_tracker.cli.demo.parts import EXPLANATIONS, HOLDS_FOR_DAYS, REVISES, STAR, UNPUBLISHED, Part, part_of
from cycle_tracker.cli.demo.scenes import Act, Scene
from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.kinds import Kind
from cycle_tracker.documents.services.approvals import record_preparation
from cycle_tracker.documents.services.explanations import note_expected_date
from cycle_tracker.documents.services.newer_versions import record_newer_version
from cycle_tracker.documents.services.publications import record_copy_to_government, record_publication
from cycle_tracker.documents.services.receipts import record_receipts
from cycle_tracker.milestones.rules.date_rules import DateRule
from cycle_tracker.milestones.services.milestones import start_milestone
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Publication, Version

# So long after the guidance date, or later, the governance group noted the explanation.
EXPLAINED_AFTER = days(35)
# So long before the demo's day, or earlier where the guidance date is near: what it says of meetings to come is so.
EXPLAINED_BEFORE = days(20)

# So long before the demo's day the new expected date of an explanation passed.
RAN_OUT = days(24)

# What was published so long ago, or less, was recorded on the page.
OF_LATE = days(365)

# So long after its newest report a partnership revised it.
REVISED_AFTER = days(40)

RECEIVED_WITHIN = days(21)
PLAN_IN_SIGHT = days(90)
# So long before the demo's day a plan was prepared that is not published.
PREPARED_BEFORE = days(20)


def play_document(document: Milestone, act: Act, past: Past) -> None:
    """Give a document its history up to the demo's day."""
    scene = act.scene
    opens_on = _window_opens_on(document, act)
    if opens_on >= scene.on:
        return
    part = part_of(document, act, scene.on)
    published_on = None if part in UNPUBLISHED else _published_on(document, part, act)
    if published_on is None or published_on >= scene.on:
        _leave_unpublished(document, part, opens_on, scene)
    elif published_on + OF_LATE < scene.on:
        _publish_long_ago(document, published_on, act, past)
    else:
        _publish(document, published_on, act, send=part is not Part.NOT_TOLD)


def _published_on(document: Milestone, part: Part, act: Act) -> date:
    """The day of publication that goes with the part. Before 2020 no guidance named a month for a report."""
    on, chance = act.scene.on, (act.scene.slug, document.key, "published")
    if document.target_on is None:
        return working_day(_year_end(document) + days(100 + lot(160, *chance)))
    if part is Part.JUST_NOW:
        return working_day(on - days(4 + lot(9, *chance)))
    if part is Part.NOT_TOLD:
        return working_day(document.target_on + days(12 + lot(35, *chance)))
    if part is Part.LATE:
        return working_day(document.target_on + days(8 + lot(50, *chance)))
    return working_day(document.target_on - days(lot(26, *chance)))


def _publish(document: Milestone, published_on: date, act: Act, *, send: bool) -> None:
    scene = act.scene
    if document.kind is Kind.PLAN:
        if scene.slug == STAR:
            _publish_draft(document, published_on, act)
        approve_before(document, published_on, scene)
    publication = record_publication(
        document,
        address=_address(document, act),
        published_on=published_on,
        send_to_ministers=False,
        by=scene.lead,
        today=published_on,
        now=in_office_hours(published_on, document.key),
    )
    if send:
        _send_to_ministers(publication, _sent_on(document, published_on, scene), scene)
    revised_on = working_day(published_on + REVISED_AFTER)
    if send and scene.slug == REVISES and document.kind is Kind.ANNUAL_REPORT and revised_on < scene.on - days(5):
        revised = record_newer_version(
            publication,
            address=f"{_address(document, act)}-revised",
            published_on=revised_on,
            reason="The figures on waiting times were wrong in the first version.",
            reopen=[],
            by=scene.lead,
            today=revised_on,
            now=in_office_hours(revised_on, document.key, "revised"),
        )
        _send_to_ministers(revised, _working_day_from(revised_on + days(1)), scene)


def _publish_draft(plan: Milestone, published_on: date, act: Act) -> None:
    """The draft of a plan, published on the day on which its consultation opens."""
    scene, opening = act.scene, act.document("consultation-opening")
    opened_on = opening.done_on or usual_day(opening, scene)
    if scene.joined_on < opened_on < published_on:
        record_publication(
            plan,
            address=f"{_address(plan, act)}-draft",
            published_on=opened_on,
            send_to_ministers=False,
            by=scene.lead,
            today=opened_on,
            now=in_office_hours(opened_on, plan.key, "draft"),
            version=Version.DRAFT,
        )


def _send_to_ministers(publication: Publication, sent_on: date, scene: Scene) -> None:
    """Sent, and received some days later; what was sent of late is still to be received."""
    document = publication.milestone
    sent_at = in_office_hours(sent_on, document.key, "sent")
    copy = record_copy_to_government(publication, sent_on=sent_on, by=scene.lead, now=sent_at)
    if sent_on + RECEIVED_WITHIN < scene.on:
        received_on = _received_on(document, sent_on)
        received_at = in_office_hours(received_on, document.key, "received")
        record_receipts([(document, copy)], received_on, by=scene.official, today=received_on, now=received_at)


def _publish_long_ago(document: Milestone, day: date, act: Act, past: Past) -> None:
    scene = act.scene
    published_on = None if _is_day_forgotten(document, scene) else day
    sent_on = _sent_on(document, day, scene)
    past.publish(
        document,
        scene,
        address=_address(document, act),
        published_on=published_on,
        sent_on=sent_on,
        received_on=_received_on(document, sent_on),
    )
    for follower in act.followers_of(document):
        rule = DateRule.parse(follower.date_rule)
        due_on = rule.on(act.period, {rule.anchor.removeprefix("@"): published_on} if published_on else {})
        past.follow(follower, due_on)
    for step in act.completed_by(document):
        past.complete(step, scene, published_on=published_on, sent_on=sent_on)


def _leave_unpublished(document: Milestone, part: Part, opens_on: date, scene: Scene) -> None:
    began_on = scene.recorded_on(working_day(opens_on + days(20)), document.key)
    if began_on < scene.on:
        start_milestone(document, by=scene.lead, now=in_office_hours(began_on, document.key))
    if part is Part.PREPARED:
        prepared_on = working_day(scene.on - PREPARED_BEFORE)
        now = in_office_hours(prepared_on, document.key, "prepared")
        record_preparation(document, prepared_on, by=scene.lead, today=prepared_on, now=now)
    elif part is Part.INTERIM:
        _publish_for_a_year(document, scene)
    elif part in (Part.EXPLAINED, Part.RUN_OUT, Part.NOT_SHARED):
        _explain(document, part, scene)


def _publish_for_a_year(plan: Milestone, scene: Scene) -> None:
    """A one-year plan, published in its first days, that covers the demo's day."""
    published_on = working_day((plan.target_on or scene.on) + days(20))
    if published_on >= scene.on:
        return
    end = date(scene.on.year, 3, 31)
    record_publication(
        plan,
        address=f"https://www.{scene.slug}.example.org/children/plan-for-one-year",
        published_on=published_on,
        send_to_ministers=False,
        by=scene.lead,
        today=published_on,
        now=in_office_hours(published_on, plan.key),
        version=Version.INTERIM,
        interim_until=end if end >= scene.on else end.replace(year=end.year + 1),
    )


def _explain(document: Milestone, part: Part, scene: Scene) -> None:
    """The lead proposed a new expected date and the governance group noted it, unless that day is still to come."""
    if document.target_on is None or scene.chair is None:
        return
    noted_on = working_day(document.target_on + EXPLAINED_AFTER)
    if part is not Part.RUN_OUT:
        noted_on = max(noted_on, working_day(scene.on - EXPLAINED_BEFORE))
    if noted_on >= scene.on:
        return
    expected_on = scene.on - RAN_OUT if part is Part.RUN_OUT else scene.on + days(HOLDS_FOR_DAYS[scene.slug])
    note_expected_date(
        document,
        working_day(expected_on) if part is Part.RUN_OUT else clear_of_christmas(working_day(expected_on)),
        EXPLANATIONS[scene.slug],
        shared=part is not Part.NOT_SHARED,
        by=scene.chair,
        proposed_by=scene.lead,
        today=noted_on,
        now=in_office_hours(noted_on, document.key),
    )


def _window_opens_on(document: Milestone, act: Act) -> date:
    """The day from which work on a document shows: for a plan, some months before its period."""
    return document.opens_on or act.period.start - PLAN_IN_SIGHT


def _sent_on(document: Milestone, published_on: date, scene: Scene) -> date:
    return min(scene.on - days(1), _working_day_from(published_on + days(lot(5, scene.slug, document.key, "sent"))))


def _received_on(document: Milestone, sent_on: date) -> date:
    return _working_day_from(sent_on + days(2 + lot(9, document.key, sent_on.isoformat())))


def _working_day_from(day: date) -> date:
    return SCOTLAND.on_or_after(day)


def _is_day_forgotten(document: Milestone, scene: Scene) -> bool:
    """Of a few reports of the first period nobody knows the day any more."""
    return document.target_on is None and one_in(9, scene.slug, document.key, "forgotten")


def _address(document: Milestone, act: Act) -> str:
    name = f"plan-{act.period.name}"
    if document.kind is Kind.ANNUAL_REPORT:
        year_end = _year_end(document)
        name = f"annual-report-{year_end.year - 1}-{year_end.year % 100:02d}"
    return f"https://www.{act.scene.slug}.example.org/children/{name}"


def _year_end(report: Milestone) -> date:
    """The 31 March on which the year that a report covers ended."""
    if report.reports_on is None:
        raise ValueError(f"{report.key} covers no year")
    return report.reports_on
