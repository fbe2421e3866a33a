"""All escalation stages, day by day: owner and lead, an acknowledgement, the chair, the group, an explanation, then
afresh, raised to the group before its stage, and raised further, to the nation.

Moray's report on 2025–26, due on 30 June 2026, under a policy with a chair's rung.
"""

from datetime import date
from email import message_from_bytes, policy

from sqlalchemy import select

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.governance.services.decisions import decide_new_date
from cycle_tracker.governance.services.raising import acknowledge, raise_further, raise_to_group
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.message import Message, MessageBody
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import NoticePolicy
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.reminders.rules.policies import place_of
from tests.factories import make_government, make_partnership, make_report, make_user
from tests.support.days import TEN, Days, Told, escalations_as_told, every_day, moment, short

CALUM, AILSA, CATRIONA, DONALD, HAMISH = "Calum Reid", "Ailsa Grant", "Catriona Ross", "Donald Shaw", "Hamish Orr"
TITLE = "Annual report on 2025–26"
WHY_EARLY = "The council has put the report off its agenda twice."
WHY_FURTHER = "The group asked three times and has no answer."
NEW_DATE = date(2026, 8, 31)


def notified(day: str, recipient: str, words: str, steps: str) -> Told:
    return Told(day, recipient, f"{TITLE}, Moray: {words}", steps)


def decide(day: str, recipient: str, steps: str) -> Told:
    return Told(day, recipient, f"Decision needed: {TITLE}, Moray", steps)


MAILS = [
    notified("1 Jul", CALUM, "overdue by 1 day", "overdue-1"),
    notified("1 Jul", AILSA, "overdue by 1 day", "rung-1"),
    # 3 July: the lead acknowledges, with a reply by 10 July. The chair's rung of 7 July waits; the owner is still told
    notified("8 Jul", CALUM, "overdue by 8 days", "overdue-8"),
    decide("10 Jul", CATRIONA, "rung-7"),
    # 13 July: the chair acknowledges, with a reply by 22 July. The group's rung of 14 July waits
    notified("15 Jul", CALUM, "overdue by 15 days", "overdue-15"),
    notified("22 Jul", CALUM, "overdue by 22 days", "overdue-22"),
    decide("22 Jul", CATRIONA, "rung-14"),
    decide("22 Jul", DONALD, "rung-14"),
    notified("29 Jul", CALUM, "overdue by 29 days", "overdue-29"),
    # 4 August: the group explains it, with the new date 31 August, of which the owner is reminded in time
    notified("17 Aug", CALUM, "due in 14 days", "before-14"),
    notified("28 Aug", CALUM, "due in 3 days", "before-3"),
    notified("31 Aug", CALUM, "due today", "on-day"),
    notified("1 Sep", CALUM, "overdue by 1 day", "overdue-1"),
    notified("1 Sep", AILSA, "overdue by 1 day", "rung-1"),
    # 3 September: the lead raises it to the group, eleven days before its rung
    decide("3 Sep", CATRIONA, "raised-group"),
    decide("3 Sep", DONALD, "raised-group"),
    decide("7 Sep", CATRIONA, "rung-7"),
    notified("8 Sep", CALUM, "overdue by 8 days", "overdue-8"),
    decide("14 Sep", CATRIONA, "rung-14"),
    decide("14 Sep", DONALD, "rung-14"),
    notified("15 Sep", CALUM, "overdue by 15 days", "overdue-15"),
    # 16 September: a member raises it to the nation
    decide("16 Sep", HAMISH, "raised-national"),
    # 21 September: published
]

RUNGS = [
    # rung, audience, due, fell due, opened, resolved, by
    (1, "lead", "30 Jun", "1 Jul", "1 Jul", "4 Aug", "new-date"),
    (7, "chair", "30 Jun", "10 Jul", "10 Jul", "4 Aug", "new-date"),
    (14, "governance-group", "30 Jun", "22 Jul", "22 Jul", "4 Aug", "new-date"),
    (1, "lead", "31 Aug", "1 Sep", "1 Sep", "21 Sep", "done"),
    (3, "governance-group", "31 Aug", "3 Sep", "3 Sep", "21 Sep", "done"),
    (7, "chair", "31 Aug", "7 Sep", "7 Sep", "21 Sep", "done"),
    (14, "governance-group", "31 Aug", "14 Sep", "14 Sep", "21 Sep", "done"),
    (16, "national-group", "31 Aug", "16 Sep", "16 Sep", "21 Sep", "done"),
]


def test_a_report_goes_through_every_escalation_stage_and_every_mail_is_as_the_table_says(days: Days) -> None:
    report_id, people = enter_moray()
    words: dict[str, str] = {}
    for day in every_day(date(2026, 7, 1), date(2026, 9, 30)):
        days.run(day)
        report = db.session.get_one(Milestone, report_id)
        if act(report, {name: db.session.get_one(User, user_id) for name, user_id in people.items()}, day):
            db.session.commit()
            days.run(day, TEN)
        words |= words_of(day)

    assert days.notified == MAILS
    assert escalations_as_told() == RUNGS
    assert f"{AILSA} has seen this and will reply by 10 July 2026." in words[f"8 Jul {CALUM}"]
    assert "You get this as chair, before it is escalated to your group." in words[f"10 Jul {CATRIONA}"]
    assert f"{CATRIONA} has seen this and will reply by 22 July 2026." in words[f"15 Jul {CALUM}"]
    assert "has seen this" not in words[f"29 Jul {CALUM}"]
    assert f"{AILSA} escalated this to your group. They wrote “{WHY_EARLY}”" in words[f"3 Sep {DONALD}"]
    assert "escalated this" not in words[f"14 Sep {DONALD}"]
    assert (
        f"{DONALD} escalated this to the Scottish Government escalation group. They wrote “{WHY_FURTHER}”"
        in words[f"16 Sep {HAMISH}"]
    )
    assert "group was notified" not in words[f"15 Jul {CALUM}"], "its stage of 14 July waits"
    assert "Your governance group was notified of this on 22 July 2026." in words[f"29 Jul {CALUM}"]
    assert "Your governance group was notified of this on 3 September 2026." in words[f"8 Sep {CALUM}"]
    for name in (CATRIONA, DONALD, HAMISH):
        assert "group was notified" not in "".join(text for key, text in words.items() if key.endswith(name))
        assert all(
            "decision needed from your group" in text.casefold() for key, text in words.items() if key.endswith(name)
        )


def act(report: Milestone, people: dict[str, User], day: date) -> bool:
    """What people do on a day; True where they did something."""
    now = moment(day, TEN)
    if day == date(2026, 7, 3):
        acknowledge(open_rung(Audience.LEAD), date(2026, 7, 10), by=people[AILSA], today=day, now=now)
    elif day == date(2026, 7, 13):
        acknowledge(open_rung(Audience.CHAIR), date(2026, 7, 22), by=people[CATRIONA], today=day, now=now)
    elif day == date(2026, 8, 4):
        decide_new_date(
            open_rung(Audience.GOVERNANCE),
            NEW_DATE,
            "The council meets on 27 August; the report goes out with its minute.",
            shared=True,
            by=people[DONALD],
            today=day,
            now=now,
        )
    elif day == date(2026, 9, 3):
        raise_to_group(report, WHY_EARLY, by=people[AILSA], today=day, now=now)
    elif day == date(2026, 9, 16):
        raise_further(report, WHY_FURTHER, by=people[DONALD], today=day, now=now)
    elif day == date(2026, 9, 21):
        record_publication(
            report,
            address="https://www.moray.example/report.pdf",
            published_on=day,
            send_to_ministers=False,
            by=people[AILSA],
            today=day,
            now=now,
        )
    else:
        return False
    return True


def open_rung(audience: Audience) -> Escalation:
    return db.session.scalars(
        select(Escalation).where(Escalation.audience == audience, Escalation.resolved_at.is_(None))
    ).one()


def words_of(day: date) -> dict[str, str]:
    """The text of each mail of a day, by day and reader."""
    found = {}
    rows = db.session.execute(
        select(Message.queued_at, User.name, MessageBody.content)
        .join(User, User.id == Message.user_id)
        .join(MessageBody, MessageBody.message_id == Message.id)
    )
    for queued_at, name, content in rows:
        if london_day(queued_at) == day:
            plain = message_from_bytes(content, policy=policy.default).get_body(("plain",))
            assert plain is not None
            text = plain.get_content()
            found[f"{short(day)} {name}"] = " ".join(text.split())
    return found


def enter_moray() -> tuple[int, dict[str, int]]:
    make_government()
    moray = make_partnership("moray")
    people = {
        CALUM: make_user(CALUM, role=Role.CONTRIBUTOR, partnership=moray),
        AILSA: make_user(AILSA, role=Role.LEAD, partnership=moray),
        CATRIONA: make_user(CATRIONA, role=Role.GOVERNANCE, partnership=moray),
        DONALD: make_user(DONALD, role=Role.GOVERNANCE, partnership=moray),
        HAMISH: make_user(HAMISH, role=Role.OFFICIAL),
    }
    sit(moray, people[CATRIONA], MembershipRole.CHAIR)
    sit(moray, people[DONALD], MembershipRole.MEMBER)
    sit(None, people[HAMISH], MembershipRole.MEMBER)
    make_user("Iona Gow", role=Role.OFFICIAL)  # hears nothing: she is not in the Scottish Government escalation group
    report = make_report(moray, owner=people[CALUM], title=TITLE, entered_on=date(2026, 7, 1))
    db.session.add(
        NoticePolicy(
            place=place_of(None, moray.id),
            partnership_id=moray.id,
            in_force_from=date(2026, 1, 1),
            rungs=[[1, ["owner", "lead"]], [7, ["chair"]], [14, ["governance-group"]]],
        )
    )
    db.session.commit()
    return report.id, {name: user.id for name, user in people.items()}


def sit(partnership: Partnership | None, person: User, place: MembershipRole) -> None:
    of = Group.partnership_id == partnership.id if partnership else Group.partnership_id.is_(None)
    group = db.session.scalars(select(Group).where(of)).one_or_none()
    if group is None:
        group = Group(partnership=partnership, name="A group")
        db.session.add(group)
        db.session.flush()
    db.session.add(Membership(group_id=group.id, user_id=person.id, role=place))
    db.session.flush()
