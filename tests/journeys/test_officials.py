"""The officials' story: they ask for an update in three clicks, the partnership answers and records, they receive."""

from datetime import date

import pytest

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from scheduler.jobs import run_job
from tests.factories import make_cycle, make_government, make_partnership, make_report, make_user
from tests.journeys.conftest import Service, Visitor, on_both_sizes, with_password

pytestmark = pytest.mark.journey

REPORT = "/partnerships/moray/milestones/2023-26.annual-report-3"
ADDRESS = "https://www.moray.example.org/children/annual-report-2025-26"


def nation(service: Service) -> tuple[str, str]:
    """Moray with its report on 2025–26 and its lead, Fife with a report and nobody, and an official."""
    with service.app.app_context():
        make_government()
        moray = make_partnership("moray", name="Moray")
        lead = with_password(make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)).email
        make_report(moray, cycle=make_cycle(moray, "2023-26"))
        fife = make_partnership("fife", name="Fife")
        make_report(fife, cycle=make_cycle(fife, "2023-26"))
        official = with_password(make_user("Fiona Shaw", role=Role.OFFICIAL)).email
        db.session.commit()
    return lead, official


@on_both_sizes
def test_an_official_asks_in_three_clicks_and_the_partnership_answers(service: Service, visitor: Visitor) -> None:
    service.at(date(2026, 9, 2))
    lead, official = nation(service)

    visitor.sign_in(official)
    visitor.clicks = 0
    tick(visitor, "Moray: Annual report on 2025–26")
    visitor.press("Preview a request")
    assert visitor.reads("(64 days before 2 September 2026)")
    visitor.press("Send")
    assert visitor.clicks == 3
    assert visitor.reads("You have sent 1 request in 1 email.")
    visitor.open("/update-requests")
    assert visitor.reads("Waiting for a reply")
    visitor.sign_out()
    run_job(service.app, "send-outbox", clock.today())

    visitor.sign_in(lead)
    visitor.follow(service.link_in_mail(lead, "/update-requests/"))
    visitor.fill("Your answer", "The board takes it on 24 September.")
    visitor.press("Send your answer")
    visitor.open(REPORT)
    assert visitor.reads("The board takes it on 24 September.")
    visitor.sign_out()

    visitor.sign_in(official)
    assert visitor.reads("The board takes it on 24 September.")


@pytest.mark.in_full
@on_both_sizes
def test_officials_ask_about_many_at_once_and_receive_what_is_sent(service: Service, visitor: Visitor) -> None:
    service.at(date(2026, 9, 2))
    lead, official = nation(service)

    visitor.sign_in(official)
    visitor.open("/outstanding")
    tick(visitor, "Moray: Annual report on 2025–26")
    tick(visitor, "Fife: Annual report on 2025–26")
    visitor.press("Preview a request about the selected documents, from outstanding")
    assert visitor.reads("Fife has no planning lead")
    visitor.press("Send")
    assert visitor.reads("There was no one to email in Fife.")
    visitor.open("/partnerships/fife")
    assert visitor.reads("Update requests from the Scottish Government")
    visitor.sign_out()

    visitor.sign_in(lead)
    visitor.open(REPORT)
    visitor.fill("address", ADDRESS)
    visitor.fill("Date", "1 9 2026")
    visitor.press("Record")
    visitor.sign_out()

    visitor.sign_in(official)
    visitor.open("/to-receive")
    tick(visitor, "Moray: Annual report on 2025–26")
    visitor.press("Record receipt")
    assert visitor.reads("Saved. 1 document was received on 2 September 2026.")
    visitor.open(REPORT)
    assert visitor.reads("Received on 2 September 2026, recorded by Fiona Shaw.")
    visitor.open("/partnerships/fife/milestones/2023-26.annual-report-3/receipt")
    visitor.fill("Date it was received", "1 9 2026")
    visitor.press("Record receipt")
    assert visitor.reads("You have not entered a date or a web address.")
    tick(visitor, "This is right")
    visitor.press("Record receipt")
    visitor.open("/matrix?period=2023-26")
    assert visitor.reads("Complete")
    assert not visitor.reads("Outstanding Guidance date")
    visitor.open("/partnerships/fife/milestones/2023-26.annual-report-3/receipt/undo")
    visitor.fill("Reason", "It was the report of another year.")
    visitor.press("Undo this receipt")
    assert visitor.reads("It was the report of another year.")


def tick(visitor: Visitor, name: str) -> None:
    """Tick a row of a list: one click, on what stands for the box."""
    visitor.clicks += 1
    box = visitor.page.get_by_role("checkbox", name=name)
    visitor.page.locator(f"label[for={box.get_attribute('id')}]").click()
    assert box.is_checked()
