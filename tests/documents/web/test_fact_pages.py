"""When a plan was prepared, the steps that a record completes, interim plans, and undoing, on their pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from threading import Barrier
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Fact, Kind, PreparedFrom
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.publication_corrections import undo_publication
from cycle_tracker.documents.web.publications import routes
from cycle_tracker.models.approval import Preparation
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.publication import Publication, PublicationCopy
from cycle_tracker.models.user import User
from tests.factories import (
    make_cycle,
    make_government,
    make_milestone,
    make_organisation,
    make_partnership,
    make_report,
    make_user,
)
from tests.support.pages import Browser, counted_statements, said, sign_in, soup, value_of
from tests.support.parallel import at_once

PLAN = "/partnerships/moray/milestones/2026-29.plan-prepared"
STEP = "/partnerships/moray/milestones/2026-29.send-to-providers"
ADDRESS = "https://www.moray.example.org/plan"


@dataclass
class Moray:
    """Moray with two lead bodies, a plan that is due, and the step of sending it to two other service providers."""

    app: Flask
    partnership: Partnership
    lead: User
    plan: Milestone
    step: Milestone
    bodies: list[Organisation]
    providers: list[Organisation]

    def client(self, user: User | None = None) -> Browser:
        return sign_in(self.app, user or self.lead)

    def someone(self, role: Role) -> Browser:
        place = None if role in {Role.OFFICIAL, Role.AUDITOR} else self.partnership
        return self.client(make_user(f"A {role.value}", role=role, partnership=place))


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    with app.app_context():
        make_government()
        place = make_partnership("moray", notify_from=date(2024, 4, 1))
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
        bodies = [make_organisation(name) for name in ("Moray Council", "NHS Grampian")]
        provider = OrganisationKind.OTHER_SERVICE_PROVIDER
        providers = [make_organisation(name, kind=provider) for name in ("Moray IJB", "Police")]
        for body in (*bodies, *providers):
            role = BodyRole.LEAD if body in bodies else BodyRole.MEMBER
            db.session.add(
                PartnershipBody(partnership_id=place.id, organisation=body, role=role, from_on=date(2017, 4, 1))
            )
        cycle = make_cycle(place)
        plan = make_milestone(
            place,
            key="2026-29.plan-prepared",
            kind=Kind.PLAN,
            title="Children’s Services Plan 2026–29",
            due_on=date(2026, 4, 1),
            cycle=cycle,
        )
        step = make_milestone(
            place,
            key="2026-29.send-to-providers",
            title="Send a copy of the plan to each other service provider",
            due_on=None,
            cycle=cycle,
            follows_id=plan.id,
            date_rule="@plan-prepared + 14 days",
            fact=Fact.PROVIDERS_SENT,
            fact_of_id=plan.id,
            owner=lead,
        )
        yield Moray(app, place, lead, plan, step, bodies, providers)
        db.session.remove()


def send(client: Browser, path: str, **data: Any) -> str:
    """Fill in the form of a page and send it; the words of the page that comes, or of the form with its errors."""
    sent = {"version": value_of(client.get(path), "version"), **data}
    answer = client.post(path, data=sent)
    return said(client.get(answer.headers["Location"]) if answer.status_code == 302 else answer)


def facts(**changed: str) -> dict[str, Any]:
    return {
        "which": "final",
        "published_on": "24 4 2026",
        "places-0-form": "full",
        "places-0-language": "en",
        "places-0-address": ADDRESS,
        **changed,
    }


def approve(client: Browser, moray: Moray, number: int, on: str) -> str:
    path = f"{PLAN}/approvals/{moray.bodies[number].id}"
    return send(client, path, manner="approved", approved_on=on, minute="12")


def test_the_page_says_when_a_plan_was_prepared_and_what_that_is_taken_from(moray: Moray) -> None:
    client = moray.client()
    assert "Not prepared yet. A plan is prepared once every lead body has agreed to it." in said(client.get(PLAN))
    text = send(client, f"{PLAN}/publication/facts", **facts())
    assert "Prepared on 24 April 2026 (taken from publication)" in text
    assert "The plan counts as prepared from 24 April 2026" in text
    approve(client, moray, 1, "23 3 2026")
    text = approve(client, moray, 0, "2 4 2026")
    assert "Prepared on 2 April 2026 (the last approval)" in text
    assert "The date this was done changed to 2 April 2026" in text
    text = send(client, f"{PLAN}/prepared", prepared_on="1 4 2026")
    assert "Saved. This plan was prepared on 1 April 2026." in text
    assert "Prepared on 1 April 2026, recorded by Ailsa Grant" in text
    assert "Ailsa Grant recorded that the plan was prepared on 1 April 2026" in text
    official = said(moray.someone(Role.OFFICIAL).get(PLAN))
    assert "Prepared on 1 April 2026" in official
    assert "Prepared on 1 April 2026, recorded" not in official
    text = send(client, f"{PLAN}/prepared/taking-back", reason="A slip.")
    assert "Prepared on 2 April 2026 (the last approval)" in text
    assert "Ailsa Grant undid the date the plan was prepared, 1 April 2026" in text
    assert "No date was recorded by hand" in said(
        client.get(client.get(f"{PLAN}/prepared/taking-back").headers["Location"])
    )


def test_a_plan_that_is_prepared_and_not_published_is_late_no_more(moray: Moray) -> None:
    client = moray.client()
    assert "Outstanding" in said(client.get(PLAN))
    text = send(client, f"{PLAN}/prepared", prepared_on="24 6 2026")
    assert "Prepared, not published" in text
    assert "Prepared 24 June 2026" in text
    assert "Published 24 June 2026" not in text
    assert "Outstanding" not in text
    assert "Record as published" in text
    db.session.expire_all()
    assert (moray.plan.state, moray.plan.done_on, moray.step.due_on) == (
        State.DONE,
        date(2026, 6, 24),
        date(2026, 7, 8),
    )


def test_what_is_wrong_with_the_day_is_told_beside_it(moray: Moray) -> None:
    client = moray.client()
    for day, words in (
        ("", "Enter the date the plan was prepared"),
        ("4 7 2026", "The date must be today or in the past."),
        ("31 2 2026", "31 February 2026 is not a real date"),
    ):
        version = value_of(client.get(f"{PLAN}/prepared"), "version")
        page = client.post(f"{PLAN}/prepared", data={"version": version, "prepared_on": day})
        beside = soup(page).find(id="prepared_on-error")
        assert beside is not None, day
        assert words in beside.get_text()
    assert db.session.scalar(select(func.count()).select_from(Preparation)) == 0
    report = make_report(moray.partnership)
    assert client.get(f"/partnerships/moray/milestones/{report.key}/prepared").status_code == 404


def test_a_step_leads_to_the_record_that_completes_it_and_says_how_much_is_there(moray: Moray) -> None:
    client = moray.client()
    send(client, f"{PLAN}/publication/facts", **facts())
    page = client.get(STEP)
    assert "Mark as done" not in said(page)
    assert (
        "This is marked as done on the day on which the last other service provider was sent a copy of the plan. "
        "0 of 2 recorded." in said(page)
    )
    button = soup(page).find("a", string="Record copies sent")
    assert button is not None
    assert button["href"] == f"{PLAN}#copies"
    copies = f"{PLAN}/publication/copies"
    send(client, copies, receivers=[str(moray.providers[0].id)], sent_on="28 4 2026")
    assert "1 of 2 recorded." in said(client.get(STEP))
    assert "8 May 2026, 56 days past the local date. 1 of 2 recorded" in said(client.get("/my-work"))
    assert "1 of 2 recorded." in said(client.get("/partnerships/moray/cycles/2026-29"))
    refused = client.post(
        f"{STEP}/finish", data={"version": value_of(client.get(STEP), "version"), "done_on": "1 7 2026"}
    )
    assert "This is marked as done when its record on the page of the plan or report is complete." in said(refused)
    send(client, copies, receivers=[str(moray.providers[1].id)], sent_on="29 4 2026")
    text = said(client.get(STEP))
    assert "Done 29 April 2026" in text
    assert "See the plan" in text
    assert "Reopen this milestone" not in text
    assert "To reopen it, undo that record." in said(client.get(f"{STEP}/reopen"))


def test_a_step_is_done_with_details_not_known_and_says_so(moray: Moray) -> None:
    client = moray.client()
    assert "Enter the reason why the details are not known" in send(client, f"{STEP}/details-not-known", reason=" ")
    text = send(client, f"{STEP}/details-not-known", reason="The officer has left.")
    assert "Saved. This is done, and its details are not known." in text
    assert "Done, details not known The officer has left." in text
    assert "Ailsa Grant marked this as done, details not known" in text
    assert "Reopen this milestone" in text
    local = make_milestone(moray.partnership, key="2026-29.local-1")
    assert client.get(f"/partnerships/moray/milestones/{local.key}/details-not-known").status_code == 404
    assert client.get(f"{PLAN}/details-not-known").status_code == 404


def test_a_one_year_plan_is_recorded_with_its_last_day(moray: Moray) -> None:
    client = moray.client()
    assert "One-year or interim plan" in said(client.get(f"{PLAN}/publication/facts"))
    text = send(client, f"{PLAN}/publication/facts", **facts(which="interim"))
    assert "The last day that the interim plan covers is not recorded." in text
    text = send(client, f"{PLAN}/publication/facts", **facts(which="interim", interim_until="31 3 2027"))
    assert "Interim plan" in text
    assert "Covers the period until 31 March 2027" in text
    assert "Not prepared yet" in text
    assert "Sent to the Scottish Government" not in text
    assert "No copy to" not in text, "copies are of the plan itself, and none can be recorded here"
    text = send(client, f"{PLAN}/publication/copies", receivers=[str(moray.providers[0].id)], sent_on="28 6 2026")
    assert "The plan for the full period is not recorded as published. Copies recorded as sent: 1 of 3." in text
    official = said(moray.someone(Role.OFFICIAL).get(PLAN))
    assert "Due date 1 April 2027" in official
    report = make_report(moray.partnership)
    form = said(client.get(f"/partnerships/moray/milestones/{report.key}/publication/facts"))
    assert "interim" not in form, "an annual report is on a whole year"


def test_a_publication_is_undone_by_a_lead_or_an_official_and_by_nobody_else(moray: Moray) -> None:
    client, path = moray.client(), f"{PLAN}/publication/taking-back"
    send(client, f"{PLAN}/publication/facts", **facts())
    assert "Recorded by mistake? Undo it" in said(client.get(PLAN))
    for role in (Role.CONTRIBUTOR, Role.GOVERNANCE, Role.AUDITOR):
        other = moray.someone(role)
        assert "Undo it" not in said(other.get(PLAN)), role
        assert other.get(path).status_code == 403, role
        assert other.post(path, data={"reason": "Mine"}).status_code == 403, role
    assert "Enter a reason" in send(client, path, reason="")
    official = moray.someone(Role.OFFICIAL)
    text = send(official, path, reason="It was the plan of another area.")
    assert "Saved. This is no longer recorded as published." in text
    assert f"A official undid the record that this was published on 24 April 2026, at {ADDRESS}" in text
    assert "It was the plan of another area." in text
    assert "Outstanding" in text
    assert db.session.scalars(select(Publication).where(Publication.is_present)).all() == []
    assert "already been removed" in said(client.get(client.get(path).headers["Location"]))


def test_who_recorded_a_publication_may_undo_it(moray: Moray) -> None:
    client = moray.client()
    send(client, f"{PLAN}/publication/facts", **facts())
    contributor = make_user("Calum Reid", role=Role.CONTRIBUTOR, partnership=moray.partnership)
    publication = db.session.scalars(select(Publication)).one()
    publication.recorded_by_id = contributor.id
    db.session.commit()
    text = send(moray.client(contributor), f"{PLAN}/publication/taking-back", reason="My mistake.")
    assert "Calum Reid undid the record that this was published" in text


def test_someone_else_who_saved_first_is_shown(moray: Moray) -> None:
    client = moray.client()
    late = value_of(client.get(f"{PLAN}/prepared"), "version")
    send(client, f"{PLAN}/prepared", prepared_on="24 6 2026")
    page = client.post(f"{PLAN}/prepared", data={"version": late, "prepared_on": "25 6 2026"})
    assert page.status_code == 409
    assert value_of(page, "prepared_on") == "25 6 2026"
    kept = db.session.scalars(select(Preparation)).one()
    assert (kept.prepared_on, kept.prepared_from) == (date(2026, 6, 24), PreparedFrom.BY_HAND)


@pytest.mark.filterwarnings("ignore:DELETE statement on table")
def test_undo_pressed_twice_at_once_undoes_once(moray: Moray, monkeypatch: pytest.MonkeyPatch) -> None:
    """On PostgreSQL the second was shown its form about what was gone, and got an error of the service."""
    client, path = moray.client(), f"{PLAN}/publication/taking-back"
    send(client, f"{PLAN}/publication/facts", **facts())
    data = {"version": value_of(client.get(path), "version"), "reason": "A slip."}
    both_have_read = Barrier(2)

    def undo_once_both_have_read(*given: Any, **named: Any) -> None:
        if db.engine.dialect.name == "postgresql":  # on SQLite the other waits before it reads
            both_have_read.wait(timeout=20)
        undo_publication(*given, **named)

    monkeypatch.setattr(routes, "undo_publication", undo_once_both_have_read)
    db.session.remove()
    answers = at_once(moray.app, *[lambda: FlaskClient.open(client, path, method="POST", data=data).status_code] * 2)
    assert sorted(answers) == ([302, 302] if db.engine.dialect.name == "sqlite" else [302, 409])
    assert db.session.scalars(select(Publication).where(Publication.is_present)).all() == []
    assert db.session.scalar(select(func.count()).where(AuditEvent.action == "publication-undone")) == 1


def test_a_plan_that_was_sent_before_it_is_published_is_recorded_as_sent(moray: Moray) -> None:
    client, copies = moray.client(), f"{PLAN}/publication/copies"
    government = db.session.scalars(
        select(Organisation).where(Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT)
    ).one()
    government.mailbox = "plans@gov.example.test"
    db.session.commit()
    page = client.get(copies)
    assert "The plan is not recorded as prepared. You can still record" in said(page)
    assert "Send by email" not in said(page)
    send(client, f"{PLAN}/prepared", prepared_on="1 3 2026")
    assert "not recorded as prepared" not in said(client.get(copies))
    assert "The plan is not recorded as published. Copies recorded as sent: 0 of 3." in said(client.get(PLAN))
    ministers = [str(government.id)]
    text = send(client, copies, receivers=ministers, sent_on="28 2 2026")
    assert "The plan is recorded as prepared on 1 March 2026." in text
    text = send(client, copies, receivers=ministers, sent_on="28 2 2026", confirmed="y")
    assert "Saved. The copies are listed below." in text
    assert "Copies recorded as sent: 1 of 3." in text
    assert "Scottish Government 28 February 2026, recorded by Ailsa Grant" in text
    assert "Prepared, not published" in text
    send(client, f"{copies}/{government.id}", sent_on="5 3 2026")
    page = client.get(PLAN)
    assert "A copy is already recorded as sent to the Scottish Government on 5 March 2026." in said(page)
    assert "Record and send" not in said(page)
    assert "copies" in [part.get("id") for part in soup(page).find_all("h2")], "to which the buttons of steps lead"
    official = moray.someone(Role.OFFICIAL)
    assert "Sent on 5 March 2026. The plan is not recorded as published. No receipt" in said(official.get(PLAN))
    assert "Moray" in said(official.get("/to-receive"))
    assert "Not recorded as published" in said(official.get("/to-receive"))
    assert "Published: Not" not in said(official.get("/"))
    assert "Not recorded as published" in said(official.get("/"))
    text = send(official, f"{PLAN}/receipt", received_on="9 3 2026")
    assert "Received on 9 March 2026" in text
    text = send(client, f"{PLAN}/publication", address=ADDRESS, published_on="2 4 2026", tell="yes")
    assert "Saved. This was published on 2 April 2026." in text
    assert "We are emailing" not in text
    assert "Sent to the Scottish Government on 5 March 2026" in text
    assert db.session.scalars(select(Message)).all() == []
    text = send(client, f"{PLAN}/publication/taking-back", reason="It is not out yet.")
    assert "Copies recorded as sent: 1 of 3." in text
    text = send(client, f"{copies}/{government.id}/taking-back", reason="It lay in the outbox.")
    assert "Copies recorded as sent: 0 of 3." in text
    report = make_report(moray.partnership)
    db.session.commit()
    assert client.get(f"/partnerships/moray/milestones/{report.key}/publication/copies").status_code == 404


def test_the_step_of_sending_leads_to_the_copies_until_the_plan_is_published(moray: Moray) -> None:
    client = moray.client()
    moray.step.fact = Fact.MINISTERS_SENT
    db.session.commit()
    assert f'href="{PLAN}#copies"' in client.get(STEP).get_data(as_text=True)
    send(client, f"{PLAN}/publication/facts", **facts())
    assert f'href="{PLAN}#publication"' in client.get(STEP).get_data(as_text=True)


def test_a_plan_with_many_copies_that_wait_is_shown_in_as_many_statements_as_one_with_few(moray: Moray) -> None:
    client = moray.client()

    def shown(*receivers: Organisation) -> int:
        db.session.add_all(PublicationCopy(milestone_id=moray.plan.id, receiver=one) for one in receivers)
        db.session.commit()
        with counted_statements() as statements:
            assert client.get(PLAN).status_code == 200
        return len(statements)

    few = shown(moray.providers[0])
    assert shown(moray.providers[1], *moray.bodies) == few


def test_an_official_records_a_plan_that_came_before_it_is_published(moray: Moray) -> None:
    official = moray.someone(Role.OFFICIAL)
    path = f"{PLAN}/receipt"
    assert "The plan is not published yet" in said(official.get(path))
    days = {"received_on": "9 3 2026", "not_published": "y"}
    text = send(official, path, **days, address=ADDRESS)
    assert "If the plan is not published, clear its date and address." in text
    text = send(official, path, **days)
    assert "Received on 9 March 2026" in text
    assert "The plan is not recorded as published." in text
    assert "A copy was sent, but the plan is not recorded as prepared." in said(moray.client().get(PLAN))
    undo = send(official, f"{path}/undo", reason="It was another plan.")
    assert "Saved." in undo
    assert "of 3 copies" not in undo
