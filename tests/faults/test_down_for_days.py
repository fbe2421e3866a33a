"""Nothing runs for three working days (F15): on return one mail for each open item, with the true number of days."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.jobs.queries import QUEUE_NOTICES, list_missed_days
from cycle_tracker.models.milestone import Milestone
from tests.faults.conftest import FALLS_DUE, FELL_DUE, Service, say

DAY_1 = datetime(2026, 5, 19, 7, 0, tzinfo=LONDON)
DAY_5 = datetime(2026, 5, 26, 10, 0, tzinfo=LONDON)
"""The Tuesday after: the Monday is a bank holiday, so that Wednesday, Thursday and Friday are missed."""
SOON = timedelta(seconds=30)


@pytest.mark.in_full
def test_one_catch_up_for_each_open_item_after_three_days(service: Service) -> None:
    come_back_after_three_days(service, items=60)


@pytest.mark.long
def test_one_catch_up_for_each_of_a_thousand_items_after_three_days(service: Service) -> None:
    come_back_after_three_days(service, items=1000)


def come_back_after_three_days(service: Service, *, items: int) -> None:
    """Half of the items are overdue when it goes down, and half fall due meanwhile. Every tenth is done meanwhile."""
    half = items // 2
    service.load(overdue=half, due_soon=half, people=items)
    run_both(service, DAY_1)
    assert len(service.sink.accepted) == items
    service.sink.accepted.clear()

    done = [f"syn-{number:07d}" for number in range(0, items, 10)]
    db.session.execute(
        update(Milestone).where(Milestone.key.in_(done)).values(state=State.DONE, done_on=date(2026, 5, 20))
    )
    db.session.commit()
    run_both(service, DAY_5)

    mails = {mail.recipients[0]: mail.message for mail in service.sink.accepted}
    assert len(service.sink.accepted) == len(mails) == items - len(done)
    for number in range(items):
        mail = mails.get(f"person-{number:06d}@example.test")
        assert (mail is None) is (number % 10 == 0)
        if mail is not None:
            days = 15 if number < half else 5
            subject = str(mail["Subject"])
            assert subject.startswith(f"Synthetic step {number:07d}, Synthetic partnership ")
            assert subject.endswith(": overdue")
            text = mail.get_body(("plain",))
            assert text is not None
            said = text.get_content().lower()
            assert said.count(f"overdue by {days} days (") == 2  # in the first line, and at the milestone
            assert "tomorrow" not in said
            assert "due in" not in said
            assert "due today" not in said

    open_now = set(db.session.scalars(select(Milestone.key).where(Milestone.state != State.DONE)))
    rungs = [
        *service.first_rungs(FELL_DUE, "2026-05-12"),
        *(rung for rung in service.first_rungs(FALLS_DUE, "2026-05-22") if rung[0] in open_now),
    ]
    assert service.escalations() == sorted(rungs)
    assert list_missed_days(QUEUE_NOTICES) == [date(2026, 5, day) for day in (22, 21, 20)]
    say("F15", items=items, open=len(open_now), catch_up_mails=len(mails), missed_runs=3)


def run_both(service: Service, at: datetime) -> None:
    for job, moment in ((QUEUE_NOTICES, at), ("send-outbox", at + SOON)):
        assert service.run_at(job, moment).usable
