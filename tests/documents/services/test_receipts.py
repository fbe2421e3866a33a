"""Recording what Scottish Government received, also on behalf of a partnership that told nothing here."""

from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Fact
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.queries.documents import list_documents
from cycle_tracker.documents.queries.receipts import count_to_receive, list_government_copies, list_to_receive
from cycle_tracker.documents.rules.publications import Unlikely
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.documents.services.receipts import (
    ReceivedDocument,
    record_receipts,
    record_received_document,
    undo_receipt,
)
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Publication, PublicationCopy
from cycle_tracker.models.user import User
from tests.factories import at_seven, make_government, make_milestone, make_partnership, make_report, make_user

pytestmark = pytest.mark.alike_on_both_databases

TODAY = date(2026, 7, 20)
NOW = at_seven(TODAY)
SENT_ON = date(2026, 7, 6)


@dataclass
class Nation:
    """Moray's report with the step that telling Scottish Government finishes, its lead, and an official."""

    lead: User
    official: User
    report: Milestone
    step: Milestone

    def publish(self, report: Milestone, *, tell: bool = True) -> Publication:
        return record_publication(
            report,
            address="https://example.org/report",
            published_on=SENT_ON,
            send_to_ministers=tell,
            by=self.lead,
            today=SENT_ON,
            now=at_seven(SENT_ON),
        )

    def receive(self, **known: object) -> None:
        record_received_document(
            self.report,
            ReceivedDocument(**{"received_on": TODAY, "confirmed": True, **known}),  # type: ignore[arg-type]
            by=self.official,
            today=TODAY,
            now=NOW,
        )

    def copy(self) -> PublicationCopy:
        return db.session.scalars(select(PublicationCopy)).one()


@pytest.fixture
def nation(core_app: Flask) -> Nation:
    make_government()
    place = make_partnership("moray", name="Moray")
    lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
    report = make_report(place, owner=lead)
    step = make_milestone(
        place, title="Tell the Scottish Government", follows_id=report.id, fact_of_id=report.id, fact=Fact.PUBLISHED
    )
    return Nation(lead, make_user("Fiona Shaw", role=Role.OFFICIAL), report, step)


def actions(document: Milestone) -> list[str]:
    return list(
        db.session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject_id == document.id).order_by(AuditEvent.id)
        )
    )


def test_what_was_sent_is_received_with_the_name_of_who_recorded_it(nation: Nation) -> None:
    nation.publish(nation.report)
    viewer = viewer_of(nation.official.id, TODAY)
    (waiting,) = list_to_receive(viewer)
    assert (waiting.partnership, waiting.sent_on, count_to_receive(viewer)) == ("Moray", SENT_ON, 1)
    found = list_government_copies(viewer, [waiting.copy_id])
    record_receipts(found, TODAY, by=nation.official, today=TODAY, now=NOW)
    copy = nation.copy()
    assert (copy.received_on, copy.received_recorded_by_id, copy.sent_recorded_by_id) == (
        TODAY,
        nation.official.id,
        nation.lead.id,
    )
    assert list_to_receive(viewer) == []
    assert actions(nation.report)[-1] == "received"


@pytest.mark.parametrize("received_on", [date(2026, 7, 5), date(2026, 7, 21), date(2010, 1, 1)])
def test_a_day_that_cannot_be_is_refused_and_nothing_is_recorded(nation: Nation, received_on: date) -> None:
    nation.publish(nation.report)
    early = make_report(nation.report.partnership or make_partnership("fife"), key="early")
    nation.publish(early)
    found = list_government_copies(
        viewer_of(nation.official.id, TODAY), list(db.session.scalars(select(PublicationCopy.id)))
    )
    with pytest.raises(RuleBroken) as refused:
        record_receipts(found, received_on, by=nation.official, today=TODAY, now=NOW)
    assert refused.value.field == "received_on"
    assert {copy.received_on for copy in db.session.scalars(select(PublicationCopy))} == {None}


def test_a_report_is_complete_once_it_is_published_and_its_receipt_changes_nothing_of_that(nation: Nation) -> None:
    nation.publish(nation.report, tell=False)
    assert list_documents(TODAY) == []
    nation.receive(sent_on=SENT_ON)
    copy = nation.copy()
    assert (copy.sent_on, copy.received_on) == (SENT_ON, TODAY)
    assert {copy.sent_recorded_by_id, copy.received_recorded_by_id} == {nation.official.id}
    assert list_documents(TODAY) == []
    assert nation.step.state is State.DONE
    assert db.session.scalars(select(Message)).all() == []


def test_a_document_of_which_nothing_is_known_here_is_recorded_as_published_sent_and_received(nation: Nation) -> None:
    nation.receive(address="https://example.org/elsewhere", published_on=date(2026, 7, 1))
    publication = db.session.scalars(select(Publication)).one()
    assert (publication.published_on, publication.recorded_by_id) == (date(2026, 7, 1), nation.official.id)
    assert [one.address for one in publication.addresses] == ["https://example.org/elsewhere"]
    assert nation.copy().sent_on is None
    assert nation.report.state is State.DONE
    assert list_documents(TODAY) == []


def test_only_the_day_of_receipt_must_be_known_once_a_person_says_that_it_was_published(nation: Nation) -> None:
    with pytest.raises(Unlikely, match="not entered a date or a web address"):
        nation.receive(confirmed=False, sent_on=SENT_ON)
    assert db.session.scalars(select(Publication)).all() == []
    nation.receive()
    publication = db.session.scalars(select(Publication)).one()
    assert (publication.published_on, publication.addresses) == (None, [])
    assert nation.copy().received_on == TODAY


@pytest.mark.parametrize(
    ("known", "field"),
    [
        ({"received_on": date(2026, 7, 21)}, "received_on"),
        ({"sent_on": date(2026, 7, 21)}, "sent_on"),
        ({"published_on": date(2026, 7, 21)}, "published_on"),
        ({"published_on": date(2026, 3, 31), "confirmed": False}, "confirmed"),
        ({"received_on": SENT_ON, "sent_on": TODAY}, "received_on"),
    ],
)
def test_days_that_cannot_be_are_refused_beside_their_field(nation: Nation, known: dict[str, date], field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        nation.receive(**known)
    assert refused.value.field == field


def test_what_is_received_is_not_received_again(nation: Nation) -> None:
    nation.receive()
    with pytest.raises(RuleBroken, match="already"):
        nation.receive()


def test_undoing_leaves_what_the_partnership_told(nation: Nation) -> None:
    publication = nation.publish(nation.report)
    nation.receive()
    with pytest.raises(RuleBroken) as refused:
        undo_receipt(publication.milestone, nation.copy(), "  ", by=nation.official, now=NOW)
    assert refused.value.field == "reason"
    undo_receipt(publication.milestone, nation.copy(), "It was another report.", by=nation.official, now=NOW)
    copy = nation.copy()
    assert (copy.sent_on, copy.received_on, copy.received_recorded_by_id) == (SENT_ON, None, None)
    assert nation.step.state is State.DONE
    assert len(list_to_receive(viewer_of(nation.official.id, TODAY))) == 1
    with pytest.raises(RuleBroken, match="nothing to undo"):
        undo_receipt(publication.milestone, copy, "Again.", by=nation.official, now=NOW)


def test_undoing_takes_back_what_was_recorded_on_behalf_but_not_that_it_is_published(nation: Nation) -> None:
    nation.receive(sent_on=SENT_ON)
    publication = db.session.scalars(select(Publication)).one()
    undo_receipt(publication.milestone, nation.copy(), "It was another report.", by=nation.official, now=NOW)
    assert db.session.scalars(select(PublicationCopy)).all() == []
    assert nation.report.state is State.DONE
    assert nation.step.state is State.DONE, "it was published, and that completes it"
    assert list_documents(TODAY) == []
    assert "receipt-undone" in actions(nation.report)


def test_the_list_is_in_order_and_holds_only_what_waits(nation: Nation) -> None:
    fife, angus = make_partnership("fife"), make_partnership("angus")
    for place in (fife, angus):
        nation.publish(make_report(place))
    nation.publish(nation.report)
    later = db.session.scalars(select(PublicationCopy).order_by(PublicationCopy.id)).first()
    assert later is not None
    later.sent_on = date(2026, 7, 10)
    unknown = nation.publish(make_report(fife, key="of-old"))
    unknown.copies[0].sent_on = None
    db.session.flush()
    viewer = viewer_of(nation.official.id, TODAY)
    assert [one.partnership for one in list_to_receive(viewer)] == ["Angus", "Moray", "Fife"]
    assert [one.partnership for one in list_to_receive(viewer, page=2, per_page=2)] == ["Fife"]
    assert [one.partnership for one in list_to_receive(viewer, partnership="fife")] == ["Fife"]
    assert list_to_receive(viewer_of(nation.lead.id, TODAY)) == []
