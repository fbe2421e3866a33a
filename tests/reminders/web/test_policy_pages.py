"""When people are told: seen, tried out and changed."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.notice import NoticePolicy
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.reminders.queries.forecasts import forecast
from cycle_tracker.reminders.web.policies import routes
from tests.factories import make_milestone, make_partnership
from tests.support.moray import Place, count
from tests.support.pages import Browser, counted_statements, said, soup, value_of

MORAY = "/partnerships/moray/policies"
FILLED_IN = {
    "version": "0",
    "before_date": "own",
    "days_before": "21, 7",
    "on_day": "y",
    "how_often": "as-without",
    "first_after": "1",
    "repeat_every": "7",
    "up_to": "as-without",
    "lead_after": "1",
    "chair_after": "",
    "group_after": "14",
}
STATEMENTS = 43
"""What the preview asks for, however many mails there are; the person and the menu included."""


def own(**changed: str) -> dict[str, str]:
    return {**FILLED_IN, "how_often": "own", "up_to": "own", **changed}


def beside(page: TestResponse, field: str) -> str:
    found = soup(page).find(id=f"{field}-error")
    return found.get_text() if found else ""


def test_what_holds_is_told_in_plain_words_with_the_default_beside(place: Place) -> None:
    client = place.client(place.lead)
    page = said(client.get("/policies"))
    assert "Plans and consultations 28, 14, 7 and 1 days before, and on the day" in page
    assert "Annual reports On the first working day on which it can be written, then 28, 14, 7 and 1 days" in page
    assert "1 day after, then every 7 days until 57 days after, then every 28 days" in page
    assert "1 day after: owner and planning leads; 14 days after: governance group" in page
    client.post(f"{MORAY}/plan/save", data=FILLED_IN)
    page = said(client.get(f"{MORAY}/plan"))
    assert "21 and 7 days before, and on the day" in page
    assert "Standard: 28, 14, 7 and 1 days before, and on the day" in page
    assert "Changed to: 21 and 7 days before, and on the day" in page
    assert "Ailsa Grant" in page


def test_a_change_is_seen_in_its_mails_before_it_is_saved(place: Place) -> None:
    client = place.client(place.lead)
    page = client.post(f"{MORAY}/change", data=FILLED_IN)
    assert "With the new settings we will send 10 emails in the next 30 days to 2 people." in said(page)
    assert "With the current settings we would send 11 emails to 2 people." in said(page)
    assert "(14 July 2026, 7 days before)" in said(page)
    assert count(NoticePolicy) == 0
    assert value_of(page, "days_before") == "21, 7"
    hidden = {field["name"]: field["value"] for field in soup(page).select("main input[type=hidden]")}
    again = client.post(f"{MORAY}/change", data={**hidden, "again": "yes"})
    assert value_of(again, "days_before") == "21, 7"
    assert value_of(again, "again") == ""
    answer = client.post(f"{MORAY}/save", data=hidden)
    assert answer.status_code == 302
    assert "Saved. We will use these settings from the next time reminders are prepared." in said(
        client.get(answer.headers["Location"])
    )
    kept = db.session.scalars(select(NoticePolicy)).one()
    assert (kept.place, kept.before, kept.in_force_from) == (
        f"partnership:{place.partnership.id}",
        [21, 7, 0],
        date(2026, 7, 3),
    )


def test_others_may_write_while_the_mails_of_a_change_are_worked_out(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = place.client(place.lead)
    written = []

    def forecast_while_somebody_writes(*asked: Any, **more: Any) -> Any:
        with db.engine.begin() as connection:
            written.append(connection.execute(update(Partnership).values(other_names="Moireibh")).rowcount)
        return forecast(*asked, **more)

    monkeypatch.setattr(routes, "forecast", forecast_while_somebody_writes)
    page = client.post(f"{MORAY}/change", data=FILLED_IN)
    assert "Nothing is saved yet" in said(page)
    assert written[0] > 0


def test_a_double_click_makes_one_row_and_one_event(place: Place) -> None:
    client = place.client(place.lead)
    assert client.post(f"{MORAY}/save", data=FILLED_IN).status_code == 302
    assert client.post(f"{MORAY}/save", data=FILLED_IN).status_code == 409
    events = db.session.scalars(
        select(AuditEvent).where(AuditEvent.subject == "notice-policy").order_by(AuditEvent.id)
    ).all()
    assert (count(NoticePolicy), len(events)) == (1, 1)


def test_the_second_editor_is_shown_both(place: Place) -> None:
    client = place.client(place.lead)
    client.post(f"{MORAY}/save", data=FILLED_IN)
    page = client.post(f"{MORAY}/save", data={**FILLED_IN, "days_before": "60"})
    assert page.status_code == 409
    assert "Someone else changed this first" in said(page)
    assert "Changed to: 21 and 7 days before, and on the day" in said(page)
    assert value_of(page, "days_before") == "60"
    again = {**FILLED_IN, "days_before": "60", "version": value_of(page, "version")}
    assert client.post(f"{MORAY}/save", data=again).status_code == 302
    db.session.expire_all()
    assert db.session.scalars(select(NoticePolicy.before)).one() == [60, 0]


def test_one_goes_back_to_what_holds_without_it(place: Place) -> None:
    client = place.client(place.lead)
    client.post(f"{MORAY}/save", data=own())
    back = {**FILLED_IN, "version": "1", "before_date": "as-without"}
    client.post(f"{MORAY}/save", data=back)
    page = said(client.get(MORAY))
    assert "Changed back to the standard setting" in page
    assert "Standard:" not in page
    assert "changed" not in said(client.get("/policies")).split("For one partnership")[1]


def test_what_is_wrong_is_told_beside_its_field_and_nothing_changes(place: Place) -> None:
    client = place.client(place.lead)
    for step in ["change", "save"]:
        for changed, field, words in [
            ({"days_before": "", "on_day": ""}, "days_before", "Enter at least one number of days"),
            ({"days_before": "soon"}, "days_before", "Enter numbers of days separated by commas"),
            ({"days_before": "7, -1"}, "days_before", "Enter numbers of days separated by commas"),
            ({"days_before": "1" * 10_000}, "days_before", "Enter 100 characters or fewer"),
            ({"days_before": "200"}, "days_before", "Reminders can be sent at most 180 days before the due date."),
            ({"days_before": "7, 7"}, "days_before", "Enter each number of days once."),
            ({"days_before": "<b>7</b>"}, "days_before", "Enter numbers of days separated by commas"),
            ({"before_date": "never"}, "before_date", "Choose one of these"),
            ({"how_often": "never"}, "how_often", "Choose one of these"),
            ({"first_after": ""}, "first_after", "Enter the number of days, such as 14"),
            (
                {"first_after": "2"},
                "first_after",
                "The first reminder cannot be later than in the national settings (1 day after the due date).",
            ),
            ({"first_after": "²"}, "first_after", "Enter the number of days, such as 14"),
            ({"repeat_every": "0"}, "repeat_every", "Repeat reminders every 1 to 90 days."),
            ({"how_often": "once"}, "how_often", "You cannot turn off repeat reminders"),
            ({"lead_after": "9999"}, "lead_after", "Enter the number of days, such as 14"),
            ({"chair_after": "14"}, "group_after", "Each escalation stage needs to be later than the one before it."),
            ({"group_after": ""}, "group_after", "Enter the number of days after which we email the governance group."),
            (
                {"group_after": "15"},
                "group_after",
                "The email to your governance group cannot be later than in the national settings",
            ),
        ]:
            sent = {name: value for name, value in own(**changed).items() if (name, value) != ("on_day", "")}
            page = client.post(f"{MORAY}/{step}", data=sent)
            assert page.status_code == 200, (step, changed)
            assert words in beside(page, field)
            if field not in {"before_date", "how_often"}:
                assert value_of(page, field) == sent[field]
            assert count(NoticePolicy) == 0, (step, changed)


def test_an_administrator_may_have_the_group_told_later_and_everywhere(place: Place) -> None:
    client = place.someone(Role.ADMINISTRATOR)
    later = own(group_after="30", first_after="2", lead_after="2")
    for address in ("/policies/all", "/policies/kinds/annual-report", MORAY, f"{MORAY}/plan"):
        assert "With the new settings" in said(client.post(f"{address}/change", data=later))
        assert client.post(f"{address}/save", data=later).status_code == 302, address
    assert count(NoticePolicy) == 4
    assert "30 days after: governance group" in said(client.get("/policies"))


def test_a_lead_sets_their_own_partnerships_alone(place: Place) -> None:
    make_partnership("fife")
    client = place.client(place.lead)
    for address, status in (
        ("/policies/all", 403),
        ("/policies/kinds/plan", 403),
        ("/partnerships/fife/policies", 404),
        (f"{MORAY}/nonsense", 404),
    ):
        assert client.get(address).status_code == status, address
        assert client.post(f"{address}/save", data=FILLED_IN).status_code == status, address
    assert count(NoticePolicy) == 0


def test_the_preview_asks_as_often_for_many_as_for_few(place: Place) -> None:
    client = place.client(place.lead)
    few = asked(client)
    for number in range(100):
        make_milestone(place.partnership, title=f"Step {number}", due_on=date(2026, 7, 14), owner=place.owner)
    assert (few, asked(client)) == (STATEMENTS, STATEMENTS)


def asked(client: Browser) -> int:
    with counted_statements() as statements:
        client.post(f"{MORAY}/change", data=FILLED_IN)
    return len(statements)
