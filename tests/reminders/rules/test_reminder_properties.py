"""What must hold of reminders for any date, policy, closure days and days of downtime.

The expected steps are worked out here anew, from the list of bank holidays written out in `test_calendar.py`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cycle_tracker.core.audiences import Audience, EscalationStage
from cycle_tracker.core.calendar import WorkingCalendar
from cycle_tracker.reminders.rules.policies import (
    ACTION_POLICY,
    DOCUMENT_POLICY,
    REPORT_POLICY,
    STATUTORY_STEP_POLICY,
    STEP_POLICY,
    Gaps,
    Policy,
)
from cycle_tracker.reminders.rules.reminders import called_for, first_notice_on, next_notice_on
from cycle_tracker.reminders.rules.steps import Deadline
from tests.core.test_calendar import BANK_HOLIDAYS_ON_WEEKDAYS
from tests.support.selection import examples

OWNER, LEAD, MEMBER, CHAIR = "user:1", "user:2", "user:3", "user:4"
HOLIDAYS = frozenset(BANK_HOLIDAYS_ON_WEEKDAYS)
DAY = timedelta(days=1)

stage_lists = st.lists(
    st.tuples(st.integers(1, 45), st.sampled_from([Audience.LEAD, Audience.CHAIR, Audience.GOVERNANCE])),
    max_size=3,
    unique_by=lambda rung: rung[0],
)
"""Rungs above the first, which owner and leads share."""


gaps = st.builds(Gaps, st.integers(1, 21)) | st.builds(Gaps, st.integers(1, 21), st.integers(0, 70), st.integers(1, 60))


@st.composite
def changed_policies(draw: st.DrawFn) -> Policy:
    """What places may make of a policy: other days before, other repeats, other stages."""
    first_after = draw(st.integers(1, 10))
    return Policy(
        before=tuple(draw(st.lists(st.integers(0, 40), max_size=5, unique=True))),
        first_after=first_after,
        repeat_every=draw(st.none() | gaps),
        opens=draw(st.booleans()),
        rungs=(
            EscalationStage(first_after, (Audience.OWNER, Audience.LEAD)),
            *(
                EscalationStage(first_after + days, (audience,), by_email=draw(st.booleans()))
                for days, audience in sorted(draw(stage_lists))
            ),
        ),
    )


policies = (
    st.sampled_from([DOCUMENT_POLICY, REPORT_POLICY, STATUTORY_STEP_POLICY, STEP_POLICY, ACTION_POLICY])
    | changed_policies()
)
due_days = st.dates(date(2024, 4, 1), date(2027, 5, 1))  # bank holidays are listed to the end of 2027


stretches = st.lists(st.tuples(st.integers(-35, 45), st.integers(1, 9)), max_size=3)
"""Closure days near a due date: the first, counted from it, and how many."""


def closures(due_on: date, around: list[tuple[int, int]]) -> frozenset[date]:
    return frozenset(due_on + DAY * (first + number) for first, length in around for number in range(length))


@st.composite
def deadlines(draw: st.DrawFn) -> Deadline:
    """A milestone whose owner may be a lead too, and may sit on or chair the group; somebody may have said by when they
    reply."""
    due_on = draw(due_days)
    return Deadline(
        due_on=due_on,
        is_open=True,
        entered_on=due_on - DAY * draw(st.sampled_from([400, 20, 5, 0, -3])),
        expected_date=(expected_date := draw(st.booleans())),
        after_interim=expected_date and draw(st.booleans()),
        opens_on=draw(st.none() | st.integers(-3, 120).map(lambda days: due_on - DAY * days)),
        notify_from=draw(st.sampled_from([date.min, due_on, due_on - DAY * 60])),
        explain_by_target=draw(st.sampled_from([None, due_on])),
        free_since=draw(st.none() | st.integers(-30, 90).map(lambda days: due_on + DAY * days)),
        document_with_group=draw(st.sampled_from([False, False, True])),
        reply_by=draw(st.none() | st.integers(-5, 40).map(lambda days: due_on + DAY * days)),
        calendar=WorkingCalendar.closed_on(closures(due_on, draw(stretches))),
        addressees={
            Audience.OWNER: (OWNER,),
            Audience.LEAD: draw(st.sampled_from([(), (LEAD,), (OWNER, LEAD)])),
            Audience.CHAIR: draw(st.sampled_from([(), (CHAIR,), (OWNER,)])),
            Audience.GOVERNANCE: draw(st.sampled_from([(MEMBER,), (OWNER, MEMBER)])),
        },
    )


def works(day: date, closed: frozenset[date]) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS and day not in closed


def moved(day: date, closed: frozenset[date], by: timedelta) -> date:
    while not works(day, closed):
        day += by
    return day


def owners_steps(
    due_on: date,
    policy: Policy,
    closed: frozenset[date],
    until: date,
    opens_on: date | None = None,
    days_before: tuple[int, ...] | None = None,
) -> Iterator[tuple[str, date]]:
    """The oracle: the steps of the owner in the order of the days that they name, each with the day it is told on;
    `days_before` are those of a new expected date, in place of the policy's and of the day on which it opens."""
    before = policy.before if days_before is None else days_before
    early = [(due_on - DAY * days, f"before-{days}" if days else "on-day", -DAY) for days in before]
    opens_on = opens_on if days_before is None else None
    if policy.opens and opens_on and opens_on < due_on:
        early.append((opens_on, "opens", DAY))
    for named_day, name, by in sorted(early, key=lambda one: (one[0], one[1] == "opens")):
        yield name, moved(named_day, closed, by)
    days = policy.first_after
    while due_on + DAY * days <= until:
        yield f"overdue-{days}", moved(due_on + DAY * days, closed, DAY)
        if policy.repeat_every is None:
            return
        first, last, later = policy.repeat_every.first, policy.repeat_every.until, policy.repeat_every.later
        days += later if last is not None and later is not None and days + first > last else first


@settings(max_examples=examples(500), deadline=None)
@given(
    due_days,
    policies,
    stretches,
    st.integers(-3, 120),
    st.sampled_from([None, None, (14, 3, 0), ()]),
    st.lists(st.integers(-45, 200), min_size=10, max_size=10),
)
def test_the_latest_step_due_is_that_of_the_oracle(
    due_on: date,
    policy: Policy,
    closed_around: list[tuple[int, int]],
    opens_before: int,
    expected: tuple[int, ...] | None,
    away: list[int],
) -> None:
    """Five thousand in all: 500 dates, policies and lists of closed days, each looked at on ten days."""
    closed, opens_on = closures(due_on, closed_around), due_on - DAY * opens_before
    deadline = Deadline(
        due_on,
        opens_on=opens_on,
        is_open=True,
        entered_on=date(2017, 4, 1),
        expected_date=expected is not None,
        after_interim=expected == (),
        calendar=WorkingCalendar.closed_on(closed),
        addressees={Audience.OWNER: (OWNER,)},
    )
    for today in (due_on + DAY * days for days in away):
        steps = owners_steps(due_on, policy, closed, today, opens_on, expected)
        reached = [name for name, told_on in steps if told_on <= today]
        notified = [one for one in called_for(deadline, policy, (), today).notices if one.addressee == OWNER]
        assert [(one.step, *one.overtook) for one in notified] == [(name, *reached[:-1]) for name in reached[-1:]]


def stage_days(deadline: Deadline, policy: Policy) -> Iterator[tuple[EscalationStage, date]]:
    """The stages that it comes to, each with the day on which it does."""
    assert deadline.due_on is not None
    first = max(deadline.due_on, deadline.free_since or deadline.due_on)
    for rung in () if deadline.document_with_group else policy.rungs:
        by = max(first + DAY * rung.days, deadline.reply_by or date.min)
        yield rung, moved(by, deadline.calendar.closed, DAY)


def told_on_days(deadline: Deadline, policy: Policy) -> dict[tuple[str, str], date]:
    """By addressee and step, the first day on which it may be told, within two hundred days of the due date."""
    due_on, closed = deadline.due_on, deadline.calendar.closed
    assert due_on is not None
    until = due_on + DAY * 200
    notified: dict[tuple[str, str], date] = {}
    days_before = ((), (14, 3, 0))[not deadline.after_interim] if deadline.expected_date else None
    for name, day in owners_steps(due_on, policy, closed, until, deadline.opens_on, days_before):
        if name == "opens" and deadline.opens_on and deadline.notify_from and deadline.opens_on < deadline.notify_from:
            continue
        if name.startswith("overdue") and deadline.free_since:
            day = max(day, moved(deadline.free_since, closed, DAY))
        if name.startswith("overdue") or deadline.entered_on <= day:
            notified[OWNER, name] = day
    for rung, day in stage_days(deadline, policy):
        if not rung.by_email:
            continue
        people = {person for audience in rung.audiences for person in deadline.addressees[audience]}
        if Audience.OWNER in rung.audiences:
            people -= {OWNER}  # who has overdue-1 of the same day
        notified.update({(person, f"rung-{rung.days}"): day for person in people})
    if deadline.explain_by_target:
        day = due_on + DAY * 60
        for _ in range(10):
            day = moved(day - DAY, closed, -DAY)
        notified.update({(person, "explain"): day for person in (OWNER, *deadline.addressees[Audience.LEAD])})
    return notified


def named_after(deadline: Deadline, step: str) -> bool:
    """Whether a step of the owner names a later day than that on which a report opens."""
    assert deadline.due_on is not None
    assert deadline.opens_on is not None
    before, number = step.startswith("before"), step.rpartition("-")[2]
    days = 0 if step == "on-day" else -int(number) if before else int(number) if number.isdecimal() else -9999
    return deadline.due_on + DAY * days > deadline.opens_on


@settings(max_examples=examples(500), deadline=None)
@given(deadlines(), policies, st.lists(st.tuples(st.integers(-40, 80), st.integers(1, 30)), max_size=4))
def test_each_step_is_told_or_overtaken_once_and_never_before_its_day(
    deadline: Deadline, policy: Policy, downtime: list[tuple[int, int]]
) -> None:
    """Day by day as the job goes, asking only when the bookmark has come up, with days on which nothing runs. Until the
    last one before it ends it waits; that it has ended sets the bookmark to that day."""
    due_on = deadline.due_on
    assert due_on is not None
    down = {due_on + DAY * (first + number) for first, length in downtime for number in range(length)}
    may_be_told = told_on_days(deadline, policy)
    free, free_since = deadline, deadline.free_since
    last_run = day = max(due_on - DAY * 45, deadline.entered_on)
    if free_since and free_since > day:
        deadline = replace(deadline, waits=True, free_since=None)
    bookmark = first_notice_on(free, policy)
    already: set[str] = set()
    heard: Counter[tuple[str, str]] = Counter()
    while day <= due_on + DAY * 120:
        if day == free_since:
            deadline, bookmark = free, min(bookmark or day, day)
        if works(day, frozenset()) and day not in down:
            last_run = day
            if bookmark is not None and bookmark <= day:
                asked = called_for(deadline, policy, already, day)
                notices = [one for one in asked.notices if not one.unreachable]
                for notice in notices:
                    if notice.step == "opens":  # never after a later step
                        assert not any(named_after(deadline, step) for who, step in heard if who == OWNER)
                    already.update((notice.step, *notice.overtook))
                    for step in (notice.step, *notice.overtook):
                        heard[notice.addressee, step] += 1
                        assert may_be_told[notice.addressee, step] <= day
                assert len({notice.addressee for notice in notices}) == len(notices)
                again = called_for(deadline, policy, already, day)
                assert not [one for one in again.notices if not one.unreachable]
                bookmark = asked.next_on
        day += DAY
    assert set(heard.values()) <= {1}
    expected = {step for step, told_on in may_be_told.items() if told_on <= last_run}
    opening = may_be_told.get((OWNER, "opens"))
    if opening and any(day < opening for (who, _), day in may_be_told.items() if who == OWNER):
        heard.pop((OWNER, "opens"), None)  # it moves to the working day after, and may come too late
        expected.discard((OWNER, "opens"))
    assert set(heard) == expected


@settings(max_examples=examples(500), deadline=None)
@given(deadlines(), policies, st.integers(-60, 130))
def test_the_bookmark_is_never_late(deadline: Deadline, policy: Policy, away: int) -> None:
    assert deadline.due_on is not None
    after = deadline.due_on + DAY * away
    bookmark = next_notice_on(deadline, policy, after)
    assert called_for(deadline, policy, (), after).next_on == bookmark
    opened_on = [day for _, day in stage_days(deadline, policy)]
    still_to_come = [day for day in (*told_on_days(deadline, policy).values(), *opened_on) if day > after]
    if still_to_come:
        assert bookmark is not None
        assert bookmark <= min(still_to_come)
    if bookmark is not None:
        assert bookmark > after


@settings(max_examples=examples(500), deadline=None)
@given(deadlines(), policies, st.integers(-60, 130))
def test_nobody_is_reminded_that_what_waits_is_late_and_its_bookmark_names_no_such_day(
    deadline: Deadline, policy: Policy, away: int
) -> None:
    assert deadline.due_on is not None
    waits, today = replace(deadline, waits=True), deadline.due_on + DAY * away
    asked = called_for(waits, policy, (), today)
    assert not asked.rungs
    assert not [one for one in asked.notices if one.step.startswith(("overdue", "rung"))]
    bookmark = next_notice_on(waits, policy, today)
    early = {day for (_, step), day in told_on_days(deadline, policy).items() if not step.startswith(("over", "rung"))}
    assert bookmark == min((day for day in early if day > today), default=None)
