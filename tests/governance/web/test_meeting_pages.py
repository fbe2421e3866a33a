"""What a whole meeting decided, recorded on one page."""

from datetime import date

import pytest
from sqlalchemy import func, select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Group, Meeting
from cycle_tracker.models.message import Message
from cycle_tracker.models.user import User
from tests.factories import make_milestone, make_report, make_user
from tests.governance.web.test_escalation_pages import escalate
from tests.governance.web.test_lead_as_clerk_pages import WHY, Moray, moray, send
from tests.support.pages import Browser, counted_statements, said, soup

__all__ = ["moray"]
GROUP = "/partnerships/moray/group"


@pytest.fixture
def meeting(moray: Moray) -> Meeting:
    group = db.session.scalars(select(Group)).one()
    made = Meeting(group_id=group.id, held_on=date(2026, 8, 28))
    db.session.add(made)
    db.session.flush()
    return made


@pytest.fixture
def second(moray: Moray) -> Escalation:
    return another(moray, 2)


def another(moray: Moray, number: int) -> Escalation:
    place = moray.report.partnership
    assert place is not None
    report = make_report(place, key=f"2023-26.annual-report-{number}", year_end=date(2023 + number, 3, 31))
    return escalate(report)


@pytest.fixture
def clerk(moray: Moray) -> User:
    return make_user("Ina Weir", role=Role.CLERK, partnership=moray.report.partnership)


def page_of(meeting: Meeting) -> str:
    return f"{GROUP}/meetings/{meeting.id}/decisions"


def filled(client: Browser, page: str, rows: dict[int, dict[str, str]], **more: str) -> dict[str, str]:
    """The form as it is shown, with what is entered in these rows."""
    form = {
        str(one["name"]): str(one.get("value") or "")
        for one in soup(client.get(page)).select("form input[type=hidden]")
    }
    return form | {f"e{number}-{name}": value for number, row in rows.items() for name, value in row.items()} | more


def decided() -> list[tuple[DecisionOutcome, str, bool]]:
    found = db.session.scalars(select(Decision).order_by(Decision.id))
    return [(one.outcome, one.minute, one.made_by_id is None) for one in found]


def test_each_row_is_a_decision_and_all_are_recorded_together(
    moray: Moray, meeting: Meeting, second: Escalation, clerk: User
) -> None:
    third = another(moray, 1)
    client, page = moray.client(clerk), page_of(meeting)
    assert page in [one.get("href") for one in soup(client.get(GROUP)).select("a")]
    rows = {
        moray.escalation.id: {"outcome": "new-date", "on": "30 9 2026", "why": WHY},
        second.id: {"outcome": "refer-on", "what": "The board", "why": WHY},
        third.id: {"outcome": ""},
    }
    assert "Saved 2 decisions." in send(client, page, filled(client, page, rows, minute="4.2"))
    assert decided() == [(DecisionOutcome.NEW_DATE, "4.2", True), (DecisionOutcome.REFER_ON, "4.2", True)]
    assert {one.meeting_id for one in db.session.scalars(select(Decision))} == {meeting.id}
    db.session.refresh(moray.report)
    assert moray.report.due_on == date(2026, 9, 30)
    db.session.refresh(third)
    assert third.decided_at is None


def test_where_one_row_is_wrong_nothing_is_recorded_and_what_was_typed_stays(
    moray: Moray, meeting: Meeting, second: Escalation, clerk: User
) -> None:
    client, page = moray.client(clerk), page_of(meeting)
    good = {"outcome": "no-action", "why": WHY}
    for wrong, words in (
        ({"outcome": "new-date", "on": "", "why": WHY}, "Enter the date"),
        ({"outcome": "new-date", "on": "1 1 2020", "why": WHY}, "The new expected date must be in the future."),
        ({"outcome": "next-steps", "on": "30 9 2026", "what": ""}, "Enter the next step"),
        ({"outcome": "no-action", "why": "No"}, "The explanation must be 10 to 2,000 characters"),
        ({"outcome": "", "why": WHY}, "Choose a decision, or clear what you entered"),
        ({"outcome": "something"}, "Choose a decision from the list"),
    ):
        rows = {moray.escalation.id: good, second.id: wrong}
        answer = client.post(page, data=filled(client, page, rows))
        assert words in said(answer), wrong
        assert "Nothing is saved yet." in said(answer), wrong
        assert WHY in answer.get_data(as_text=True)
    assert "Choose a decision for at least one of these." in send(client, page, filled(client, page, {}))
    assert decided() == []


def test_what_somebody_decided_meanwhile_is_not_decided_again(
    moray: Moray, meeting: Meeting, second: Escalation, clerk: User
) -> None:
    client, page = moray.client(clerk), page_of(meeting)
    rows = {one.id: {"outcome": "no-action", "why": WHY} for one in (moray.escalation, second)}
    form = filled(client, page, rows)
    send(client, page, filled(client, page, {second.id: rows[second.id]}))
    answer = client.post(page, data=form)
    assert (answer.status_code, len(decided())) == (409, 1)
    assert "decided or settled meanwhile" in said(answer)
    moray.report.version += 1
    db.session.commit()
    late = client.post(page, data={key: value for key, value in form.items() if not key.startswith(f"e{second.id}-")})
    assert late.status_code == 409
    assert "was changed while you had this page open" in said(late)


def test_a_lead_who_is_the_clerk_needs_the_minute_and_the_chair_is_emailed(moray: Moray, meeting: Meeting) -> None:
    client, page = moray.client(moray.lead), page_of(meeting)
    rows = {moray.escalation.id: {"outcome": "no-action", "why": WHY}}
    assert "You are also a planning lead" in said(client.get(page))
    assert "Minute reference (optional)" not in said(client.get(page))
    assert "Minute reference (optional)" in said(moray.client(moray.chair).get(page))
    assert "Enter the minute reference." in send(client, page, filled(client, page, rows))
    send(client, page, filled(client, page, rows, minute="4.2"))
    assert decided() == [(DecisionOutcome.NO_ACTION, "4.2", True)]
    assert db.session.scalars(select(Message.user_id)).all() == [moray.chair.id]


def test_a_meeting_to_come_and_work_of_ones_own_are_not_decided_here(
    moray: Moray, meeting: Meeting, second: Escalation
) -> None:
    client = moray.client(moray.chair)
    second.milestone.owner = moray.chair
    assert "For others to decide" in said(client.get(page_of(meeting)))
    meeting.held_on = date(2026, 9, 2)
    form = {f"e{moray.escalation.id}-outcome": "no-action", f"e{moray.escalation.id}-why": WHY}
    assert "still to come" in send(client, page_of(meeting), form)
    assert "Record decisions" not in said(client.get(GROUP))
    assert client.get(f"{GROUP}/meetings/999/decisions").status_code == 404
    assert db.session.scalar(select(func.count(Decision.id))) == 0


def test_the_page_asks_the_same_however_much_waits(moray: Moray, meeting: Meeting, clerk: User) -> None:
    client, counts = moray.client(clerk), []
    for number in (2, 1):
        with counted_statements() as statements:
            client.get(page_of(meeting))
        counts.append(len(statements))
        another(moray, number)
    assert counts[0] == counts[1] <= 8


def test_a_name_of_a_field_that_no_page_has_is_something_that_changed_meanwhile(
    moray: Moray, meeting: Meeting, clerk: User
) -> None:
    client, page = moray.client(clerk), page_of(meeting)
    for name in ("e" + "1" * 5000, "e²", "e٣", "x"):
        answer = client.post(page, data=filled(client, page, {}) | {f"{name}-outcome": "no-action"})
        assert answer.status_code == 409, name[:5]


@pytest.mark.in_full
def test_the_page_says_when_it_does_not_list_everything(moray: Moray, meeting: Meeting, clerk: User) -> None:
    client, words = moray.client(clerk), "Only the first 50 escalations are on this page."
    place = moray.report.partnership
    for number in range(49):
        escalate(make_milestone(place, key=f"local-{number}", title=f"Step {number}", due_on=date(2026, 6, 1)))
    assert words not in said(client.get(page_of(meeting)))
    escalate(make_milestone(place, key="local-49", title="Step 49", due_on=date(2026, 6, 1)))
    assert words in said(client.get(page_of(meeting)))
