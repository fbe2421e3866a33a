"""Moray's report on 2025–26 from June to October 2026: reminded, escalated, explained, escalated again, recorded.

Every mail, every rung and the officials' state of each day, compared with the tables.
"""

from datetime import date

from sqlalchemy import select

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.queries.document_facts import facts_of, published_and_notified
from cycle_tracker.documents.queries.documents import list_documents
from cycle_tracker.documents.queries.explanations import shared_explanations
from cycle_tracker.documents.rules.documents import document_state
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.governance.services.decisions import decide_new_date
from cycle_tracker.models.decision import Decision
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from tests.factories import make_governance_group, make_government, make_partnership, make_report, make_user
from tests.support.days import TEN, Days, Told, escalations_as_told, every_day, moment

AILSA, BLAIR = "Ailsa Grant", "Blair Munro"
GROUP = ("Catriona Ross", "Donald Shaw", "Eilidh Innes")
MAILBOX = "plans@government.example"
TITLE = "Annual report on 2025–26"

EXPLAINED_ON, NEW_DATE, RECORDED_ON = date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 20)


def notified(day: str, recipient: str, words: str, steps: str) -> Told:
    return Told(day, recipient, f"{TITLE}, Moray: {words}", steps)


def decide(day: str, recipient: str, steps: str) -> Told:
    return Told(day, recipient, f"Decision needed: {TITLE}, Moray", steps)


MAILS = [
    notified("1 Apr", AILSA, "can be written now", "opens"),
    notified("2 Jun", AILSA, "due in 28 days", "before-28"),
    notified("16 Jun", AILSA, "due in 14 days", "before-14"),
    notified("23 Jun", AILSA, "due in 7 days", "before-7"),
    notified("29 Jun", AILSA, "due tomorrow", "before-1"),
    notified("30 Jun", AILSA, "due today", "on-day"),
    notified("1 Jul", AILSA, "overdue by 1 day", "overdue-1"),
    notified("1 Jul", BLAIR, "overdue by 1 day", "rung-1"),
    notified("8 Jul", AILSA, "overdue by 8 days", "overdue-8"),
    *(decide("14 Jul", member, "rung-14") for member in GROUP),
    notified("15 Jul", AILSA, "overdue by 15 days", "overdue-15"),
    notified("22 Jul", AILSA, "overdue by 22 days", "overdue-22"),
    notified("29 Jul", AILSA, "overdue by 29 days", "overdue-29"),
    notified("5 Aug", AILSA, "overdue by 36 days", "overdue-36"),
    notified("12 Aug", AILSA, "overdue by 43 days", "overdue-43"),
    Told("17 Aug", AILSA, f"Add an explanation: {TITLE}, Moray", "explain"),
    Told("17 Aug", BLAIR, f"Add an explanation: {TITLE}, Moray", "explain"),
    notified("19 Aug", AILSA, "overdue by 50 days", "overdue-50"),
    notified("26 Aug", AILSA, "overdue by 57 days", "overdue-57"),
    # 1 September: explained, with the new date 30 September; of which the owner is reminded in time
    notified("16 Sep", AILSA, "due in 14 days", "before-14"),
    notified("25 Sep", AILSA, "due in 5 days", "before-3"),
    notified("30 Sep", AILSA, "due today", "on-day"),
    notified("1 Oct", AILSA, "overdue by 1 day", "overdue-1"),
    notified("1 Oct", BLAIR, "overdue by 1 day", "rung-1"),
    notified("8 Oct", AILSA, "overdue by 8 days", "overdue-8"),
    *(decide("14 Oct", member, "rung-14") for member in GROUP),
    notified("15 Oct", AILSA, "overdue by 15 days", "overdue-15"),
    # 20 October: recorded as published, and Scottish Government told
    Told("20 Oct", MAILBOX, f"Moray: {TITLE}", ""),
    Told("20 Oct", AILSA, f"Your copy, Moray: {TITLE}", ""),
]

RUNGS = [
    # rung, audience, due, fell due, opened, resolved, by
    (1, "lead", "30 Jun", "1 Jul", "1 Jul", "1 Sep", "new-date"),
    (14, "governance-group", "30 Jun", "14 Jul", "14 Jul", "1 Sep", "new-date"),
    (1, "lead", "30 Sep", "1 Oct", "1 Oct", "20 Oct", "done"),
    (14, "governance-group", "30 Sep", "14 Oct", "14 Oct", "20 Oct", "done"),
]

STATES = [
    (date(2026, 6, 1), date(2026, 6, 30), DocumentState.OPEN),
    (date(2026, 7, 1), date(2026, 8, 29), DocumentState.PAST_GUIDANCE_DATE),
    (date(2026, 8, 30), date(2026, 8, 31), DocumentState.OUTSTANDING),
    (date(2026, 9, 1), date(2026, 9, 30), DocumentState.EXPLAINED),
    (date(2026, 10, 1), date(2026, 10, 19), DocumentState.OUTSTANDING),
    (date(2026, 10, 20), date(2026, 10, 31), DocumentState.COMPLETE),
]
EXPECTED_STATES = {day: state for first, last, state in STATES for day in every_day(first, last)}


def test_morays_report_day_by_day_from_june_to_october_2026(days: Days) -> None:
    report_id, catriona_id = enter_moray()
    days.run(date(2026, 4, 1))
    states: dict[date, DocumentState] = {}
    listed: dict[date, tuple[DocumentState, int, int | None, bool]] = {}
    for day in every_day(date(2026, 6, 1), date(2026, 10, 31)):
        days.run(day)
        if day == EXPLAINED_ON:
            explain(db.session.get_one(User, catriona_id), day)
        if day == RECORDED_ON:
            record(db.session.get_one(Milestone, report_id), day)
            days.send(day, TEN)
        states[day] = officials_state(db.session.get_one(Milestone, report_id), day)
        for document in list_documents(day):
            listed[day] = (document.state, document.days_past, document.lag, document.escalated_on is not None)

    assert days.notified == MAILS
    assert escalations_as_told() == RUNGS
    assert states == EXPECTED_STATES
    assert listed == on_the_officials_list()
    decision = db.session.scalars(select(Decision)).one()
    assert (decision.escalation.rung, decision.made_by_id, decision.expected_on) == (14, catriona_id, NEW_DATE)


def on_the_officials_list() -> dict[date, tuple[DocumentState, int, int | None, bool]]:
    """From 1 July to the day before it is recorded, with both counts of days and the mark of an escalation."""
    return {
        day: (
            EXPECTED_STATES[day],
            (day - date(2026, 6, 30)).days,
            (day - date(2026, 3, 31)).days,
            date(2026, 7, 14) <= day < EXPLAINED_ON or day >= date(2026, 10, 14),
        )
        for day in every_day(date(2026, 7, 1), date(2026, 10, 19))
    }


def enter_moray() -> tuple[int, int]:
    make_government(mailbox=MAILBOX)
    moray = make_partnership("moray")
    ailsa = make_user(AILSA, role=Role.LEAD, partnership=moray)
    make_user(BLAIR, role=Role.LEAD, partnership=moray)
    catriona, _, _ = make_governance_group(moray, *GROUP)
    report = make_report(moray, owner=ailsa, title=TITLE, entered_on=date(2026, 4, 1))
    make_others(moray)
    db.session.commit()
    return report.id, catriona.id


def make_others(moray: Partnership) -> None:
    """People who must hear nothing: of another partnership, of the nation, and one whose place has ended."""
    fife = make_partnership("fife")
    make_user("Fergus Kerr", role=Role.LEAD, partnership=fife)
    make_governance_group(fife, "Gillian Bain")
    make_user("Hamish Reid", role=Role.OFFICIAL)
    make_user("Iona Gow", role=Role.CONTRIBUTOR, partnership=moray)
    make_user("Jean Hay", role=Role.ADMINISTRATOR)


def explain(member: User, day: date) -> None:
    rung = db.session.scalars(
        select(Escalation).where(Escalation.audience == Audience.GOVERNANCE, Escalation.resolved_at.is_(None))
    ).one()
    decide_new_date(
        rung,
        NEW_DATE,
        "The council meets on 24 September; the report goes out with its minute.",
        shared=True,
        by=member,
        today=day,
        now=moment(day, TEN),
    )
    db.session.commit()
    assert (rung.milestone.due_on, rung.milestone.target_on) == (NEW_DATE, date(2026, 6, 30))


def record(report: Milestone, day: date) -> None:
    record_publication(
        report,
        address="https://www.moray.example/report-2025-26.pdf",
        published_on=date(2026, 10, 19),
        send_to_ministers=True,
        by=report.owner,
        today=day,
        now=moment(day, TEN),
    )
    db.session.commit()


def officials_state(report: Milestone, day: date) -> DocumentState:
    publication, notified = published_and_notified([report]).get(report.id, (None, False))
    explanation = shared_explanations([report]).get(report.id)
    return document_state(facts_of(report, publication, explanation, notified=notified), day)
