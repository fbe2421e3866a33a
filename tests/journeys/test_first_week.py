"""Everyone's first week: a partnership joins with its history, and everybody in it does what they came for."""

from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.core import addresses, clock
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership, PartnershipBody
from cycle_tracker.models.user import User
from scheduler.jobs import run_job
from tests.factories import make_milestone, make_user
from tests.journeys.conftest import PASSWORD, Service, Visitor, on_every_screen, with_password

pytestmark = pytest.mark.journey

TAYSIDE = "/partnerships/tayside"
REPORT = f"{TAYSIDE}/milestones/2023-26.annual-report-3"
BODIES = {
    "Angus Council": "Iona",
    "Dundee City Council": None,
    "Perth and Kinross Council": "Ewan",
    "NHS Tayside": "Una",
}
"""The lead bodies of Tayside, and the officer of each who records its approval; Dundee has none here yet."""
LEAD, CLERK, OFFICER = "ailsa@tayside.example", "iain@tayside.example", "morag@ggc.example"


@on_every_screen
def test_a_partnership_joins_and_its_people_do_what_they_came_for(service: Service, visitor: Visitor) -> None:
    service.at(date(2026, 6, 1))
    administrator, official = the_nation(service)

    visitor.sign_in(administrator)
    set_tayside_up(visitor)
    invite(visitor, f"{TAYSIDE}/people/invite", "Ailsa Grant", LEAD, "Planning lead")
    invite(
        visitor, "/people/invite", "Morag Reid", OFFICER, "Contributor", organisation="NHS Greater Glasgow and Clyde"
    )
    visitor.sign_out()
    accept(service, visitor, LEAD, "Ailsa Grant")

    record_the_history(visitor)
    invite(visitor, f"{TAYSIDE}/people/invite", "Iain Bell", CLERK, "Governance group clerk")
    add_a_consultation(visitor)
    visitor.sign_out()
    accept(service, visitor, CLERK, "Iain Bell")
    visitor.sign_out()

    accept(service, visitor, OFFICER, "Morag Reid")
    answer_for_six_partnerships(service, visitor)
    visitor.sign_out()

    service.run_jobs()
    assert not [mail for mail in service.sink.accepted if "30 June 2025" in str(mail.message)], "nothing of the past"

    service.at(date(2026, 7, 14), hour=7)
    service.run_jobs()
    service.at(date(2026, 7, 14))
    for body, first_name in BODIES.items():
        if first_name:
            visitor.sign_in(officer_of(service, body, first_name))
            approve(visitor, body, on_behalf=False)
            visitor.sign_out()
    visitor.sign_in(LEAD)
    approve(visitor, "Dundee City Council", on_behalf=True)
    visitor.fill("Web address of the document", "https://www.tayside.example.org/report-2025-26")
    visitor.fill("Date it was published", "13 7 2026")
    visitor.press("Record")
    visitor.sign_out()

    visitor.sign_in(official)
    visitor.open("/to-receive")
    visitor.page.get_by_label("Tayside: Annual report on 2025–26").check(force=True)
    visitor.press("Record receipt")
    visitor.open(REPORT)
    assert visitor.reads("Complete")
    visitor.sign_out()

    visitor.sign_in(CLERK)
    visitor.clicks = 0
    visitor.follow(service.link_in_mail(CLERK, consultation_as_escalated(service)))
    visitor.fill("Or the date of another meeting", "13 7 2026")
    visitor.fill("Minute reference", "CSG/26/14")
    visitor.fill("Next step", "Ask the parents' forum for a date")
    visitor.page.get_by_label("Who will do it").select_option(label="Ailsa Grant")
    visitor.fill("Due date", "31 7 2026")
    visitor.press("Ask for next steps")
    assert visitor.clicks <= 2
    assert visitor.reads("Next steps requested")
    assert visitor.reads("CSG/26/14")


def the_nation(service: Service) -> tuple[str, str]:
    """The reference data, one administrator and one official; their addresses."""
    with service.app.app_context():
        load_reference(clock.now())
        administrator = with_password(make_user("Rhona Bell", role=Role.ADMINISTRATOR))
        official = with_password(make_user("Fiona Shaw", role=Role.OFFICIAL))
        db.session.commit()
        return administrator.email, official.email


def set_tayside_up(visitor: Visitor) -> None:
    visitor.open("/partnerships")
    visitor.open(f"{TAYSIDE}/set-up")
    visitor.open(f"{TAYSIDE}/set-up/notices-from")
    visitor.fill("Start date for reminders", "1 6 2026")
    visitor.press("Save")
    visitor.open(f"{TAYSIDE}/set-up/periods")
    visitor.page.get_by_label("Plan period").first.select_option(label="2026–29")
    visitor.press("Open this period")
    visitor.open(f"{TAYSIDE}/set-up")
    assert visitor.reads("1 June 2026")


def invite(visitor: Visitor, page: str, name: str, email: str, role: str, *, organisation: str = "") -> None:
    visitor.open(page)
    visitor.fill("First and last name", name)
    visitor.fill("Email address", email)
    visitor.page.get_by_label("Role").select_option(label=role)
    if organisation:
        visitor.page.get_by_label("Organisation").select_option(label=organisation)
    visitor.press("Send the invitation")


def accept(service: Service, visitor: Visitor, email: str, name: str) -> None:
    """Follow the link that came within seconds, and choose a password."""
    run_job(service.app, "send-account-mails", clock.today())
    visitor.follow(service.link_in_mail(email, "/invitation/"))
    assert visitor.page.get_by_label("Your name").input_value() == name
    visitor.fill("Password", PASSWORD)
    visitor.press("Join and sign in")


def record_the_history(visitor: Visitor) -> None:
    visitor.open(f"{TAYSIDE}/history")
    visitor.fill("Published on, Annual report 1, on 2023–24, Tayside", "28/6/2024")
    visitor.fill("Published on, Annual report 2, on 2024–25, Tayside", "unknown")
    visitor.press("Check your answers")
    visitor.press("Save these 2 rows")
    assert visitor.reads("Saved 2 rows")


def add_a_consultation(visitor: Visitor) -> None:
    visitor.open(f"{TAYSIDE}/cycles/2026-29/milestones/new")
    visitor.fill("Title", "Consult families on the summary")
    visitor.page.get_by_label("Kind").select_option(label="Consultation")
    visitor.fill("Due date", "30 6 2026")
    visitor.press("Add the milestone")
    assert visitor.reads("Consult families on the summary")


def answer_for_six_partnerships(service: Service, visitor: Visitor) -> None:
    with service.app.app_context():
        officer = db.session.scalars(select(User).where(User.email == OFFICER)).one()
        board = db.session.scalars(
            select(Organisation).where(Organisation.name == "NHS Greater Glasgow and Clyde")
        ).one()
        served = db.session.scalars(
            select(Partnership)
            .join(PartnershipBody, PartnershipBody.partnership_id == Partnership.id)
            .where(PartnershipBody.organisation_id == board.id)
            .order_by(Partnership.slug)
        ).all()
        assert len(served) == 6
        for partnership in served:
            partnership.notify_from = date(2026, 6, 1)
            make_milestone(partnership, key="2026-29.board-figures", title="Send the board’s figures", owner=officer)
        db.session.commit()
    visitor.open("/my-work")
    ticks = visitor.page.get_by_role("checkbox", name="Send the board’s figures")
    assert ticks.count() == 6
    for place in range(6):
        ticks.nth(place).check(force=True)
    visitor.page.get_by_label("Done", exact=True).check(force=True)
    visitor.fill("Date they were done", "29 5 2026")
    visitor.press("Update")
    visitor.press("Update 6 milestones")
    with service.app.app_context():
        states = db.session.scalars(select(Milestone.state).where(Milestone.key == "2026-29.board-figures")).all()
        assert [state.value for state in states] == ["done"] * 6


def consultation_as_escalated(service: Service) -> str:
    """Where the group decides on the consultation: the same mail tells of the report, which is settled by now."""
    with service.app.app_context():
        statement = (
            select(Escalation.id)
            .join(Escalation.milestone)
            .where(Milestone.title == "Consult families on the summary", Escalation.audience == Audience.GOVERNANCE)
        )
        return addresses.escalation(db.session.scalars(statement).one())


def officer_of(service: Service, body: str, first_name: str) -> str:
    """A contributor of one lead body, who records for it."""
    with service.app.app_context():
        tayside = db.session.scalars(select(Partnership).where(Partnership.slug == "tayside")).one()
        officer = with_password(make_user(f"{first_name} Ross", role=Role.CONTRIBUTOR, partnership=tayside))
        officer.organisation = db.session.scalars(select(Organisation).where(Organisation.name == body)).one()
        db.session.commit()
        return officer.email


def approve(visitor: Visitor, body: str, *, on_behalf: bool) -> None:
    visitor.open(REPORT)
    visitor.page.get_by_role("link", name=f"Record the approval of {body}").click()
    visitor.check_page()
    assert visitor.reads("on its behalf") == on_behalf
    visitor.page.get_by_label("Approved", exact=True).check(force=True)
    visitor.fill("Date", "10 7 2026")
    visitor.press("Record the approval")
    assert visitor.reads("10 July 2026")
