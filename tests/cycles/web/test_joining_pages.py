"""Setting a partnership up on its pages, and the list of how far each has got."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.cycles.services.core_documents import add_core_documents
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import ClosureDay, Partnership, PartnershipBody
from cycle_tracker.models.user import User
from tests.factories import make_milestone, make_user
from tests.support.pages import Browser, counted_statements, said, sign_in, soup, value_of

SET_UP = "/partnerships/moray/set-up"
STATEMENTS = 4
"""What the list asks for, however many partnerships there are; the person and the session included."""


@dataclass
class Place:
    """Moray as `load-reference` leaves it, with an administrator signed in."""

    app: Flask
    partnership: Partnership
    admin: User
    client: Browser


@pytest.fixture
def place(app: Flask, morning: time_machine.Traveller) -> Iterator[Place]:
    with app.app_context():
        load_reference(clock.now())
        moray = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
        admin = make_user("Jean Hay", role=Role.ADMINISTRATOR)
        yield Place(app, moray, admin, sign_in(app, admin))
        db.session.remove()


def states(place: Place) -> dict[str, str]:
    tasks = soup(place.client.get(SET_UP)).select(".ds_task-list__task")
    return {
        " ".join(task.select_one(".ds_task-list__task-heading").get_text().split()): " ".join(  # type: ignore[union-attr]
            task.select_one(".ds_tag").get_text().split()  # type: ignore[union-attr]
        )
        for task in tasks
    }


def test_a_partnership_is_set_up_from_the_list_in_three_steps(place: Place) -> None:
    assert states(place) == {
        "Lead bodies and members": "Done",
        "Start date for reminders": "To do",
        "Plan periods and their steps": "To do",
        "Planning lead": "To do",
        "Governance group": "Optional",
        "History of plans and reports": "Optional",
        "Web address and public mailbox": "Optional",
        "Closure days": "Optional",
    }
    client = place.client
    early = client.post(f"{SET_UP}/periods", data={"period": "2026-29"})
    assert "set the start date for reminders" in said(early)
    assert value_of(client.get(f"{SET_UP}/notices-from"), "notify_from") == "03/07/2026"
    assert client.post(f"{SET_UP}/notices-from", data={"notify_from": "3 7 2026"}).status_code == 302
    data = {"period": "2026-29", "earlier": "y", "steps": ["draft-report", "review"]}
    assert client.post(f"{SET_UP}/periods", data=data).status_code == 302
    periods = [f"{cycle.period.name}" for cycle in db.session.scalars(select(Cycle).order_by(Cycle.period_start))]
    assert periods == ["2017-20", "2020-23", "2023-26", "2026-29"]
    invited = client.post(
        "/partnerships/moray/people/invite", data={"email": "a@example.test", "name": "Ailsa Grant", "role": "lead"}
    )
    assert invited.status_code == 302
    assert states(place)["Planning lead"] == "Invited"
    row = next(
        row for row in soup(client.get("/partnerships")).select("#partnerships tbody tr") if "Moray" in row.get_text()
    )
    assert "Being set up" in row.get_text()


def test_a_period_that_was_opened_by_mistake_is_closed_again_with_a_reason(place: Place) -> None:
    place.client.post(f"{SET_UP}/notices-from", data={"notify_from": "1 7 2026"})
    assert place.client.post(f"{SET_UP}/periods", data={"period": "2026-29"}).status_code == 302
    page = said(place.client.get(f"{SET_UP}/periods"))
    assert "Opened by mistake? Undo 2026–29" in page
    undo = f"{SET_UP}/periods/2026-29/undo"
    assert "The steps of this plan period are deleted." in said(place.client.get(undo))
    assert "Enter the reason for undoing this" in said(place.client.post(undo, data={"reason": ""}))
    assert place.client.post(undo, data={"reason": "It was for Fife."}).status_code == 302
    assert "Saved. Plan period 2026–29 is not open." in said(place.client.get(f"{SET_UP}/periods"))
    assert place.client.get(undo).status_code == 404


def test_periods_that_nobody_opened_are_offered_with_their_documents_in_them(place: Place) -> None:
    add_core_documents(clock.today(), clock.now())
    db.session.commit()
    page = soup(place.client.get(f"{SET_UP}/periods"))
    assert page.select("#periods") == []
    offered = [one["value"] for one in page.select('select[name="period"] option')]
    assert offered == ["2029-32", "2026-29", "2023-26", "2020-23", "2017-20"]
    assert states(place)["Plan periods and their steps"] == "To do"
    place.partnership.notify_from = date(2026, 7, 3)
    assert place.client.post(f"{SET_UP}/periods", data={"period": "2026-29"}).status_code == 302
    page = soup(place.client.get(f"{SET_UP}/periods"))
    assert [one.get_text() for one in page.select("#periods tbody th")] == ["2026–29"]


def test_steps_are_switched_on_later(place: Place) -> None:
    place.partnership.notify_from = date(2026, 7, 3)
    place.client.post(f"{SET_UP}/periods", data={"period": "2026-29"})
    page = f"{SET_UP}/periods/2026-29"
    refused = place.client.post(page, data={"steps": ["national-review"]})
    assert "Choose steps from the list" in said(refused)
    assert place.client.post(page, data={"steps": ["review"]}).status_code == 302
    keys = set(db.session.scalars(select(Milestone.key).where(Milestone.partnership_id == place.partnership.id)))
    assert {"2026-29.review-1", "2026-29.review-2", "2026-29.review-3"} <= keys
    assert place.client.get(f"{SET_UP}/periods/2020-23").status_code == 404


def test_an_earlier_first_day_asks_once_more(place: Place) -> None:
    place.partnership.notify_from = date(2026, 7, 3)
    make_milestone(place.partnership, due_on=date(2026, 6, 1))
    page = f"{SET_UP}/notices-from"
    asked = place.client.post(page, data={"notify_from": "1 5 2026"})
    assert "1 open milestone already past the due date would count as late" in said(asked)
    assert db.session.get_one(Partnership, place.partnership.id).notify_from == date(2026, 7, 3)
    assert place.client.post(page, data={"notify_from": "1 5 2026", "confirmed": "1"}).status_code == 302
    assert db.session.get_one(Partnership, place.partnership.id).notify_from == date(2026, 5, 1)


def test_what_is_wrong_is_told_beside_its_field_and_nothing_changes(place: Place) -> None:
    bodies = len(db.session.scalars(select(PartnershipBody)).all())
    for rest, data, words in [
        ("/notices-from", {"notify_from": ""}, "Enter the start date for reminders"),
        ("/notices-from", {"notify_from": "31 6 2026"}, "31 June 2026 is not a real date"),
        ("/notices-from", {"notify_from": "1 1 2016"}, "within a year from today"),
        ("/closure-days", {"day": "", "name": ""}, "Enter the date"),
        ("/closure-days", {"day": "3 8 2026", "name": "x" * 10_000}, "120 characters or fewer"),
        ("/closure-days", {"day": "3 8 2999", "name": ""}, "The date must be from 1 April 2017 to 2099."),
        ("/bodies", {"organisation": "", "role": "lead", "from_on": "1 4 2026"}, "Choose an organisation"),
        ("/bodies", {"organisation": "S999", "role": "lead", "from_on": "1 4 2026"}, "Choose one from the list"),
        (
            "/bodies",
            {"organisation": "N01", "role": "king", "from_on": "1 4 2026"},
            "whether it is a lead body, a member or a service provider",
        ),
        (
            "/bodies",
            {"organisation": "S12000020", "role": "lead", "from_on": "1 4 2026"},
            "is already in the partnership on that date",
        ),
        ("/periods", {"period": "2032-35"}, "Choose one from the list"),
        ("/periods", {"period": "2026-29", "steps": ["nonsense"]}, "Choose steps from the list"),
    ]:
        answer = place.client.post(f"{SET_UP}{rest}", data=data)
        assert answer.status_code == 200, rest
        assert words in said(answer)
        assert db.session.scalars(select(ClosureDay)).all() == [], rest
        assert db.session.scalars(select(Cycle)).all() == [], rest
        assert len(db.session.scalars(select(PartnershipBody)).all()) == bodies, rest
        assert db.session.get_one(Partnership, place.partnership.id).notify_from is None, rest


def test_a_part_of_another_partnership_is_not_found(place: Place) -> None:
    other = db.session.scalars(
        select(PartnershipBody).where(PartnershipBody.partnership_id != place.partnership.id).limit(1)
    ).one()
    assert place.client.get(f"{SET_UP}/bodies/{other.id}/end").status_code == 404
    assert place.client.post(f"{SET_UP}/closure-days/{other.id}/remove").status_code == 404


def test_closure_days_come_and_go_once_each(place: Place) -> None:
    page = f"{SET_UP}/closure-days"
    assert place.client.post(page, data={"day": "3 8 2026", "name": "Local holiday"}).status_code == 302
    assert "already in the list" in said(place.client.post(page, data={"day": "3 8 2026", "name": ""}))
    remove = f"{page}/{db.session.scalars(select(ClosureDay.id)).one()}/remove"
    assert place.client.post(remove).status_code == 302
    assert place.client.post(remove).status_code == 404


def test_a_bank_holiday_is_marked_as_worked_and_undone(place: Place) -> None:
    page = f"{SET_UP}/closure-days"
    offered = [str(one["value"]) for one in soup(place.client.get(page)).select("select[name=holiday] option")]
    assert offered[:3] == ["", "2026-08-03", "2026-11-30"]
    assert "2026-12-26" not in offered, "a Saturday"
    assert place.client.post(f"{page}/worked", data={"holiday": "2026-11-30"}).status_code == 302
    shown = place.client.get(page)
    assert [" ".join(one.get_text(" ").split()) for one in soup(shown).select("#worked-holidays tbody tr")] == [
        "30 November 2026 St Andrew’s Day Remove 30 November 2026"
    ]
    assert "No closure days yet." in said(shown)
    assert "2026-11-30" not in [one["value"] for one in soup(shown).select("select[name=holiday] option")]
    assert states(place)["Closure days"] == "Optional"
    for wrong in ("", "2026-11-30", "2026-12-01", "tomorrow"):
        assert place.client.post(f"{page}/worked", data={"holiday": wrong}).status_code == 200, wrong
    remove = f"{page}/{db.session.scalars(select(ClosureDay.id)).one()}/remove"
    assert place.client.post(remove).status_code == 302
    assert db.session.scalars(select(ClosureDay)).all() == []


def test_the_list_is_the_same_on_the_page_and_in_the_file_for_officials(place: Place) -> None:
    official = sign_in(place.app, make_user("Hamish Reid", role=Role.OFFICIAL))
    page = official.get("/partnerships")
    assert len(soup(page).select("#partnerships tbody tr")) == 30
    assert soup(page).select("#partnerships tbody a") == []
    file = official.get("/partnerships/export.csv").get_data(as_text=True).splitlines()
    assert len(file) == 31
    with counted_statements() as statements:
        official.get("/partnerships")
    assert len(statements) <= STATEMENTS
