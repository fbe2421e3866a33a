"""Home starts with what the person must do, and is different for each role."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Fact, Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication, PublicationCopy
from tests.factories import (
    grant_role,
    make_cycle,
    make_government,
    make_milestone,
    make_organisation,
    make_partnership,
    make_report,
    make_user,
)
from tests.support.visits import give_password, statements, visit_as, whole_page, words

TODAY = date(2026, 7, 3)

pytestmark = pytest.mark.usefixtures("morning")


class KeptFact(NamedTuple):
    """The fact that completes a step, and how much of it is recorded."""

    fact: Fact
    fact_of_id: int
    fact_count: int | None
    fact_total: int


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def home(app: Flask, email: str) -> BeautifulSoup:
    return whole_page(visit_as(app, email).get("/"))


def headings(page: BeautifulSoup) -> list[str]:
    main = page.find("main")
    assert main is not None
    return [heading.text for heading in main.find_all("h2")]


def numbers(page: BeautifulSoup) -> dict[str, str]:
    tiles = page.select(".app-tile")
    return {tile.select(".app-tile__label")[0].text: tile.select(".app-tile__number")[0].text for tile in tiles}


def test_a_planning_lead_sees_what_is_open_in_the_partnership_by_date(app: Flask) -> None:
    with app.app_context():
        moray, fife = make_partnership("moray"), make_partnership("fife")
        lead = make_user(role=Role.LEAD, partnership=moray)
        make_report(moray, owner=lead)
        make_milestone(
            moray,
            title="Due today",
            due_on=TODAY,
            owner=make_user("Ewan Ross", role=Role.CONTRIBUTOR, partnership=moray),
        )
        make_milestone(moray, title="Due in four weeks", due_on=in_days(28))
        make_milestone(moray, title="Too far ahead", due_on=in_days(29))
        make_milestone(moray, title="Finished", due_on=in_days(-9), state=State.DONE)
        make_milestone(moray, title="Without a date", due_on=None)
        make_milestone(fife, title="Of another partnership", due_on=in_days(-9))
        make_cycle(moray, "2026-29")
        email = give_password(lead)
    page = home(app, email)
    said = words(page)
    assert headings(page) == ["Overdue", "Due today", "Coming up", "Add past records", "Plan periods"]
    assert numbers(page) == {"overdue": "1", "due today": "1", "due in the next 28 days": "1"}
    assert "30 June 2026, 3 days past the guidance date. You own this" in said
    assert "2020 guidance, paragraph 125: ideally by June (the date)." in said
    assert "3 July 2026, today. Owner: Ewan Ross" in said
    assert "31 July 2026, in 28 days. No owner" in said
    for absent in ("Too far ahead", "Finished", "Without a date", "Of another partnership"):
        assert absent not in said
    assert page.find("a", href="/partnerships/moray/milestones/2023-26.annual-report-3") is not None
    assert page.find("a", href="/partnerships/moray/cycles/2026-29") is not None


def test_a_step_whose_fact_is_half_recorded_says_how_much(app: Flask) -> None:
    with app.app_context():
        moray = make_partnership("moray")
        lead = make_user(role=Role.LEAD, partnership=moray)
        plan = make_milestone(moray, kind=Kind.PLAN, title="The plan", due_on=in_days(200))
        for title, count in (("Agree the plan", 3), ("Send the copies", None)):
            make_milestone(
                moray,
                title=title,
                due_on=in_days(2),
                fact=Fact.AGREED,
                fact_of_id=plan.id,
                fact_count=count,
                fact_total=4,
            )
        make_milestone(
            moray,
            title="Publish",
            due_on=in_days(3),
            fact=Fact.PUBLISHED,
            fact_of_id=plan.id,
            fact_count=0,
            fact_total=1,
        )
        email = give_password(lead)
    said = words(home(app, email))
    assert "5 July 2026, in 2 days. 3 of 4 recorded. No owner" in said
    assert "5 July 2026, in 2 days. 0 of 4 recorded. No owner" in said
    assert "6 July 2026, in 3 days. No owner" in said


def test_a_contributor_sees_what_they_own_in_all_their_partnerships(app: Flask) -> None:
    with app.app_context():
        moray, fife = make_partnership("moray"), make_partnership("fife")
        officer = make_user(role=Role.CONTRIBUTOR, partnership=moray)
        grant_role(officer, Role.CONTRIBUTOR, fife)
        make_milestone(moray, title="Mine in Moray", due_on=in_days(-1), owner=officer)
        make_milestone(fife, title="Mine in Fife", due_on=in_days(1), owner=officer)
        make_milestone(moray, title="Of a colleague", due_on=in_days(-1))
        make_milestone(make_partnership("angus"), title="No longer mine to do", due_on=in_days(-1), owner=officer)
        email = give_password(officer)
    said = words(home(app, email))
    assert "Mine in Moray Moray. 2 July 2026, 1 day past the local date" in said
    assert "Mine in Fife Fife. 4 July 2026, tomorrow" in said
    assert "Of a colleague" not in said
    assert "No longer mine to do" not in said


def test_a_national_contributor_has_one_list_over_all_partnerships(app: Flask) -> None:
    with app.app_context():
        officer = make_user(role=Role.CONTRIBUTOR)
        for name in ("moray", "fife"):
            make_milestone(make_partnership(name), title=f"Mine in {name}", due_on=in_days(-1), owner=officer)
        email = give_password(officer)
    assert numbers(home(app, email))["overdue"] == "2"


def test_nothing_from_before_the_service_was_used_is_asked_for(app: Flask) -> None:
    with app.app_context():
        moray = make_partnership("moray", notify_from=date(2026, 4, 1))
        lead = make_user(role=Role.LEAD, partnership=moray)
        make_milestone(moray, title="From before", due_on=date(2026, 3, 31))
        make_milestone(moray, title="From after", due_on=date(2026, 4, 1))
        email = give_password(lead)
    said = words(home(app, email))
    assert "From before" not in said
    assert "From after" in said


def test_a_new_expected_date_hides_no_lag(app: Flask) -> None:
    with app.app_context():
        moray = make_partnership("moray")
        report = make_report(moray, due_on=date(2026, 7, 20), expected_date=True)
        report.target_on = date(2026, 6, 30)
        email = give_password(make_user(role=Role.LEAD, partnership=moray))
    assert "New expected date 20 July 2026; 3 days past the guidance date of 30 June 2026" in words(home(app, email))


def test_a_lead_is_told_of_plans_that_scottish_ministers_were_not_sent(app: Flask) -> None:
    """A report is sent to nobody: recording it is telling the Scottish Government."""
    with app.app_context():
        moray, government = make_partnership("moray"), make_government()
        for key, notified in (("2020-23.plan-prepared", True), ("2023-26.plan-prepared", False)):
            plan = make_milestone(moray, key=key, title=key, kind=Kind.PLAN, state=State.DONE)
            publish(plan, told_to=government if notified else None)
        publish(make_report(moray, key="2023-26.annual-report-1", title="The report", state=State.DONE), told_to=None)
        email = give_password(make_user(role=Role.LEAD, partnership=moray))
    page = home(app, email)
    assert "Published, copy not sent" in headings(page)
    assert "2023-26.plan-prepared" in words(page)
    assert "2020-23.plan-prepared" not in words(page)
    assert "The report" not in words(page)


def test_an_official_sees_where_documents_stand_and_what_to_receive(app: Flask) -> None:
    with app.app_context():
        government = make_government()
        for number in range(12):
            make_report(make_partnership(f"place-{number:02}"), year_end=date(2025, 3, 31))
        sent = make_report(make_partnership("moray"), title="Report of Moray", state=State.DONE)
        publish(sent, told_to=government, sent_on=date(2026, 7, 1))
        received = make_report(make_partnership("fife"), title="Report of Fife", state=State.DONE)
        publish(received, told_to=government, sent_on=date(2026, 7, 1), received_on=date(2026, 7, 2))
        make_milestone(make_partnership("angus"), title="A local step", due_on=in_days(-90))
        email = give_password(make_user(role=Role.OFFICIAL))
    page = home(app, email)
    said = words(page)
    assert headings(page) == ["Plans and annual reports", "To receive", "Add past records"]
    assert numbers(page)["Outstanding"] == "12"
    assert len(page.select("#late-documents tbody tr")) == 10
    assert "(first 10 of 12)" in said
    assert "Moray: Report of Moray Sent on 1 July 2026, 2 days ago" in said
    assert "Report of Fife" not in said
    assert "A local step" not in said


def test_a_governance_member_sees_what_waits_for_the_group(app: Flask) -> None:
    with app.app_context():
        moray, fife = make_partnership("moray"), make_partnership("fife")
        waiting = escalate(make_report(moray, title="Report of Moray"))
        escalate(make_report(fife, title="Report of Fife"))
        settled = escalate(make_report(moray, key="2023-26.annual-report-2", title="Settled report"))
        settled.resolved_at = datetime(2026, 7, 2, 9, tzinfo=LONDON)
        email, number = give_password(make_user(role=Role.GOVERNANCE, partnership=moray)), waiting.id
    page = home(app, email)
    said = words(page)
    assert "Report of Moray Moray. 3 days past the guidance date. With the group since 2 July 2026" in said
    assert page.find("a", href=f"/escalations/{number}") is not None
    assert "Report of Fife" not in said
    assert "Settled report" not in said


def test_an_administrator_sees_the_health_of_the_service_and_no_content(app: Flask) -> None:
    with app.app_context():
        make_report(make_partnership("moray"), title="Report of Moray")
        email = give_password(make_user(role=Role.ADMINISTRATOR))
    page = home(app, email)
    assert headings(page) == ["Service health"]
    assert "The reminders for 3 July 2026 have not been prepared." in words(page)
    assert "Report of Moray" not in words(page)


def test_an_administrator_sees_how_many_organisations_wait_to_be_accepted(app: Flask) -> None:
    with app.app_context():
        email, auditor = give_password(make_user(role=Role.ADMINISTRATOR)), give_password(make_user(role=Role.AUDITOR))
        make_partnership("moray")
        db.session.commit()
    run: list[int] = []
    for number, said in ((0, "Service health"), (1, "1 organisation is waiting"), (2, "2 organisations are waiting")):
        with app.app_context():
            if number:
                make_organisation(f"Added {number}").added_by_id = db.session.scalars(select(Partnership.id)).one()
            db.session.commit()
        browser = visit_as(app, email)
        with statements(app) as seen:
            page = whole_page(browser.get("/"))
        run.append(len(seen))
        assert (page.find("a", href="/organisations?use=waiting") is not None) == bool(number)
        assert said in words(page)
    assert len(set(run)) == 1
    assert "waiting to be accepted" not in words(home(app, auditor))


def test_an_auditor_finds_the_ways_to_everything(app: Flask) -> None:
    with app.app_context():
        make_cycle(make_partnership("moray"))
        email = give_password(make_user(role=Role.AUDITOR))
    page = home(app, email)
    assert headings(page) == ["Plans and annual reports", "Service health", "Plan periods"]
    assert [link.text for link in page.select("nav#site-navigation a")] == [
        "Home",
        "Outstanding",
        "By partnership",
        "Escalations",
        "Notification history",
        "Plans and reports",
        "Service health",
    ]


def test_a_person_of_several_roles_sees_what_each_asks_of_them(app: Flask) -> None:
    with app.app_context():
        moray = make_partnership("moray")
        person = make_user(role=Role.LEAD, partnership=moray)
        grant_role(person, Role.GOVERNANCE, moray)
        grant_role(person, Role.OFFICIAL)
        email = give_password(person)
    found = headings(home(app, email))
    assert {"Decisions needed from your group", "Overdue", "Plans and annual reports"} <= set(found)


def test_a_person_with_no_role_is_told_what_to_do(app: Flask) -> None:
    with app.app_context():
        email = give_password(make_user())
    assert "Your account has no role yet" in words(home(app, email))


@pytest.mark.parametrize("role", [Role.LEAD, Role.CONTRIBUTOR, Role.OFFICIAL, Role.GOVERNANCE, Role.AUDITOR])
def test_it_asks_the_database_as_often_for_many_rows_as_for_few(app: Flask, role: Role) -> None:
    with app.app_context():
        moray, government = make_partnership("moray"), make_government()
        partnership = None if role in {Role.OFFICIAL, Role.AUDITOR} else moray
        person = make_user(role=role, partnership=partnership)
        fill(moray, person, government, rows=1)
        email = give_password(person)
    client = visit_as(app, email)
    with statements(app) as few:
        assert client.get("/").status_code == 200
    with app.app_context():
        fill(make_partnership("fife"), person, government, rows=4)
        fill(moray, person, government, rows=4)
        db.session.commit()
    with statements(app) as many:
        assert client.get("/").status_code == 200
    assert len(many) == len(few)
    assert len(many) <= (6 if role is Role.OFFICIAL else 16)


def test_a_long_list_is_cut_off_and_says_so(app: Flask) -> None:
    with app.app_context():
        moray = make_partnership("moray")
        for number in range(51):
            make_milestone(moray, key=f"step-{number}", due_on=in_days(-2))
        email = give_password(make_user(role=Role.LEAD, partnership=moray))
    page = home(app, email)
    assert numbers(page)["overdue"] == "51"
    assert len(page.select(".ds_task-list__task")) == 20
    assert "Showing the first 20 of 51." in words(page)


def test_a_title_is_text_and_nothing_else(app: Flask) -> None:
    with app.app_context():
        moray = make_partnership("moray")
        make_milestone(moray, title="<script>alert(1)</script>", due_on=TODAY)
        email = give_password(make_user("<b>Bold</b>", role=Role.LEAD, partnership=moray, email="b@example.test"))
    text = visit_as(app, email).get("/").get_data(as_text=True)
    assert "<script>alert" not in text
    assert "<b>Bold" not in text


def publish(report, *, told_to=None, **days):
    publication = Publication(
        milestone=report, published_on=date(2026, 6, 25), recorded_from=datetime(2026, 6, 25, 9, tzinfo=LONDON)
    )
    if told_to is not None:
        publication.copies.append(PublicationCopy(receiver=told_to, **days))
    db.session.add(publication)
    db.session.flush()


def escalate(report) -> Escalation:
    escalation = Escalation(
        milestone=report,
        due_on=report.due_on,
        rung=14,
        audience=Audience.GOVERNANCE,
        fell_due_on=date(2026, 7, 2),
        opened_at=datetime(2026, 7, 2, 7, tzinfo=LONDON),
    )
    db.session.add(escalation)
    db.session.flush()
    return escalation


def fill(partnership, person, government, *, rows: int) -> None:
    for number in range(rows):
        for days in (-3, 0, 3):
            make_milestone(partnership, due_on=in_days(days), owner=person)
        key = f"{partnership.slug}-{rows}-{number}"
        escalate(make_report(partnership, key=f"late-{key}", due_on=in_days(-70), duty_basis=Basis.STATUTE))
        publish(make_report(partnership, key=f"told-{key}"), told_to=government, sent_on=TODAY)
        publish(make_report(partnership, key=f"not-told-{key}"))
