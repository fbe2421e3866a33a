"""Items that something is wrong with stop nobody else's mails, and are listed (F23)."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import delete, select, update

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.operations.queries.outbox_health import LISTED_AT_MOST
from tests.factories import make_user
from tests.faults.conftest import FELL_DUE, Service, say
from tests.support.visits import give_password, visit_as, whole_page, words

DAY = "2026-05-14"


@pytest.mark.in_full
def test_five_bad_items_of_a_hundred_are_listed_and_the_others_told(app: Flask, service: Service) -> None:
    poison_and_run(app, service, items=100, bad=5)


@pytest.mark.long
def test_fifty_bad_items_of_a_thousand_are_listed_and_the_others_told(app: Flask, service: Service) -> None:
    poison_and_run(app, service, items=1000, bad=50)


def poison_and_run(app: Flask, service: Service, *, items: int, bad: int) -> None:
    """Five ways to be bad, as many items of each: the first of all the items."""
    service.load(overdue=items, due_soon=0, people=items)
    each = bad // 5
    poison(each)
    unknown = [f"person-{number:06d}@example.test" for number in range(3 * each, 4 * each)]
    service.sink.faults.refuse_at_rcpt = dict.fromkeys(unknown, "550 5.1.1 No such user")

    status, counts = service.jobs.run("queue-notices", DAY, within=600)
    sent_status, sent = service.jobs.run("send-outbox", DAY, within=600)

    good = {
        notified
        for notified in service.notified(FELL_DUE, "overdue-1")
        if int(notified.key.removeprefix("syn-")) >= bad
    }
    verdict = service.judge(good)
    assert verdict.lost == []
    assert verdict.told_twice == []
    assert len(service.sink.accepted) == items - bad
    # Of each of the three kinds with nobody to tell, neither the owner is reached nor, in their stead, a lead.
    nobody = 2 * 3 * each
    assert (status, counts["notices"]) == (0, items - bad + each)
    assert (counts["unreachable"], counts["skipped"]) == (nobody, each)
    assert (sent_status, sent["sent"], sent["refused"]) == (0, items - bad, each)
    assert listed_on_the_health_page(app) == {
        "failed-list": each,
        "unreachable-list": min(nobody, LISTED_AT_MOST),
        "undecided-list": each,
    }
    say("F23", items=items, delivered=sent["sent"], listed=bad)


def poison(each: int) -> None:
    """No owner; an owner whose account is switched off; one who may see nothing any more; (one whose address there is
    not, which the mail server finds;) and a date after which there is no day."""
    people = db.session.scalars(select(User.id).where(User.email.like("person-%")).order_by(User.email)).all()
    keys = [f"syn-{number:07d}" for number in range(5 * each)]
    off, strangers = (people[number * each : (number + 1) * each] for number in (1, 2))
    db.session.execute(update(Milestone).where(Milestone.key.in_(keys[:each])).values(owner_id=None))
    db.session.execute(update(User).where(User.id.in_(off)).values(active=False))
    db.session.execute(delete(RoleGrant).where(RoleGrant.user_id.in_(strangers)))
    db.session.execute(update(Milestone).where(Milestone.key.in_(keys[4 * each :])).values(due_on=date.max))
    db.session.commit()


def listed_on_the_health_page(app: Flask) -> dict[str, int]:
    """How many rows each list has, with what is kept back by its limit; and that the page says what is wrong."""
    db.session.remove()  # SQLite has one writer at a time, and the page is another one
    with app.app_context():
        auditor = give_password(make_user("Una Bell", role=Role.AUDITOR))
    page = whole_page(visit_as(app, auditor).get("/service-health"))
    said = words(page)
    for sentence in ("could not be sent.", "had no recipient.", "The last run could not check"):
        assert sentence in said
    return {name: rows_of(page, name) for name in ("failed-list", "unreachable-list", "undecided-list")}


def rows_of(page: BeautifulSoup, name: str) -> int:
    return len(page.select(f"#{name} tbody tr"))
