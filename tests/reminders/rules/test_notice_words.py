"""Notices and policies in words."""

import pytest

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.kinds import Kind
from cycle_tracker.reminders.rules.notice_words import (
    AUDIENCE_WORDS,
    KINDS_TOGETHER,
    YOU_ARE,
    before_words,
    policy_words,
    repeats_words,
    rungs_words,
    step_words,
    when_words,
)
from cycle_tracker.reminders.rules.policies import (
    ACTION_POLICY,
    DOCUMENT_POLICY,
    REPORT_POLICY,
    STEP_POLICY,
    Gaps,
    Policy,
)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("before-28", "28 days before"),
        ("before-1", "1 day before"),
        ("on-day", "On the day"),
        ("overdue-8", "8 days after"),
        ("rung-1", "1 day after (first escalation stage)"),
        ("rung-14", "14 days after (escalation stage)"),
        ("explain", "Time to explain, before it is outstanding"),
        ("assigned", "Given to a new owner"),
        ("answered", "Answered by a contact"),
        ("raised-group", "Escalated to the governance group"),
        ("raised-national", "Escalated to the Scottish Government escalation group"),
        ("something-new", "Something new"),
    ],
)
def test_a_step_is_told_in_words(step: str, words: str) -> None:
    assert step_words(step) == words


def test_every_audience_and_kind_has_words() -> None:
    assert set(AUDIENCE_WORDS) == set(YOU_ARE) == set(Audience)
    assert set(KINDS_TOGETHER) == set(Kind)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("before-28", "28 days before the guidance date, 30 June 2026"),
        ("on-day", "On the guidance date, 30 June 2026"),
        ("overdue-1", "1 day after the guidance date, 30 June 2026"),
        ("rung-14", "14 days after the guidance date, 30 June 2026"),
        ("assigned", "Given to a new owner (guidance date 30 June 2026)"),
    ],
)
def test_a_moment_names_its_date(step: str, words: str) -> None:
    assert when_words(step, "guidance date", "30 June 2026") == words


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("", "the standard settings for annual reports"),
        ("all", "the national settings for all milestones"),
        ("kind:annual-report", "the national settings for annual reports"),
        ("partnership:3", "the settings that Moray chose"),
        ("partnership:3/kind:annual-report", "the settings that Moray chose for annual reports"),
    ],
)
def test_a_policy_is_named_by_where_it_holds(place: str, words: str) -> None:
    assert policy_words(place, Kind.ANNUAL_REPORT, "Moray") == words


def test_a_policy_is_told_in_three_lines() -> None:
    assert before_words(DOCUMENT_POLICY) == "28, 14, 7 and 1 days before, and on the day"
    assert before_words(REPORT_POLICY) == (
        "On the first working day on which it can be written, then 28, 14, 7 and 1 days before, and on the day"
    )
    assert before_words(ACTION_POLICY) == "14 days before"
    assert before_words(Policy((7, 3), 1, None, ())) == "7 and 3 days before"
    assert before_words(Policy((1,), 1, None, ())) == "1 day before"
    assert before_words(Policy((0,), 1, None, ())) == "On the day"
    assert before_words(Policy((), 1, None, ())) == "No reminders before the due date"
    assert repeats_words(STEP_POLICY) == "1 day after, then every 7 days until 57 days after, then every 28 days"
    assert repeats_words(ACTION_POLICY) == "1 day after, once"
    assert repeats_words(Policy((), 2, Gaps(1), ())) == "2 days after, then every day"
    assert rungs_words(STEP_POLICY) == (
        "1 day after: owner and planning leads; 28 days after: governance group (no email)"
    )
    assert rungs_words(Policy((), 1, None, ())) == "No escalation"
