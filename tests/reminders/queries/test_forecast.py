"""The forecast, held to what the jobs then do."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.core.preferences import Rhythm
from cycle_tracker.core.roles import Role
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice, NoticePolicy
from cycle_tracker.models.partnership import ClosureDay, Partnership
from cycle_tracker.models.user import User
from cycle_tracker.reminders.queries.deadlines import policies_now
from cycle_tracker.reminders.queries.forecasts import Forecast, forecast
from tests.factories import make_governance_group, make_milestone, make_partnership, make_report, make_user
from tests.support.days import Days, every_day, moment
from tests.support.pages import counted_statements

FIRST = date(2026, 5, 11)
DAYS = 30
LAST = FIRST + timedelta(days=DAYS - 1)
Mail = tuple[date, str, tuple[tuple[str, str, date, str], ...]]


def foretold(found: Forecast) -> list[Mail]:
    return sorted(
        (
            mail.day,
            mail.recipient,
            tuple(sorted((one.about.slug, one.about.key, one.due_on, one.step) for one in mail.notices)),
        )
        for mail in found.mails
    )


def written() -> list[Mail]:
    """What the jobs wrote, as the forecast has it."""
    mails: dict[int, tuple[date, str, list[tuple[str, str, date, str]]]] = {}
    rows = db.session.execute(
        select(
            Message.id,
            Message.rendered_on,
            Message.recipient,
            Partnership.slug,
            Milestone.key,
            Notice.due_on,
            Notice.step,
        )
        .join(Notice, Notice.message_id == Message.id)
        .join(Milestone, Milestone.id == Notice.milestone_id)
        .join(Partnership, Partnership.id == Milestone.partnership_id)
    )
    for row in rows:
        mails.setdefault(row.id, (row.rendered_on, row.recipient, []))[2].append(
            (row.slug, row.key, row.due_on, row.step)
        )
    return sorted((day, recipient, tuple(sorted(notices))) for day, recipient, notices in mails.values())


def unreachable() -> list[tuple[str, date, str]]:
    return sorted(
        (row.key, row.queued_on, row.step)
        for row in db.session.execute(
            select(Milestone.key, Notice.queued_on, Notice.step)
            .join(Milestone, Milestone.id == Notice.milestone_id)
            .where(Notice.unreachable)
        )
    )


def some_of_everything(seed: int) -> None:
    """Three partnerships with people of every preference, some away, some gone, and milestones of every kind."""
    chance = random.Random(seed)
    people: dict[int, list[User]] = {}
    for number, slug in enumerate(("moray", "fife", "angus")):
        place = make_partnership(slug)
        owners = [
            make_user(
                f"{slug} {rhythm.value}",
                role=Role.CONTRIBUTOR,
                partnership=place,
                rhythm=rhythm,
                weekday=chance.randrange(5),
                reminds_before=chance.random() < 0.7,
            )
            for rhythm in Rhythm
        ]
        gone = make_user(f"{slug} gone", role=Role.CONTRIBUTOR, partnership=place, active=False)
        stranger = make_user(f"{slug} stranger")
        leads = [make_user(f"{slug} lead", role=Role.LEAD, partnership=place)] if number < 2 else []
        group = make_governance_group(place, f"{slug} member", f"{slug} other") if number != 1 else []
        people[place.id] = [*owners, gone, stranger, *leads, *group]
        db.session.add(ClosureDay(partnership_id=place.id, day=date(2026, 5, 22 + number), name="Local holiday"))
        contacts = [
            Contact(
                partnership_id=place.id,
                name=f"Contact {one}",
                email=f"{slug}.{one}@school.test",
                reminds_before=one == 1,
            )
            for one in range(2)
        ]
        db.session.add_all(contacts)
        db.session.flush()
        for key in range(40):
            kind = chance.choice(list(Kind))
            due_on = FIRST + timedelta(days=chance.randrange(-50, 70))
            made = make_milestone(
                place,
                key=f"{slug}-{key:02d}",
                kind=kind,
                due_on=due_on,
                duty_basis=chance.choice(list(Basis)),
                owner=chance.choice([*owners, gone, stranger, None]),
                entered_on=chance.choice([date(2025, 1, 1), FIRST - timedelta(days=5)]),
                expected_date=kind is Kind.PLAN and chance.random() < 0.5,
                after_interim=kind is Kind.PLAN and chance.random() < 0.5,
            )
            if kind in {Kind.CONSULTATION, Kind.REQUEST}:
                chance.choice(contacts).milestones.append(made)
        away, deputy = owners[0], owners[1]
        for person, stands_in, start, end in ((away, deputy, 3, 12), (deputy, owners[2], 8, 20)):
            db.session.add(
                Delegation(
                    user_id=person.id,
                    deputy_id=stands_in.id,
                    from_on=FIRST + timedelta(days=start),
                    to_on=FIRST + timedelta(days=end),
                    set_by_id=person.id,
                    set_at=moment(FIRST),
                )
            )
    make_user("Rhona Bell", role=Role.ADMINISTRATOR)
    db.session.add(
        NoticePolicy(
            place="kind:step",
            kind=Kind.STEP,
            before=[21, 2, 0],
            first_after=2,
            repeat_every=5,
            rungs=[[2, ["owner", "lead"]], [6, ["chair"]], [10, ["governance-group"]]],
            in_force_from=date(2026, 5, 1),
        )
    )
    db.session.commit()


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.in_full) for seed in (2, 3))])
def test_what_is_foretold_is_what_happens(days: Days, seed: int) -> None:
    some_of_everything(seed)
    for day in every_day(FIRST - timedelta(days=4), FIRST - timedelta(days=1)):
        days.run(day)
    for escalation in db.session.scalars(select(Escalation).where(Escalation.rung < 10)):
        escalation.reply_by = FIRST + timedelta(days=9)
    db.session.commit()
    before, nobody = written(), unreachable()
    found = forecast(FIRST, DAYS)
    for day in every_day(FIRST, LAST):
        days.run(day)
    happened = [mail for mail in written() if mail not in before]
    assert foretold(found) == happened
    assert len(happened) > 50
    lost = [(one.about.key, one.queued_on, one.step) for one in found.unreachable]
    assert sorted(lost) == [one for one in unreachable() if one not in nobody]


def test_a_forecast_changes_nothing_and_asks_as_often_for_many_as_for_few(days: Days) -> None:
    some_of_everything(1)
    days.queue(FIRST - timedelta(days=3))
    few = len(asked())
    place = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
    for number in range(200):
        make_milestone(place, key=f"more-{number}", due_on=FIRST + timedelta(days=number % 30))
    db.session.commit()
    many = asked()
    assert few == len(many)
    assert all(statement.startswith("SELECT") for statement in many)


def asked() -> list[str]:
    with counted_statements() as statements:
        forecast(FIRST, DAYS)
    return statements


def test_that_a_report_can_be_written_is_foretold_under_the_policy_of_now_and_under_another(days: Days) -> None:
    place = make_partnership("moray")
    owner = make_user("Rory Baird", role=Role.LEAD, partnership=place)
    opens_on = FIRST + timedelta(days=4)
    make_report(place, owner=owner, opens_on=opens_on, due_on=date(2027, 3, 31), entered_on=date(2025, 1, 1))
    db.session.commit()
    for found in (forecast(FIRST, DAYS), forecast(FIRST, DAYS, policies=policies_now())):
        assert steps(found) == [(f"{SCOTLAND.on_or_after(opens_on):%-d %b}", "opens")]


def test_a_step_whose_document_will_be_with_the_group_is_not_foretold_to_it(days: Days) -> None:
    place = make_partnership("moray")
    owner = make_user("Rory Baird", role=Role.LEAD, partnership=place)
    make_governance_group(place, "Catriona Ross")
    plan = make_milestone(place, key="plan", kind=Kind.PLAN, due_on=FIRST - timedelta(days=10), owner=owner)
    serves = make_milestone(place, key="sent", due_on=FIRST, duty_basis=Basis.STATUTE, owner=owner)
    serves.fact_of_id = plan.id
    db.session.commit()
    for day in every_day(FIRST - timedelta(days=10), FIRST - timedelta(days=1)):
        days.run(day)
    before = written()
    found = forecast(FIRST, DAYS)
    for day in every_day(FIRST, LAST):
        days.run(day)
    assert foretold(found) == [mail for mail in written() if mail not in before]
    to_group = [one for mail in found.mails if mail.name == "Catriona Ross" for one in mail.notices]
    assert [(one.about.key, one.step) for one in to_group] == [("plan", "rung-14")]


def test_under_another_policy_it_is_as_if_that_held(days: Days) -> None:
    place = make_partnership("moray")
    owner = make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=place)
    make_milestone(place, key="step", due_on=date(2026, 6, 1), owner=owner)
    db.session.commit()
    now = forecast(FIRST, DAYS)
    db.session.add(NoticePolicy(place="all", before=[20, 5], in_force_from=FIRST))
    db.session.flush()
    changed = policies_now()
    db.session.rollback()
    then = forecast(FIRST, DAYS, policies=changed)
    assert steps(now) == [
        ("18 May", "before-14"),
        ("29 May", "before-3"),
        ("1 Jun", "on-day"),
        ("2 Jun", "overdue-1"),
        ("9 Jun", "overdue-8"),
    ]
    assert steps(then) == [
        ("12 May", "before-20"),
        ("27 May", "before-5"),
        ("2 Jun", "overdue-1"),
        ("9 Jun", "overdue-8"),
    ]


def steps(found: Forecast) -> list[tuple[str, Any]]:
    return [(f"{mail.day:%-d %b}", one.step) for mail in found.mails for one in mail.notices]
