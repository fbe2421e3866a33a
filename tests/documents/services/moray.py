"""Moray with its cycle of 2026–29, whose plan a council and a health board agree."""

from datetime import date

from sqlalchemy import select

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Manner, PreparedFrom
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.queries.document_facts import facts_of, published_and_notified
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.documents.queries.publications import get_record
from cycle_tracker.documents.rules.documents import document_state
from cycle_tracker.documents.services.approvals import (
    ApprovalDetails,
    record_approval,
)
from cycle_tracker.documents.services.document_copies import record_copies_sent
from cycle_tracker.documents.services.newer_versions import record_newer_version
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.models.approval import Preparation
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.publication import Publication
from tests.factories import make_user
from tests.support.databases import Database
from tests.support.days import moment
from tests.support.reference import stand_cycle

TODAY = date(2026, 5, 20)
NOW = moment(TODAY)
BOARD_AGREED, COUNCIL_AGREED, PUBLISHED = date(2026, 3, 23), date(2026, 4, 2), date(2026, 4, 24)
ADDRESS = "https://www.moray.example.org/plan"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


class Moray:
    """Moray with its cycle of 2026–29: a council and a health board lead."""

    def __init__(self, database: Database) -> None:
        self.partnership = stand_cycle(database, "moray", NOW)
        self.partnership.notify_from = date(2024, 4, 1)
        self.cycle = db.session.scalars(select(Cycle)).one()
        self.lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=self.partnership)

    def find(self, key: str) -> Milestone:
        return db.session.scalars(select(Milestone).where(Milestone.key == f"2026-29.{key}")).one()

    def body(self, name: str) -> Organisation:
        return db.session.scalars(select(Organisation).where(Organisation.name.contains(name))).one()

    @property
    def plan(self) -> Milestone:
        return self.find("plan-prepared")

    @property
    def record(self) -> DocumentRecord:
        return get_record(self.plan, TODAY)

    @property
    def publication(self) -> Publication:
        found = self.record.publication
        assert found is not None
        return found

    def approve(self, body: str, on: date | None, manner: Manner = Manner.APPROVED, **more: object) -> None:
        details = ApprovalDetails(manner, approved_on=on, **more)  # type: ignore[arg-type]
        record_approval(self.plan, self.body(body), details, by=self.lead, today=TODAY, now=NOW)
        db.session.commit()

    def approve_all(self) -> None:
        self.approve("NHS Grampian", BOARD_AGREED)
        self.approve("Moray Council", COUNCIL_AGREED)

    def publish(self, document: Milestone | None = None, on: date | None = PUBLISHED, **more: object) -> Publication:
        found = record_publication(
            document or self.plan,
            address=ADDRESS,
            published_on=on,
            send_to_ministers=False,
            by=self.lead,
            today=TODAY,
            now=NOW,
            **more,  # type: ignore[arg-type]
        )
        db.session.commit()
        return found

    def send(self, to: list[Organisation], on: date | None) -> None:
        record_copies_sent(self.publication, to, sent_on=on, by=self.lead, today=TODAY, now=NOW)
        db.session.commit()

    def prepared(self) -> tuple[date | None, PreparedFrom] | None:
        found = db.session.get(Preparation, self.plan.id)
        return (found.prepared_on, found.prepared_from) if found else None

    def done(self, *keys: str) -> dict[str, date | None]:
        """The days on which those of these steps that are done were done."""
        return {key: self.find(key).done_on for key in keys if self.find(key).state is State.DONE}

    def due(self, key: str) -> date | None:
        return self.find(key).due_on

    def state(self, day: date = TODAY) -> DocumentState:
        publication, sent = published_and_notified([self.plan]).get(self.plan.id, (None, False))
        return document_state(facts_of(self.plan, publication, None, notified=sent), day)

    def providers(self) -> list[Organisation]:
        return list(self.record.receivers[1:])


STEPS = ("approvals", "send-to-ministers", "send-to-providers", "publish-plan")


def revise(moray: Moray, publication: Publication, reopen: tuple[str, ...] = ()) -> None:
    record_newer_version(
        publication,
        address=f"{ADDRESS}-revised",
        published_on=date(2026, 5, 18),
        reason="A priority was missing.",
        reopen=[moray.find(key) for key in reopen],
        by=moray.lead,
        today=TODAY,
        now=NOW,
    )
