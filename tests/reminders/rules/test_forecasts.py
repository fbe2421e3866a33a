"""Walking the rules over the days ahead."""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.preferences import Preference, Rhythm
from cycle_tracker.reminders.rules.forecasts import mails_ahead, notices_ahead, working_days
from cycle_tracker.reminders.rules.policies import DOCUMENT_POLICY, STEP_POLICY
from cycle_tracker.reminders.rules.reminders import called_for, first_notice_on
from cycle_tracker.reminders.rules.steps import Deadline

MONDAY = date(2026, 5, 11)
DEADLINE = Deadline(
    due_on=date(2026, 5, 28),
    is_open=True,
    entered_on=date(2026, 1, 1),
    addressees={Audience.OWNER: ("user:1",), Audience.LEAD: ("user:2",), Audience.GOVERNANCE: ("user:3",)},
)


@dataclass(frozen=True)
class Line:
    milestone_id: int
    step: str
    queued_on: date
    due_on: date = date(2026, 6, 30)
    at_once: bool = False
    prompt: bool = False


def test_only_working_days_are_walked() -> None:
    assert [day.day for day in working_days(date(2026, 5, 1), date(2026, 5, 6))] == [1, 5, 6]  # 4 May is a bank holiday
    assert working_days(MONDAY, MONDAY - timedelta(days=1)) == []


def test_each_step_is_foretold_once_on_its_day() -> None:
    days = working_days(MONDAY, date(2026, 6, 12))
    found = notices_ahead(DEADLINE, STEP_POLICY, (), days, asked_on=MONDAY)
    assert [(f"{one.day:%-d %b}", one.notice.step, one.notice.addressee) for one in found] == [
        ("14 May", "before-14", "user:1"),
        ("22 May", "before-3", "user:1"),
        ("28 May", "on-day", "user:1"),
        ("29 May", "overdue-1", "user:1"),
        ("29 May", "rung-1", "user:2"),
        ("5 Jun", "overdue-8", "user:1"),
        ("12 Jun", "overdue-15", "user:1"),
    ]


def test_the_rules_are_not_asked_before_the_bookmark() -> None:
    days = working_days(MONDAY, date(2026, 5, 29))
    assert list(notices_ahead(DEADLINE, STEP_POLICY, (), days, asked_on=None)) == []
    found = notices_ahead(DEADLINE, STEP_POLICY, (), days, asked_on=date(2026, 5, 28))
    assert [one.notice.step for one in found] == ["on-day", "overdue-1", "rung-1"]


@given(due=st.integers(-60, 90), entered=st.integers(-100, 20), length=st.integers(1, 60))
def test_walking_ahead_is_running_day_by_day(due: int, entered: int, length: int) -> None:
    deadline = Deadline(
        due_on=MONDAY + timedelta(days=due),
        is_open=True,
        entered_on=MONDAY + timedelta(days=entered),
        is_document=True,
        addressees=DEADLINE.addressees,
    )
    days = working_days(MONDAY, MONDAY + timedelta(days=length))
    bookmark = first_notice_on(deadline, DOCUMENT_POLICY)
    foretold = [(one.day, one.notice) for one in notices_ahead(deadline, DOCUMENT_POLICY, (), days, asked_on=bookmark)]
    notified: set[str] = set()
    happened = []
    for day in days:
        if bookmark is not None and bookmark <= day:
            asked = called_for(deadline, DOCUMENT_POLICY, frozenset(notified), day)
            for notice in asked.notices:
                happened.append((day, notice))
                notified.update((notice.step, *notice.overtook))
            bookmark = asked.next_on
    assert foretold == happened


@dataclass(frozen=True)
class OneReader:
    """Somebody who gets everything themselves."""

    preference: Preference

    def who_gets(self, line: Line, day: date) -> str:
        return "user:1"

    def circle_of(self, line: Line, day: date) -> str:
        return "user:1"

    def preference_of(self, reader: str) -> Preference:
        assert reader == "user:1"
        return self.preference


def mails(lines: list[Line], preference: Preference, *had_digest_on: date) -> list[tuple[int, list[str]]]:
    days = working_days(MONDAY, date(2026, 5, 29))
    found = mails_ahead(lines, days, OneReader(preference), {"user:1": had_digest_on})
    return [(mail.day.day, [line.step for line in mail.lines]) for mail in found]


def test_a_day_has_one_mail_and_a_week_one_where_it_is_wanted_so() -> None:
    lines = [Line(1, "before-28", MONDAY), Line(2, "before-14", MONDAY), Line(3, "before-7", date(2026, 5, 13))]
    assert mails(lines, Preference(Rhythm.DAILY)) == [(11, ["before-28", "before-14"]), (13, ["before-7"])]
    assert mails(lines, Preference(Rhythm.WEEKLY, 3)) == [(14, ["before-28", "before-14", "before-7"])]
    assert mails(lines, Preference(Rhythm.ONLY_LATE)) == []


def test_what_is_wanted_at_once_takes_along_what_waits_of_the_same() -> None:
    lines = [
        Line(1, "before-28", MONDAY),
        Line(1, "before-14", date(2026, 5, 12), at_once=True),
        Line(2, "before-7", MONDAY),
    ]
    assert mails(lines, Preference(Rhythm.WEEKLY, 4)) == [(12, ["before-28", "before-14"]), (15, ["before-7"])]


def test_a_digest_that_is_written_is_not_written_again_that_day() -> None:
    lines = [Line(1, "before-28", MONDAY), Line(2, "overdue-1", MONDAY, at_once=True)]
    assert mails(lines, Preference(Rhythm.DAILY), MONDAY) == [(11, ["overdue-1"]), (12, ["before-28"])]


def test_in_the_standard_rhythm_a_list_comes_a_week_after_the_last_digest() -> None:
    lines = [
        Line(1, "before-28", MONDAY, at_once=True),
        Line(2, "on-day", date(2026, 5, 13), prompt=True),
        Line(3, "before-14", date(2026, 5, 14)),
        Line(4, "before-14", date(2026, 5, 22)),
    ]
    # the list of Monday 18 May would come five days after the digest of the 13th, that of the 25th is on a bank holiday
    assert mails(lines, Preference()) == [
        (11, ["before-28"]),
        (13, ["on-day"]),
        (26, ["before-14", "before-14"]),
    ]
    assert mails(lines[2:3], Preference(), date(2026, 5, 12)) == [(26, ["before-14"])]
    assert mails(lines[2:3], Preference(), MONDAY - timedelta(days=3)) == [(18, ["before-14"])]
