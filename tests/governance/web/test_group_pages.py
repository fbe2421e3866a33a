"""The governance group of a partnership: who is in it, when it meets, what waits for it and what it decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis
from cycle_tracker.core.roles import Role
from cycle_tracker.governance.services.decisions import take_no_action
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Group, Meeting, Membership, MembershipRole
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import RoleGrant, User
from tests.factories import at_seven, make_governance_group, make_milestone, make_partnership, make_report, make_user
from tests.support.pages import Browser, counted_statements, said, sign_in, soup, value_of

TODAY = date(2026, 9, 1)
PAGE = "/partnerships/moray/group"
STATEMENTS = 8
"""What the page asks for, however much is on it; the person and the menu included."""


@dataclass
class Moray:
    """Moray's group with one member, and its lead."""

    app: Flask
    partnership: Partnership
    lead: User
    member: User
    group: Group

    def client(self, user: User | None = None) -> Browser:
        return sign_in(self.app, user or self.lead)

    @property
    def place(self) -> str:
        membership = db.session.scalars(select(Membership).where(Membership.user_id == self.member.id)).one()
        return f"{PAGE}/members/{membership.id}"


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    morning.move_to(at_seven(TODAY))
    with app.app_context():
        place = make_partnership("moray", name="Moray")
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
        member = make_governance_group(place, "Iain Munro")[0]
        yield Moray(app, place, lead, member, db.session.scalars(select(Group)).one())
        db.session.remove()


def escalate(moray: Moray, key: str) -> Escalation:
    made = Escalation(
        milestone=make_report(moray.partnership, key=key, title=f"Report {key}"),
        due_on=date(2026, 6, 30),
        rung=14,
        audience=Audience.GOVERNANCE,
        fell_due_on=date(2026, 7, 14),
        opened_at=at_seven(date(2026, 7, 14)),
    )
    db.session.add(made)
    db.session.flush()
    return made


def test_late_steps_that_are_no_duty_in_law_are_a_table_below_what_needs_a_decision(moray: Moray) -> None:
    for number, basis in enumerate((Basis.LOCAL, Basis.STATUTE)):
        title, due_on = f"Step on a {basis.value} basis", date(2026, 6, 1)
        step = make_milestone(moray.partnership, key=f"s-{number}", title=title, due_on=due_on, duty_basis=basis)
        stage = {"rung": 28, "audience": Audience.GOVERNANCE, "fell_due_on": date(2026, 6, 29)}
        db.session.add(Escalation(milestone=step, due_on=due_on, opened_at=at_seven(TODAY), **stage))
    escalate(moray, "2023-26.annual-report-3")
    db.session.commit()
    page = soup(moray.client(moray.member).get(PAGE))
    asked = page.select("#waiting + *")[0].get_text()
    assert ("statute basis" in asked, "Report 2023-26" in asked, "local basis" in asked) == (True, True, False)
    words = said(moray.client(moray.member).get(PAGE))
    assert "Step on a local basis 92 days past the local date of 1 June 2026 No owner" in words


def roles(user: User) -> set[Role]:
    return set(db.session.scalars(select(RoleGrant.role).where(RoleGrant.user_id == user.id)))


def test_a_lead_adds_somebody_with_a_role_and_somebody_by_address(moray: Moray) -> None:
    contributor = make_user("Calum Reid", role=Role.CONTRIBUTOR, partnership=moray.partnership)
    stranger = make_user("Una Ross", email="una.ross@example.test")
    client = moray.client()
    page = client.get(f"{PAGE}/members/add")
    offered = [option.get_text() for option in soup(page).select("#person option")]
    assert offered == ["Choose someone", "Ailsa Grant", "Calum Reid"]
    sent = {"person": str(contributor.id), "email": "", "place": "clerk"}
    assert client.post(f"{PAGE}/members/add", data=sent).headers["Location"] == PAGE
    assert (
        client.post(
            f"{PAGE}/members/add", data={"person": "", "email": " Una.Ross@example.test ", "place": "chair"}
        ).headers["Location"]
        == PAGE
    )
    assert (roles(contributor), roles(stranger)) == ({Role.CONTRIBUTOR, Role.CLERK}, {Role.GOVERNANCE})
    rows = [" ".join(row.get_text(" ").split()) for row in soup(client.get(PAGE)).select("#present tbody tr")]
    assert [row.partition(" Change")[0].rsplit(" ", 1)[0] for row in rows] == [
        "Una Ross Chair",
        "Calum Reid Clerk",
        "Iain Munro Member",
    ]


def test_what_is_wrong_with_a_new_member_is_told_beside_its_field(moray: Moray) -> None:
    elsewhere = make_user("Fergus Kerr", role=Role.LEAD, partnership=make_partnership("fife"))
    client = moray.client()
    for sent, field, words in [
        ({"place": "member"}, "person", "Choose someone from the list, or enter their email address"),
        ({"person": "{elsewhere}", "place": "member"}, "person", "Choose someone from the list"),
        ({"person": "{lead}", "email": "a@example.test", "place": "member"}, "person", "not both"),
        ({"email": "nobody@example.test", "place": "member"}, "email", "No one has an account with this address"),
        ({"email": "x" * 10_000, "place": "member"}, "email", "254 characters or fewer"),
        ({"person": "{lead}", "place": "king"}, "place", "Choose their role in the group"),
        ({"person": "{lead}"}, "place", "Choose their role in the group"),
    ]:
        data = {name: value.format(elsewhere=elsewhere.id, lead=moray.lead.id) for name, value in sent.items()}
        page = client.post(f"{PAGE}/members/add", data=data)
        assert page.status_code == 200, sent
        beside = soup(page).find(id=f"{field}-error")
        assert beside is not None, sent
        assert words in beside.get_text()
        assert len(db.session.scalars(select(Membership)).all()) == 1, sent


def test_a_button_pressed_twice_adds_one_member_and_one_meeting(moray: Moray) -> None:
    contributor = make_user("Calum Reid", role=Role.CONTRIBUTOR, partnership=moray.partnership)
    client = moray.client()
    add = {"person": str(contributor.id), "email": "", "place": "member"}
    assert [client.post(f"{PAGE}/members/add", data=add).status_code for _ in range(2)] == [302, 200]
    meet = {"held_on": "24 9 2026", "title": "Quarterly", "minutes": ""}
    assert [client.post(f"{PAGE}/meetings/add", data=meet).status_code for _ in range(2)] == [302, 200]
    assert len(db.session.scalars(select(Membership)).all()) == 2
    assert len(db.session.scalars(select(Meeting)).all()) == 1


def test_another_place_and_the_last_day_change_what_they_may_do_at_once(moray: Moray) -> None:
    client, member = moray.client(), moray.client(moray.member)
    assert member.get("/escalations").status_code == 200
    seen = value_of(client.get(moray.place), "seen")
    assert client.post(moray.place, data={"place": "clerk", "seen": seen}).status_code == 302
    assert roles(moray.member) == {Role.CLERK}
    late = client.post(moray.place, data={"place": "chair", "seen": seen})
    assert late.status_code == 409
    assert "Someone else changed this while you had it open" in said(late)
    member = moray.client(moray.member)
    wrong = client.post(f"{moray.place}/end", data={"last_day": "2 9 2026"})
    assert "must be today or in the past" in said(wrong)
    assert client.post(f"{moray.place}/end", data={"last_day": "31 8 2026"}).status_code == 302
    assert roles(moray.member) == set()
    assert member.get("/escalations").status_code in (302, 403), "the next request of the old session is refused"
    text = said(client.get(PAGE))
    assert "Iain Munro, clerk until 31 August 2026" in text
    assert "No members yet" in text


def test_meetings_are_added_and_changed_and_only_web_addresses_are_links(moray: Moray) -> None:
    client = moray.client()
    for day, minutes in (("24 6 2026", "https://www.example.org/m"), ("24 9 2026", "javascript:alert(1)")):
        sent = {"held_on": day, "title": "<b>Quarterly</b>", "minutes": minutes}
        assert client.post(f"{PAGE}/meetings/add", data=sent).status_code == 302
    page = client.get(PAGE)
    assert "<b>Quarterly" not in page.get_data(as_text=True)
    rows = [" ".join(row.get_text(" ").split()) for row in soup(page).select("#meeting-list tbody tr")]
    assert rows[0].startswith("24 September 2026 Upcoming <b>Quarterly</b> javascript:alert(1)")
    addresses = {link.get("href") for link in soup(page).select("#meeting-list a")}
    assert "https://www.example.org/m" in addresses
    assert not any(str(address).startswith("javascript") for address in addresses)
    meeting = db.session.scalars(select(Meeting).order_by(Meeting.held_on)).first()
    assert meeting is not None
    path = f"{PAGE}/meetings/{meeting.id}"
    form = client.get(path)
    sent = {"held_on": "25 6 2026", "title": "Extra", "minutes": "4.2", "seen": value_of(form, "seen")}
    assert client.post(path, data=sent).status_code == 302
    late = client.post(path, data={**sent, "title": "Other"})
    assert late.status_code == 409
    assert value_of(late, "title") == "Other"
    again = client.post(path, data={**sent, "title": "Other", "seen": value_of(late, "seen")})
    assert again.status_code == 302


def test_what_is_wrong_with_a_meeting_is_told_beside_its_field(moray: Moray) -> None:
    client = moray.client()
    for changed, field, words in [
        ({"held_on": ""}, "held_on", "Enter the date of the meeting"),
        ({"held_on": "30 2 2026"}, "held_on", "is not a real date"),
        ({"held_on": "1 1 1900"}, "held_on", "on or after 27 March 2014"),
        ({"held_on": "1 1 2090"}, "held_on", "within three years"),
        ({"title": "x" * 10_000}, "title", "200 characters or fewer"),
        ({"minutes": "x" * 10_000}, "minutes", "2,000 characters or fewer"),
    ]:
        page = client.post(f"{PAGE}/meetings/add", data={"held_on": "24 9 2026", "title": "", "minutes": "", **changed})
        beside = soup(page).find(id=f"{field}-error")
        assert beside is not None, changed
        assert words in beside.get_text()
        assert db.session.scalars(select(Meeting)).all() == [], changed


def test_a_group_that_is_not_there_yet_is_made_with_its_first_member_or_meeting(moray: Moray) -> None:
    place = make_partnership("fife", name="Fife")
    lead = make_user("Fergus Kerr", role=Role.LEAD, partnership=place)
    client = moray.client(lead)
    assert "No members yet" in said(client.get("/partnerships/fife/group"))
    sent = {"held_on": "24 9 2026", "title": "", "minutes": ""}
    assert client.post("/partnerships/fife/group/meetings/add", data=sent).status_code == 302
    assert "24 September 2026" in said(client.get("/partnerships/fife/group"))


def test_everybody_of_the_partnership_reads_it_and_only_some_change_it(moray: Moray) -> None:
    rung = escalate(moray, "a")
    contributor = make_user("Calum Reid", role=Role.CONTRIBUTOR, partnership=moray.partnership)
    text = said(moray.client(contributor).get(PAGE))
    assert "Report a" in text
    assert moray.member.email not in text
    page = soup(moray.client(contributor).get(PAGE))
    assert f"/escalations/{rung.id}" not in {link.get("href") for link in page.select("a")}
    administrator = make_user("Rhona Bell", role=Role.ADMINISTRATOR)
    text = said(moray.client(administrator).get(PAGE))
    assert moray.member.email in text
    assert "Report a" not in text, "administrators see no content"
    for path in ("members/add", "meetings/add"):
        assert moray.client(moray.member).get(f"{PAGE}/{path}").status_code == 403


def test_the_ids_of_another_partnerships_group_are_not_found_here(moray: Moray) -> None:
    other = make_governance_group(make_partnership("fife"), "Una Ross")[0]
    foreign = db.session.scalars(select(Membership).where(Membership.user_id == other.id)).one()
    meeting = Meeting(group_id=foreign.group_id, held_on=date(2026, 8, 1), title="", minutes="")
    db.session.add(meeting)
    db.session.flush()
    client = moray.client()
    for path in (f"members/{foreign.id}", f"members/{foreign.id}/end", f"meetings/{meeting.id}", "members/999999"):
        assert client.get(f"{PAGE}/{path}").status_code == 404
        assert client.post(f"{PAGE}/{path}", data={"place": "chair"}).status_code == 404


@pytest.mark.parametrize("rows", [2, 12])
def test_the_page_takes_as_many_statements_when_long_as_when_short(moray: Moray, rows: int) -> None:
    for number in range(rows):
        rung = escalate(moray, f"report-{number}")
        if number % 2:
            take_no_action(rung, "Nothing to be done here.", by=moray.member, today=TODAY, now=at_seven(TODAY))
        db.session.add(Meeting(group_id=moray.group.id, held_on=TODAY - timedelta(days=number), title="", minutes=""))
        person = make_user(f"Person {number}")
        db.session.add(Membership(group_id=moray.group.id, user_id=person.id, role=MembershipRole.MEMBER))
    client = moray.client()
    with counted_statements() as statements:
        assert client.get(PAGE).status_code == 200
    assert len(statements) == STATEMENTS, "\n\n".join(statements)
