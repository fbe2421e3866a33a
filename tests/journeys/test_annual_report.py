"""The main story: a report falls due, its lead is told, records it, and the official's list loses it."""

from datetime import date

import pytest
from playwright.sync_api import Browser

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.user import User
from tests.factories import make_governance_group, make_government, make_partnership, make_report, make_user
from tests.journeys.conftest import (
    PASSWORD,
    Service,
    Visitor,
    on_every_screen,
    on_every_screen_and_both_databases,
    with_password,
)

pytestmark = pytest.mark.journey

REPORT = "/partnerships/moray/milestones/2023-26.annual-report-3"
ADDRESS = "https://www.moray.example.org/children/annual-report-2025-26"


def moray(service: Service) -> tuple[str, str, str]:
    """Moray with its report on 2025–26, its lead, one governance member and an official; their addresses."""
    with service.app.app_context():
        make_government()
        partnership = make_partnership("moray", name="Moray")
        lead = with_password(make_user("Ailsa Grant", role=Role.LEAD, partnership=partnership))
        member = with_password(make_governance_group(partnership, "Morag Reid", "Calum Innes", "Isla Ross")[0])
        official = with_password(make_user("Fiona Shaw", role=Role.OFFICIAL))
        make_report(partnership, owner=lead, title="Annual report on 2025–26")
        db.session.commit()
        return _address(lead), _address(member), _address(official)


def _address(user: User) -> str:
    return user.email


@on_every_screen_and_both_databases
def test_a_lead_records_the_report_in_at_most_three_clicks_from_the_mail(service: Service, visitor: Visitor) -> None:
    service.at(date(2026, 7, 1), hour=7)
    lead, _, official = moray(service)
    service.run_jobs()
    service.at(date(2026, 7, 1), hour=9)

    visitor.sign_in(official)
    visitor.open("/outstanding")
    assert visitor.reads("Annual report on 2025–26")
    visitor.sign_out()

    visitor.sign_in(lead)
    assert visitor.reads("1 day past the guidance date")
    visitor.clicks = 0
    visitor.follow(service.link_in_mail(lead, REPORT))
    visitor.fill("address", ADDRESS)
    visitor.fill("Date", "30 6 2026")
    visitor.press("Record")
    assert visitor.clicks <= 3
    assert visitor.reads("30 June 2026")
    assert visitor.reads("Saved")
    visitor.sign_out()

    visitor.sign_in(official)
    assert visitor.reads("To receive")
    assert visitor.reads("Annual report on 2025–26")
    visitor.open("/outstanding")
    assert not visitor.reads("Annual report on 2025–26")


@pytest.mark.in_full
@on_every_screen
def test_a_wrong_date_is_told_beside_the_field_and_what_was_typed_is_kept(service: Service, visitor: Visitor) -> None:
    service.at(date(2026, 7, 1))
    lead, _, _ = moray(service)
    visitor.sign_in(lead)
    visitor.open(REPORT)
    visitor.fill("address", ADDRESS)
    visitor.fill("Date", "31 6 2026")
    visitor.press("Record")
    assert visitor.page.title().startswith("Error: ")
    assert visitor.reads("31 June 2026 is not a real date") or visitor.reads("real date")
    assert visitor.page.get_by_label("address").first.input_value() == ADDRESS
    assert "2026" in visitor.page.get_by_label("Date").first.input_value()


@pytest.mark.in_full
@on_every_screen
def test_the_third_report_of_a_plan_is_outstanding_in_the_next_cycle(service: Service, visitor: Visitor) -> None:
    service.at(date(2026, 9, 14))
    lead, _, official = moray(service)
    visitor.sign_in(official)
    visitor.open("/outstanding?state=outstanding")
    assert visitor.reads("Moray")
    assert visitor.reads("Annual report on 2025–26")
    assert visitor.reads("76")
    visitor.sign_out()
    visitor.sign_in(lead)
    assert visitor.reads("Annual report on 2025–26")


@on_every_screen_and_both_databases
def test_a_governance_member_notes_a_new_expected_date_and_the_lag_stays(service: Service, visitor: Visitor) -> None:
    service.at(date(2026, 7, 14), hour=7)
    _, member, official = moray(service)
    service.run_jobs()
    service.at(date(2026, 9, 1))

    visitor.sign_in(member)
    visitor.clicks = 0
    visitor.follow(service.link_in_mail(member, "/escalations/"))
    visitor.fill("New expected date", "30 9 2026")
    visitor.fill("Explanation", "The council committee met late. The report goes to it on 24 September.")
    visitor.press("Agree the new expected date")
    assert visitor.clicks <= 2
    assert visitor.reads("30 September 2026")
    visitor.open(REPORT)
    assert visitor.reads("30 June 2026")
    assert visitor.reads("63 days")
    assert visitor.reads("154 days")
    visitor.sign_out()

    visitor.sign_in(official)
    visitor.open("/outstanding")
    assert visitor.reads("The council committee met late")
    assert visitor.reads("30 September 2026")


@pytest.mark.in_full
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_report_is_recorded_in_a_browser_that_runs_no_scripts(service: Service, browser: Browser) -> None:
    service.at(date(2026, 7, 1))
    lead, _, _ = moray(service)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(service.address + REPORT)
    page.get_by_label("Email").fill(lead)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    assert page.url.endswith(REPORT)
    page.get_by_label("address").first.fill(ADDRESS)
    page.get_by_label("Date").first.fill("30 6 2026")
    with page.expect_navigation():
        page.get_by_role("button", name="Record", exact=True).click()
    assert "Saved" in page.locator("main").inner_text()
    context.close()
