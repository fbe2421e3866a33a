"""Opening a partnership's cycle."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.periods import Period
from cycle_tracker.cycles.services.cycles import find_cycle, open_cycle
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import ClosureDay, Partnership
from tests.factories import LONG_AGO
from tests.support.days import moment

pytestmark = pytest.mark.alike_on_both_databases

PERIOD = Period.named("2026-29")
ENTERED = date(2024, 4, 1)
NOW = moment(ENTERED)


@pytest.fixture
def moray(core_app: Flask) -> Partnership:
    load_reference(NOW)
    for partnership in db.session.scalars(select(Partnership).order_by(Partnership.id)):
        partnership.notify_from = LONG_AGO
    db.session.flush()
    return db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()


def open_it(partnership: Partnership, period: Period = PERIOD, *, core_only: bool = False) -> Cycle:
    return open_cycle(partnership, period, core_only=core_only, entered_on=ENTERED, by=None, now=NOW)


def milestones(cycle: Cycle) -> dict[str, Milestone]:
    """By the key within the cycle, in the order of the template."""
    found = db.session.scalars(select(Milestone).where(Milestone.cycle_id == cycle.id).order_by(Milestone.id))
    return {milestone.key.removeprefix("2026-29."): milestone for milestone in found}


def test_a_cycle_holds_every_step_under_its_own_key(moray: Partnership) -> None:
    cycle = open_it(moray)
    assert cycle.template_edition.edition == "guidance-2020"
    made = milestones(cycle)
    assert len(made) == 29
    assert list(made)[:3] == ["lead-and-timetable", "needs-assessment", "invite-bodies"]
    assert {milestone.state for milestone in made.values()} == {State.NOT_STARTED}
    assert all(milestone.due_on == milestone.target_on for milestone in made.values())
    assert {milestone.entered_on for milestone in made.values()} == {ENTERED}
    (event,) = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id))
    assert (event.subject, event.action, event.partnership_id) == ("cycle", "opened", moray.id)


def test_opening_it_again_gives_the_one_that_is_there(moray: Partnership) -> None:
    cycle = open_it(moray)
    assert open_it(moray) is cycle
    assert find_cycle(moray, PERIOD) is cycle
    assert find_cycle(moray, PERIOD.next()) is None
    assert db.session.scalar(select(func.count(AuditEvent.id))) == 1


def test_steps_know_what_they_come_after_and_what_their_date_hangs_on(moray: Partnership) -> None:
    made = milestones(open_it(moray))
    names = {milestone.id: name for name, milestone in made.items()}
    assert {name: [names[one.id] for one in milestone.predecessors] for name, milestone in made.items()} == {
        **dict.fromkeys(made, []),
        "needs-assessment": ["lead-and-timetable"],
        "engage-families": ["scope-consultation"],
        "priorities": ["needs-assessment"],
        "resources": ["priorities"],
        "draft-plan": ["priorities"],
        "consultation-opening": ["draft-plan"],
        "consultation-closing": ["consultation-opening"],
        "approvals": ["consultation-closing"],
        "plan-prepared": ["approvals"],
        "annual-report-1": ["draft-report-1"],
        "annual-report-2": ["draft-report-2"],
        "annual-report-3": ["draft-report-3"],
        "close-cycle": ["annual-report-3"],
    }
    plan = made["plan-prepared"].id
    review = db.session.scalars(select(Milestone).where(Milestone.key == "2026-29.national-review")).one()
    assert {name: milestone.follows_id for name, milestone in made.items() if milestone.follows_id} == {
        "send-to-ministers": plan,
        "send-to-providers": plan,
        "publish-plan": plan,
        "tell-government-1": made["annual-report-1"].id,
        "tell-government-2": made["annual-report-2"].id,
        "tell-government-3": made["annual-report-3"].id,
        "reply-to-feedback": review.id,
    }


def test_the_core_alone_stands_without_what_it_leaves_out(moray: Partnership) -> None:
    made = milestones(open_it(moray, core_only=True))
    assert list(made) == [
        "plan-prepared",
        "send-to-ministers",
        "publish-plan",
        "annual-report-1",
        "annual-report-2",
        "annual-report-3",
    ]
    assert not [one for milestone in made.values() for one in milestone.predecessors]
    assert made["publish-plan"].follows_id == made["plan-prepared"].id


def test_the_national_review_is_made_once_for_all_and_has_no_notices(moray: Partnership) -> None:
    open_it(moray)
    fife = db.session.scalars(select(Partnership).where(Partnership.slug == "fife")).one()
    open_it(fife)
    review = db.session.scalars(select(Milestone).where(Milestone.partnership_id.is_(None))).one()
    assert (review.cycle_id, review.due_on, review.next_notice_on) == (None, date(2028, 6, 1), None)


def test_bookmarks_start_on_the_first_day_on_which_anything_may_be_told(moray: Partnership) -> None:
    made = milestones(open_it(moray))
    assert made["lead-and-timetable"].next_notice_on == date(2024, 12, 18)
    assert made["annual-report-1"].next_notice_on == date(2027, 4, 1)
    assert made["plan-prepared"].next_notice_on == date(2026, 3, 4)
    assert made["send-to-ministers"].next_notice_on is None


def test_closure_days_of_the_partnership_move_its_bookmarks_and_nobody_elses(moray: Partnership) -> None:
    for day in (date(2027, 4, 1), date(2027, 4, 2)):
        db.session.add(ClosureDay(partnership_id=moray.id, day=day, name="Local holiday"))
    db.session.add(ClosureDay(partnership_id=None, day=date(2026, 3, 4), name="Everywhere"))
    db.session.flush()
    fife = db.session.scalars(select(Partnership).where(Partnership.slug == "fife")).one()
    in_moray, in_fife = milestones(open_it(moray)), milestones(open_it(fife))
    assert in_moray["annual-report-1"].next_notice_on == date(2027, 4, 5)  # Monday
    assert in_fife["annual-report-1"].next_notice_on == date(2027, 4, 1)
    assert in_moray["plan-prepared"].next_notice_on == in_fife["plan-prepared"].next_notice_on == date(2026, 3, 3)


def test_what_fell_due_before_the_partnership_joined_has_no_bookmark(moray: Partnership) -> None:
    moray.notify_from = date(2025, 9, 1)
    made = milestones(open_it(moray))
    silent = {name for name, one in made.items() if one.due_on is not None and one.next_notice_on is None}
    assert silent == {"lead-and-timetable", "needs-assessment", "scope-consultation"}


def test_the_first_period_keeps_the_first_edition_and_its_reports_no_guidance_date(moray: Partnership) -> None:
    cycle = open_it(moray, Period.named("2017-20"))
    assert cycle.template_edition.edition == "guidance-2016"
    reports = db.session.scalars(select(Milestone).where(Milestone.key.like("2017-20.annual-report-%"))).all()
    assert [(one.target_on, one.due_on, one.next_notice_on) for one in reports] == [(None, None, None)] * 3
