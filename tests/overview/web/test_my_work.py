"""One list over all partnerships, and one reply to several of its rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.milestones.services.milestones import start_milestone
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.evidence import Comment
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import RoleGrant, User
from tests.factories import at_seven, grant_role, make_milestone, make_partnership, make_report, make_user
from tests.support.pages import Browser, counted_statements, said, sign_in, soup

LIST = "/my-work"
TODAY = date(2026, 7, 3)
STATEMENTS = 3
"""What the page asks for, however long the list; the person and the menu included."""
SIX = ("angus", "bute", "clyde", "dundee", "elgin", "fife")


@dataclass
class Board:
    """A health board officer who contributes in six partnerships, and owns one step in each."""

    app: Flask
    officer: User
    places: list[Partnership]
    steps: list[Milestone] = field(default_factory=list)

    def client(self) -> Browser:
        return sign_in(self.app, self.officer)

    def tick(self, *steps: Milestone) -> list[str]:
        return [f"{step.id}:{step.version}" for step in steps or self.steps]


@pytest.fixture
def board(app: Flask, morning: time_machine.Traveller) -> Iterator[Board]:
    with app.app_context():
        places = [make_partnership(slug) for slug in SIX]
        officer = make_user("Eilidh Ross", role=Role.CONTRIBUTOR, partnership=places[0])
        for place in places[1:]:
            grant_role(officer, Role.CONTRIBUTOR, place)
        made = Board(app, officer, places)
        for number, place in enumerate(places):
            made.steps.append(
                make_milestone(
                    place, title=f"Data of {place.name}", due_on=TODAY + timedelta(days=number - 2), owner=officer
                )
            )
        db.session.commit()
        yield made
        db.session.remove()


def groups(page: TestResponse) -> dict[str, list[str]]:
    """The titles under each heading of the list."""
    found = {}
    for heading in soup(page).select("main form h2[id]:not(#reply)"):
        table = heading.find_next("table")
        assert table is not None
        found[heading.get_text()] = [link.get_text() for link in table.select("tbody th a")]
    return found


def reply(board: Board, client: Browser, *steps: Milestone, **data: Any) -> TestResponse:
    return client.post(f"{LIST}/reply", data={"ticked": board.tick(*steps), **data})


def states(board: Board) -> list[State]:
    return [step.state for step in board.steps]


def test_the_list_holds_what_the_person_owns_everywhere_by_date(board: Board) -> None:
    make_milestone(board.places[0], title="Undated", due_on=None, owner=board.officer)
    make_milestone(board.places[0], title="Of a colleague", owner=make_user("Someone else"))
    make_milestone(board.places[0], title="Done", owner=board.officer, state=State.DONE)
    make_milestone(make_partnership("gigha"), title="Where I have no role", owner=board.officer)
    page = board.client().get(LIST)
    assert groups(page) == {
        "Overdue": ["Data of Angus", "Data of Bute"],
        "Due today": ["Data of Clyde"],
        "Coming up": ["Data of Dundee", "Data of Elgin", "Data of Fife"],
        "No date yet": ["Undated"],
    }
    words = said(page)
    assert "1 July 2026, 2 days past the local date" in words
    assert "7 milestones." in words


@pytest.mark.on_both_databases
def test_the_list_is_narrowed_by_the_address(board: Board) -> None:
    make_milestone(board.places[0], title="Done in Angus", owner=board.officer, state=State.DONE)
    client = board.client()
    for query, found in [
        ("partnership=fife", {"Coming up": ["Data of Fife"]}),
        ("when=past", {"Overdue": ["Data of Angus", "Data of Bute"]}),
        ("kind=review", {}),
        ("state=done", {"Done or closed": ["Done in Angus"]}),
        ("text=of+dundee", {"Coming up": ["Data of Dundee"]}),
        ("when=past&sort=title", {"Overdue": ["Data of Angus", "Data of Bute"]}),
    ]:
        assert groups(client.get(f"{LIST}?{query}")) == found


def test_what_is_unknown_in_the_address_is_left_out_and_said(board: Board) -> None:
    page = board.client().get(f"{LIST}?partnership=nowhere&kind=x&whose=everything&text={'x' * 101}")
    words = said(page)
    assert "so we ignored them: partnership, kind, owner" in words
    assert "Enter 100 characters or fewer" in words
    assert "6 milestones" in words


def test_a_lead_may_ask_for_everything_that_they_lead(board: Board) -> None:
    lead = make_user("A lead", role=Role.LEAD, partnership=board.places[0])
    client = sign_in(board.app, lead)
    assert "You have no open milestones." in said(client.get(LIST))
    page = client.get(f"{LIST}?whose=everything")
    assert groups(page) == {"Overdue": ["Data of Angus"]}
    assert "Eilidh Ross" in said(page)


def test_owners_are_named_among_all_that_a_lead_may_change_whoever_of_them_asks(board: Board) -> None:
    make_milestone(board.places[0], title="Of nobody", due_on=TODAY)
    colleague = make_user("Someone else", role=Role.CONTRIBUTOR, partnership=board.places[0])
    make_milestone(board.places[0], title="Of a colleague", due_on=TODAY, owner=colleague)
    grant_role(board.officer, Role.LEAD, board.places[0])
    db.session.commit()
    page = soup(board.client().get(f"{LIST}?whose=everything"))
    owners = {
        row.select_one("th a").get_text(): row.select_one("td[data-label=Owner]").get_text()  # type: ignore[union-attr]
        for row in page.select("main form tbody tr")
    }
    wanted = {"Data of Angus": "Eilidh Ross", "Of nobody": "No owner", "Of a colleague": "Someone else"}
    assert owners.items() >= wanted.items()


def test_one_row_is_answered_at_once(board: Board) -> None:
    answer = reply(board, board.client(), board.steps[0], answer="begun")
    assert answer.status_code == 302
    assert states(board) == [State.IN_PROGRESS, *[State.NOT_STARTED] * 5]


def test_six_partnerships_are_answered_from_one_list_after_a_preview(board: Board) -> None:
    client = board.client()
    preview = reply(board, client, answer="done", done_on="2 July 2026")
    assert preview.status_code == 200
    assert set(states(board)) == {State.NOT_STARTED}
    assert said(preview).count("Done on 2 July 2026") == 7
    hidden = {(one["name"], one["value"]) for one in soup(preview).select("main form input")}
    assert {("ticked", tick) for tick in board.tick()} <= hidden
    answer = reply(board, client, answer="done", done_on="2 July 2026", confirmed="yes")
    assert answer.status_code == 302
    assert set(states(board)) == {State.DONE}
    assert {step.done_on for step in board.steps} == {date(2026, 7, 2)}
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "finished").order_by(AuditEvent.id)).all()
    assert {(event.subject_id, event.actor_id) for event in events} == {
        (step.id, board.officer.id) for step in board.steps
    }
    assert "Updated 6 milestones. Done on 2 July 2026." in said(client.get(LIST))


def test_still_on_track_is_a_comment_on_each_and_pressed_twice_is_said_once(board: Board) -> None:
    client = board.client()
    for _ in range(2):
        assert reply(board, client, answer="on-track", note="Data by August", confirmed="yes").status_code == 302
    comments = db.session.scalars(select(Comment)).all()
    assert sorted(one.milestone_id for one in comments) == sorted(step.id for step in board.steps)
    assert {(one.text, one.author_id) for one in comments} == {("Still on track. Data by August", board.officer.id)}


def test_what_cannot_take_the_answer_is_named_and_left_and_nothing_is_half_done(board: Board) -> None:
    report = make_report(board.places[0], owner=board.officer, title="Report of Angus")
    begun = make_milestone(board.places[1], owner=board.officer, title="Begun already", state=State.DONE)
    ticked = [board.steps[0], report, begun]
    client = board.client()
    page = reply(board, client, *ticked, answer="done", done_on="1 7 2026", confirmed="yes")
    assert page.status_code == 409
    words = said(page)
    assert "2 selected milestones cannot be updated." in words
    assert "To complete a plan or an annual report, record it as published on its own page." in words
    assert "This is already done." in words
    assert board.steps[0].state is State.NOT_STARTED
    left = [one["value"] for one in soup(page).select("main form input[name=ticked]")]
    assert left == board.tick(board.steps[0])


def test_what_somebody_changed_meanwhile_is_named_beside_its_row(board: Board) -> None:
    client = board.client()
    ticks = board.tick()
    start_milestone(board.steps[2], by=board.officer, now=at_seven(TODAY))
    data = {"ticked": ticks, "answer": "done", "done_on": "1 7 2026", "confirmed": "yes"}
    page = client.post(f"{LIST}/reply", data=data)
    assert page.status_code == 409
    assert "Someone changed this after you opened the list." in said(page)
    assert State.DONE not in states(board)
    assert len(soup(page).select("main form input[name=ticked]")) == 5


def test_what_went_to_another_owner_or_role_meanwhile_is_not_changed(board: Board) -> None:
    client = board.client()
    ticks = board.tick()
    board.steps[0].owner = make_user("Someone else", role=Role.CONTRIBUTOR, partnership=board.places[0])
    grant = db.session.scalars(
        select(RoleGrant).where(RoleGrant.user_id == board.officer.id, RoleGrant.partnership_id == board.places[1].id)
    ).one()
    db.session.delete(grant)
    page = client.post(f"{LIST}/reply", data={"ticked": ticks, "answer": "begun", "confirmed": "yes"})
    words = said(page)
    assert "Someone else owns this now, so you cannot update it." in words
    assert "1 selected milestone is no longer on your list." in words
    assert "Data of Bute" not in words
    assert set(states(board)) == {State.NOT_STARTED}


def test_rows_of_another_partnership_are_neither_named_nor_changed(board: Board) -> None:
    foreign = make_milestone(make_partnership("gigha"), title="A secret step", owner=board.officer)
    client = board.client()
    page = client.post(
        f"{LIST}/reply",
        data={"ticked": [*board.tick(), f"{foreign.id}:{foreign.version}"], "answer": "begun", "confirmed": "yes"},
    )
    assert "A secret step" not in page.get_data(as_text=True)
    assert "1 selected milestone is no longer on your list." in said(page)
    assert {*states(board), foreign.state} == {State.NOT_STARTED}


def test_a_reply_that_is_wrong_says_so_and_keeps_what_was_ticked(board: Board) -> None:
    client = board.client()
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"ticked": []}, "Select at least one row"),
        ({"ticked": ["x", "1:2:3", "9" * 30, "-1:1", "١:١"]}, "Select at least one row"),
        ({"ticked": [f"{number}:1" for number in range(1, 300)]}, "Select up to 200 rows at a time"),
        ({"answer": ""}, "Choose an update"),
        ({"answer": "dropped"}, "Choose an update"),
        ({"answer": "done"}, "Enter the date they were done"),
        ({"answer": "done", "done_on": "4 7 2026"}, "The date must be today or in the past."),
        ({"answer": "done", "done_on": "31 2 2026"}, "31 February 2026 is not a real date"),
        ({"answer": "on-track", "note": "x" * 10_000}, "The note must be 1,000 characters or fewer"),
    ]
    for data, message in wrong:
        page = client.post(f"{LIST}/reply", data={"ticked": board.tick(), "answer": "begun", **data})
        assert page.status_code == 200, data
        assert message in said(page)
        assert set(states(board)) == {State.NOT_STARTED}, data
        if "ticked" not in data:
            assert len(soup(page).select("input[name=ticked][checked]")) == 6, data


def test_only_the_fields_of_the_form_are_read(board: Board) -> None:
    fields = {column.name: "1" for column in Milestone.__table__.columns} | {"role": "administrator", "done_on": ""}
    reply(board, board.client(), board.steps[0], **{**fields, "answer": "begun"})
    step = board.steps[0]
    assert (step.state, step.owner_id, step.kind) == (State.IN_PROGRESS, board.officer.id, Kind.STEP)


def test_all_of_a_page_can_be_ticked_without_scripts(board: Board) -> None:
    page = soup(board.client().get(f"{LIST}?tick=all"))
    assert len(page.select("input[name=ticked][checked]")) == 6


def test_the_reply_leads_back_to_the_list_as_it_was_filtered(board: Board) -> None:
    client = board.client()
    answer = client.post(
        f"{LIST}/reply?when=past&page=1&next=//evil.example",
        data={"ticked": board.tick(board.steps[0]), "answer": "begun"},
    )
    assert answer.location == f"{LIST}?when=past&page=1"


@pytest.mark.parametrize("rows", [5, 60])
def test_the_page_asks_the_database_as_much_for_many_rows_as_for_few(board: Board, rows: int) -> None:
    for number in range(rows):  # of both kinds there are some on the first page
        place, due_on = board.places[number % 6], date(2026, 7, 1 + number % 28)
        make_report(place, key=f"r{number}", owner=board.officer, due_on=due_on)
        make_milestone(place, key=f"s{number}", owner=board.officer, due_on=due_on)
    client = board.client()
    client.get(LIST)
    with counted_statements() as statements:
        assert client.get(LIST).status_code == 200
    assert len(statements) == STATEMENTS
