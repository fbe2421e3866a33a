"""The subjects and footers of digests: what is asked and where, and the true reason why this reader got it."""

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.calendar import DAY
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.reminders.queries.waiting import NoticeLine
from cycle_tracker.reminders.services.words.digests import digest_words
from cycle_tracker.reminders.services.words.parts import Reader
from cycle_tracker.reminders.services.words.reasons import reason_words
from cycle_tracker.reminders.services.words.states import state_words
from cycle_tracker.reminders.services.words.subjects import subject_words
from cycle_tracker.reminders.services.words.unshared import unshared_note

TODAY = date(2026, 7, 3)
DUE_ON = date(2026, 6, 30)
REPORT = NoticeLine(
    notice_id=1,
    user_id=7,
    contact_id=None,
    milestone_id=1,
    step="overdue-1",
    audience=Audience.OWNER,
    at_once=False,
    due_on=DUE_ON,
    overtook=(),
    queued_on=TODAY,
    message_id=None,
    key="2023-26.annual-report-3",
    title="Annual report on 2025–26",
    kind=Kind.ANNUAL_REPORT,
    state=State.NOT_STARTED,
    milestone_due_on=DUE_ON,
    target_on=DUE_ON,
    expected_date=False,
    reports_on=None,
    duty_basis=Basis.STATUTE,
    duty_citation="",
    date_basis=Basis.GUIDANCE,
    date_citation="",
    partnership_id=3,
    partnership="Moray",
    slug="moray",
    escalation_id=None,
    owner_id=7,
)
TODAYS = replace(REPORT, milestone_id=2, due_on=TODAY, step="on-day")
AHEAD = replace(REPORT, milestone_id=3, due_on=date(2026, 7, 17), step="before-14")
SUNDAYS = replace(REPORT, milestone_id=8, due_on=date(2026, 7, 5), step="before-3")
LATER = replace(REPORT, milestone_id=9, due_on=date(2026, 12, 1), step="before-180")
OPENING = replace(REPORT, milestone_id=7, due_on=date(2026, 9, 30), step="opens")
FAR = replace(REPORT, milestone_id=4, due_on=date(2028, 6, 30), step="assigned")
DECISION = replace(REPORT, milestone_id=5, step="rung-14", audience=Audience.GOVERNANCE)
LED = replace(REPORT, milestone_id=6, step="rung-1", audience=Audience.LEAD, owner_id=8)


@pytest.mark.parametrize(
    ("line", "subject"),
    [
        (REPORT, "Annual report on 2025–26, Moray: overdue by 3 days"),
        (replace(REPORT, due_on=date(2026, 7, 2)), "Annual report on 2025–26, Moray: overdue by 1 day"),
        (TODAYS, "Annual report on 2025–26, Moray: due today"),
        (AHEAD, "Annual report on 2025–26, Moray: due in 14 days"),
        (OPENING, "Annual report on 2025–26, Moray: can be written now"),
        (replace(OPENING, title="Report"), "Report, Moray: can be written now, due 30 September 2026"),
        (FAR, "New for you: Annual report on…, Moray: due in June 2028"),
        (DECISION, "Decision needed: Annual report on 2025–26, Moray"),
        (replace(REPORT, step="answered"), "Answered: Annual report on 2025–26, Moray"),
        (replace(LED, step="explain"), "Add an explanation: Annual report on 2025–26, Moray"),
        (replace(REPORT, step="explain"), "Explanation needed: Annual report on 2025–26, Moray"),
        (SUNDAYS, "Annual report on 2025–26, Moray: due on Sunday"),
        (replace(SUNDAYS, title="Report"), "Report, Moray: due on Sunday, not a working day"),
        (
            replace(REPORT, partnership="Dumfries and Galloway"),
            "Annual report on 2025–26, Dumfries and Galloway: overdue",
        ),
        (
            replace(REPORT, partnership="Na h-Eileanan Siar (Outer Hebrides)"),
            "Annual report on 2025–26, Na h-Eileanan Siar: overdue",
        ),
        (
            replace(REPORT, title="Send a copy of the plan to each of the other service providers"),
            "Send a copy of the plan to each…, Moray: overdue by 3 days",
        ),
    ],
)
def test_the_subject_for_one_milestone_names_what_is_asked_and_the_place(line: NoticeLine, subject: str) -> None:
    assert subject_words([line], TODAY, new={FAR.milestone_id}) == subject
    assert len(subject) <= 60


@pytest.mark.parametrize(
    ("lines", "subject"),
    [
        ([REPORT, LED], "Moray: 2 milestones overdue"),
        ([TODAYS, TODAYS], "Moray: 2 milestones due today"),
        ([TODAYS, AHEAD], "Moray: 2 milestones due soon"),
        ([FAR, FAR], "Moray: 2 milestones new for you"),
        ([OPENING, OPENING], "Moray: 2 reports can be written now"),
        ([OPENING, AHEAD], "Moray: 1 can be written now, 1 due soon"),
        ([LATER, LATER], "Moray: 2 milestones due later"),
        ([LATER, AHEAD, FAR], "Moray: 1 new for you, 1 due soon, 1 due later"),
        ([DECISION, DECISION], "Moray: 2 decisions needed from your group"),
        ([REPORT, TODAYS], "Moray: 1 overdue, 1 due soon"),
        ([DECISION, REPORT, FAR, AHEAD], "Moray: 1 decision needed, 1 overdue, 1 new for you, 1 due soon"),
        ([REPORT, replace(LED, partnership="Fife")], "2 milestones overdue"),
    ],
)
def test_the_subject_for_several_counts_them(lines: list[NoticeLine], subject: str) -> None:
    assert subject_words(lines, TODAY, new={FAR.milestone_id}) == subject


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([REPORT], "you own this milestone"),
        ([REPORT, AHEAD], "you own these milestones"),
        ([REPORT, LED], "you own 1 of these milestones and you are a planning lead for Moray"),
        ([LED, replace(LED, partnership="Fife")], "you are a planning lead for Fife and Moray"),
        (
            [replace(LED, partnership=place) for place in ("Angus", "Fife", "Moray", "Perth and Kinross")],
            "you are a planning lead for 4 partnerships",
        ),
        ([DECISION], "you are in the governance group for Moray"),
        ([replace(DECISION, audience=Audience.CHAIR)], "you chair the governance group for Moray"),
        ([replace(DECISION, audience=Audience.NATIONAL)], "you are in the Scottish Government escalation group"),
        ([replace(REPORT, owner_id=None)], "this milestone has no owner we can email"),
    ],
)
def test_the_reason_is_what_is_true_of_this_reader(lines: list[NoticeLine], reason: str) -> None:
    assert reason_words(lines, covers={}, is_contact=False) == f"You get this because {reason}."


def test_who_covers_and_who_has_no_account_read_their_own_reason() -> None:
    covering = reason_words([REPORT], covers={7: "Ailsa Grant"}, is_contact=False)
    assert covering == "You get this because you are covering for Ailsa Grant."
    asked = reason_words([REPORT], covers={}, is_contact=True)
    assert asked == "You get this because Moray gave us your address."


THURSDAY, FRIDAY = date(2026, 7, 2), date(2026, 7, 3)


@pytest.mark.parametrize(
    ("line", "today", "words"),
    [
        (AHEAD, TODAY, "Due in 14 days (guidance date 17 July 2026)"),
        (FAR, TODAY, "Due in June 2028 (guidance date 30 June 2028)"),
        (SUNDAYS, THURSDAY, "Due on Sunday, not a working day (guidance date 5 July 2026)"),
        (replace(SUNDAYS, step="on-day"), FRIDAY, "Due on Sunday, not a working day (guidance date 5 July 2026)"),
        (replace(SUNDAYS, step="overdue-1"), date(2026, 7, 6), "Overdue by 1 day (guidance date 5 July 2026)"),
        (replace(TODAYS, due_on=date(2026, 7, 4)), date(2026, 7, 4), "Due today (guidance date 4 July 2026)"),
        (OPENING, TODAY, "You can write it now. It is due on 30 September 2026 (guidance date)"),
        (OPENING, date(2026, 9, 30), "Due today (guidance date 30 September 2026)"),
        (replace(REPORT, expected_date=True), TODAY, "Overdue by 3 days (new expected date 30 June 2026)"),
    ],
)
def test_a_line_says_how_far_off_its_date_is_and_the_same_on_each_day_before_a_sunday(
    line: NoticeLine, today: date, words: str
) -> None:
    assert state_words(line, today) == words


def test_the_first_line_of_an_offer_to_explain_is_what_is_asked(core_app: Flask) -> None:
    offered = replace(LED, step="explain", target_on=DUE_ON)
    words = digest_words([offered], TODAY, reader=READER, identity="m", key="k", service_url="https://x.test")
    assert words["first_line"] == (
        "Annual report on 2025–26, Moray. This will be outstanding from 30 August 2026. Add an explanation with a new "
        "expected date. Your governance group or an official then agrees it."
    )


READER = Reader("Ailsa Grant", "ailsa@example.test", user_id=7)


def test_the_day_before_a_date_on_a_weekend_the_subject_keeps_the_title() -> None:
    line = replace(SUNDAYS, title="Draft and approve the annual report on 2026–27")
    assert subject_words([line], FRIDAY, new=()) == "Draft and approve the annual report…, Moray: due on Sunday"
    saturday = replace(line, due_on=FRIDAY + DAY)
    assert subject_words([saturday], FRIDAY, new=()) == "Draft and approve the annual report…, Moray: due on Saturday"


def test_of_an_explanation_that_is_not_shared_an_email_says_that_officials_still_count(core_app: Flask) -> None:
    due_on = date(2026, 7, 17)
    unshared = replace(REPORT, due_on=due_on, expected_date=True, is_unshared=True, step="before-14")
    counted = "Your group agreed the new date, but officials cannot see the explanation and still count the days."
    assert unshared_note(unshared, TODAY) == f"{counted} A planning lead can share it on the page."
    of_lead = replace(unshared, audience=Audience.LEAD, owner_id=8)
    assert unshared_note(of_lead, TODAY) == f"{counted} You can share it on the page."
    for other in (
        replace(unshared, is_unshared=False),
        replace(unshared, audience=Audience.CONTACT),
        replace(unshared, target_on=TODAY),
        replace(unshared, target_on=None),
    ):
        assert unshared_note(other, TODAY) == ""
    words = digest_words([unshared], TODAY, reader=READER, identity="m", key="k", service_url="https://x.test")
    assert counted in words["sections"][0].items[0].note
