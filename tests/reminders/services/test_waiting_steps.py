"""Steps that wait for others: who is told, and that whatever frees them has the rules asked again."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Fact
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.preferences import Rhythm
from cycle_tracker.core.roles import Role
from cycle_tracker.milestones.services.by_record import reopen_for
from cycle_tracker.milestones.services.dependencies import add_predecessor, remove_predecessor
from cycle_tracker.milestones.services.milestones import complete, drop_milestone, finish_milestone, reopen_milestone
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.reminders.queries.forecasts import forecast
from cycle_tracker.reminders.queries.silences import silence_of
from cycle_tracker.reminders.rules.unsent_reasons import Why, reasons
from cycle_tracker.reminders.services.bookmarks import ask_what_follows
from cycle_tracker.reminders.services.notice_batches import NoticeBatch
from cycle_tracker.reminders.services.reminders import queue_due_notices
from tests.factories import make_governance_group, make_milestone, make_partnership, make_report, make_user
from tests.support.days import TEN, Days, again, every_day, moment, notices_as_told
from tests.support.pages import counted_statements

DUE_ON, ENDED_ON = date(2026, 5, 14), date(2026, 6, 10)


@pytest.fixture
def moray(days: Days) -> Partnership:
    place = make_partnership("moray")
    make_governance_group(place, "Catriona Ross")
    return place


@pytest.fixture
def lead(moray: Partnership) -> User:
    return make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)


@pytest.fixture
def owner(moray: Partnership) -> User:
    return make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray)


@pytest.fixture
def first(moray: Partnership, lead: User) -> Milestone:
    return make_milestone(moray, key="first", due_on=date(2026, 5, 4), owner=lead)


@pytest.fixture
def waiting(moray: Partnership, owner: User, first: Milestone) -> Milestone:
    step = make_milestone(moray, key="second", due_on=DUE_ON, owner=owner)
    step.predecessors.append(first)
    db.session.commit()
    return step


def told(days: Days, *people: str) -> list[tuple[str, str]]:
    """What the owner, or these people, were told."""
    return [(one.day, one.steps) for one in days.notified if one.recipient in (people or {"Rory Baird"})]


def run_from(days: Days, first: date, last: date) -> None:
    for day in every_day(first, last):
        days.run(day)


def bookmark_of(milestone: Milestone) -> date | None:
    db.session.commit()
    db.session.expire_all()
    return again(milestone).next_notice_on


def test_what_waits_is_not_told_that_it_is_late_until_the_one_before_it_is_done(
    days: Days, first: Milestone, waiting: Milestone, lead: User
) -> None:
    run_from(days, date(2026, 5, 11), date(2026, 6, 9))
    assert told(days) == [("11 May", "before-3 over before-14"), ("14 May", "on-day")]
    assert bookmark_of(waiting) is None
    finish_milestone(again(first), ENDED_ON, by=again(lead), today=ENDED_ON, now=moment(ENDED_ON))
    assert bookmark_of(waiting) == ENDED_ON
    days.notified.clear()
    run_from(days, ENDED_ON, date(2026, 6, 19))
    assert told(days) == [
        ("10 Jun", "overdue-22 over overdue-1, overdue-8, overdue-15"),
        ("12 Jun", "overdue-29"),
        ("19 Jun", "overdue-36"),
    ]


Change = Callable[[Milestone, Milestone, User], object]
NOW = moment(ENDED_ON)


@pytest.mark.parametrize(
    "ends",
    [
        lambda first, waiting, lead: finish_milestone(first, ENDED_ON, by=lead, today=ENDED_ON, now=NOW),
        lambda first, waiting, lead: complete(first, None, "by-a-fact", by=None, now=NOW),
        lambda first, waiting, lead: drop_milestone(first, "Not needed", by=lead, now=NOW),
        lambda first, waiting, lead: remove_predecessor(waiting, first, by=lead, now=NOW),
    ],
    ids=["done", "done by a fact, day not known", "dropped", "no longer before it"],
)
def test_whatever_frees_a_step_has_the_rules_asked_of_it_again(
    days: Days, first: Milestone, waiting: Milestone, lead: User, ends: Change
) -> None:
    run_from(days, DUE_ON, date(2026, 5, 18))
    assert bookmark_of(waiting) is None
    ends(again(first), again(waiting), again(lead))
    assert bookmark_of(waiting) == ENDED_ON
    days.notified.clear()
    days.run(ENDED_ON)
    assert ("10 Jun", "overdue-22 over overdue-1, overdue-8, overdue-15") in told(days)


def test_what_ended_without_a_day_counts_from_the_day_on_which_it_was_closed(
    days: Days, first: Milestone, waiting: Milestone, lead: User
) -> None:
    days.run(DUE_ON)
    drop_milestone(again(first), "Not needed", by=again(lead), now=NOW)
    assert again(first).closed_on == ENDED_ON
    db.session.commit()
    run_from(days, ENDED_ON, ENDED_ON + timedelta(days=28))
    fell_due = select(Escalation.rung, Escalation.fell_due_on).where(Escalation.milestone_id == again(waiting).id)
    assert [tuple(row) for row in db.session.execute(fell_due.order_by(Escalation.rung))] == [
        (1, date(2026, 6, 11)),
        (28, date(2026, 7, 8)),
    ]


def test_what_is_opened_again_keeps_the_next_one_waiting_and_a_batch_frees_it_as_one_change_does(
    days: Days, first: Milestone, waiting: Milestone, lead: User
) -> None:
    complete(first, date(2026, 5, 4), "finished", by=None, now=moment(date(2026, 5, 4)))
    run_from(days, DUE_ON, date(2026, 5, 15))
    assert ("15 May", "overdue-1") in told(days)
    reopen_for(again(first), "It was not done", by=None, now=moment(date(2026, 5, 18)))
    assert bookmark_of(waiting) == date(2026, 5, 18)
    days.notified.clear()
    run_from(days, date(2026, 5, 18), date(2026, 6, 9))
    assert told(days) == []
    assert bookmark_of(waiting) is None
    batch = NoticeBatch()
    complete(again(first), ENDED_ON, "finished", by=None, now=NOW, batch=batch)
    batch.write(now=NOW)
    assert bookmark_of(waiting) == ENDED_ON
    reopen_milestone(again(first), "Not yet", by=again(lead), now=NOW)
    add_predecessor(again(waiting), make_milestone(again(first).partnership, key="third"), by=again(lead), now=NOW)
    db.session.commit()
    days.run(ENDED_ON)
    assert told(days) == []


@pytest.mark.parametrize(
    "what",
    [
        {"due_on": None},
        {"due_on": date(2023, 5, 4)},
        {"state": State.DONE, "done_on": date(2026, 5, 1)},
    ],
    ids=["no date", "before the service", "done"],
)
def test_one_of_which_nobody_is_reminded_keeps_nobody_waiting(
    days: Days, moray: Partnership, owner: User, what: dict[str, object]
) -> None:
    before = make_milestone(moray, key="first", **{"due_on": date(2026, 5, 4), **what})  # type: ignore[arg-type]
    moray.notify_from = date(2024, 4, 1)
    step = make_milestone(moray, key="second", due_on=DUE_ON, owner=owner)
    step.predecessors.append(before)
    db.session.commit()
    days.run(date(2026, 5, 15))
    assert ("15 May", "overdue-1 over before-14, before-3, on-day") in told(days)


def test_a_duty_in_law_does_not_wait(days: Days, moray: Partnership, owner: User, first: Milestone) -> None:
    step = make_milestone(moray, key="second", due_on=DUE_ON, owner=owner, duty_basis=Basis.STATUTE)
    step.predecessors.append(first)
    db.session.commit()
    days.run(date(2026, 5, 28))
    assert told(days, "Catriona Ross") == [("28 May", "rung-14")]


def test_a_step_whose_report_is_with_the_group_opens_no_stage_until_it_is_settled(
    days: Days, moray: Partnership, lead: User, owner: User
) -> None:
    report = make_report(moray, owner=lead)
    draft = make_milestone(
        moray, key="draft", due_on=date(2026, 6, 19), owner=owner, fact=Fact.PUBLISHED, fact_of_id=report.id
    )
    db.session.commit()
    days.run(date(2026, 7, 14))
    run_from(days, date(2026, 7, 15), date(2026, 7, 24))
    rungs = select(Escalation.rung).where(Escalation.milestone_id == again(draft).id, Escalation.audience == GROUP)
    assert db.session.scalars(rungs).all() == []
    for one in db.session.scalars(select(Escalation).where(Escalation.milestone_id == again(report).id)):
        one.resolved_at = moment(date(2026, 7, 24))
    ask_what_follows([again(report).id], date(2026, 7, 27))
    assert bookmark_of(draft) == date(2026, 7, 27)
    days.run(date(2026, 7, 27))
    assert db.session.scalars(rungs).all() == [28]


GROUP = Audience.GOVERNANCE


def test_the_record_has_no_row_of_what_the_owner_was_not_told(days: Days, waiting: Milestone) -> None:
    run_from(days, date(2026, 5, 15), date(2026, 6, 5))
    assert [step for addressee, step, _, _ in notices_as_told() if addressee == "Rory Baird"] == ["on-day"]


def test_why_nobody_was_told_names_what_it_waits_for(days: Days, waiting: Milestone) -> None:
    run_from(days, date(2026, 5, 14), date(2026, 5, 15))
    silence = silence_of(again(waiting), [], date(2026, 5, 15), moment(date(2026, 5, 15)))
    assert list(silence.waits_for) == [again(waiting).predecessors[0].title]
    assert Why.WAITS_FOR_ANOTHER in [one.why for one in reasons(silence, date(2026, 5, 15))]


def test_the_forecast_waits_too(days: Days, waiting: Milestone) -> None:
    days.run(date(2026, 5, 15))
    found = forecast(date(2026, 5, 18), 60)
    assert {notice.about.key for mail in found.mails for notice in mail.notices} == {"first"}


def test_a_sweep_asks_as_often_for_steps_that_wait_as_for_documents(
    days: Days, moray: Partnership, lead: User, owner: User
) -> None:
    report = make_report(moray, owner=lead, due_on=DUE_ON)
    db.session.commit()
    with counted_statements() as few:
        queue_due_notices(DUE_ON, moment(DUE_ON))
    first = make_milestone(moray, key="first", due_on=date(2026, 5, 15), owner=lead)
    for number in range(3):
        step = make_milestone(moray, key=f"step-{number}", due_on=date(2026, 5, 15), owner=owner)
        step.predecessors.append(first)
        step.fact, step.fact_of_id = Fact.PUBLISHED, again(report).id
    db.session.commit()
    with counted_statements() as many:
        queue_due_notices(date(2026, 5, 15), moment(date(2026, 5, 15)))
    asked = [[one for one in statements if one.startswith("SELECT")] for statements in (few, many)]
    assert len(asked[0]) == len(asked[1])


def test_a_reminder_for_the_list_day_is_not_sent_if_its_step_waits_by_then(
    days: Days, first: Milestone, waiting: Milestone, lead: User, owner: User
) -> None:
    """The second step is late and told of, and then the first is opened again. Nobody hears of the second until the
    first has ended once more; the forecast and the page of the second say so before."""
    friday, monday, tuesday = date(2026, 5, 22), date(2026, 5, 25), date(2026, 5, 26)
    owner.rhythm = Rhythm.STANDARD
    finish_milestone(first, date(2026, 5, 4), by=lead, today=date(2026, 5, 4), now=moment(date(2026, 5, 4)))
    db.session.commit()
    run_from(days, date(2026, 5, 15), friday)
    assert [day for day, _ in told(days)] == ["15 May"]
    reopen_milestone(again(first), "Not yet.", by=again(lead), now=moment(friday))
    db.session.commit()
    assert [mail for mail in forecast(monday, 1).mails if mail.name == "Rory Baird"] == []
    said = silence_of(again(waiting), [], friday, moment(friday))
    assert not said.waiting
    run_from(days, monday, tuesday)
    assert [day for day, _ in told(days)] == ["15 May"]
    finish_milestone(again(first), tuesday, by=again(lead), today=tuesday, now=moment(tuesday, TEN))
    db.session.commit()
    run_from(days, date(2026, 5, 27), date(2026, 6, 1))
    assert told(days)[1:] == [("1 Jun", "overdue-8; overdue-15")]


def test_an_email_that_was_not_sent_yet_leaves_out_what_waits_by_then(
    days: Days, first: Milestone, waiting: Milestone, lead: User
) -> None:
    finish_milestone(first, date(2026, 5, 4), by=lead, today=date(2026, 5, 4), now=moment(date(2026, 5, 4)))
    db.session.commit()
    days.queue(date(2026, 5, 15))
    reopen_milestone(again(first), "Not yet.", by=again(lead), now=moment(date(2026, 5, 15)))
    db.session.commit()
    days.send(date(2026, 5, 15))
    assert told(days) == []
