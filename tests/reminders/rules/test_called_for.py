"""What the sweep is given in one answer: notices with their audience, the rungs reached, and the day to ask again."""

from dataclasses import replace
from datetime import date, timedelta

from cycle_tracker.core.audiences import Audience
from cycle_tracker.reminders.rules.policies import DOCUMENT_POLICY, STEP_POLICY
from cycle_tracker.reminders.rules.reminders import StageReached, called_for
from cycle_tracker.reminders.rules.steps import explain_on, named_day_of
from tests.reminders.rules.test_reminders import REPORT, STEP

DAY = timedelta(days=1)
DUE = date(2026, 5, 14)


def test_the_rungs_are_those_reached_each_with_its_audiences() -> None:
    found = called_for(REPORT, DOCUMENT_POLICY, (), date(2026, 7, 14)).rungs
    assert list(found) == [
        StageReached(1, (Audience.OWNER, Audience.LEAD), date(2026, 7, 1)),
        StageReached(14, (Audience.GOVERNANCE,), date(2026, 7, 14)),
    ]


def test_a_notice_says_as_what_somebody_is_told() -> None:
    found = called_for(STEP, STEP_POLICY, ["on-day"], DUE + DAY).notices
    assert {(one.addressee, one.audience) for one in found} == {("user:1", Audience.OWNER), ("user:2", Audience.LEAD)}


def test_a_document_entered_on_the_day_of_the_offer_is_offered_an_explanation() -> None:
    assert REPORT.explain_by_target is not None
    offered_on = explain_on(REPORT.explain_by_target, REPORT.calendar)
    for entered_on, is_offered in ((offered_on, True), (offered_on + DAY, False)):
        report = replace(REPORT, entered_on=entered_on)
        found = called_for(report, DOCUMENT_POLICY, (), offered_on + 2 * DAY).notices
        names = {step for one in found for step in (one.step, *one.overtook)}
        assert ("explain" in names) is is_offered


def test_a_step_names_its_day() -> None:
    assert named_day_of("before-14", DUE) == date(2026, 4, 30)
    assert named_day_of("on-day", DUE) == DUE
    assert named_day_of("overdue-8", DUE) == date(2026, 5, 22)
    assert named_day_of("rung-14", DUE) is None
