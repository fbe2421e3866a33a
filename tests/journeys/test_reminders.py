"""A step from its first reminder to the group: a policy, a deputy, an answer by mail, a day of reply, a rung."""

import re
from datetime import date

import pytest
from icalendar import Calendar

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from tests.factories import make_governance_group, make_milestone, make_partnership, make_user
from tests.journeys.conftest import Service, Visitor, on_both_sizes, with_password

pytestmark = pytest.mark.journey

STEP = "/partnerships/moray/milestones/2026-29.step"
LEAD, OWNER, DEPUTY, CHAIR = (f"{name}@example.test" for name in ("ailsa", "ewan", "rona", "morag"))


@pytest.fixture
def moray(service: Service) -> None:
    """A step that is due on 21 May 2026, whose owner is about to go away."""
    service.at(date(2026, 5, 5))
    with service.app.app_context():
        partnership = make_partnership("moray", name="Moray")
        with_password(make_user("Ailsa Grant", role=Role.LEAD, partnership=partnership, email=LEAD))
        owner = with_password(make_user("Ewan Bain", role=Role.CONTRIBUTOR, partnership=partnership, email=OWNER))
        with_password(make_user("Rona Munro", role=Role.CONTRIBUTOR, partnership=partnership, email=DEPUTY))
        chair = with_password(make_governance_group(partnership, "Morag Reid", "Calum Innes")[0])
        chair.email = CHAIR
        make_milestone(partnership, key="2026-29.step", title="Needs assessment", owner=owner, due_on=date(2026, 5, 21))
        db.session.commit()


def tick(visitor: Visitor, label: str) -> None:
    """Choose one of several answers."""
    visitor.page.locator("label").get_by_text(label, exact=True).click()


@on_both_sizes
@pytest.mark.usefixtures("moray")
def test_a_step_is_escalated_and_everybody_can_see_why(service: Service, visitor: Visitor) -> None:
    # The lead has the governance group told after 14 days, and sees first what that would send.
    visitor.sign_in(LEAD)
    visitor.open("/partnerships/moray/policies/step/change")
    visitor.page.locator("fieldset", has_text="Escalation").get_by_text("Set our own", exact=True).last.click()
    visitor.fill("Planning leads, days after the due date", "1")
    group_after = visitor.page.get_by_label("Governance group, days after the due date", exact=True)
    group_after.fill("60")
    visitor.press("Check the emails")
    assert visitor.reads("There is a problem")
    group_after.fill("14")
    visitor.press("Check the emails")
    assert visitor.reads("Nothing is saved yet")
    visitor.press("Save")
    visitor.open("/forecast")
    assert visitor.reads("Needs assessment")
    visitor.sign_out()

    # The owner goes away, and makes an address for their calendar.
    visitor.sign_in(OWNER)
    visitor.open("/account/away")
    visitor.fill("First day away", "06/05/2026")
    visitor.fill("Last day away", "15/05/2026")
    visitor.page.get_by_label("Who will cover").select_option(label="Rona Munro")
    visitor.press("Save")
    visitor.open("/account/calendar")
    visitor.press("Create the address")
    address = visitor.page.locator("#address").inner_text()
    fetched = visitor.page.request.get(address)
    events = Calendar.from_ical(fetched.text()).walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events] == ["Needs assessment (Moray)"]
    visitor.sign_out()

    # The deputy answers from the mail, without signing in; the mail says for whom, and a page says why.
    service.at(date(2026, 5, 7), hour=7)
    service.run_jobs()
    assert service.mails_to(OWNER) == []
    assert "You get this because you are covering for Ewan Bain." in service.mails_to(DEPUTY)[-1]
    visitor.follow(service.link_in_mail(DEPUTY, "/answer/"))
    tick(visitor, "Not done, on track")
    visitor.press("Send your answer")
    assert visitor.reads("We have your answer")
    visitor.sign_in(DEPUTY)
    visitor.follow(service.link_in_mail(DEPUTY, "/mails/"))
    assert visitor.reads("14 days before")
    visitor.sign_out()

    # The date passes. The lead says by when they reply, so the group hears of it then, and by itself.
    service.at(date(2026, 5, 22), hour=7)
    service.run_jobs()
    visitor.sign_in(LEAD)
    visitor.follow(service.link_in_mail(LEAD, STEP))
    visitor.page.get_by_role("link", name="Acknowledge and give a reply date").click()
    visitor.check_page()
    visitor.fill("Reply date", "05/06/2026")
    visitor.press("Save reply date")
    visitor.open(f"{STEP}/notices")
    assert visitor.reads("Ewan Bain")
    visitor.open("/notices")
    assert visitor.reads("Needs assessment")
    visitor.sign_out()
    service.at(date(2026, 6, 4), hour=7)
    service.run_jobs()
    assert service.mails_to(CHAIR) == []
    service.at(date(2026, 6, 5), hour=7)
    service.run_jobs()
    visitor.sign_in(CHAIR)
    visitor.follow(service.link_in_mail(CHAIR, "/escalations/"))
    assert visitor.reads("Needs assessment")


@pytest.mark.in_full
@on_both_sizes
@pytest.mark.usefixtures("moray")
def test_one_click_in_the_mail_stops_reminders_before_the_day_and_no_others(service: Service, visitor: Visitor) -> None:
    service.at(date(2026, 5, 7), hour=7)
    service.run_jobs()
    headers = service.sink.accepted[-1].message
    link = re.search(r"<(http[^>]+)>", headers["List-Unsubscribe"])
    assert link is not None
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    visitor.follow(link[1])
    visitor.press("Stop early reminders")
    visitor.follow(link[1])

    service.at(date(2026, 5, 18), hour=7)
    service.run_jobs()
    assert len(service.mails_to(OWNER)) == 1
    service.at(date(2026, 5, 22), hour=7)
    service.run_jobs()
    assert "Needs assessment" in service.mails_to(OWNER)[-1]
