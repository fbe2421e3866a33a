"""Tayside's plan as one story: four lead bodies agree on four days, one of them subject to changes and one by noting
it; nine copies are owed; one is refused by its mail server; some are late; the plan is published late; a record is
undone. Each step's completing and opening again, each word of the officials and each email, day by day."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Agreed, Manner, PreparedFrom
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.periods import Period
from cycle_tracker.core.roles import Role
from cycle_tracker.cycles.services.cycles import open_cycle
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.documents.queries.document_facts import facts_of, published_and_notified
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.documents.queries.publications import get_record
from cycle_tracker.documents.rules.documents import document_state
from cycle_tracker.documents.services.approvals import ApprovalDetails, correct_approval, record_approval
from cycle_tracker.documents.services.document_copies import record_copies_sent
from cycle_tracker.documents.services.publication_corrections import undo_publication
from cycle_tracker.documents.services.publications import record_publication, scottish_government
from cycle_tracker.documents.services.sendings import send_copy, sendings_of
from cycle_tracker.models.approval import Preparation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from tests.factories import make_user
from tests.support.days import Days, moment, short

BODIES = ("Angus Council", "Dundee City Council", "Perth and Kinross Council", "NHS Tayside")
STEPS = ("approvals", "plan-prepared", "send-to-ministers", "send-to-providers", "publish-plan")
MINISTERS, FIRE = "plans@government.example", "plans@fire.example"
GONE = "550 5.1.1 Gone"


@dataclass
class Tayside:
    """Tayside in the spring of 2026."""

    days: Days
    partnership: Partnership
    lead: User

    def find(self, key: str) -> Milestone:
        return db.session.scalars(select(Milestone).where(Milestone.key == f"2026-29.{key}")).one()

    @property
    def plan(self) -> Milestone:
        return self.find("plan-prepared")

    @property
    def by(self) -> User:
        return db.session.get_one(User, self.lead.id)

    def record(self, day: date) -> DocumentRecord:
        return get_record(self.plan, day)

    def decide(self, body: str, day: date, manner: Manner, **more: Any) -> None:
        details = ApprovalDetails(manner, approved_on=day, minute="Item 7", draft="Draft 3", **more)
        record_approval(self.plan, organisation(body), details, by=self.by, today=day, now=moment(day))
        db.session.commit()

    def steps(self) -> dict[str, str]:
        """Of each step that is done the day; of each that is not, how much of its fact is there."""
        found = {}
        for key in STEPS:
            step = self.find(key)
            part = f"{step.fact_count} of {step.fact_total}" if step.fact_total else "open"
            found[key] = short(step.done_on) if step.state is State.DONE and step.done_on else part
        return found

    def word(self, day: date) -> DocumentState:
        """The officials' word for the plan."""
        publication, sent = published_and_notified([self.plan]).get(self.plan.id, (None, False))
        return document_state(facts_of(self.plan, publication, None, notified=sent), day)

    def mails(self, day: date, at: time = time(9)) -> list[tuple[str, str]]:
        """What the sender sends on a day: to whom, and its subject."""
        self.days.notified.clear()
        self.days.send(day, at)
        return [(one.recipient, one.subject) for one in self.days.notified]


def organisation(name: str) -> Organisation:
    return db.session.scalars(select(Organisation).where(Organisation.name == name)).one()


def named(part: str) -> Organisation:
    return db.session.scalars(select(Organisation).where(Organisation.name.contains(part))).one()


@pytest.fixture
def tayside(core_app: Flask, days: Days) -> Tayside:
    long_ago = moment(date(2024, 4, 1))
    load_reference(long_ago)
    partnership = db.session.scalars(select(Partnership).where(Partnership.slug == "tayside")).one()
    partnership.notify_from = date(2024, 4, 1)
    open_cycle(partnership, Period.named("2026-29"), entered_on=date(2024, 4, 1), by=None, now=long_ago)
    scottish_government().mailbox = MINISTERS
    named("Fire and Rescue").mailbox = FIRE
    lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=partnership)
    db.session.commit()
    return Tayside(days, partnership, lead)


def test_taysides_plan_from_its_first_approval_to_its_last_copy(tayside: Tayside) -> None:
    # Nothing is recorded, and the plan's date passes.
    assert tayside.word(date(2026, 4, 1)) is DocumentState.OPEN
    assert tayside.word(date(2026, 4, 2)) is DocumentState.PAST_GUIDANCE_DATE
    assert tayside.steps()["approvals"] in {"open", "0 of 4"}

    # Four bodies on four days. One agrees subject to changes, one notes the plan and is asked whether it agreed.
    tayside.decide(BODIES[0], date(2026, 3, 10), Manner.APPROVED)
    tayside.decide(BODIES[1], date(2026, 3, 17), Manner.SUBJECT_TO_CHANGES, signs_off="The director")
    tayside.decide(BODIES[2], date(2026, 3, 24), Manner.DELEGATED)
    tayside.decide(BODIES[3], date(2026, 4, 9), Manner.NOTED, agreed=Agreed.NOT_KNOWN)
    assert tayside.steps()["approvals"] == "2 of 4"
    assert tayside.word(date(2026, 4, 9)) is DocumentState.PAST_GUIDANCE_DATE

    board = tayside.record(date(2026, 4, 10)).approval_of(organisation(BODIES[3]).id)
    assert board is not None
    details = ApprovalDetails(Manner.NOTED, approved_on=date(2026, 4, 9), minute="Item 7", agreed=Agreed.YES)
    correct_approval(
        tayside.plan, board, details, by=tayside.by, today=date(2026, 4, 10), now=moment(date(2026, 4, 10))
    )
    assert tayside.steps()["approvals"] == "3 of 4"

    # The changes are signed off: the last agreement, so the plan was prepared on that day.
    dundee = tayside.record(date(2026, 4, 14)).approval_of(organisation(BODIES[1]).id)
    assert dundee is not None
    signed = ApprovalDetails(
        Manner.SUBJECT_TO_CHANGES,
        approved_on=date(2026, 3, 17),
        minute="Item 7",
        signs_off="The director",
        signed_off=True,
        signed_off_on=date(2026, 4, 13),
    )
    correct_approval(
        tayside.plan, dundee, signed, by=tayside.by, today=date(2026, 4, 14), now=moment(date(2026, 4, 14))
    )
    db.session.commit()
    found = db.session.get_one(Preparation, tayside.plan.id)
    assert (found.prepared_on, found.prepared_from) == (date(2026, 4, 13), PreparedFrom.APPROVALS)
    assert tayside.word(date(2026, 8, 1)) is DocumentState.PREPARED_NOT_PUBLISHED  # late no more by the plan's date
    assert {key: tayside.find(key).due_on for key in STEPS[2:]} == {
        "send-to-ministers": date(2026, 4, 27),
        "send-to-providers": date(2026, 4, 27),
        "publish-plan": date(2026, 5, 11),
    }
    assert tayside.steps()["plan-prepared"] == tayside.steps()["approvals"] == "13 Apr"

    # Published late, and nine copies are owed: Ministers, five national bodies, three integration joint boards.
    day = date(2026, 5, 18)
    publication = record_publication(
        tayside.plan,
        address="https://www.tayside.example/plan",
        published_on=date(2026, 5, 15),
        send_to_ministers=True,
        by=tayside.by,
        today=day,
        now=moment(day),
    )
    db.session.commit()
    receivers = tayside.record(day).receivers
    assert len(receivers) == 9
    assert sum("Integration Joint Board" in one.name for one in receivers) == 3
    assert tayside.steps()["publish-plan"] == "15 May"
    assert tayside.steps()["send-to-ministers"] in {"open", "0 of 1"}  # its email is on its way
    assert tayside.word(day) is DocumentState.PUBLISHED_COPY_NOT_SENT

    # The emails: Ministers' server takes theirs, the fire service's refuses.
    send_copy(publication, named("Fire and Rescue"), by=tayside.by, now=moment(day))
    db.session.commit()
    tayside.days.sink.faults.refuse_at_rcpt = {FIRE: GONE}
    subject = "Tayside: Children’s Services Plan 2026–29"
    assert tayside.mails(day) == [
        (MINISTERS, subject),
        ("Ailsa Grant", f"Your copy, {subject}"),
        ("Ailsa Grant", f"Your copy, {subject}"),
    ]
    assert tayside.steps()["send-to-ministers"] == "18 May"
    assert tayside.word(day) is DocumentState.COMPLETE
    assert tayside.mails(day, time(10)) == [("Ailsa Grant", f"Copy not sent, {subject}")]
    publication = tayside.record(day).publication  # type: ignore[assignment]
    (refused,) = sendings_of(publication).values()
    assert (refused.receiver.name, GONE in refused.answer) == (named("Fire and Rescue").name, True)
    assert tayside.steps()["send-to-providers"] == "0 of 8"

    # A person sends the others, all but one in time, and the last one in another way.
    late = date(2026, 5, 25)
    others = [one for one in tayside.record(late).may_receive if one in tayside.record(late).receivers]
    fire = named("Fire and Rescue")
    record_copies_sent(
        publication,
        [one for one in others if one.id != fire.id],
        sent_on=date(2026, 5, 20),
        by=tayside.by,
        today=late,
        now=moment(late),
    )
    assert tayside.steps()["send-to-providers"] == "7 of 8"
    record_copies_sent(publication, [fire], sent_on=late, by=tayside.by, today=late, now=moment(late))
    db.session.commit()
    assert tayside.steps()["send-to-providers"] == "25 May"
    assert sendings_of(publication) == {}

    # Undone: what the publication had completed is open again, and the agreement of the bodies stays.
    undone = date(2026, 6, 1)
    undo_publication(publication, "This was the plan of another area.", by=tayside.by, now=moment(undone))
    db.session.commit()
    assert (publication.is_present, publication.recorded_to) == (False, moment(undone))
    steps = tayside.steps()
    assert (steps["plan-prepared"], steps["approvals"]) == ("13 Apr", "13 Apr")
    assert all(not tayside.find(key).done_on for key in STEPS[2:])
    assert tayside.word(undone) is DocumentState.PREPARED_NOT_PUBLISHED
    assert tayside.mails(undone) == []
