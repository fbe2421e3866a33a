"""The copies of a document on its page, who finds it, and what its page costs."""

from datetime import date

from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.approval import Approval
from cycle_tracker.models.organisation import OrganisationKind
from cycle_tracker.models.partnership import BodyRole, PartnershipBody
from cycle_tracker.models.publication import PublicationCopy
from tests.documents.web.conftest import (
    CYCLE,
    PLAN,
    REPORT,
    TODAY,
    Tayside,
    approval,
    approved,
    count,
    facts,
    follow,
    rows,
)
from tests.factories import (
    make_organisation,
    make_partnership,
    make_user,
)
from tests.support.pages import counted_statements, said, soup, value_of


def test_copies_are_recorded_together_and_put_right_one_by_one(tayside: Tayside) -> None:
    tayside.publish()
    client, ijb = tayside.client(), tayside.bodies["Dundee IJB"]
    page = client.get(f"{PLAN}/publication/copies")
    ticked = [box["value"] for box in soup(page).find_all("input", checked=True)]
    assert ticked == [str(ijb.id)], "who is to have a copy, but for Scottish Government, which a button tells"
    sent = {"version": value_of(page, "version"), "receivers": ticked, "sent_on": "9 4 2026"}
    page = follow(client, client.post(f"{PLAN}/publication/copies", data=sent))
    assert rows(page, "copies-list")[0].startswith("Dundee IJB 9 April 2026, recorded by Ailsa Grant Not recorded yet")
    assert client.post(f"{PLAN}/publication/copies", data=sent).status_code == 409, "pressed twice"
    path = f"{PLAN}/publication/copies/{ijb.id}"
    days = {"version": value_of(client.get(path), "version"), "sent_on": "9 4 2026", "received_on": "8 4 2026"}
    assert "The date received cannot be before the date sent." in said(client.post(path, data=days))
    page = follow(client, client.post(path, data={**days, "sent_on": "10 4 2026", "received_on": ""}))
    corrected = "Ailsa Grant corrected the dates of the copy to Dundee IJB, sent on 10 April 2026"
    assert corrected in said(page)
    assert f"{corrected}, received" not in said(page), (
        "a date of receipt that was not given is not one that is not known"
    )
    days["version"] = value_of(client.get(path), "version")
    page = follow(client, client.post(path, data={**days, "received_on": "14 4 2026"}))
    assert "14 April 2026, recorded by Ailsa Grant" in rows(page, "copies-list")[0]
    assert "Dundee IJB received its copy on 14 April 2026" in said(page)
    away = f"{path}/taking-back"
    gone = {"version": value_of(client.get(away), "version"), "reason": "It lay in the outbox"}
    assert "Ailsa Grant removed the copy to Dundee IJB" in said(follow(client, client.post(away, data=gone)))
    assert count(PublicationCopy) == 0


def test_receivers_are_chosen_from_the_partnership_and_the_nation_alone(tayside: Tayside) -> None:
    tayside.publish()
    client, path = tayside.client(), f"{PLAN}/publication/copies"
    elsewhere = make_organisation("Fife Council")
    for receivers in ([str(elsewhere.id)], ["0"], ["x" * 10_000], ["-1", str(tayside.bodies["Dundee IJB"].id)], []):
        version = value_of(client.get(path), "version")
        page = client.post(path, data={"version": version, "receivers": receivers, "sent_on": "9 4 2026"})
        beside = soup(page).find(id="receivers-error")
        assert beside is not None, receivers
        assert "Choose" in beside.get_text()
    assert count(PublicationCopy) == 0
    assert client.get(f"{path}/{elsewhere.id}").status_code == 404


def test_a_report_may_go_to_others_and_nobody_looks_for_it(tayside: Tayside) -> None:
    tayside.report.reports_on = date(2026, 3, 31)
    tayside.publish(tayside.report)
    client = tayside.client()
    assert "No copy to the Scottish Government" not in said(client.get(REPORT)), "recording a report is enough"
    assert "No copy to Dundee IJB" not in said(client.get(REPORT))
    board = tayside.bodies["NHS Tayside"]
    page = client.get(f"{REPORT}/publication/copies")
    assert soup(page).find_all("input", checked=True) == []
    sent = {"version": value_of(page, "version"), "receivers": [str(board.id)], "sent_on": ""}
    refused = client.post(f"{REPORT}/publication/copies", data=sent)
    assert "Enter the date, or select “The date is not known”" in said(refused), "one press claims nothing"
    assert count(PublicationCopy) == 0
    page = follow(client, client.post(f"{REPORT}/publication/copies", data={**sent, "date_not_known": "y"}))
    assert rows(page, "copies-list")[0].startswith("NHS Tayside Date not known, recorded by Ailsa Grant")


def test_another_partnerships_documents_are_not_found(tayside: Tayside) -> None:
    client = tayside.someone(Role.LEAD, make_partnership("fife"))
    for path in [
        "publication/facts",
        "publication/copies",
        "publication/copies/1",
        "publication/newer-version",
        "publication/kept-copy",
        "approvals/1",
        "not-required",
    ]:
        status = {403} if path == "not-required" else {404}
        assert client.get(f"{PLAN}/{path}").status_code in status
        assert client.post(f"{PLAN}/{path}", data={"version": "1"}).status_code in status


def test_fields_that_the_forms_do_not_have_are_not_read(tayside: Tayside) -> None:
    client, path = tayside.client(), approval(tayside, "Angus Council")
    foreign = {"recorded_by_id": "1", "on_behalf": "", "organisation_id": "1", "milestone_id": "1", "state": "dropped"}
    assert client.post(path, data=approved(client, path, **foreign)).status_code == 302
    found = db.session.scalars(select(Approval)).one()
    assert (found.recorded_by_id, found.on_behalf) == (tayside.lead.id, True)
    assert (found.organisation_id, found.milestone_id) == (tayside.bodies["Angus Council"].id, tayside.plan.id)


def test_the_page_takes_as_many_statements_with_many_facts_as_with_few(tayside: Tayside) -> None:
    publication, client = tayside.publish(), tayside.client()
    counts = []
    for number in range(12):
        person = make_user(f"Person {number}")
        body = make_organisation(f"Body {number}", kind=OrganisationKind.OTHER_SERVICE_PROVIDER)
        db.session.add(
            PartnershipBody(
                partnership_id=tayside.partnership.id, organisation=body, role=BodyRole.MEMBER, from_on=date(2017, 4, 1)
            )
        )
        publication.copies.append(PublicationCopy(receiver=body, sent_on=TODAY, sent_recorded_by_id=person.id))
        db.session.commit()
        if number in (0, 11):
            for path in (PLAN, CYCLE):
                with counted_statements() as statements:
                    assert client.get(path).status_code == 200
                counts.append(len(statements))
    assert counts[:2] == counts[2:]


def test_a_copy_that_is_on_its_way_stands_unticked_and_every_receiver_without_a_mailbox_is_named(
    tayside: Tayside,
) -> None:
    tayside.publish()
    client, path = tayside.client(), f"{PLAN}/publication/copies"
    ijb, council, board = (tayside.bodies[name] for name in ("Dundee IJB", "Angus Council", "NHS Tayside"))
    ijb.mailbox = "papers@ijb.example.test"
    db.session.commit()
    both = {"version": value_of(client.get(path), "version"), "receivers": [str(council.id), str(board.id)]}
    refused = said(client.post(path, data={**both, "by": "email"}))
    assert "We have no email address for Angus Council and NHS Tayside. Send these copies yourself" in refused
    to_ijb = {"version": value_of(client.get(path), "version"), "receivers": [str(ijb.id)], "by": "email"}
    page = follow(client, client.post(path, data=to_ijb))
    assert "Ailsa Grant asked for the copy to Dundee IJB to be emailed" in said(page)
    assert soup(client.get(path)).find_all("input", checked=True) == []


def test_a_copy_that_is_emailed_to_a_body_to_which_none_is_owed_is_on_the_page(tayside: Tayside) -> None:
    tayside.publish()
    client, path = tayside.client(), f"{PLAN}/publication/copies"
    ijb, board = tayside.bodies["Dundee IJB"], tayside.bodies["NHS Tayside"]
    board.mailbox = "papers@nhs.example.test"
    db.session.commit()
    for receivers, by in (([str(ijb.id)], ""), ([str(board.id)], "email")):
        sent = {"version": value_of(client.get(path), "version"), "receivers": receivers, "by": by}
        sent |= {} if by else {"date_not_known": "y"}
        page = follow(client, client.post(path, data=sent))
    assert rows(page, "copies-list")[1].startswith("NHS Tayside Being sent by email.")


def test_a_plan_on_its_way_to_the_government_is_not_offered_again_and_one_without_address_is_not_sent(
    tayside: Tayside,
) -> None:
    client, send = tayside.client(), "Send it to the Scottish Government"
    client.post(f"{PLAN}/publication/facts", data=facts(client, PLAN, **{"places-0-address": ""}))
    page = client.get(PLAN)
    assert send in said(page)
    nothing = said(client.post(f"{PLAN}/tell", data={"version": value_of(page, "version")}))
    assert "Record the web address first. The email would have nothing to read." in nothing
    client.post(f"{PLAN}/publication/facts", data=facts(client, PLAN))
    page = follow(client, client.post(f"{PLAN}/tell", data={"version": value_of(client.get(PLAN), "version")}))
    assert "Being sent by email." in said(page)
    assert "Ailsa Grant asked for the copy to the Scottish Government to be emailed" in said(page)
    assert send not in said(page)
