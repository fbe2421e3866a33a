"""Saying by when one replies, raising something by hand, and where it is to be seen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.explanations import note_expected_date, share_explanation
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Group, Meeting, Membership, MembershipRole
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from tests.factories import at_seven, make_government, make_milestone, make_partnership, make_report, make_user
from tests.support.pages import Browser, counted_statements, said, sign_in, soup, value_of

TODAY = date(2026, 7, 3)
WHY = "The council has put the report off its agenda twice."
REPORT = "/partnerships/moray/milestones/2023-26.annual-report-3"
RAISED_BY = "escalated this to the governance group, 3 days after the due date"


@dataclass
class Moray:
    """Moray's report, three days past its guidance date, with its first rung open and a whole governance group."""

    app: Flask
    partnership: Partnership
    owner: User
    lead: User
    chair: User
    member: User
    clerk: User
    report: Milestone
    rung: Escalation

    def client(self, user: User) -> Browser:
        return sign_in(self.app, user)

    def reply(self, day: str = "10 7 2026", **more: str) -> dict[str, str]:
        return {"version": str(self.report.version), "reply_by": day, **more}

    def why(self, why: str = WHY) -> dict[str, str]:
        return {"version": str(self.report.version), "why": why}

    def open(self, audience: Audience, *, rung: int = 3) -> Escalation:
        return open_rung(self.report, rung, audience)


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    with app.app_context():
        make_government()
        place = make_partnership("moray", name="Moray")
        owner = make_user("Calum Reid", role=Role.CONTRIBUTOR, partnership=place)
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
        group = Group(partnership=place, name="Moray governance group")
        db.session.add(group)
        db.session.flush()
        chair = seated(group, "Catriona Ross", MembershipRole.CHAIR)
        member = seated(group, "Donald Shaw", MembershipRole.MEMBER)
        clerk = seated(group, "Eilidh Innes", MembershipRole.CLERK)
        report = make_report(place, owner=owner)
        yield Moray(app, place, owner, lead, chair, member, clerk, report, open_rung(report, 1, Audience.LEAD))
        db.session.remove()


def seated(group: Group, name: str, place: MembershipRole) -> User:
    role = Role.CLERK if place is MembershipRole.CLERK else Role.GOVERNANCE
    person = make_user(name, role=role, partnership=group.partnership)
    db.session.add(Membership(group_id=group.id, user_id=person.id, role=place))
    db.session.flush()
    return person


def open_rung(milestone: Milestone, rung: int, audience: Audience) -> Escalation:
    made = Escalation(
        milestone=milestone,
        due_on=milestone.due_on,
        rung=rung,
        audience=audience,
        fell_due_on=date(2026, 7, 1),
        opened_at=at_seven(date(2026, 7, 1)),
    )
    db.session.add(made)
    db.session.flush()
    return made


def national_group(*names: str) -> list[User]:
    group = Group(partnership_id=None, name="Scottish Government escalation group")
    db.session.add(group)
    db.session.flush()
    people = [make_user(name, role=Role.OFFICIAL) for name in names]
    for person in people:
        db.session.add(Membership(group_id=group.id, user_id=person.id, role=MembershipRole.MEMBER))
    db.session.flush()
    return people


def notified() -> list[tuple[str, str | None, bool, bool]]:
    names = {user.id: user.name for user in db.session.scalars(select(User))}
    rows = db.session.scalars(select(Notice).order_by(Notice.id))
    return [(one.step, names.get(one.user_id or 0), one.at_once, one.unreachable) for one in rows]


@pytest.mark.parametrize("who", ["owner", "lead"])
def test_the_owner_or_a_lead_says_by_when_they_reply(moray: Moray, who: str) -> None:
    person: User = getattr(moray, who)
    client = moray.client(person)
    assert "Acknowledge and give a reply date" in said(client.get(REPORT))
    answer = client.post(f"{REPORT}/acknowledgement", data=moray.reply())
    assert answer.headers["Location"] == REPORT
    page = said(client.get(REPORT))
    assert "Saved. The reply date is 10 July 2026." in page
    assert f"{person.name} has seen this and will reply by 10 July 2026." in page
    assert f"{person.name} has seen this and will reply by 10 July 2026" in page, "the history says so too"
    assert "Acknowledge and give a reply date" not in page
    db.session.refresh(moray.rung)
    assert (moray.rung.reply_by, moray.rung.acknowledged_by_id) == (date(2026, 7, 10), person.id)
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "acknowledged")).one()
    assert (event.subject_id, event.actor_id, event.after["reply_by"]) == (moray.rung.id, person.id, "2026-07-10")


def test_it_is_said_once(moray: Moray) -> None:
    client = moray.client(moray.lead)
    client.post(f"{REPORT}/acknowledgement", data=moray.reply())
    again = client.post(f"{REPORT}/acknowledgement", data=moray.reply("13 7 2026"))
    assert again.status_code == 409
    page = said(client.get(f"{REPORT}/acknowledgement"))
    assert "No reply is needed from the owner and the planning leads." in page
    db.session.refresh(moray.rung)
    assert moray.rung.reply_by == date(2026, 7, 10)


def test_a_second_rung_of_the_same_date_is_not_held_back_again(moray: Moray) -> None:
    moray.client(moray.lead).post(f"{REPORT}/acknowledgement", data=moray.reply())
    moray.open(Audience.LEAD, rung=8)
    answer = moray.client(moray.owner).post(f"{REPORT}/acknowledgement", data=moray.reply("15 7 2026"))
    assert answer.status_code == 409
    assert list(db.session.scalars(select(Escalation.reply_by).order_by(Escalation.id))) == [date(2026, 7, 10), None]


def test_once_it_has_gone_further_the_lead_holds_nothing_back(moray: Moray) -> None:
    moray.open(Audience.GOVERNANCE)
    client = moray.client(moray.lead)
    assert "Acknowledge and give a reply date" not in said(client.get(REPORT))
    assert client.post(f"{REPORT}/acknowledgement", data=moray.reply()).status_code == 409


def test_a_day_that_cannot_be_is_refused_beside_its_field(moray: Moray) -> None:
    client = moray.client(moray.lead)
    for typed, message in [
        ("", "Enter the reply date"),
        ("31 2 2026", "is not a real date"),
        ("3 7 2026", "The reply date must be after today."),
        ("20 7 2026", "The reply date must be on or before 17 July 2026."),
        ("4 7 2026", "The reply date must be a working day"),
        ("x" * 10_000, "date"),
        ("<b>soon</b>", "date"),
    ]:
        answer = client.post(f"{REPORT}/acknowledgement", data=moray.reply(typed))
        page = soup(answer)
        assert answer.status_code == 200, typed
        assert message in page.select("#reply_by-error")[0].get_text()
        assert page.select("#reply_by")[0]["value"] == typed
        db.session.refresh(moray.rung)
        assert moray.rung.acknowledged_at is None, typed


@pytest.mark.parametrize(
    ("audience", "may", "may_not"),
    [
        (Audience.CHAIR, ["chair", "clerk"], ["member"]),
        (Audience.GOVERNANCE, ["chair", "member", "clerk"], []),
    ],
)
def test_the_chair_or_the_group_says_by_when_it_replies(
    moray: Moray, audience: Audience, may: list[str], may_not: list[str]
) -> None:
    escalation = moray.open(audience)
    page = f"/escalations/{escalation.id}"
    for who in may_not:
        client = moray.client(getattr(moray, who))
        assert "Acknowledge and give a reply date" not in said(client.get(page))
        refused = client.post(f"{page}/acknowledgement", data=moray.reply())
        assert "so only they can give a reply date" in said(refused)
    for who in may:
        assert "Acknowledge and give a reply date" in said(moray.client(getattr(moray, who)).get(page))
    client = moray.client(getattr(moray, may[0]))
    answer = client.post(f"{page}/acknowledgement", data=moray.reply("31 7 2026"))
    assert answer.headers["Location"] == page
    assert "has seen this and will reply by 31 July 2026" in said(client.get(page))
    assert "has seen this and will reply by 31 July 2026" in said(client.get("/escalations"))
    assert "will reply by 31 July 2026" in said(client.get("/"))


def test_the_group_puts_it_on_the_agenda_of_one_of_its_meetings(moray: Moray) -> None:
    escalation = moray.open(Audience.GOVERNANCE)
    page, client = f"/escalations/{escalation.id}", moray.client(moray.member)
    assert "On the agenda of" not in said(client.get(f"{page}/acknowledgement")), "no meeting to come is entered"
    group = db.session.scalars(select(Group).where(Group.partnership_id.is_not(None))).first()
    assert group is not None
    meeting = Meeting(group_id=group.id, held_on=date(2026, 9, 12), title="Quarterly")
    db.session.add_all([meeting, Meeting(group_id=group.id, held_on=date(2026, 12, 24))])
    db.session.flush()
    form = soup(client.get(f"{page}/acknowledgement"))
    offered = [one.get_text() for one in form.select("#meeting option")]
    assert offered == ["None of these meetings", "12 September 2026, Quarterly"]
    empty = client.post(f"{page}/acknowledgement", data={**moray.reply(""), "meeting": ""})
    assert "Choose a meeting or enter the reply date" in said(empty)
    both = client.post(f"{page}/acknowledgement", data={**moray.reply(), "meeting": str(meeting.id)})
    assert "not both" in said(both)
    none = client.post(f"{page}/acknowledgement", data={**moray.reply(""), "meeting": "999"})
    assert "Choose a meeting from the list" in said(none)
    client.post(f"{page}/acknowledgement", data={**moray.reply(""), "meeting": str(meeting.id)})
    words = "put this on the agenda of the meeting on 12 September 2026."
    assert words in said(client.get(page))
    assert words in said(client.get("/escalations"))
    history = said(client.get(REPORT))
    assert "put this on the agenda of the group’s meeting on 12 September 2026" in history


def test_a_members_own_work_is_not_theirs_to_answer_for(moray: Moray) -> None:
    moray.report.owner = moray.member
    escalation = moray.open(Audience.GOVERNANCE)
    client = moray.client(moray.member)
    assert "Acknowledge and give a reply date" not in said(client.get(f"/escalations/{escalation.id}"))
    answer = client.post(f"/escalations/{escalation.id}/acknowledgement", data=moray.reply())
    assert "only they can give a reply date" in said(answer)


@pytest.mark.parametrize("who", ["lead", "member", "clerk"])
def test_something_is_raised_to_the_group_before_its_rung(moray: Moray, who: str) -> None:
    person: User = getattr(moray, who)
    client = moray.client(person)
    assert "Escalate to the governance group" in said(client.get(REPORT))
    answer = client.post(f"{REPORT}/raise", data=moray.why())
    assert answer.headers["Location"] == REPORT
    page = said(client.get(REPORT))
    assert f"{person.name} {RAISED_BY}" in page
    assert f"Escalated by {person.name}: “{WHY}”" in page
    assert "Escalate to the governance group" not in page
    raised = db.session.scalars(select(Escalation).where(Escalation.raised_by_id == person.id)).one()
    assert (raised.audience, raised.rung, raised.fell_due_on, raised.due_on) == (
        Audience.GOVERNANCE,
        3,
        TODAY,
        date(2026, 6, 30),
    )
    others = [name for name in ("Catriona Ross", "Donald Shaw", "Eilidh Innes") if name != person.name]
    assert notified() == [("raised-group", name, True, False) for name in others]


def test_what_is_raised_stands_with_the_group_and_is_decided_as_anything_else(moray: Moray) -> None:
    moray.client(moray.lead).post(f"{REPORT}/raise", data=moray.why())
    raised = db.session.scalars(select(Escalation).where(Escalation.raised_by_id.is_not(None))).one()
    client = moray.client(moray.member)
    assert f"Escalated by Ailsa Grant on 3 July 2026: “{WHY}”" in said(client.get("/"))
    assert f"3 July 2026, 3 days after the due date. Escalated by Ailsa Grant: {WHY}" in said(
        client.get("/escalations")
    )
    page = f"/escalations/{raised.id}"
    assert f"Escalated by Ailsa Grant {WHY}" in said(client.get(page))
    file = client.get("/escalations/export.csv").get_data(as_text=True)
    assert f"Governance group,Ailsa Grant,{WHY}" in file
    answer = client.post(
        f"{page}/decision",
        data={
            "version": str(moray.report.version),
            "outcome": "no-action",
            "no_action_reason": "The report is being printed.",
        },
    )
    assert answer.status_code == 302
    db.session.refresh(raised)
    assert raised.decided_at is not None


def test_a_decision_answers_everything_that_waits_for_the_group_and_its_chair(moray: Moray) -> None:
    rungs = [moray.open(Audience.CHAIR), moray.open(Audience.GOVERNANCE, rung=14)]
    moray.client(moray.member).post(
        f"/escalations/{rungs[1].id}/decision",
        data={"version": str(moray.report.version), "outcome": "no-action", "no_action_reason": "It is being printed."},
    )
    for rung in rungs:
        db.session.refresh(rung)
        assert rung.decided_at is not None
    assert "No decisions needed." in said(moray.client(moray.chair).get("/"))


def test_what_came_to_the_chair_is_on_the_home_of_chair_and_clerk_alone(moray: Moray) -> None:
    moray.open(Audience.CHAIR)
    for person in (moray.chair, moray.clerk):
        assert "With the chair since 1 July 2026." in said(moray.client(person).get("/"))
    assert "No decisions needed." in said(moray.client(moray.member).get("/"))
    assert "to the chair of the governance group" in said(moray.client(moray.member).get("/escalations"))


def test_there_is_one_open_at_a_time_and_the_second_who_raises_is_told(moray: Moray) -> None:
    stale = moray.why()
    moray.client(moray.lead).post(f"{REPORT}/raise", data=stale)
    late = moray.client(moray.clerk).post(f"{REPORT}/raise", data=stale)
    assert late.status_code == 409
    assert "Ailsa Grant escalated this to the governance group" in said(late)
    db.session.refresh(moray.report)
    assert "This is already with the governance group." in said(
        moray.client(moray.clerk).post(f"{REPORT}/raise", data=moray.why())
    )
    raised = select(Escalation).where(Escalation.audience == Audience.GOVERNANCE)
    assert len(db.session.scalars(raised).all()) == 1


def test_a_reason_that_says_nothing_is_refused_beside_its_field(moray: Moray) -> None:
    client = moray.client(moray.lead)
    for why, message in [
        ("", "Enter the reason for escalating this"),
        ("late", "10 to 2,000"),
        ("x" * 10_000, "10 to 2,000"),
        ("\x01\x02", "Enter the reason for escalating this"),
    ]:
        answer = client.post(f"{REPORT}/raise", data=moray.why(why))
        assert message in soup(answer).select("#why-error")[0].get_text()
        assert db.session.scalars(select(Escalation).where(Escalation.raised_by_id.is_not(None))).all() == [], why


def test_where_the_group_has_nobody_that_is_written_down(moray: Moray) -> None:
    for membership in db.session.scalars(select(Membership)):
        membership.to_on = date(2026, 6, 1)
    moray.client(moray.lead).post(f"{REPORT}/raise", data=moray.why())
    assert notified() == [("raised-group", None, True, True)]
    assert "No one (the governance group could not be emailed)" in said(moray.client(moray.lead).get(REPORT))


def test_before_its_date_something_may_be_raised_too(moray: Moray) -> None:
    step = make_milestone(
        moray.partnership, key="2026-29.early", due_on=date(2026, 7, 14), duty_basis=Basis.STATUTE, owner=moray.owner
    )
    page = f"/partnerships/moray/milestones/{step.key}"
    client = moray.client(moray.lead)
    client.post(f"{page}/raise", data={"version": str(step.version), "why": WHY})
    assert "11 days before the due date" in said(client.get(page))
    raised = db.session.scalars(select(Escalation).where(Escalation.milestone_id == step.id)).one()
    assert raised.rung == -11
    assert "11 days before the due date" in said(moray.client(moray.member).get("/escalations"))


def test_a_document_is_raised_to_the_nation_and_officials_see_it_everywhere(moray: Moray) -> None:
    hamish, iona = national_group("Hamish Orr", "Iona Gow")
    moray.client(moray.clerk).post(f"{REPORT}/raise-further", data=moray.why())
    assert [one[:2] for one in notified()] == [("raised-national", "Hamish Orr"), ("raised-national", "Iona Gow")]
    client = moray.client(hamish)
    home = said(client.get("/"))
    assert f"Escalated by Eilidh Innes on 3 July 2026: “{WHY}”" in home
    assert "Reply needed" in home
    assert "Escalated to the Scottish Government escalation group on 3 July 2026" in said(client.get("/outstanding"))
    assert "2026-07-03" in client.get("/outstanding/export.csv").get_data(as_text=True)
    page = said(client.get(REPORT))
    assert (
        "Escalated to the Scottish Government escalation group on 3 July 2026, 3 days after the due date. "
        f"Escalated by Eilidh Innes: “{WHY}”" in page
    )
    assert "the owner and the planning leads" not in page, "the partnership's own rungs are its own"
    answer = client.post(f"{REPORT}/national-acknowledgement", data=moray.reply("31 7 2026"))
    assert answer.status_code == 302
    assert "Hamish Orr has seen this and will reply by 31 July 2026." in said(client.get(REPORT))
    assert "Hamish Orr will reply by 31 July 2026." in said(moray.client(iona).get("/"))
    outsider = moray.client(make_user("Jock Bain", role=Role.OFFICIAL))
    assert "Escalated" in said(outsider.get("/"))
    assert "Acknowledge and give a reply date" not in said(outsider.get(REPORT))


def test_what_was_raised_to_the_nation_is_shown_to_the_group_and_not_its_to_decide(moray: Moray) -> None:
    national_group("Hamish Orr")
    moray.client(moray.member).post(f"{REPORT}/raise-further", data=moray.why())
    raised = db.session.scalars(select(Escalation).where(Escalation.audience == Audience.NATIONAL)).one()
    client = moray.client(moray.chair)
    assert "to the Scottish Government escalation group" in said(client.get("/escalations"))
    page = f"/escalations/{raised.id}"
    assert "This was escalated to the Scottish Government escalation group." in said(client.get(page))
    refused = client.post(
        f"{page}/decision",
        data={"version": str(moray.report.version), "outcome": "no-action", "no_action_reason": "It is being printed."},
    )
    assert refused.status_code == 200
    assert raised.decided_at is None


def test_what_was_raised_to_the_partnerships_group_is_not_the_nations_to_read(moray: Moray) -> None:
    moray.client(moray.lead).post(f"{REPORT}/raise", data=moray.why())
    moray.client(moray.lead).post(f"{REPORT}/acknowledgement", data=moray.reply())
    page = said(moray.client(make_user("Hamish Orr", role=Role.OFFICIAL)).get(REPORT))
    assert "Escalated to the governance group on 3 July 2026" in page, "the mark, which they see on their list"
    for kept in (WHY, "Ailsa Grant", "will reply by"):
        assert kept not in page


def test_a_step_goes_to_no_nation(moray: Moray) -> None:
    step = make_milestone(moray.partnership, key="2026-29.step", due_on=date(2026, 7, 1))
    page = f"/partnerships/moray/milestones/{step.key}"
    client = moray.client(moray.member)
    assert "Escalate to the Scottish Government escalation group" not in said(client.get(page))
    answer = client.post(f"{page}/raise-further", data={"version": str(step.version), "why": WHY})
    assert "You can escalate only plans and annual reports to the Scottish Government escalation group" in said(answer)
    assert notified() == []
    official = moray.client(make_user("Hamish Orr", role=Role.OFFICIAL))
    assert official.get(f"{page}/raise-further").status_code == 404


def test_home_of_the_nation_takes_as_many_statements_for_many_raised_as_for_one(moray: Moray) -> None:
    official = make_user("Hamish Orr", role=Role.OFFICIAL)
    client = moray.client(official)
    moray.open(Audience.NATIONAL)
    with counted_statements() as few:
        client.get("/")
    for number in range(5):
        report = make_report(moray.partnership, key=f"2023-26.more-{number}")
        open_rung(report, 3, Audience.NATIONAL)
    with counted_statements() as many:
        client.get("/")
    assert len(few) == len(many)


def test_the_reason_begins_with_the_newest_explanation_and_for_officials_with_one_that_is_shared(moray: Moray) -> None:
    """Officials read why something was raised to them, so nothing unshared is filled in for a member either."""
    on = date(2026, 9, 30)
    note_expected_date(moray.report, on, WHY, shared=False, by=moray.member, today=TODAY, now=at_seven(TODAY))
    client, forms = moray.client(moray.member), (f"{REPORT}/raise", f"{REPORT}/raise-further")
    assert [value_of(client.get(form), "why") for form in forms] == [WHY, ""]
    share_explanation(moray.report, by=moray.lead, now=at_seven(TODAY))
    for form in forms:
        page = client.get(form)
        assert value_of(page, "why") == WHY
        assert "We have filled in the newest explanation. You can change it." in said(page)
