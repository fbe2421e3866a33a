"""Which notices a milestone calls for: every policy and step, walked day by day."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from cycle_tracker.core.audiences import Audience, EscalationStage
from cycle_tracker.core.calendar import SCOTLAND, WorkingCalendar
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.reminders.rules.policies import (
    ACTION_POLICY,
    DOCUMENT_POLICY,
    REPORT_POLICY,
    STATUTORY_STEP_POLICY,
    STEP_POLICY,
    Gaps,
    Policy,
)
from cycle_tracker.reminders.rules.reminders import (
    NoticeDue,
    first_notice_on,
    next_notice_on,
    stages_reached,
)
from cycle_tracker.reminders.rules.steps import Deadline, may_wait
from tests.support.sweep_rules import notices_due

OWNER, LEAD, MEMBER, OTHER_MEMBER = "user:1", "user:2", "user:3", "user:4"
PEOPLE = {Audience.OWNER: (OWNER,), Audience.LEAD: (LEAD,), Audience.GOVERNANCE: (MEMBER, OTHER_MEMBER)}
GROUP = (Audience.GOVERNANCE,)
LONG_AGO = date(2017, 4, 1)

REPORT = Deadline(
    due_on=date(2026, 6, 30),
    is_open=True,
    entered_on=LONG_AGO,
    is_document=True,
    explain_by_target=date(2026, 6, 30),
    addressees=PEOPLE,
)
STEP = Deadline(due_on=date(2026, 5, 14), is_open=True, entered_on=LONG_AGO, addressees=PEOPLE)

OWN_STAGES = replace(STEP_POLICY, rungs=(STEP_POLICY.rungs[0], EscalationStage(28, GROUP)))
"""What a place may choose for steps: that the group is emailed about them too."""

Told = tuple[str, str, str, str]


def notified(day: date, notice: NoticeDue) -> Told:
    return (f"{day:%-d %b}", notice.addressee, notice.step, " ".join(notice.overtook))


def walk(deadline: Deadline, policy: Policy, first: date, last: date, *, down: Iterable[date] = ()) -> list[Told]:
    """What is told from day to day on Scotland's working days, but for those on which nothing ran."""
    already: set[str] = set()
    seen: list[Told] = []
    day = first
    while day <= last:
        if SCOTLAND.is_working_day(day) and day not in set(down):
            for notice in notices_due(deadline, policy, already, day):
                seen.append(notified(day, notice))
                already.update((notice.step, *notice.overtook))
        day += timedelta(days=1)
    return seen


def span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def test_a_document_is_told_five_times_before_and_ever_more_rarely_after_with_two_rungs() -> None:
    assert walk(REPORT, DOCUMENT_POLICY, date(2026, 5, 1), date(2026, 11, 30)) == [
        ("2 Jun", OWNER, "before-28", ""),
        ("16 Jun", OWNER, "before-14", ""),
        ("23 Jun", OWNER, "before-7", ""),
        ("29 Jun", OWNER, "before-1", ""),
        ("30 Jun", OWNER, "on-day", ""),
        ("1 Jul", OWNER, "overdue-1", ""),
        ("1 Jul", LEAD, "rung-1", ""),
        ("8 Jul", OWNER, "overdue-8", ""),
        ("14 Jul", MEMBER, "rung-14", ""),
        ("14 Jul", OTHER_MEMBER, "rung-14", ""),
        ("15 Jul", OWNER, "overdue-15", ""),
        ("22 Jul", OWNER, "overdue-22", ""),
        ("29 Jul", OWNER, "overdue-29", ""),
        ("5 Aug", OWNER, "overdue-36", ""),
        ("12 Aug", OWNER, "overdue-43", ""),
        ("17 Aug", LEAD, "explain", ""),
        ("17 Aug", OWNER, "explain", ""),
        ("19 Aug", OWNER, "overdue-50", ""),
        ("26 Aug", OWNER, "overdue-57", ""),
        ("23 Sep", OWNER, "overdue-85", ""),
        ("21 Oct", OWNER, "overdue-113", ""),
        ("18 Nov", OWNER, "overdue-141", ""),
    ]


def test_what_an_older_rhythm_told_is_not_told_again_and_swallows_nothing_that_comes_later() -> None:
    """Until now it was every 7 days for good: 64, 71 and 85 days after may have been told already."""
    told = {f"overdue-{days}" for days in range(1, 58, 7)} | {"rung-1", "rung-14", "explain"}
    for older, following in (("overdue-64", 85), ("overdue-78", 85), ("overdue-85", 113), ("overdue-92", 113)):
        on = date(2026, 6, 30) + timedelta(days=following)
        before = next_notice_on(REPORT, DOCUMENT_POLICY, on - timedelta(days=1))
        assert notices_due(REPORT, DOCUMENT_POLICY, {*told, older}, on - timedelta(days=1)) == []
        assert before == on
        assert [one.step for one in notices_due(REPORT, DOCUMENT_POLICY, {*told, older}, on)] == [
            f"overdue-{following}"
        ]


OPENING = replace(REPORT, opens_on=date(2026, 4, 1))


def firsts(deadline: Deadline, policy: Policy = REPORT_POLICY) -> list[tuple[str, str]]:
    return [(day, step) for day, _, step, _ in walk(deadline, policy, date(2026, 3, 2), date(2026, 6, 16))]


def test_a_report_is_told_first_on_the_first_working_day_of_its_time() -> None:
    assert firsts(OPENING) == [("1 Apr", "opens"), ("2 Jun", "before-28"), ("16 Jun", "before-14")]
    assert firsts(replace(OPENING, opens_on=date(2026, 4, 3))) == [  # Good Friday; Easter Monday is no bank holiday
        ("6 Apr", "opens"),
        ("2 Jun", "before-28"),
        ("16 Jun", "before-14"),
    ]
    assert first_notice_on(OPENING, REPORT_POLICY) == date(2026, 4, 1)


def test_the_day_on_which_a_report_opens_is_told_late_and_never_after_a_later_step() -> None:
    down = span(date(2026, 4, 1), date(2026, 4, 20))
    assert walk(OPENING, REPORT_POLICY, date(2026, 4, 1), date(2026, 6, 2), down=down) == [
        ("21 Apr", OWNER, "opens", ""),
        ("2 Jun", OWNER, "before-28", ""),
    ]
    assert [notice.step for notice in notices_due(OPENING, REPORT_POLICY, (), date(2026, 6, 2))] == ["before-28"]
    assert notices_due(OPENING, REPORT_POLICY, {"before-28"}, date(2026, 6, 3)) == []


@pytest.mark.parametrize(
    ("unasked", "policy"),
    [
        (replace(OPENING, entered_on=date(2026, 4, 2)), REPORT_POLICY),
        (replace(OPENING, expected_date=True), REPORT_POLICY),
        (replace(OPENING, notify_from=date(2026, 4, 2)), REPORT_POLICY),
        (replace(OPENING, opens_on=date(2026, 6, 30)), REPORT_POLICY),
        (replace(OPENING, opens_on=None), REPORT_POLICY),
        (OPENING, DOCUMENT_POLICY),
        (OPENING, replace(REPORT_POLICY, before_since=date(2026, 4, 2))),
    ],
    ids=["entered later", "new expected date", "before the service", "no time", "no day", "not asked", "policy later"],
)
def test_some_are_not_told_that_a_report_can_be_written(unasked: Deadline, policy: Policy) -> None:
    assert "opens" not in [step for _, step in firsts(unasked, policy)]


def test_a_step_with_no_statutory_duty_opens_a_stage_for_the_group_after_four_weeks_and_emails_it_nothing() -> None:
    assert walk(STEP, STEP_POLICY, date(2026, 4, 1), date(2026, 6, 20)) == [
        ("30 Apr", OWNER, "before-14", ""),
        ("11 May", OWNER, "before-3", ""),
        ("14 May", OWNER, "on-day", ""),
        ("15 May", OWNER, "overdue-1", ""),
        ("15 May", LEAD, "rung-1", ""),
        ("22 May", OWNER, "overdue-8", ""),
        ("29 May", OWNER, "overdue-15", ""),
        ("5 Jun", OWNER, "overdue-22", ""),
        ("12 Jun", OWNER, "overdue-29", ""),
        ("19 Jun", OWNER, "overdue-36", ""),
    ]
    assert next_notice_on(STEP, STEP_POLICY, date(2026, 6, 5)) == date(2026, 6, 11)
    assert [one.fell_due_on for one in stages_reached(STEP, STEP_POLICY, date(2026, 6, 11))][1:] == [date(2026, 6, 11)]
    assert ("11 Jun", MEMBER, "rung-28", "") in walk(STEP, OWN_STAGES, date(2026, 4, 1), date(2026, 6, 20))


def test_a_step_with_a_statutory_duty_goes_to_the_group_after_two() -> None:
    assert walk(STEP, STATUTORY_STEP_POLICY, date(2026, 4, 1), date(2026, 6, 4)) == [
        ("30 Apr", OWNER, "before-14", ""),
        ("11 May", OWNER, "before-3", ""),
        ("14 May", OWNER, "on-day", ""),
        ("15 May", OWNER, "overdue-1", ""),
        ("15 May", LEAD, "rung-1", ""),
        ("22 May", OWNER, "overdue-8", ""),
        ("28 May", MEMBER, "rung-14", ""),
        ("28 May", OTHER_MEMBER, "rung-14", ""),
        ("29 May", OWNER, "overdue-15", ""),
    ]


def test_an_action_is_told_once_before_once_after_and_then_its_lead() -> None:
    assert walk(STEP, ACTION_POLICY, date(2026, 4, 1), date(2026, 12, 31)) == [
        ("30 Apr", OWNER, "before-14", ""),
        ("15 May", OWNER, "overdue-1", ""),
        ("28 May", LEAD, "rung-14", ""),
    ]


def test_rungs_are_dated_by_the_working_day_on_which_they_fall_due() -> None:
    assert stages_reached(REPORT, DOCUMENT_POLICY, date(2026, 6, 30)) == []
    assert [rung.days for rung in stages_reached(REPORT, DOCUMENT_POLICY, date(2026, 7, 13))] == [1]
    assert [(rung.days, rung.fell_due_on) for rung in stages_reached(REPORT, DOCUMENT_POLICY, date(2026, 12, 1))] == [
        (1, date(2026, 7, 1)),
        (14, date(2026, 7, 14)),
    ]
    friday = replace(STEP, due_on=date(2026, 4, 2))  # the day after is Good Friday
    assert stages_reached(friday, STEP_POLICY, date(2026, 4, 3)) == []
    assert [rung.fell_due_on for rung in stages_reached(friday, STEP_POLICY, date(2026, 4, 6))] == [date(2026, 4, 6)]


def test_an_owner_only_rung_opens_though_nobody_gets_a_mail_of_its_own() -> None:
    assert [rung.days for rung in stages_reached(STEP, ACTION_POLICY, date(2026, 5, 15))] == [1]
    assert [notice.step for notice in notices_due(STEP, ACTION_POLICY, ["before-14"], date(2026, 5, 15))] == [
        "overdue-1"
    ]


def test_steps_before_the_day_move_to_the_working_day_before_and_later_ones_to_the_one_after() -> None:
    saturday = replace(STEP, due_on=date(2026, 5, 16))
    assert walk(saturday, STEP_POLICY, date(2026, 4, 20), date(2026, 5, 27)) == [
        ("1 May", OWNER, "before-14", ""),  # Saturday 2 May
        ("13 May", OWNER, "before-3", ""),
        ("15 May", OWNER, "on-day", ""),
        ("18 May", OWNER, "overdue-1", ""),
        ("18 May", LEAD, "rung-1", ""),
        ("26 May", OWNER, "overdue-8", ""),  # Sunday 24 May; Monday is a bank holiday
    ]


def test_two_steps_that_move_to_one_day_are_one_notice() -> None:
    monday = replace(REPORT, due_on=date(2026, 6, 29), explain_by_target=None)
    assert walk(monday, DOCUMENT_POLICY, date(2026, 6, 24), date(2026, 6, 29)) == [
        ("24 Jun", OWNER, "before-7", "before-28 before-14"),
        ("26 Jun", OWNER, "before-1", ""),
        ("29 Jun", OWNER, "on-day", ""),
    ]
    easter = replace(REPORT, due_on=date(2026, 4, 4), explain_by_target=None)
    assert walk(easter, DOCUMENT_POLICY, date(2026, 4, 1), date(2026, 4, 6))[1:] == [
        ("2 Apr", OWNER, "on-day", "before-1"),
        ("6 Apr", OWNER, "overdue-1", ""),
        ("6 Apr", LEAD, "rung-1", ""),
    ]


def test_closure_days_of_the_partnership_move_its_steps() -> None:
    closed = replace(STEP, calendar=WorkingCalendar.closed_on(span(date(2026, 5, 11), date(2026, 5, 15))))
    assert walk(closed, STEP_POLICY, date(2026, 4, 30), date(2026, 5, 22)) == [
        ("30 Apr", OWNER, "before-14", ""),
        ("8 May", OWNER, "on-day", "before-3"),
        ("18 May", OWNER, "overdue-1", ""),
        ("18 May", LEAD, "rung-1", ""),
        ("22 May", OWNER, "overdue-8", ""),
    ]
    assert [rung.fell_due_on for rung in stages_reached(closed, STEP_POLICY, date(2026, 5, 18))] == [date(2026, 5, 18)]


def test_after_days_of_downtime_the_latest_step_is_told_once_and_names_what_it_overtook() -> None:
    down = span(date(2026, 6, 26), date(2026, 7, 1))
    assert walk(REPORT, DOCUMENT_POLICY, date(2026, 6, 23), date(2026, 7, 8), down=down)[1:] == [
        ("2 Jul", OWNER, "overdue-1", "before-1 on-day"),
        ("2 Jul", LEAD, "rung-1", ""),
        ("8 Jul", OWNER, "overdue-8", ""),
    ]


def test_a_rung_goes_over_a_step_for_somebody_who_would_get_both() -> None:
    both = replace(REPORT, addressees={**PEOPLE, Audience.GOVERNANCE: (OWNER, MEMBER)})
    down = span(date(2026, 7, 9), date(2026, 7, 17))
    assert walk(both, DOCUMENT_POLICY, date(2026, 7, 8), date(2026, 7, 20), down=down)[-2:] == [
        ("20 Jul", OWNER, "rung-14", "overdue-15"),
        ("20 Jul", MEMBER, "rung-14", ""),
    ]


def test_a_lead_who_owns_it_gets_overdue_1_and_no_second_notice() -> None:
    lead_owns = replace(STEP, addressees={**PEOPLE, Audience.LEAD: (OWNER, LEAD)})
    day = date(2026, 5, 15)
    notices = [notified(day, notice) for notice in notices_due(lead_owns, STEP_POLICY, ["on-day"], day)]
    assert notices == [("15 May", OWNER, "overdue-1", ""), ("15 May", LEAD, "rung-1", "")]


def test_reminders_that_lay_before_it_was_entered_are_not_sent_late() -> None:
    entered = replace(REPORT, entered_on=date(2026, 6, 24))
    assert walk(entered, DOCUMENT_POLICY, date(2026, 6, 24), date(2026, 7, 1)) == [
        ("29 Jun", OWNER, "before-1", ""),
        ("30 Jun", OWNER, "on-day", ""),
        ("1 Jul", OWNER, "overdue-1", ""),
        ("1 Jul", LEAD, "rung-1", ""),
    ]


def test_a_reminder_of_the_day_on_which_it_was_entered_is_sent() -> None:
    entered = replace(REPORT, entered_on=date(2026, 6, 23))
    assert walk(entered, DOCUMENT_POLICY, date(2026, 6, 23), date(2026, 6, 26)) == [("23 Jun", OWNER, "before-7", "")]


def test_that_it_is_overdue_is_told_even_where_it_was_entered_long_after() -> None:
    entered = replace(REPORT, entered_on=date(2026, 8, 3), explain_by_target=None)
    assert walk(entered, DOCUMENT_POLICY, date(2026, 8, 4), date(2026, 8, 5)) == [
        ("4 Aug", OWNER, "overdue-29", "overdue-1 overdue-8 overdue-15 overdue-22"),
        ("4 Aug", LEAD, "rung-1", ""),
        ("4 Aug", MEMBER, "rung-14", ""),
        ("4 Aug", OTHER_MEMBER, "rung-14", ""),
        ("5 Aug", OWNER, "overdue-36", ""),
    ]


EXPLAINED = replace(REPORT, due_on=date(2026, 9, 30), expected_date=True, explain_by_target=None)
BEFORE_THE_NEW_DATE = [
    ("16 Sep", OWNER, "before-14", ""),
    ("25 Sep", OWNER, "before-3", ""),
    ("30 Sep", OWNER, "on-day", ""),
]


def test_the_owner_is_reminded_before_a_new_expected_date_and_on_it_and_all_else_starts_from_it() -> None:
    assert walk(EXPLAINED, REPORT_POLICY, date(2026, 8, 1), date(2026, 10, 16)) == [
        *BEFORE_THE_NEW_DATE,
        ("1 Oct", OWNER, "overdue-1", ""),
        ("1 Oct", LEAD, "rung-1", ""),
        ("8 Oct", OWNER, "overdue-8", ""),
        ("14 Oct", MEMBER, "rung-14", ""),
        ("14 Oct", OTHER_MEMBER, "rung-14", ""),
        ("15 Oct", OWNER, "overdue-15", ""),
    ]
    assert first_notice_on(EXPLAINED, DOCUMENT_POLICY) == date(2026, 9, 16)


@pytest.mark.parametrize(
    "policy", [ACTION_POLICY, replace(DOCUMENT_POLICY, before=(60,), before_since=date(2026, 9, 29))]
)
def test_the_days_before_a_new_expected_date_are_those_of_no_policy(policy: Policy) -> None:
    asked = {**PEOPLE, Audience.CONTACT: ("contact:1",)}
    for one in (EXPLAINED, replace(EXPLAINED, addressees=asked)):
        assert walk(one, policy, date(2026, 7, 1), date(2026, 9, 30)) == BEFORE_THE_NEW_DATE


def test_a_date_agreed_some_days_ahead_is_told_once_and_its_repeats_start_from_it() -> None:
    soon = walk(EXPLAINED, REPORT_POLICY, date(2026, 9, 22), date(2026, 9, 30))
    assert soon == [("22 Sep", OWNER, "before-14", ""), *BEFORE_THE_NEW_DATE[1:]]


def test_nothing_goes_out_until_an_interim_plan_has_ended() -> None:
    interim = replace(EXPLAINED, after_interim=True)
    assert walk(interim, DOCUMENT_POLICY, date(2026, 7, 1), date(2026, 9, 30)) == []
    assert first_notice_on(interim, DOCUMENT_POLICY) == date(2026, 10, 1)


def test_leads_and_owner_are_offered_to_explain_ten_working_days_before_the_sixty_days_are_over() -> None:
    report = replace(REPORT, addressees={**PEOPLE, Audience.LEAD: (OWNER, LEAD)})
    steps = {"overdue-1", "overdue-8", "overdue-15", "overdue-22", "overdue-29", "overdue-36", "overdue-43"}
    already = {*steps, "rung-1", "rung-14"}
    assert notices_due(report, DOCUMENT_POLICY, already, date(2026, 8, 16)) == []
    day = date(2026, 8, 17)
    assert [notified(day, notice) for notice in notices_due(report, DOCUMENT_POLICY, already, day)] == [
        ("17 Aug", OWNER, "explain", ""),
        ("17 Aug", LEAD, "explain", ""),
    ]
    assert notices_due(report, DOCUMENT_POLICY, already | {"explain"}, day) == []
    closed = replace(report, calendar=WorkingCalendar.closed_on([date(2026, 8, 20), date(2026, 8, 21)]))
    assert {notice.step for notice in notices_due(closed, DOCUMENT_POLICY, already, date(2026, 8, 13))} == {"explain"}
    assert notices_due(closed, DOCUMENT_POLICY, already, date(2026, 8, 12)) == []


def test_a_later_step_is_still_told_after_explain_and_explain_after_a_later_step() -> None:
    """`explain` stands in no row of repeats: telling it keeps no weekly notice back, nor the other way round."""
    day = date(2026, 8, 19)
    weekly = [f"overdue-{days}" for days in (1, 8, 15, 22, 29, 36, 43)]
    rungs = ["rung-1", "rung-14"]
    after = notices_due(REPORT, DOCUMENT_POLICY, [*weekly, *rungs, "explain"], day)
    assert [notified(day, notice) for notice in after] == [("19 Aug", OWNER, "overdue-50", "")]
    before = notices_due(REPORT, DOCUMENT_POLICY, [*weekly, *rungs, "overdue-50"], day)
    assert [notified(day, notice) for notice in before] == [
        ("19 Aug", LEAD, "explain", ""),
        ("19 Aug", OWNER, "explain", ""),
    ]


def test_the_offer_to_explain_stands_for_a_repeat_of_the_same_day_and_not_for_a_later_one() -> None:
    """With three closed days the offer falls on 12 August, the day of overdue-43."""
    closed = WorkingCalendar.closed_on([date(2026, 8, 19), date(2026, 8, 20), date(2026, 8, 21)])
    report = replace(REPORT, calendar=closed)
    already = {f"overdue-{days}" for days in (1, 8, 15, 22, 29, 36)} | {"rung-1", "rung-14"}
    on_the_day = notices_due(report, DOCUMENT_POLICY, already, date(2026, 8, 12))
    assert {notified(date(2026, 8, 12), notice) for notice in on_the_day} == {
        ("12 Aug", OWNER, "explain", "overdue-43"),
        ("12 Aug", LEAD, "explain", ""),
    }
    later = notices_due(report, DOCUMENT_POLICY, already, date(2026, 8, 26))
    assert {notified(date(2026, 8, 26), notice) for notice in later} == {
        ("26 Aug", OWNER, "overdue-57", "overdue-43 explain overdue-50"),
        ("26 Aug", LEAD, "explain", ""),
    }


@pytest.mark.parametrize(
    "unasked",
    [
        replace(REPORT, explain_by_target=None),
        replace(REPORT, due_on=date(2026, 9, 30), notify_from=date(2026, 7, 1)),
        replace(REPORT, entered_on=date(2026, 8, 18)),
        replace(REPORT, is_open=False),
    ],
    ids=["no guidance date, or explained", "before the service", "entered later", "done"],
)
def test_some_documents_are_never_asked_to_be_explained(unasked: Deadline) -> None:
    told_steps = {step for _, _, step, _ in walk(unasked, DOCUMENT_POLICY, date(2026, 8, 1), date(2026, 10, 30))}
    assert "explain" not in told_steps


def test_the_offer_goes_to_whoever_stands_in_for_a_missing_owner_and_lead() -> None:
    nobody = replace(REPORT, addressees={Audience.OWNER: ("user:9",), Audience.LEAD: (), Audience.GOVERNANCE: ()})
    (offer,) = [
        one for one in notices_due(nobody, DOCUMENT_POLICY, ["rung-14"], date(2026, 8, 17)) if one.step == "explain"
    ]
    assert (offer.addressee, offer.unreachable) == ("user:9", False)


@pytest.mark.parametrize(
    "silent",
    [
        replace(REPORT, is_open=False),
        replace(REPORT, due_on=None),
        replace(REPORT, notify_from=date(2026, 7, 1)),
    ],
)
def test_nobody_is_told_of_what_is_closed_has_no_date_or_fell_due_before_the_service(silent: Deadline) -> None:
    assert notices_due(silent, DOCUMENT_POLICY, (), date(2026, 12, 1)) == []
    assert stages_reached(silent, DOCUMENT_POLICY, date(2026, 12, 1)) == []
    assert next_notice_on(silent, DOCUMENT_POLICY, date(2026, 1, 1)) is None
    assert first_notice_on(silent, DOCUMENT_POLICY) is None


def test_what_falls_due_on_the_day_the_partnership_joined_is_told() -> None:
    joined = replace(REPORT, notify_from=date(2026, 6, 30))
    assert [notice.step for notice in notices_due(joined, DOCUMENT_POLICY, (), date(2026, 6, 30))] == ["on-day"]


def test_with_nobody_behind_an_audience_the_audience_itself_is_named() -> None:
    alone = replace(STEP, addressees={})
    day = date(2026, 6, 11)
    notices = notices_due(alone, OWN_STAGES, ["on-day"], day)
    assert {(notice.addressee, notice.step, notice.unreachable) for notice in notices} == {
        ("audience:owner", "overdue-22", True),
        ("audience:lead", "rung-1", True),
        ("audience:governance-group", "rung-28", True),
    }


def test_an_empty_second_audience_is_nobodys_loss_where_the_rung_reached_another() -> None:
    no_lead = replace(STEP, addressees={Audience.OWNER: (OWNER,)})
    day = date(2026, 5, 15)
    assert [notified(day, notice) for notice in notices_due(no_lead, STEP_POLICY, ["on-day"], day)] == [
        ("15 May", OWNER, "overdue-1", "")
    ]
    shared = Policy((), 1, None, (EscalationStage(7, (Audience.LEAD, Audience.GOVERNANCE)),))
    week = date(2026, 5, 21)
    no_group = replace(STEP, addressees={Audience.OWNER: (OWNER,), Audience.LEAD: (LEAD,)})
    assert [notified(week, notice) for notice in notices_due(no_group, shared, ["overdue-1"], week)] == [
        ("21 May", LEAD, "rung-7", "")
    ]


def test_a_document_and_a_decision_are_wanted_at_once_and_nothing_else() -> None:
    assert all(notice.at_once for notice in notices_due(REPORT, DOCUMENT_POLICY, (), date(2026, 7, 14)))
    at_once = {notice.step: notice.at_once for notice in notices_due(STEP, OWN_STAGES, (), date(2026, 6, 11))}
    assert at_once == {"overdue-22": False, "rung-1": False, "rung-28": True}


def test_the_bookmark_names_the_day_of_each_next_step() -> None:
    days = []
    day: date | None = first_notice_on(STEP, STEP_POLICY)
    while day is not None and day <= date(2026, 6, 12):
        days.append(f"{day:%-d %b}")
        day = next_notice_on(STEP, STEP_POLICY, day)
    assert days == ["30 Apr", "11 May", "14 May", "15 May", "22 May", "29 May", "5 Jun", "11 Jun", "12 Jun"]
    assert next_notice_on(STEP, ACTION_POLICY, date(2026, 5, 28)) is None
    assert next_notice_on(STEP, STEP_POLICY, date(2031, 1, 1)) == date(2031, 1, 17)


def test_no_further_rung_opens_before_the_day_of_the_reply_and_the_owner_is_told_all_the_same() -> None:
    acknowledged = replace(STEP, reply_by=date(2026, 6, 3))
    first = {"before-14", "before-3", "on-day", "overdue-1", "rung-1"}
    days = span(date(2026, 5, 18), date(2026, 6, 5))
    seen = []
    for day in days:
        for notice in notices_due(acknowledged, STATUTORY_STEP_POLICY, first, day):
            seen.append(notified(day, notice))
            first.update((notice.step, *notice.overtook))
    assert seen == [
        ("22 May", OWNER, "overdue-8", ""),
        ("29 May", OWNER, "overdue-15", ""),
        ("3 Jun", MEMBER, "rung-14", ""),
        ("3 Jun", OTHER_MEMBER, "rung-14", ""),
        ("5 Jun", OWNER, "overdue-22", ""),
    ]
    assert [rung.fell_due_on for rung in stages_reached(acknowledged, STATUTORY_STEP_POLICY, days[-1])] == [
        date(2026, 6, 3),
        date(2026, 6, 3),
    ]


def test_a_chairs_rung_stands_between_the_lead_and_the_group() -> None:
    chair = "user:9"
    policy = replace(
        STATUTORY_STEP_POLICY,
        rungs=(STATUTORY_STEP_POLICY.rungs[0], EscalationStage(7, (Audience.CHAIR,)), EscalationStage(14, GROUP)),
    )
    with_chair = replace(STEP, addressees={**PEOPLE, Audience.CHAIR: (chair,)})
    rungs = [line for line in walk(with_chair, policy, date(2026, 5, 15), date(2026, 5, 29)) if "rung" in line[2]]
    assert rungs == [
        ("15 May", LEAD, "rung-1", ""),
        ("21 May", chair, "rung-7", ""),
        ("28 May", MEMBER, "rung-14", ""),
        ("28 May", OTHER_MEMBER, "rung-14", ""),
    ]


def test_a_change_of_policy_sends_no_reminder_late_and_repeats_nothing() -> None:
    changed = replace(STEP_POLICY, before=(60, 30, 0), before_since=date(2026, 4, 20), repeat_every=Gaps(3))
    assert walk(STEP, changed, date(2026, 4, 20), date(2026, 5, 18)) == [
        ("14 May", OWNER, "on-day", ""),
        ("15 May", OWNER, "overdue-1", ""),
        ("15 May", LEAD, "rung-1", ""),
        ("18 May", OWNER, "overdue-4", ""),
    ]
    assert not [
        one for one in notices_due(STEP, changed, {"overdue-8", "rung-1"}, date(2026, 5, 23)) if OWNER in one.addressee
    ]


def test_contacts_are_told_before_the_day_and_on_it_and_once_after_where_an_answer_is_still_wanted() -> None:
    contact = "contact:3"
    consultation = replace(STEP, addressees={**PEOPLE, Audience.CONTACT: (contact,)})
    request = replace(consultation, asks_contacts_after=True)
    theirs = {
        name: [
            line[2] for line in walk(one, DOCUMENT_POLICY, date(2026, 4, 1), date(2026, 6, 15)) if line[1] == contact
        ]
        for name, one in (("consultation", consultation), ("request", request))
    }
    before = ["before-28", "before-14", "before-7", "before-1", "on-day"]
    assert theirs == {"consultation": before, "request": [*before, "overdue-1"]}


def test_a_contact_does_not_stand_for_an_owner_whom_nobody_reaches() -> None:
    nobody = replace(STEP, addressees={Audience.CONTACT: ("contact:3",)})
    told_on_the_day = notices_due(nobody, STEP_POLICY, {"before-14", "before-3"}, date(2026, 5, 14))
    assert {(one.addressee, one.unreachable) for one in told_on_the_day} == {
        ("audience:owner", True),
        ("contact:3", False),
    }


WAITS = replace(STEP, waits=True)


def test_a_step_that_waits_is_told_up_to_its_date_and_not_that_it_is_late() -> None:
    assert walk(WAITS, STATUTORY_STEP_POLICY, date(2026, 4, 1), date(2026, 12, 31)) == [
        ("30 Apr", OWNER, "before-14", ""),
        ("11 May", OWNER, "before-3", ""),
        ("14 May", OWNER, "on-day", ""),
    ]
    assert stages_reached(WAITS, STATUTORY_STEP_POLICY, date(2026, 12, 31)) == []
    assert next_notice_on(WAITS, STEP_POLICY, date(2026, 5, 14)) is None


def test_once_the_last_one_before_it_ended_its_owner_is_told_at_once_and_its_stages_count_from_that_day() -> None:
    free = replace(STEP, free_since=date(2026, 6, 10))
    told = walk(free, STATUTORY_STEP_POLICY, date(2026, 6, 10), date(2026, 7, 3))
    assert told == [
        ("10 Jun", OWNER, "overdue-22", "before-14 before-3 on-day overdue-1 overdue-8 overdue-15"),
        ("11 Jun", LEAD, "rung-1", ""),
        ("12 Jun", OWNER, "overdue-29", ""),
        ("19 Jun", OWNER, "overdue-36", ""),
        ("24 Jun", MEMBER, "rung-14", ""),
        ("24 Jun", OTHER_MEMBER, "rung-14", ""),
        ("26 Jun", OWNER, "overdue-43", ""),
        ("3 Jul", OWNER, "overdue-50", ""),
    ]
    assert [one.fell_due_on for one in stages_reached(free, STATUTORY_STEP_POLICY, date(2026, 6, 24))] == [
        date(2026, 6, 11),
        date(2026, 6, 24),
    ]
    early = replace(STEP, free_since=date(2026, 5, 4))
    assert walk(early, STEP_POLICY, date(2026, 4, 1), date(2026, 6, 20)) == walk(
        STEP, STEP_POLICY, date(2026, 4, 1), date(2026, 6, 20)
    )


def test_a_step_whose_document_is_with_the_group_opens_no_stage_and_its_owner_is_told_all_the_same() -> None:
    served = replace(STEP, document_with_group=True)
    told = walk(served, STATUTORY_STEP_POLICY, date(2026, 5, 15), date(2026, 6, 5))
    assert told == [
        ("15 May", OWNER, "overdue-1", "before-14 before-3 on-day"),
        ("22 May", OWNER, "overdue-8", ""),
        ("29 May", OWNER, "overdue-15", ""),
        ("5 Jun", OWNER, "overdue-22", ""),
    ]
    assert stages_reached(served, STATUTORY_STEP_POLICY, date(2026, 12, 31)) == []


def test_documents_and_duties_in_law_never_wait() -> None:
    assert may_wait(Kind.STEP, Basis.LOCAL)
    assert may_wait(Kind.ACTION, Basis.PRACTICE)
    assert not may_wait(Kind.STEP, Basis.STATUTE)
    assert not may_wait(Kind.ANNUAL_REPORT, Basis.GUIDANCE)


def test_the_job_comes_back_to_open_a_stage_of_the_owner_alone_on_another_day_than_that_of_a_notice() -> None:
    free = replace(STEP, free_since=date(2026, 5, 20))
    assert next_notice_on(free, ACTION_POLICY, date(2026, 5, 20)) == date(2026, 5, 21)
    assert [one.fell_due_on for one in stages_reached(free, ACTION_POLICY, date(2026, 5, 21))] == [date(2026, 5, 21)]
    assert notices_due(free, ACTION_POLICY, ["overdue-1"], date(2026, 5, 21)) == []
