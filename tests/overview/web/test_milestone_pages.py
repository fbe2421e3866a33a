"""The milestone page: what each person sees of it, and what they do on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from cycle_tracker.core import clock
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.explanations import note_expected_date
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.milestones.services.milestones import start_milestone
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication, PublicationAddress, PublicationCopy
from cycle_tracker.models.user import User
from tests.factories import (
    make_cycle,
    make_governance_group,
    make_government,
    make_milestone,
    make_partnership,
    make_report,
    make_user,
)
from tests.support.mail_out import sink_for
from tests.support.mailed_links import run_jobs
from tests.support.pages import Browser, counted_statements, said, sign_in, soup, value_of

REPORT = "/partnerships/moray/milestones/2023-26.annual-report-3"
STEP = "/partnerships/moray/milestones/2026-29.draft-plan"
ADDRESS = "https://www.moray.example.org/annual-report-2025-26"
TODAY = date(2026, 7, 3)
STATEMENTS = 9
"""What the page of a report asks for, whatever has happened to it; the person and the menu included."""


@dataclass
class Moray:
    """Moray with its report, three days past its guidance date, and a step due in eleven."""

    app: Flask
    partnership: Partnership
    lead: User
    contributor: User
    member: User
    report: Milestone
    step: Milestone

    def client(self, user: User) -> Browser:
        return sign_in(self.app, user)

    def someone(self, role: Role, place: Partnership | None = None) -> Browser:
        return self.client(make_user(f"A {role.value}", role=role, partnership=place))


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    with app.app_context():
        make_government(mailbox="plans@example.test")
        place = make_partnership("moray", name="Moray")
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
        contributor = make_user("Calum Reid", role=Role.CONTRIBUTOR, partnership=place)
        member = make_governance_group(place, "Iain Munro")[0]
        report = make_report(place, owner=lead, cycle=make_cycle(place, "2023-26"))
        step = make_milestone(
            place,
            key="2026-29.draft-plan",
            due_on=date(2026, 7, 14),
            owner=contributor,
            cycle=make_cycle(place, "2026-29"),
            duty_citation="Local timetable",
            evidence_asked="Draft version",
        )
        yield Moray(app, place, lead, contributor, member, report, step)
        db.session.remove()


def publication_data(moray: Moray, **changed: str) -> dict[str, str]:
    return {"address": ADDRESS, "published_on": "1 July 2026", "version": str(moray.report.version), **changed}


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def follow(client: Browser, answer: TestResponse) -> TestResponse:
    assert answer.status_code == 302, said(answer)
    return client.get(answer.headers["Location"])


def test_a_lead_sees_dates_lag_bases_and_the_form(moray: Moray) -> None:
    page = said(moray.client(moray.lead).get(REPORT))
    assert "Past guidance date" in page
    assert "Guidance date 30 June 2026, 3 days ago" in page
    assert "Days after year end 94 days since 31 March" in page
    assert "2014 Act, section 13: as soon as practicable after 31 March (statute)" in page
    assert "2020 guidance, paragraph 125: ideally by June (guidance)" in page
    assert "Owner Ailsa Grant" in page
    assert "The governance group can agree a new expected date" in page
    assert "Record Start" in page
    assert "you sent it" not in page, "recording a report is telling the Scottish Government"


def test_recording_and_telling_takes_one_form(moray: Moray) -> None:
    client = moray.client(moray.lead)
    page = follow(client, client.post(f"{REPORT}/publication", data=publication_data(moray, tell="yes")))
    text = said(page)
    assert "Saved. This was published on 1 July 2026. We are emailing a copy to the Scottish Government" in text
    assert "Complete" in text
    assert "Published on 1 July 2026" in text
    assert "Sent to the Scottish Government on Being sent by email." in text
    assert "92 days after 31 March" in text
    assert "Ailsa Grant asked for the copy to the Scottish Government to be emailed" in text
    assert soup(page).find("a", href=ADDRESS) is not None
    assert (count(PublicationCopy), count(Message)) == (0, 2)


def test_recording_a_plan_only_leaves_a_gap_that_one_button_fills(moray: Moray) -> None:
    client = moray.client(moray.lead)
    make_milestone(moray.partnership, key="2026-29.plan-prepared", kind=Kind.PLAN, due_on=date(2026, 4, 1))
    path = REPORT.replace("2023-26.annual-report-3", "2026-29.plan-prepared")
    data = publication_data(moray) | {"version": value_of(client.get(path), "version")}
    page = follow(client, client.post(f"{path}/publication", data=data))
    assert "Published, copy not sent" in said(page)
    assert "Sent to the Scottish Government on Not recorded yet" in said(page)
    assert count(PublicationCopy) == 0
    version = value_of(page, "version")
    page = follow(client, client.post(f"{path}/tell", data={"version": version}))
    assert "Sent to the Scottish Government on Being sent by email." in said(page)
    assert "Published, copy not sent" in said(page)
    client.post(f"{path}/tell", data={"version": version})
    assert (count(PublicationCopy), count(Message)) == (0, 2)
    with sink_for(moray.app):
        run_jobs()
    page = client.get(path)
    assert "Sent to the Scottish Government on 3 July 2026" in said(page)
    assert "Complete" in said(page)
    assert count(PublicationCopy) == 1


def test_a_report_published_before_its_year_ended_is_asked_about_once_and_then_taken(moray: Moray) -> None:
    client = moray.client(moray.lead)
    assert soup(client.get(REPORT)).find(id="confirmed") is None
    sent = publication_data(moray, published_on="20 2 2026")
    page = client.post(f"{REPORT}/publication", data=sent)
    beside = soup(page).find(id="confirmed-error")
    assert beside is not None
    assert "The year this reports on ends on 31 March 2026." in beside.get_text()
    assert value_of(page, "published_on") == "20 2 2026"
    assert count(Publication) == 0
    page = follow(client, client.post(f"{REPORT}/publication", data={**sent, "confirmed": "y"}))
    assert "Published on 20 February 2026" in said(page)


def test_what_is_wrong_is_told_beside_its_field_and_nothing_changes(moray: Moray) -> None:
    client = moray.client(moray.lead)
    for changed, words in [
        ({"address": ""}, "Enter the web address of the document"),
        ({"address": "   "}, "Enter the web address of the document"),
        ({"address": "www.moray.example.org/report"}, "Enter the full web address, starting with https:// or http://"),
        ({"address": "javascript:alert(1)"}, "Enter the full web address, starting with https:// or http://"),
        ({"address": "https://[moray"}, "Check the web address. We cannot read it"),
        ({"address": "https://example.org/" + "a" * 2000}, "The web address must be 2,000 characters or fewer"),
        ({"published_on": ""}, "Enter the date it was published"),
        ({"published_on": "  "}, "Enter the date it was published"),
        ({"published_on": "31 6 2026"}, "31 June 2026 is not a real date"),
        ({"published_on": "yesterday"}, "Enter a date, for example 30 6 2026"),
        ({"published_on": "4 7 2026"}, "The date must be today or in the past."),
    ]:
        sent = publication_data(moray, **changed)
        page = client.post(f"{REPORT}/publication", data=sent)
        (name,) = changed
        assert page.status_code == 200, changed
        beside = soup(page).find(id=f"{name}-error")
        assert beside is not None, changed
        assert words in beside.get_text()
        assert value_of(page, "published_on") == sent["published_on"].strip(), changed
        assert value_of(page, "address") == sent["address"].strip(), changed
        assert value_of(page, "version") == sent["version"], changed
        assert soup(page).title.get_text().startswith("Error: "), changed  # type: ignore[union-attr]
        assert count(Publication) == 0, changed


def test_a_second_editor_is_told_what_changed_and_keeps_what_they_typed(moray: Moray) -> None:
    client, sent = moray.client(moray.lead), publication_data(moray)
    start_milestone(moray.report, by=moray.lead, now=clock.now())
    db.session.commit()
    page = client.post(f"{REPORT}/publication", data=sent)
    assert page.status_code == 409
    assert "Someone else changed this first" in said(page)
    assert "Ailsa Grant started this" in said(page)
    assert value_of(page, "address") == ADDRESS
    assert count(Publication) == 0
    again = client.post(f"{REPORT}/publication", data={**sent, "version": value_of(page, "version")})
    assert again.status_code == 302
    assert count(Publication) == 1


def test_what_was_typed_is_shown_where_its_form_is_gone(moray: Moray) -> None:
    client, sent = moray.client(moray.lead), publication_data(moray, address=f"{ADDRESS}/other")
    record_publication(
        moray.report,
        address=ADDRESS,
        published_on=date(2026, 7, 2),
        send_to_ministers=False,
        by=moray.lead,
        today=TODAY,
        now=clock.now(),
    )
    db.session.commit()
    page = client.post(f"{REPORT}/publication", data=sent)
    assert page.status_code == 409
    assert "Ailsa Grant recorded this as published on 2 July 2026" in said(page)
    assert "recorded a change" not in said(page)
    assert f"{ADDRESS}/other" in said(page)
    assert [one.address for one in db.session.scalars(select(PublicationAddress))] == [ADDRESS]


def test_a_form_without_its_version_counts_as_too_late(moray: Moray) -> None:
    client = moray.client(moray.lead)
    for version in ["", "0", "-1", "abc", "9" * 500, "١"]:
        answer = client.post(f"{REPORT}/publication", data=publication_data(moray, version=version))
        assert answer.status_code == 409, version
        assert count(Publication) == 0, version


def test_a_contributor_starts_and_finishes_what_they_own(moray: Moray) -> None:
    client = moray.client(moray.contributor)
    page = follow(client, client.post(f"{STEP}/start", data={"version": str(moray.step.version)}))
    assert "Saved. This is in progress." in said(page)
    data = {"done_on": "2/7/26", "version": value_of(page, "version")}
    page = follow(client, client.post(f"{STEP}/finish", data=data))
    assert "Calum Reid recorded that this was done on 2 July 2026" in said(page)
    assert "Done 2 July 2026" in said(page)
    assert client.post(f"{STEP}/finish", data=data).status_code == 409
    about_it = select(AuditEvent.action).where(AuditEvent.subject == "milestone").order_by(AuditEvent.id)
    assert list(db.session.scalars(about_it)) == ["started", "finished"]


def test_finishing_refuses_a_day_to_come(moray: Moray) -> None:
    data = {"done_on": "1 1 2027", "version": str(moray.step.version)}
    page = moray.client(moray.contributor).post(f"{STEP}/finish", data=data)
    assert "The date must be today or in the past." in said(page)
    assert value_of(page, "done_on") == "1 1 2027"
    db.session.expire_all()
    assert moray.step.state is State.NOT_STARTED


def test_a_contributor_has_no_buttons_on_what_others_own(moray: Moray) -> None:
    client = moray.client(moray.contributor)
    page = client.get(REPORT)
    (form,) = soup(page).select("main form")
    assert form["aria-label"] == "Write a comment"
    data = {"version": str(moray.report.version)}
    assert client.post(f"{REPORT}/start", data=data).status_code == 403
    assert client.post(f"{REPORT}/publication", data=publication_data(moray)).status_code == 403
    assert count(Publication) == 0


def test_another_partnerships_milestones_are_not_found(moray: Moray) -> None:
    client = moray.someone(Role.LEAD, make_partnership("fife"))
    for path in ["", "/start", "/finish", "/publication", "/tell"]:
        for page in (REPORT, STEP, "/partnerships/moray/milestones/no-such", "/partnerships/nowhere/milestones/x"):
            assert client.get(page + path).status_code == 404
            if path:
                assert client.post(page + path, data=publication_data(moray)).status_code == 404
        assert count(Publication) == 0, path


def test_officials_see_documents_and_no_steps(moray: Moray) -> None:
    client = moray.someone(Role.OFFICIAL)
    assert client.get(STEP).status_code == 404
    page = client.get(REPORT)
    assert "3 days ago" in said(page)
    assert soup(page).select("main form") == []
    for local in ("Reminders sent", "Owner"):
        assert local not in said(page)
    assert client.post(f"{REPORT}/publication", data=publication_data(moray)).status_code == 403


def explain(moray: Moray, *, shared: bool) -> None:
    note_expected_date(
        moray.report,
        date(2026, 9, 30),
        "The committee met late this year.",
        shared=shared,
        by=moray.member,
        today=TODAY,
        now=clock.now(),
    )


def test_an_explanation_that_is_not_shared_stays_within_the_partnership(moray: Moray) -> None:
    explain(moray, shared=False)
    inside, outside = moray.client(moray.lead).get(REPORT), moray.someone(Role.OFFICIAL).get(REPORT)
    assert "The committee met late this year." in said(inside)
    assert "30 September 2026" in said(inside)
    for hidden in ("committee", "30 September 2026", "Explained"):
        assert hidden not in said(outside)
    assert "Past guidance date" in said(outside)


def test_a_shared_explanation_never_hides_the_days_past(moray: Moray) -> None:
    explain(moray, shared=True)
    for client in (moray.client(moray.lead), moray.someone(Role.OFFICIAL)):
        text = said(client.get(REPORT))
        assert "Explained" in text
        assert "Due date 30 September 2026" in text
        assert "30 June 2026, 3 days ago" in text
        assert "94 days since 31 March" in text
        assert "The committee met late this year." in text


def test_administrators_see_title_and_dates_only(moray: Moray) -> None:
    explain(moray, shared=True)
    client = moray.someone(Role.ADMINISTRATOR)
    text = said(client.get(REPORT))
    assert "Annual report on 2025–26" in text
    assert "30 June 2026" in text
    for hidden in ("committee", "Owner", "History", "Reminders sent", "Explained"):
        assert hidden not in text
    assert client.get(STEP).status_code == 200
    assert client.post(f"{STEP}/start", data={"version": "1"}).status_code == 403


def test_what_should_be_finished_first_is_named(moray: Moray) -> None:
    before = make_milestone(moray.partnership, title="Agree the priorities")
    moray.step.predecessors = [before]
    db.session.commit()
    assert "Agree the priorities: not started" in said(moray.client(moray.lead).get(STEP))


def test_an_address_that_is_no_web_address_is_no_link(moray: Moray) -> None:
    publication = record_publication(
        moray.report,
        address="javascript:alert(1)",
        published_on=None,
        send_to_ministers=False,
        by=None,
        today=TODAY,
        now=clock.now(),
    )
    db.session.flush()
    page = moray.client(moray.lead).get(REPORT)
    assert publication.addresses[0].address in said(page)
    assert not [link for link in soup(page).find_all("a") if str(link["href"]).startswith("javascript")]
    assert "Published Date not known" in said(page)


def test_coming_back_to_a_form_after_signing_in_shows_the_page(moray: Moray) -> None:
    client = moray.client(moray.lead)
    for action in ["start", "finish", "publication", "tell"]:
        path = REPORT if action in {"publication", "tell"} else STEP
        page = client.get(f"{path}/{action}")
        assert page.status_code == 200, action
        assert "There is a problem" not in said(page), action


@pytest.mark.parametrize("rows", [3, 60])
def test_the_page_takes_as_many_statements_for_a_long_history_as_for_a_short_one(moray: Moray, rows: int) -> None:
    people = [make_user(f"Person {number}", role=Role.LEAD, partnership=moray.partnership) for number in range(rows)]
    for number, person in enumerate(people):
        db.session.add(
            AuditEvent(
                at=clock.now(), actor_id=person.id, subject="milestone", subject_id=moray.report.id, action="started"
            )
        )
        db.session.add(
            Notice(
                milestone=moray.report,
                due_on=moray.report.due_on,
                step=f"overdue-{number + 1}",
                addressee=f"user:{person.id}",
                user_id=person.id,
                audience=Audience.OWNER,
                queued_on=TODAY - timedelta(days=1),
                queued_at=clock.now(),
            )
        )
        moray.report.predecessors.append(make_milestone(moray.partnership))
    client = moray.client(moray.lead)
    with counted_statements() as statements:
        assert client.get(REPORT).status_code == 200
    assert len(statements) == STATEMENTS, "\n\n".join(statements)


def test_a_document_that_was_not_required_may_be_recorded_all_the_same(moray: Moray) -> None:
    moray.report.state = State.NOT_REQUIRED
    client = moray.client(moray.lead)
    version = value_of(client.get(REPORT), "version")
    page = follow(client, client.post(f"{REPORT}/publication", data=publication_data(moray, version=version)))
    assert "Complete" in said(page)
