"""What came to the governance group, and its decision."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from cycle_tracker.core import clock
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Cause
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.explanations import note_expected_date
from cycle_tracker.documents.services.proposals import propose_date
from cycle_tracker.milestones.services.milestones import start_milestone
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.models.escalation import Escalation, Resolution
from cycle_tracker.models.group import Group, Meeting, Membership, MembershipRole
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from tests.factories import (
    at_seven,
    grant_role,
    make_cycle,
    make_governance_group,
    make_government,
    make_partnership,
    make_report,
    make_user,
)
from tests.support.pages import Browser, counted_statements, said, sign_in, soup, value_of

LIST = "/escalations"
TODAY = date(2026, 9, 1)
WHY = "The council committee met late. The report goes to it on 24 September."
STATEMENTS = 6
"""What the list asks for, however long it is; the person and the menu included."""


@dataclass
class Moray:
    """Moray's report, 63 days past its guidance date, waiting for the group since 14 July."""

    app: Flask
    partnership: Partnership
    lead: User
    member: User
    report: Milestone
    escalation: Escalation

    @property
    def page(self) -> str:
        return f"{LIST}/{self.escalation.id}"

    def client(self, user: User | None = None) -> Browser:
        return sign_in(self.app, user or self.member)

    def decision(self, **changed: str) -> dict[str, str]:
        return {
            "expected_on": "30 9 2026",
            "explanation": WHY,
            "shared": "y",
            "version": str(self.report.version),
            **changed,
        }


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    morning.move_to(at_seven(TODAY))
    with app.app_context():
        make_government()
        place = make_partnership("moray", name="Moray")
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
        member = make_governance_group(place, "Iain Munro")[0]
        report = make_report(place, owner=lead, cycle=make_cycle(place, "2023-26"))
        yield Moray(app, place, lead, member, report, escalate(report))
        db.session.remove()


def escalate(report: Milestone, *, audience: Audience = Audience.GOVERNANCE, settled: bool = False) -> Escalation:
    made = Escalation(
        milestone=report,
        due_on=report.due_on,
        rung=14,
        audience=audience,
        fell_due_on=date(2026, 7, 14),
        opened_at=at_seven(date(2026, 7, 14)),
        resolved_at=at_seven(date(2026, 8, 1)) if settled else None,
        resolution=Resolution.REOPENED if settled else None,
    )
    db.session.add(made)
    db.session.flush()
    return made


def listed(client: Browser, table: str) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in soup(client.get(LIST)).select(f"#{table} tbody tr")]


def test_what_waits_stands_before_what_is_settled(moray: Moray) -> None:
    escalate(moray.report, settled=True)
    escalate(make_report(make_partnership("fife"), title="Report of Fife"))
    client = moray.client()
    assert listed(client, "waiting") == [
        "Annual report on 2025–26 Moray 63 days past the guidance date of 30 June 2026 and 154 days since 31 March "
        "14 July 2026, 14 days after the due date None yet"
    ]
    assert listed(client, "settled") == [
        "Annual report on 2025–26 Moray 14 July 2026, 14 days after the due date Reopened on 1 August 2026 None yet"
    ]


def test_a_member_notes_a_new_date_and_the_lag_stays(moray: Moray) -> None:
    client = moray.client()
    assert "Agree a new expected date" in said(client.get(moray.page))
    answer = client.post(f"{moray.page}/decision", data=moray.decision())
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"])
    text = said(page)
    assert "Saved. The new expected date is 30 September 2026." in text
    assert "Due date 30 September 2026" in text
    assert "30 June 2026, 63 days ago" in text
    assert "154 days since 31 March" in text
    assert "New date agreed on 1 September 2026" in text
    assert WHY in text
    assert soup(page).select("main form") == []
    change = db.session.scalars(select(DateChange)).one()
    assert (change.shared, change.noted_by_id) == (True, moray.member.id)


def test_a_group_may_keep_its_explanation_to_itself(moray: Moray) -> None:
    sent = moray.decision()
    del sent["shared"]
    moray.client().post(f"{moray.page}/decision", data=sent)
    assert db.session.scalars(select(DateChange)).one().shared is False


def test_what_is_wrong_is_told_beside_its_field_and_nothing_changes(moray: Moray) -> None:
    client = moray.client()
    for changed, words in [
        ({"expected_on": ""}, "Enter the new expected date"),
        ({"expected_on": "31 9 2026"}, "31 September 2026 is not a real date"),
        ({"expected_on": "1 9 2026"}, "The new expected date must be in the future."),
        ({"explanation": "  "}, "Say why the date has passed and what will happen by the new date"),
        ({"explanation": "Late."}, "The explanation must be 10 to 2,000 characters"),
        ({"explanation": "x" * 2001}, "The explanation must be 10 to 2,000 characters"),
    ]:
        sent = moray.decision(**changed)
        page = client.post(f"{moray.page}/decision", data=sent)
        (name,) = changed
        beside = soup(page).find(id=f"{name}-error")
        assert beside is not None, changed
        assert words in beside.get_text()
        assert value_of(page, "expected_on") == sent["expected_on"], changed
        assert value_of(page, "explanation") == sent["explanation"].strip(), changed
        assert soup(page).find("input", attrs={"name": "shared", "checked": True}) is not None, changed
        assert db.session.scalars(select(DateChange)).all() == [], changed


def test_the_owner_cannot_decide_for_the_group(moray: Moray) -> None:
    moray.report.owner = moray.member
    page = moray.client().post(f"{moray.page}/decision", data=moray.decision())
    db.session.expire_all()
    if page.status_code == 409:  # changing the owner made a new version
        page = moray.client().post(f"{moray.page}/decision", data=moray.decision())
    assert "The owner and the planning leads cannot agree the new date. Someone else must do it." in said(page)
    assert value_of(page, "explanation") == WHY
    assert db.session.scalars(select(DateChange)).all() == []


def test_a_second_editor_is_told_what_changed_and_keeps_what_they_typed(moray: Moray) -> None:
    client, sent = moray.client(), moray.decision()
    start_milestone(moray.report, by=moray.lead, now=clock.now())
    page = client.post(f"{moray.page}/decision", data=sent)
    assert page.status_code == 409
    assert "Ailsa Grant started this" in said(page)
    assert value_of(page, "explanation") == WHY
    again = client.post(f"{moray.page}/decision", data={**sent, "version": value_of(page, "version")})
    assert again.status_code == 302


def test_what_was_decided_already_is_not_decided_twice(moray: Moray) -> None:
    client, sent = moray.client(), moray.decision()
    assert client.post(f"{moray.page}/decision", data=sent).status_code == 302
    page = client.post(f"{moray.page}/decision", data={**sent, "expected_on": "15 10 2026"})
    assert page.status_code == 409
    assert "15 10 2026" in said(page)
    assert len(db.session.scalars(select(DateChange)).all()) == 1


def test_a_lead_reads_and_does_not_decide(moray: Moray) -> None:
    client = moray.client(moray.lead)
    page = client.get(moray.page)
    assert "The governance group needs to decide." in said(page)
    assert soup(page).select("main form") == []
    assert client.post(f"{moray.page}/decision", data=moray.decision()).status_code == 403
    assert db.session.scalars(select(DateChange)).all() == []


def test_another_partnerships_group_finds_nothing_here(moray: Moray) -> None:
    other = make_governance_group(make_partnership("fife"), "Una Ross")[0]
    client = moray.client(other)
    assert "Annual report" not in said(client.get(LIST))
    assert client.get(moray.page).status_code == 404
    assert client.post(f"{moray.page}/decision", data=moray.decision()).status_code == 404


def test_a_contributor_here_who_leads_elsewhere_is_refused_here(moray: Moray) -> None:
    person = make_user("Calum Reid", role=Role.CONTRIBUTOR, partnership=moray.partnership)
    elsewhere = make_partnership("fife")
    grant_role(person, Role.LEAD, elsewhere)
    assert moray.client(person).get(moray.page).status_code == 403


def test_an_unknown_escalation_is_not_found(moray: Moray) -> None:
    client = moray.client()
    for name in ["0", "999999", "99999999999999999999", "x", "-1"]:
        assert client.get(f"{LIST}/{name}").status_code == 404


def test_a_rung_for_the_leads_is_no_business_of_the_group(moray: Moray) -> None:
    rung = escalate(make_report(moray.partnership, key="another"), audience=Audience.LEAD)
    client = moray.client()
    assert len(listed(client, "waiting")) == 1
    assert client.get(f"{LIST}/{rung.id}").status_code == 404


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.ADMINISTRATOR])
def test_those_outside_the_groups_do_not_come_here(moray: Moray, role: Role) -> None:
    client = moray.client(make_user("Somebody", role=role))
    assert client.get(LIST).status_code == 403
    assert client.get(moray.page).status_code == 403


@pytest.mark.parametrize("rows", [3, 60])
def test_the_list_takes_as_many_statements_when_long_as_when_short(moray: Moray, rows: int) -> None:
    for number in range(rows):
        escalate(make_report(moray.partnership, key=f"report-{number}"), settled=number % 2 == 0)
    client = moray.client()
    with counted_statements() as statements:
        assert client.get(LIST).status_code == 200
    assert len(statements) == STATEMENTS, "\n\n".join(statements)


def test_a_long_list_has_pages(moray: Moray) -> None:
    for number in range(60):
        escalate(make_report(moray.partnership, key=f"report-{number}"), settled=number < 20)
    client = moray.client()
    assert (len(listed(client, "waiting")), len(listed(client, "settled"))) == (41, 9)
    for page in ("2", "99"):
        answer = client.get(f"{LIST}?page={page}")
        assert len(soup(answer).select("#settled tbody tr")) == 11
        assert "Decision needed" not in [heading.get_text() for heading in soup(answer).select("h2")]


OUTCOMES = {
    "new-date": {"expected_on": "30 9 2026", "explanation": WHY, "shared": "y"},
    "next-steps": {"next_title": "Send the draft", "next_owner": "", "next_due_on": "1 10 2026"},
    "refer-on": {"referred_to": "Chief officers’ group", "referral_reason": WHY},
    "no-action": {"no_action_reason": WHY},
}
SAID = {
    "new-date": "New expected date agreed: 30 September 2026",
    "next-steps": "Next steps requested: “Send the draft”, no owner, by 1 October 2026",
    "refer-on": "Referred to Chief officers’ group",
    "no-action": "No action",
}


def decide(client: Browser, moray: Moray, outcome: str, **changed: str) -> TestResponse:
    fields = {"outcome": outcome, "version": str(moray.report.version), **OUTCOMES[outcome], **changed}
    return client.post(f"{moray.page}/decision", data=fields)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_each_decision_is_one_press_on_the_page_of_the_mail(moray: Moray, outcome: str) -> None:
    client = moray.client()
    page = soup(client.get(moray.page))  # the link in the mail: the first click
    form = page.find("form", attrs={"action": f"{moray.page}/decision"})
    assert form is not None
    assert set(OUTCOMES[outcome]) <= {str(field.get("name")) for field in form.select("input, select, textarea")}
    assert form.find("button", attrs={"name": "outcome", "value": outcome}) is not None
    answer = decide(client, moray, outcome)  # the press: the second
    assert answer.status_code == 302
    text = said(client.get(answer.headers["Location"]))
    assert SAID[outcome] in text
    assert "Made by Iain Munro, on 1 September 2026" in text


@pytest.mark.parametrize("outcome", ["next-steps", "refer-on", "no-action"])
def test_what_is_decided_without_a_new_date_stays_listed_as_decided(moray: Moray, outcome: str) -> None:
    client, version = moray.client(), str(moray.report.version)
    decide(client, moray, outcome)
    assert (listed(client, "waiting"), listed(client, "settled")) == ([], [])
    (line,) = listed(client, "decided")
    assert SAID[outcome] in line
    assert "Decision needed" not in said(client.get("/"))
    assert "Decide again" in said(client.get(moray.page))
    again = decide(client, moray, "new-date", version=version)
    assert again.status_code == 409, "the milestone was changed by the first decision"
    assert decide(client, moray, "new-date", version=value_of(again, "version")).status_code == 302
    assert len(listed(client, "settled")) == 1


def test_the_clerk_records_for_the_group_with_a_meeting_added_on_the_spot(moray: Moray) -> None:
    clerk = make_user("Iain Bell", role=Role.CLERK, partnership=moray.partnership)
    client = moray.client(clerk)
    assert "Record the group’s decision." in said(client.get(moray.page))
    answer = decide(client, moray, "no-action", meeting_on="28 8 2026", minute="4.2")
    text = said(client.get(answer.headers["Location"]))
    assert "Made by the group, recorded by Iain Bell (clerk)" in text
    assert "Meeting of 28 August 2026, minute 4.2" in text
    (meeting,) = db.session.scalars(select(Meeting)).all()
    assert (meeting.held_on, db.session.scalars(select(Decision)).one().meeting_id) == (date(2026, 8, 28), meeting.id)
    record = moray.client(moray.lead).get(f"/partnerships/moray/milestones/{moray.report.key}")
    assert "The governance group decided to take no action, recorded by Iain Bell (clerk)" in said(record)


def test_what_is_wrong_with_a_decision_is_told_beside_its_field(moray: Moray) -> None:
    fife = make_partnership("fife")
    stranger = make_user("Una Ross", role=Role.LEAD, partnership=fife)
    elsewhere = Group(partnership=fife, name="Fife governance group")
    db.session.add(elsewhere)
    db.session.flush()
    foreign = Meeting(group_id=elsewhere.id, held_on=date(2026, 8, 1), title="", minutes="")
    db.session.add(foreign)
    db.session.flush()
    client = moray.client()
    for outcome, changed, field, words in [
        ("next-steps", {"next_title": ""}, "next_title", "Enter the next step"),
        ("next-steps", {"next_title": "x" * 10_000}, "next_title", "300 characters or fewer"),
        ("next-steps", {"next_due_on": "31 2 2027"}, "next_due_on", "is not a real date"),
        ("next-steps", {"next_due_on": "31 8 2026"}, "next_due_on", "must be today or in the future"),
        ("next-steps", {"next_owner": "{stranger}"}, "next_owner", "Choose someone from the list"),
        ("next-steps", {"next_owner": "x\x07"}, "next_owner", "Choose someone from the list"),
        ("refer-on", {"referred_to": ""}, "referred_to", "Enter who you are referring this to"),
        ("refer-on", {"referral_reason": "x" * 10_000}, "referral_reason", "10 to 2,000 characters"),
        ("no-action", {"no_action_reason": "no"}, "no_action_reason", "10 to 2,000 characters"),
        ("no-action", {"meeting": "{meeting}"}, "meeting", "Choose a meeting from the list"),
        ("no-action", {"meeting_on": "2 9 2026"}, "meeting_on", "must be today or in the past"),
        ("no-action", {"meeting_on": "soon"}, "meeting_on", "Enter a date"),
        ("no-action", {"minute": "x" * 10_000}, "minute", "200 characters or fewer"),
    ]:
        typed = {name: value.format(stranger=stranger.id, meeting=foreign.id) for name, value in changed.items()}
        page = decide(client, moray, outcome, **typed)
        assert page.status_code == 200, outcome
        beside = soup(page).find(id=f"{field}-error")
        assert beside is not None, outcome
        assert words in beside.get_text()
        for model in (Decision, DateChange):
            assert db.session.scalars(select(model)).all() == [], outcome
        assert len(db.session.scalars(select(Meeting)).all()) == 1, outcome
        assert len(db.session.scalars(select(Milestone)).all()) == 1, outcome


def test_two_members_decide_at_once_and_the_second_is_shown_the_first(moray: Moray) -> None:
    group = db.session.scalars(select(Group)).one()
    other = make_user("Una Ross", role=Role.GOVERNANCE, partnership=moray.partnership)
    db.session.add(Membership(group_id=group.id, user_id=other.id, role=MembershipRole.MEMBER))
    first, second = moray.client(), moray.client(other)
    version = str(moray.report.version)
    assert decide(first, moray, "no-action", version=version).status_code == 302
    page = decide(second, moray, "refer-on", version=version)
    assert page.status_code == 409
    assert "Iain Munro, for the governance group, decided to take no action" in said(page)
    assert value_of(page, "referral_reason") == WHY
    assert [one.outcome for one in db.session.scalars(select(Decision))] == [DecisionOutcome.NO_ACTION]


def test_a_button_pressed_twice_makes_one_decision_and_one_milestone(moray: Moray) -> None:
    client, version = moray.client(), str(moray.report.version)
    statuses = [decide(client, moray, "next-steps", version=version).status_code for _ in range(2)]
    assert statuses == [302, 409]
    assert len(db.session.scalars(select(Decision)).all()) == 1
    assert len(db.session.scalars(select(Milestone)).all()) == 2


def test_an_owner_of_the_group_is_told_that_somebody_else_decides(moray: Moray) -> None:
    moray.report.owner = moray.member
    page = moray.client().get(moray.page)
    assert "another member of the governance group must decide" in said(page)
    assert soup(page).select("main form") == []


def test_what_was_proposed_stands_in_the_form_and_is_noted_by_one_press(moray: Moray) -> None:
    moray.report.owner = None
    propose_date(moray.report, date(2026, 10, 15), WHY, shared=False, by=moray.lead, today=TODAY, now=at_seven(TODAY))
    client = moray.client()
    page = client.get(moray.page)
    assert (value_of(page, "expected_on"), value_of(page, "explanation")) == ("15/10/2026", WHY)
    answer = client.post(
        f"{moray.page}/decision",
        data={
            "outcome": "new-date",
            "version": value_of(page, "version"),
            "expected_on": value_of(page, "expected_on"),
            "explanation": value_of(page, "explanation"),
        },
    )
    assert answer.status_code == 302
    change = db.session.scalars(select(DateChange)).one()
    assert (change.proposed_by_id, change.noted_by_id, change.shared) == (moray.lead.id, moray.member.id, False)


@pytest.mark.on_both_databases
def test_the_list_is_filtered_and_kept_as_it_is_filtered(moray: Moray) -> None:
    fife = make_partnership("fife", name="Fife")
    grant_role(moray.member, Role.GOVERNANCE, fife)
    escalate(make_report(fife, title="=Report of Fife"))
    client = moray.client()
    decide(client, moray, "no-action")
    only_fife = client.get(f"{LIST}?partnership=fife")
    assert "Report of Fife" in said(only_fife)
    assert "Annual report on 2025–26" not in said(only_fife)
    assert "so we ignored them: partnership" in said(client.get(f"{LIST}?partnership=angus"))
    kept = client.get(f"{LIST}/export.csv?standing=decided")
    rows = kept.get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert len(rows) == 2
    assert "No action" in rows[1]
    assert "'=Report of Fife" in client.get(f"{LIST}/export.csv").get_data(as_text=True)
    assert client.get(f"{LIST}/export.xlsx").data.startswith(b"PK")
    assert f"{LIST}/export.csv?standing=decided" in {
        link.get("href") for link in soup(client.get(f"{LIST}?standing=decided")).select("a")
    }


def test_the_page_takes_as_many_statements_with_many_decisions_as_with_one(moray: Moray) -> None:
    counts = []
    client = moray.client()
    for _ in range(3):
        decide(client, moray, "no-action", version=value_of(client.get(moray.page), "version"))
        with counted_statements() as statements:
            assert client.get(moray.page).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] == counts[2]


def test_a_decision_begins_with_the_newest_explanation_as_it_is_shared(moray: Moray) -> None:
    moray.report.owner = None
    assert "We have filled in" not in said(moray.client().get(moray.page))
    for number, shared in enumerate((True, False), start=1):
        on, why = date(2026, 10, 15) + timedelta(days=number), f"{WHY} {number}"
        told: dict[str, Any] = {
            "shared": shared,
            "cause": Cause.STAFF,
            "by": moray.member,
            "today": TODAY,
            "now": at_seven(TODAY),
        }
        note_expected_date(moray.report, on, why, **told)
        page = moray.client().get(f"/escalations/{escalate(moray.report).id}")
        assert soup(page).select_one("select[name=cause] option[selected][value=staff]") is not None
        assert "We have filled in the newest explanation. You can change it." in said(page)
        assert (value_of(page, "expected_on"), value_of(page, "explanation")) == ("", why)
        assert ("checked" in str(soup(page).find("input", attrs={"name": "shared"}))) is shared


def test_a_decision_keeps_the_main_reason_of_the_new_date(moray: Moray) -> None:
    moray.report.owner = None
    client = moray.client()
    data = {"outcome": "new-date", "version": value_of(client.get(moray.page), "version"), "cause": "late-data"}
    answer = client.post(f"{moray.page}/decision", data={**data, "expected_on": "15 10 2026", "explanation": WHY})
    assert answer.status_code == 302
    assert db.session.scalars(select(DateChange.cause)).one() is Cause.LATE_DATA
