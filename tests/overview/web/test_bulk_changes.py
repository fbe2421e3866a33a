"""A new owner and new local dates for several milestones: previewed, then all of it or nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.milestones.services.milestones import start_milestone
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from tests.factories import at_seven, make_milestone, make_partnership, make_report, make_user
from tests.support.pages import Browser, said, sign_in, soup

CHANGE = "/partnerships/moray/milestones/change"
TODAY = date(2026, 7, 3)


@dataclass
class Moray:
    """Moray with its lead, a contributor, and three steps due in July."""

    app: Flask
    place: Partnership
    lead: User
    other: User
    steps: list[Milestone]

    def client(self) -> Browser:
        return sign_in(self.app, self.lead)

    def send(self, client: Browser, *steps: Milestone, step: str = "apply", **data: Any) -> TestResponse:
        ticks = [f"{one.id}:{one.version}" for one in steps or self.steps]
        return client.post(CHANGE, data={"ticked": ticks, "step": step, "dates": "keep", **data})


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    with app.app_context():
        place = make_partnership("moray", name="Moray")
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
        other = make_user("Ewan Ross", role=Role.CONTRIBUTOR, partnership=place)
        steps = [
            make_milestone(place, title=f"Step {number}", due_on=date(2026, 7, 9 + number), owner=lead)
            for number in (1, 2, 3)
        ]
        db.session.commit()
        yield Moray(app, place, lead, other, steps)
        db.session.remove()


def dates(moray: Moray) -> list[date | None]:
    return [one.due_on for one in moray.steps]


BEFORE = [date(2026, 7, 10), date(2026, 7, 11), date(2026, 7, 12)]


def test_from_the_list_through_the_preview_to_the_change(moray: Moray) -> None:
    db.session.add(
        Notice(
            milestone=moray.steps[0],
            due_on=date(2026, 7, 10),
            step="before-14",
            addressee=f"user:{moray.lead.id}",
            user_id=moray.lead.id,
            audience=Audience.OWNER,
            queued_on=date(2026, 6, 26),
            queued_at=at_seven(date(2026, 6, 26)),
        )
    )
    client = moray.client()
    chosen = moray.send(client, step="")
    assert chosen.status_code == 200
    assert "Change 3 milestones" in said(chosen)
    what = {"owner": str(moray.other.id), "dates": "days", "days": "14", "reason": "The meeting moved"}
    preview = moray.send(client, step="preview", **what)
    words = said(preview)
    assert "The new owner is Ewan Ross. Dates move 14 days later. Reason: The meeting moved" in words
    assert (
        "10 July 2026 24 July 2026 1 reminder about the old date is cancelled. "
        "The next reminder is due on 10 July 2026." in words
    )
    assert dates(moray) == BEFORE
    applied = moray.send(client, **what)
    assert applied.status_code == 302
    assert dates(moray) == [date(2026, 7, 24), date(2026, 7, 25), date(2026, 7, 26)]
    assert {one.owner_id for one in moray.steps} == {moray.other.id}
    events = db.session.scalars(
        select(AuditEvent).where(AuditEvent.actor_id == moray.lead.id).order_by(AuditEvent.id)
    ).all()
    for action in ("date-moved", "owner-changed"):
        assert {one.subject_id for one in events if one.action == action} == {one.id for one in moray.steps}
    changes = db.session.scalars(select(DateChange)).all()
    assert {(one.reason, one.noted_by_id) for one in changes} == {("The meeting moved", moray.lead.id)}
    assert len(changes) == 3


def test_dates_move_to_one_date_or_earlier_by_days(moray: Moray) -> None:
    client = moray.client()
    moray.send(client, dates="date", due_on="1 9 2026", reason="One day for all")
    assert set(dates(moray)) == {date(2026, 9, 1)}
    moray.send(client, dates="days", days="\N{MINUS SIGN}7", reason="A week earlier")
    assert set(dates(moray)) == {date(2026, 8, 25)}


def test_an_owner_may_be_taken_away(moray: Moray) -> None:
    assert moray.send(moray.client(), owner="nobody").status_code == 302
    assert {one.owner_id for one in moray.steps} == {None}


def test_documents_and_what_is_done_are_named_and_nothing_changes(moray: Moray) -> None:
    report = make_report(moray.place, title="The report")
    done = make_milestone(moray.place, title="The done one", state=State.DONE)
    undated = make_milestone(moray.place, title="The undated one", due_on=None)
    page = moray.send(moray.client(), *moray.steps, report, done, undated, dates="days", days="7", reason="Why")
    assert page.status_code == 409
    words = said(page)
    assert "3 selected milestones cannot be changed." in words
    assert "You cannot move the date of a plan or an annual report." in words
    assert "This is already done." in words
    assert "This has no date yet, so you cannot move it by a number of days." in words
    assert dates(moray) == BEFORE
    assert len(soup(page).select("main form input[name=ticked]")) == 3


def test_what_changed_meanwhile_is_named_and_nothing_changes(moray: Moray) -> None:
    client = moray.client()
    ticks = [f"{one.id}:{one.version}" for one in moray.steps]
    start_milestone(moray.steps[1], by=moray.lead, now=at_seven(TODAY))
    page = client.post(CHANGE, data={"ticked": ticks, "step": "apply", "dates": "days", "days": "7", "reason": "Why"})
    assert page.status_code == 409
    assert "Someone changed this after you opened the list." in said(page)
    assert dates(moray) == BEFORE


def test_an_owner_of_another_partnership_is_refused_beside_the_field(moray: Moray) -> None:
    """S2: the choices are those of the partnership, and a number from elsewhere changes nothing."""
    stranger = make_user("Stranger", role=Role.LEAD, partnership=make_partnership("fife"))
    gone = make_user("Gone", role=Role.LEAD, partnership=moray.place, active=False)
    official = make_user("Official", role=Role.OFFICIAL)
    client = moray.client()
    for person in (str(stranger.id), str(gone.id), str(official.id), "2147483648", "x", "-1"):
        page = moray.send(client, owner=person)
        assert page.status_code == 200
        assert "Choose an owner from the list" in said(page)
        assert {one.owner_id for one in moray.steps} == {moray.lead.id}


def test_milestones_of_another_partnership_are_neither_named_nor_changed(moray: Moray) -> None:
    fife = make_partnership("fife")
    foreign = make_milestone(fife, title="A secret step", due_on=date(2026, 7, 10))
    page = moray.send(moray.client(), *moray.steps, foreign, owner=str(moray.other.id))
    assert "A secret step" not in page.get_data(as_text=True)
    assert "1 selected milestone is no longer on this list." in said(page)
    assert {one.owner_id for one in moray.steps} == {moray.lead.id}
    assert foreign.owner_id is None


def test_what_is_wrong_is_said_beside_its_field_and_keeps_what_was_typed(moray: Moray) -> None:
    client = moray.client()
    for data, message in [
        ({}, "Choose a new owner, or a way to move the dates"),
        ({"dates": "sometime"}, "Choose whether to move the dates"),
        ({"dates": "days", "days": "", "reason": "Why"}, "Enter a number of days"),
        ({"dates": "days", "days": "0", "reason": "Why"}, "Enter a number of days"),
        ({"dates": "days", "days": "99999", "reason": "Why"}, "Enter a number of days"),
        ({"dates": "days", "days": "1.5", "reason": "Why"}, "Enter a number of days"),
        ({"dates": "days", "days": "7"}, "Enter the reason for moving the dates"),
        ({"dates": "date", "due_on": "", "reason": "Why"}, "Enter the new date"),
        ({"dates": "date", "due_on": "31 2 2026", "reason": "Why"}, "31 February 2026 is not a real date"),
        ({"dates": "date", "due_on": "1 1 2100", "reason": "Why"}, "before 2100"),
        ({"dates": "date", "due_on": "1 9 2026", "reason": "x" * 10_000}, "The reason must be 1,000 characters"),
    ]:
        page = moray.send(client, step="preview", **data)
        assert page.status_code == 200, data
        assert message in said(page)
        assert len(soup(page).select("input[name=ticked]")) == 3, data
        for name in ("days", "due_on"):
            if data.get(name):
                assert soup(page).select_one(f"#{name}")["value"] == data[name]  # type: ignore[index]
        assert dates(moray) == BEFORE, data


def test_with_nothing_ticked_the_list_says_so(moray: Moray) -> None:
    client = moray.client()
    answer = client.post(f"{CHANGE}?kind=step&sort=title&evil=1", data={})
    assert answer.location == "/partnerships/moray/milestones?kind=step&sort=title"
    assert "Select the milestones to change." in said(client.get("/partnerships/moray/milestones"))


@pytest.mark.on_both_databases
def test_of_many_who_move_the_same_dates_at_once_one_does(moray: Moray) -> None:
    """F18: everybody has read the same versions."""
    leads = [make_user(f"Lead {number}", role=Role.LEAD, partnership=moray.place) for number in range(6)]
    clients = [sign_in(moray.app, lead) for lead in leads]
    ticks = [f"{one.id}:{one.version}" for one in moray.steps]
    db.session.commit()
    answers, start = [], Barrier(len(clients))

    def move(client: Browser, days: int) -> None:
        data = {"ticked": ticks, "step": "apply", "dates": "days", "days": str(days), "reason": "Why"}
        with moray.app.app_context():
            start.wait()
            answers.append(client.post(CHANGE, data=data).status_code)
            db.session.remove()

    threads = [Thread(target=move, args=(client, number)) for number, client in enumerate(clients, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    assert sorted(answers) == [302, *[409] * 5]
    moved = {(new - old).days for new, old in zip(dates(moray), BEFORE, strict=True) if new}
    assert len(moved) == 1
    assert moved <= set(range(1, 7))
    assert len(db.session.scalars(select(DateChange)).all()) == 3
