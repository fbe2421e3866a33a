"""Moving a local date; proposing, noting, declining and withdrawing a new expected date."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Cause
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.explanations import note_expected_date, share_explanation
from cycle_tracker.documents.services.proposals import decline_proposal, note_proposal, propose_date
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from tests.factories import (
    at_seven,
    make_governance_group,
    make_government,
    make_milestone,
    make_partnership,
    make_report,
    make_user,
)
from tests.support.pages import Browser, counted_statements, said, sign_in, soup, value_of

TODAY = date(2026, 8, 17)
"""Ten working days before Moray's report shows as outstanding."""
REPORT = "/partnerships/moray/milestones/2023-26.annual-report-3"
STEP = "/partnerships/moray/milestones/2026-29.draft"
WHY = "The council committee met late. The report goes to it on 24 September."


@dataclass
class Moray:
    """Moray's report, 48 days past its guidance date, and a step."""

    app: Flask
    partnership: Partnership
    lead: User
    member: User
    official: User
    report: Milestone
    step: Milestone

    def client(self, user: User) -> Browser:
        return sign_in(self.app, user)

    def sent(self, **changed: str) -> dict[str, str]:
        return {
            "expected_on": "30 9 2026",
            "explanation": WHY,
            "shared": "y",
            "version": str(self.report.version),
            **changed,
        }

    def proposed(self, *, shared: bool = True) -> DateChange:
        return propose_date(
            self.report, date(2026, 9, 30), WHY, shared=shared, by=self.lead, today=TODAY, now=at_seven(TODAY)
        )


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    morning.move_to(at_seven(TODAY))
    with app.app_context():
        make_government()
        place = make_partnership("moray", name="Moray")
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
        member = make_governance_group(place, "Iain Munro")[0]
        yield Moray(
            app,
            place,
            lead,
            member,
            make_user("Hamish Reid", role=Role.OFFICIAL),
            make_report(place),
            make_milestone(place, key="2026-29.draft", due_on=date(2026, 9, 1)),
        )
        db.session.remove()


def changes() -> list[DateChange]:
    db.session.expire_all()
    return list(db.session.scalars(select(DateChange).order_by(DateChange.id)))


def test_a_lead_moves_a_local_date_with_a_reason(moray: Moray) -> None:
    client = moray.client(moray.lead)
    assert f"{STEP}/date" in {link.get("href") for link in soup(client.get(STEP)).select("a")}
    version = value_of(client.get(f"{STEP}/date"), "version")
    answer = client.post(f"{STEP}/date", data={"due_on": "15 9 2026", "reason": "Leave.", "version": version})
    assert answer.headers["Location"] == STEP
    text = said(client.get(STEP))
    assert "Saved. The date is now 15 September 2026." in text
    assert "Ailsa Grant moved the date from 1 September 2026 to 15 September 2026" in text
    again = client.post(f"{STEP}/date", data={"due_on": "20 9 2026", "reason": "Leave.", "version": version})
    assert again.status_code == 409
    assert value_of(again, "due_on") == "20 9 2026"


def test_a_date_that_cannot_be_moved_so_is_told_beside_its_field(moray: Moray) -> None:
    client = moray.client(moray.lead)
    for changed, field, words in [
        ({"due_on": ""}, "due_on", "Enter the new date"),
        ({"due_on": "31 2 2027"}, "due_on", "is not a real date"),
        ({"due_on": "1 1 2100"}, "due_on", "must be before 2100"),
        ({"due_on": "1 9 2026"}, "due_on", "already the due date"),
        ({"reason": " "}, "reason", "Enter the reason for the new date"),
        ({"reason": "x" * 10_000}, "reason", "2,000 characters or fewer"),
    ]:
        data = {"due_on": "15 9 2026", "reason": "Leave.", "version": str(moray.step.version), **changed}
        page = client.post(f"{STEP}/date", data=data)
        beside = soup(page).find(id=f"{field}-error")
        assert beside is not None, changed
        assert words in beside.get_text()
        assert changes() == [], changed


def test_the_date_of_a_document_is_not_moved_nor_one_by_a_contributor_who_owns_it(moray: Moray) -> None:
    page = moray.client(moray.lead).get(f"{REPORT}/date")
    assert "cannot be moved" in said(page)
    data = {"due_on": "15 9 2026", "reason": "Leave.", "version": str(moray.report.version)}
    assert "cannot be moved" in said(moray.client(moray.lead).post(f"{REPORT}/date", data=data))
    owner = make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray.partnership)
    moray.step.owner = owner
    assert moray.client(owner).get(f"{STEP}/date").status_code == 403
    assert changes() == []


def test_a_lead_proposes_a_member_notes_and_the_page_tells_of_both(moray: Moray) -> None:
    lead, member = moray.client(moray.lead), moray.client(moray.member)
    assert lead.post(f"{REPORT}/proposal", data=moray.sent()).status_code == 302
    text = said(lead.get(REPORT))
    assert "New expected date proposed" in text
    assert "Proposed by Ailsa Grant on 17 August 2026" in text
    assert "Due date 30 June 2026" in text, "a proposal changes nothing"
    assert "Explanations to agree" in said(member.get("/"))
    page = member.get(REPORT)
    form = soup(page).find("form", attrs={"action": f"{REPORT}/proposal/note"})
    assert form is not None
    version = form.find("input", attrs={"name": "version"})
    assert version is not None
    answer = member.post(f"{REPORT}/proposal/note", data={"version": str(version["value"])})
    assert answer.status_code == 302
    text = said(member.get(REPORT))
    assert "Iain Munro agreed a new expected date of 30 September 2026" in text
    assert "Ailsa Grant proposed a new expected date of 30 September 2026" in text
    (change,) = changes()
    assert (change.shared, change.noted_by_id) == (False, moray.member.id), "the box was left empty"
    assert "Explanations to agree" not in said(member.get("/"))


def test_an_official_notes_what_is_to_be_shared_and_sees_nothing_else(moray: Moray) -> None:
    official = moray.client(moray.official)
    moray.proposed(shared=False)
    assert "proposed" not in said(official.get(REPORT))
    assert official.get(f"{REPORT}/proposal/note").status_code == 404
    assert official.post(f"{REPORT}/proposal/refusal", data={"why": "No."}).status_code == 404
    moray.proposed(shared=True)
    text = said(official.get(REPORT))
    assert WHY in text
    assert "Ailsa Grant" not in text
    assert "Explanations to agree" in said(official.get("/"))
    version = value_of(official.get(f"{REPORT}/proposal/note"), "version")
    assert official.post(f"{REPORT}/proposal/note", data={"version": version}).status_code == 302
    assert changes()[-1].shared is True
    assert "Explained" in said(official.get(REPORT))


def test_an_official_notes_one_that_nobody_proposed_and_it_is_shared(moray: Moray) -> None:
    official = moray.client(moray.official)
    page = official.get(f"{REPORT}/explanation")
    assert soup(page).find("input", attrs={"name": "shared"}) is None
    sent = moray.sent(version=value_of(page, "version"))
    del sent["shared"]
    assert official.post(f"{REPORT}/explanation", data=sent).status_code == 302
    assert [(one.shared, one.noted_by_id) for one in changes()] == [(True, moray.official.id)]
    assert official.get(f"{STEP}/explanation").status_code == 404, "steps are not for officials"


def test_the_proposer_replaces_and_withdraws_and_another_lead_waits(moray: Moray) -> None:
    moray.proposed()
    lead = moray.client(moray.lead)
    other = moray.client(make_user("Blair Munro", role=Role.LEAD, partnership=moray.partnership))
    page = lead.get(f"{REPORT}/proposal")
    assert (value_of(page, "expected_on"), value_of(page, "explanation")) == ("30/09/2026", WHY)
    assert soup(other.get(f"{REPORT}/proposal")).find("input", attrs={"name": "expected_on"}) is None
    refused = other.post(f"{REPORT}/proposal", data=moray.sent())
    assert "Someone else has already proposed a date" in said(refused)
    assert "Only the person who proposed" in said(
        other.post(f"{REPORT}/proposal/withdrawal", data={"version": str(moray.report.version)})
    ) or "Nothing that you proposed waits here" in said(other.get(f"{REPORT}/proposal/withdrawal"))
    sent = moray.sent(expected_on="15 10 2026", version=value_of(page, "version"))
    assert lead.post(f"{REPORT}/proposal", data=sent).status_code == 302
    version = value_of(lead.get(f"{REPORT}/proposal/withdrawal"), "version")
    assert lead.post(f"{REPORT}/proposal/withdrawal", data={"version": version}).status_code == 302
    assert [one.declined_by_id for one in changes()] == [moray.lead.id, moray.lead.id]
    assert "withdrew the proposed date of 15 October 2026" in said(lead.get(REPORT))


def test_declining_gives_its_reason_to_the_partnership(moray: Moray) -> None:
    moray.proposed()
    member = moray.client(moray.member)
    empty = member.post(f"{REPORT}/proposal/refusal", data={"version": str(moray.report.version), "why": " "})
    assert "Enter the reason for declining" in said(empty)
    sent = {"version": value_of(empty, "version"), "why": "Too late in the year."}
    assert member.post(f"{REPORT}/proposal/refusal", data=sent).status_code == 302
    text = said(moray.client(moray.lead).get(REPORT))
    assert "Iain Munro declined the proposed date of 30 September 2026" in text
    assert "Too late in the year." in text


def test_two_who_note_at_once_note_once(moray: Moray) -> None:
    moray.proposed()
    version = str(moray.report.version)
    first, second = moray.client(moray.member), moray.client(moray.official)
    assert first.post(f"{REPORT}/proposal/note", data={"version": version, "shared": "y"}).status_code == 302
    late = second.post(f"{REPORT}/proposal/note", data={"version": version})
    assert late.status_code == 409
    assert "Iain Munro agreed a new expected date of 30 September 2026" in said(late)
    assert [one.noted_by_id for one in changes()] == [moray.member.id]


def test_a_proposal_sent_twice_is_one(moray: Moray) -> None:
    client, sent = moray.client(moray.lead), moray.sent()
    assert [client.post(f"{REPORT}/proposal", data=sent).status_code for _ in range(2)] == [302, 409]
    assert len(changes()) == 1


def test_what_is_wrong_is_told_beside_its_field(moray: Moray) -> None:
    clients = {"proposal": moray.client(moray.lead), "explanation": moray.client(moray.member)}
    for path in ["proposal", "explanation"]:
        for changed, field, words in [
            ({"expected_on": ""}, "expected_on", "Enter the new expected date"),
            ({"expected_on": "17 8 2026"}, "expected_on", "must be in the future"),
            ({"expected_on": "1 1 2036"}, "expected_on", "within three years"),
            ({"explanation": "<b>x</b>"}, "explanation", "10 to 2,000 characters"),
            ({"explanation": "x" * 10_000}, "explanation", "10 to 2,000 characters"),
            ({"explanation": " \x07 "}, "explanation", "Explain why"),
        ]:
            page = clients[path].post(f"{REPORT}/{path}", data=moray.sent(**changed))
            beside = soup(page).find(id=f"{field}-error")
            assert beside is not None, (path, changed)
            assert words in beside.get_text()
            assert changes() == [], (path, changed)


def test_an_explanation_is_offered_quietly_first_and_asked_for_from_the_day_of_the_notice(
    moray: Moray, morning: time_machine.Traveller
) -> None:
    morning.move_to(at_seven(date(2026, 8, 14)))
    before = moray.client(moray.lead).get(REPORT)
    assert "shows as outstanding" not in said(before)
    assert "Add an explanation with a new expected date" in said(before)
    morning.move_to(at_seven(TODAY))
    lead = moray.client(moray.lead)
    assert "This will be shown as outstanding after 29 August 2026" in said(lead.get(REPORT))
    assert soup(lead.get(REPORT)).find("a", class_="ds_button", string="Add an explanation") is not None
    assert "shows as outstanding" not in said(lead.get(STEP))
    morning.move_to(at_seven(date(2026, 9, 2)))
    assert "This has been outstanding since 30 August 2026 because" in said(moray.client(moray.lead).get(REPORT))


@pytest.mark.parametrize("fields", [{"target_on": None}, {"due_on": date(2016, 6, 30)}, {"state": State.DONE}])
def test_some_documents_are_never_asked_to_be_explained(moray: Moray, fields: dict[str, Any]) -> None:
    make_report(moray.partnership, key="other", **fields)
    text = said(moray.client(moray.lead).get("/partnerships/moray/milestones/other"))
    assert "shows as outstanding" not in text


def test_whoever_may_not_note_is_not_offered_it(moray: Moray) -> None:
    moray.proposed()
    lead = moray.client(moray.lead)
    assert soup(lead.get(REPORT)).find("form", attrs={"action": f"{REPORT}/proposal/note"}) is None
    moray.report.owner = moray.member
    member = moray.client(moray.member)
    assert soup(member.get(REPORT)).find("form", attrs={"action": f"{REPORT}/proposal/note"}) is None
    assert "someone else must decide" in said(member.get(f"{REPORT}/proposal/note"))
    page = member.post(f"{REPORT}/proposal/note", data={"version": str(moray.report.version), "shared": "y"})
    assert "The owner and the planning leads cannot agree the new date. Someone else must do it." in said(page)
    assert moray.report.due_on == date(2026, 6, 30)


def test_home_takes_as_many_statements_with_many_proposals_as_with_few(moray: Moray) -> None:
    counts = []
    client = moray.client(moray.member)
    for number in range(1, 8):
        report = make_report(moray.partnership, key=f"report-{number}")
        propose_date(report, date(2026, 9, 30), WHY, shared=True, by=moray.lead, today=TODAY, now=at_seven(TODAY))
        if number in (1, 7):
            with counted_statements() as statements:
                assert client.get("/").status_code == 200
            counts.append(len(statements))
    assert counts[0] == counts[1]


def test_an_explanation_of_a_document_that_is_done_is_told_as_one_of_the_past(moray: Moray) -> None:
    moray.proposed()
    note_proposal(moray.report, shared=True, by=moray.member, today=TODAY, now=at_seven(TODAY))
    db.session.commit()
    client = moray.client(moray.lead)
    assert "New expected date: 30 September 2026" in said(client.get(REPORT))
    record_publication(
        moray.report,
        address="https://www.moray.example/report.pdf",
        published_on=TODAY,
        send_to_ministers=False,
        by=moray.lead,
        today=TODAY,
        now=at_seven(TODAY),
    )
    db.session.commit()
    text = said(client.get(REPORT))
    assert "Explanation before this was done. Expected date then: 30 September 2026" in text
    assert "New expected date: 30 September 2026" not in text


def test_a_document_is_explained_from_the_day_on_which_it_opens_and_not_before(
    moray: Moray, morning: time_machine.Traveller
) -> None:
    """The report opens on 1 April, and its guidance date is 30 June."""
    for day, is_open in ((date(2026, 3, 31), False), (date(2026, 4, 1), True)):
        morning.move_to(at_seven(day))
        lead, member = moray.client(moray.lead), moray.client(moray.member)
        for client, form, on in ((member, "explanation", "30 9 2026"), (lead, "proposal", "31 10 2026")):
            assert (f"{REPORT}/{form}" in str(client.get(REPORT).data)) is is_open
            words = "You can explain the date from 1 April 2026, when it opens."
            assert (words in said(client.get(f"{REPORT}/{form}"))) is not is_open
            sent = client.post(f"{REPORT}/{form}", data=moray.sent(expected_on=on))
            assert sent.status_code == (302 if is_open else 200)
            assert bool(changes()) is is_open
            moray.report = db.session.get_one(Milestone, moray.report.id)


SHARED = f"{REPORT}/explanation/sharing"


def explain_unshared(moray: Moray) -> None:
    on = date(2026, 9, 30)
    note_expected_date(moray.report, on, WHY, shared=False, by=moray.member, today=TODAY, now=at_seven(TODAY))


def test_a_lead_shares_what_the_group_agreed_with_one_button(moray: Moray) -> None:
    explain_unshared(moray)
    lead, official = moray.client(moray.lead), moray.client(moray.official)
    page = lead.get(REPORT)
    assert "officials cannot see the explanation. They still count the days since 30 June 2026" in said(page)
    assert "Not shared with the Scottish Government. Officials still count from the guidance date." in said(page)
    assert WHY not in said(official.get(REPORT))
    version = value_of(page, "version")
    assert lead.post(SHARED, data={"version": version}).headers["Location"] == REPORT
    text = said(lead.get(REPORT))
    assert "Shared. Officials can now see the explanation and the new expected date." in text
    assert "Ailsa Grant shared the explanation with the Scottish Government" in text
    assert "Share the explanation" not in text
    seen = said(official.get(REPORT))
    assert WHY in seen
    assert "shared the explanation with the Scottish Government" in seen
    assert lead.post(SHARED, data={"version": version}).status_code == 409
    assert "There is no explanation to share" in said(lead.get(SHARED))


def test_who_cannot_share_it_reads_who_can_and_officials_read_nothing_of_it(moray: Moray) -> None:
    explain_unshared(moray)
    page = moray.client(moray.member).get(REPORT)
    assert "A planning lead can share it." in said(page)
    assert soup(page).find("form", attrs={"action": SHARED}) is None
    assert "Share the explanation" not in said(moray.client(moray.official).get(REPORT))
    assert moray.client(moray.member).get(SHARED).status_code == 403


def test_it_is_asked_for_once_the_guidance_date_has_passed_and_only_where_days_are_counted(
    moray: Moray, morning: time_machine.Traveller
) -> None:
    explain_unshared(moray)
    for day, asked in ((date(2026, 6, 30), False), (date(2026, 7, 1), True)):
        morning.move_to(at_seven(day))
        assert ("Share the explanation" in said(moray.client(moray.lead).get(REPORT))) is asked
    moray.partnership.notify_from = date(2026, 8, 1)
    assert "Share the explanation" not in said(moray.client(moray.lead).get(REPORT))


def test_the_page_takes_no_more_statements_with_an_explanation_to_share(moray: Moray) -> None:
    note_on, counts = date(2026, 9, 30), []
    for shared in (True, False):
        report = make_report(moray.partnership, key=f"report-{shared}")
        note_expected_date(report, note_on, WHY, shared=shared, by=moray.member, today=TODAY, now=at_seven(TODAY))
        client = moray.client(moray.lead)
        with counted_statements() as statements:
            assert client.get(f"/partnerships/moray/milestones/report-{shared}").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


FILLED_IN = "We have filled in the newest explanation. You can change it."


def test_an_explanation_begins_with_the_words_of_the_newest_one_and_is_sent_on_by_one_press(moray: Moray) -> None:
    assert FILLED_IN not in said(moray.client(moray.lead).get(f"{REPORT}/proposal"))
    explain_unshared(moray)
    for user, form in ((moray.lead, "proposal"), (moray.member, "explanation")):
        page = moray.client(user).get(f"{REPORT}/{form}")
        assert FILLED_IN in said(page)
        assert value_of(page, "explanation") == WHY
        assert "checked" not in str(soup(page).find("input", attrs={"name": "shared"})), "it is not shared now either"
    lead = moray.client(moray.lead)
    page = lead.get(f"{REPORT}/proposal")
    sent = {name: value_of(page, name) for name in ("explanation", "version")}
    assert lead.post(f"{REPORT}/proposal", data={**sent, "expected_on": "30 10 2026"}).status_code == 302
    assert [one.reason for one in changes()] == [WHY, WHY]


def test_an_officials_explanation_begins_with_words_that_are_shared_and_no_others(moray: Moray) -> None:
    explain_unshared(moray)
    official = moray.client(moray.official)
    page = official.get(f"{REPORT}/explanation")
    assert (value_of(page, "explanation"), FILLED_IN in said(page)) == ("", False)
    share_explanation(moray.report, by=moray.lead, now=at_seven(TODAY))
    assert value_of(official.get(f"{REPORT}/explanation"), "explanation") == WHY


def test_what_was_declined_is_no_note(moray: Moray) -> None:
    moray.proposed()
    why, member = "No meeting then.", moray.member
    decline_proposal(moray.report, why, by=member, today=TODAY, now=at_seven(TODAY))
    page = moray.client(moray.lead).get(f"{REPORT}/proposal")
    assert value_of(page, "explanation") == ""


def test_the_main_reason_is_kept_carried_and_filled_in_with_the_words(moray: Moray) -> None:
    lead, member = moray.client(moray.lead), moray.client(moray.member)
    assert lead.post(f"{REPORT}/proposal", data=moray.sent(cause="staff")).status_code == 302
    assert chosen(lead.get(f"{REPORT}/proposal")) == "staff"
    version = value_of(member.get(REPORT), "version")
    assert member.post(f"{REPORT}/proposal/note", data={"version": version, "shared": "y"}).status_code == 302
    assert [(one.noted_at is not None, one.cause) for one in changes()] == [(True, Cause.STAFF)]
    assert chosen(member.get(f"{REPORT}/explanation")) == "staff"
    moved = {"due_on": "15 9 2026", "reason": "Leave.", "version": str(moray.step.version), "cause": "election"}
    assert lead.post(f"{STEP}/date", data=moved).status_code == 302
    assert changes()[-1].cause is Cause.ELECTION
    assert "Leave. Main reason: election." in said(lead.get(STEP))
    assert f"{WHY} Main reason: staff." in said(lead.get(REPORT))
    assert "Main reason" not in said(moray.client(moray.official).get(REPORT)), "officials read totals"


def test_the_main_reason_can_be_left_out_and_is_one_of_the_list(moray: Moray) -> None:
    lead = moray.client(moray.lead)
    page = lead.post(f"{REPORT}/proposal", data=moray.sent(cause="the-dog"))
    assert "Choose a reason from the list" in said(page)
    assert changes() == []
    assert lead.post(f"{REPORT}/proposal", data=moray.sent(cause="")).status_code == 302
    assert changes()[-1].cause is None


def chosen(page: TestResponse) -> str:
    """The main reason that is chosen in the form."""
    option = soup(page).select_one("select[name=cause] option[selected]")
    return str(option["value"]) if option else ""
