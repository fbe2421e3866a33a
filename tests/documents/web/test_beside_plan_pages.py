"""Notices of disagreement and directions on the pages of a plan, as people fill their forms in."""

import pytest
from sqlalchemy import select, update

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.roles import Role
from cycle_tracker.models.approval import Direction, Disagreement
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.user import RoleGrant
from tests.documents.web.conftest import PLAN, REPORT, Tayside, count, follow
from tests.factories import make_milestone, make_partnership
from tests.support.pages import Browser, counted_statements, said, soup, value_of

AT = "https://www.dundee-ijb.example.org/notice"
MATTERS = "The plan leaves out the evening service."


def government_id() -> int:
    return db.session.scalars(
        select(Organisation.id).where(Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT)
    ).one()


def number_of(table: type[Disagreement] | type[Direction]) -> int:
    return db.session.scalars(select(table.id)).one()


def notice(client: Browser, **changed: str) -> dict[str, str]:
    return {
        "version": value_of(client.get(f"{PLAN}/disagreements"), "version"),
        "body": str(government_id()),
        "service": "Secure care",
        "matters": MATTERS,
        "reasons": "",
        "address": AT,
        "published_on": "2 7 2026",
        **changed,
    }


def direction(client: Browser, **changed: str) -> dict[str, str]:
    return {
        "version": value_of(client.get(f"{PLAN}/directions"), "version"),
        "given_on": "2 7 2026",
        "given_to": "Dundee City Council",
        "section": "section-16",
        "about": "The plan is to say how it is paid for.",
        "address": "",
        **changed,
    }


def test_a_notice_without_reasons_reads_incomplete_until_they_are_added(tayside: Tayside) -> None:
    lead, official = tayside.client(), tayside.someone(Role.OFFICIAL)
    page = follow(lead, lead.post(f"{PLAN}/disagreements", data=notice(lead)))
    assert "Saved. The notice of disagreement is shown on this page" in said(page)
    for client in (lead, official, tayside.someone(Role.AUDITOR)):
        page = client.get(PLAN)
        text = said(page)
        assert "Notice of disagreement: Scottish Government" in text
        assert MATTERS in text
        assert "Service: Secure care." in text
        assert "Incomplete: reasons not recorded." in text
        assert soup(page).find("a", href=AT) is not None
        assert "recorded a notice of disagreement by Scottish Government, reasons not recorded" in text
    change = f"{PLAN}/disagreements/{number_of(Disagreement)}"
    form = lead.get(change)
    assert value_of(form, "service") == "Secure care"
    known = {**notice(lead), "reasons": "It closes a service that we give."}
    known["version"] = value_of(form, "version")
    text = said(follow(lead, lead.post(change, data=known)))
    assert "Reasons: It closes a service that we give." in text
    assert "Incomplete" not in text
    version = value_of(official.get(f"{change}/taking-back"), "version")
    data = {"version": version, "reason": "It was about another plan."}
    text = said(follow(official, official.post(f"{change}/taking-back", data=data)))
    assert "Saved. The notice of disagreement is no longer recorded." in text
    assert "undid the record of a notice of disagreement by Scottish Government" in text
    assert "It was about another plan." in text
    for again in (change, f"{change}/taking-back"):
        assert "was undone already" in said(follow(lead, lead.get(again)))


def test_an_official_records_a_notice_on_behalf(tayside: Tayside) -> None:
    official = tayside.someone(Role.OFFICIAL)
    text = said(follow(official, official.post(f"{PLAN}/disagreements", data=notice(official))))
    assert "on behalf of the partnership" in text


@pytest.mark.in_full
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"body": ""}, "Choose who published the notice"),
        ({"body": "99999999999999999999"}, "Choose who published the notice"),
        ({"address": "javascript:alert(1)"}, "Enter the full web address"),
        ({"published_on": "4 7 2026"}, "The date must be today or in the past"),
        ({"reasons": "x" * 2001}, "2,000 characters or fewer"),
        ({"service": "x" * 301}, "300 characters or fewer"),
    ],
)
def test_a_wrong_notice_is_told_beside_its_field(tayside: Tayside, changed: dict[str, str], words: str) -> None:
    lead = tayside.client()
    page = lead.post(f"{PLAN}/disagreements", data=notice(lead, **changed))
    assert page.status_code == 200
    assert words in said(page)
    assert count(Disagreement) == 0


def test_lead_bodies_are_not_offered(tayside: Tayside) -> None:
    text = said(tayside.client().get(f"{PLAN}/disagreements"))
    assert "Dundee IJB" in text
    assert "Angus Council" not in text
    assert "NHS Tayside" not in text


def test_officials_alone_record_a_direction_and_everybody_reads_it(tayside: Tayside) -> None:
    lead, official = tayside.client(), tayside.someone(Role.OFFICIAL)
    assert lead.get(f"{PLAN}/directions").status_code == 403
    assert "Record a direction" not in said(lead.get(PLAN))
    text = said(follow(official, official.post(f"{PLAN}/directions", data=direction(official))))
    assert "Saved. The direction is shown on this page and in the public register." in text
    for client in (lead, official):
        text = said(client.get(PLAN))
        assert "Direction of Scottish Ministers under section 16" in text
        assert "Given to Dundee City Council on 2 July 2026." in text
        assert "The plan is to say how it is paid for." in text
        assert "recorded a direction under section 16 to Dundee City Council, given on 2 July 2026" in text
    undo = f"{PLAN}/directions/{number_of(Direction)}/taking-back"
    assert lead.get(undo).status_code == 403
    data = {"version": value_of(official.get(undo), "version"), "reason": "It was given about another plan."}
    text = said(follow(official, official.post(undo, data=data)))
    assert "Saved. The direction is no longer recorded." in text
    assert "undid the record of a direction under section 16" in text
    assert "was undone already" in said(follow(official, official.get(undo)))


@pytest.mark.in_full
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"given_on": ""}, "Enter the date of the direction"),
        ({"given_on": "4 7 2026"}, "The date must be today or in the past"),
        ({"given_to": " "}, "Enter who it was given to"),
        ({"section": "section-12"}, "Choose the section"),
        ({"about": ""}, "Enter what the direction is about"),
        ({"address": "ftp://x"}, "Enter the full web address"),
    ],
)
def test_a_wrong_direction_is_told_beside_its_field(tayside: Tayside, changed: dict[str, str], words: str) -> None:
    official = tayside.someone(Role.OFFICIAL)
    page = official.post(f"{PLAN}/directions", data=direction(official, **changed))
    assert page.status_code == 200
    assert words in said(page)
    assert count(Direction) == 0


def test_what_is_of_another_plan_or_of_none_is_not_found(tayside: Tayside) -> None:
    lead, official = tayside.client(), tayside.someone(Role.OFFICIAL)
    lead.post(f"{PLAN}/disagreements", data=notice(lead))
    official.post(f"{PLAN}/directions", data=direction(official))
    disagreement, directed = number_of(Disagreement), number_of(Direction)
    for client, path in (
        (lead, f"{PLAN}/disagreements/{disagreement + 1}"),
        (lead, f"{PLAN}/disagreements/{disagreement + 1}/taking-back"),
        (official, f"{PLAN}/directions/{directed + 1}/taking-back"),
        (lead, f"{REPORT}/disagreements"),
        (lead, f"{REPORT}/disagreements/{disagreement}"),
        (official, f"{REPORT}/directions"),
        (official, f"{REPORT}/directions/{directed}/taking-back"),
    ):
        assert client.get(path).status_code == 404, path


def test_a_notice_of_another_plan_is_not_reached_through_ones_own(tayside: Tayside) -> None:
    official, lead = tayside.someone(Role.OFFICIAL), tayside.client()
    official.post(f"{PLAN}/disagreements", data=notice(official))
    official.post(f"{PLAN}/directions", data=direction(official))
    theirs = make_milestone(make_partnership("fife"), key="2026-29.plan-prepared", kind=Kind.PLAN)
    db.session.execute(update(Disagreement).values(milestone_id=theirs.id))
    db.session.execute(update(Direction).values(milestone_id=theirs.id))
    db.session.commit()
    disagreement, directed = number_of(Disagreement), number_of(Direction)
    data = {"version": value_of(lead.get(f"{PLAN}/disagreements"), "version"), "reason": "Not ours."}
    for client, path in (
        (lead, f"{PLAN}/disagreements/{disagreement}"),
        (lead, f"{PLAN}/disagreements/{disagreement}/taking-back"),
        (official, f"{PLAN}/directions/{directed}/taking-back"),
    ):
        assert client.get(path).status_code == 404, path
        assert client.post(path, data=data).status_code == 404, path
    assert db.session.scalars(select(Disagreement.undone_at)).all() == [None]


def test_who_recorded_it_can_undo_it_when_they_lead_no_longer(tayside: Tayside) -> None:
    lead = tayside.client()
    lead.post(f"{PLAN}/disagreements", data=notice(lead))
    version = value_of(lead.get(f"{PLAN}/own-start"), "version")
    started = {"version": version, "starts_on": "1 7 2026", "allowed_by": "A law"}
    assert lead.post(f"{PLAN}/own-start", data=started).status_code == 302
    db.session.execute(update(RoleGrant).where(RoleGrant.role == Role.LEAD).values(role=Role.CONTRIBUTOR))
    db.session.commit()
    one = f"{PLAN}/disagreements/{number_of(Disagreement)}"
    for client, expected in ((tayside.client(tayside.contributor), 403), (tayside.client(), 200)):
        for path in (one, f"{one}/taking-back", f"{PLAN}/own-start/taking-back"):
            assert client.get(path).status_code == expected, path
        assert client.get(f"{PLAN}/disagreements").status_code == 403


@pytest.mark.in_full
@pytest.mark.parametrize("more", [0, 6])
def test_a_page_takes_as_many_statements_for_many_notices_as_for_one(tayside: Tayside, more: int) -> None:
    lead = tayside.client()
    for _ in range(1 + more):
        lead.post(f"{PLAN}/disagreements", data=notice(lead))
    assert count(Disagreement) == 1 + more
    with counted_statements() as seen:
        lead.get(PLAN)
    assert len(seen) == 11, "\n\n".join(seen)


def test_the_matrix_and_the_register_name_the_bodies(tayside: Tayside) -> None:
    lead, official = tayside.client(), tayside.someone(Role.OFFICIAL)
    tayside.publish()
    lead.post(f"{PLAN}/disagreements", data=notice(lead))
    official.post(f"{PLAN}/directions", data=direction(official))
    of_notice = "Notice of disagreement by Scottish Government about Secure care, 2 July 2026. Incomplete: reasons not"
    of_direction = (
        "Direction under section 16 to Dundee City Council, 2 July 2026: The plan is to say how it is paid for."
    )
    stranger = Browser(tayside.app, tayside.app.response_class)
    for page in (official.get("/matrix?period=2026-29"), stranger.get("/register")):
        assert of_notice in said(page)
        assert of_direction in said(page)
        assert soup(page).find("a", href=AT) is not None
    assert MATTERS not in said(stranger.get("/register"))
    assert "Plans that are not published" not in said(stranger.get("/register"))
    file = stranger.get("/register/export.csv").get_data(as_text=True)
    assert of_notice in file
    assert AT in file
