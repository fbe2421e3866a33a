"""Tayside with its cycle of 2026–29, whose plan three councils and a health board approve."""

from datetime import date

from sqlalchemy import select

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Manner
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.queries.document_facts import facts_of, published_and_notified
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.documents.queries.publications import get_record, list_steps_opened_again
from cycle_tracker.documents.rules.documents import document_state
from cycle_tracker.documents.services.approvals import (
    ApprovalDetails,
    record_approval,
)
from cycle_tracker.documents.services.newer_versions import record_newer_version
from cycle_tracker.documents.services.publication_corrections import correct_publication
from cycle_tracker.documents.services.publications import PublishedAddress, record_publication
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.publication import Publication, Version
from cycle_tracker.models.user import User
from tests.factories import make_user
from tests.support.databases import Database
from tests.support.days import moment
from tests.support.reference import stand_cycle

TODAY = date(2026, 5, 20)
NOW = moment(TODAY)
APRIL = date(2026, 4, 7)
ADDRESS = "https://www.tayside.example.org/plan"


class Tayside:
    """Tayside with its cycle of 2026–29, whose plan three councils and a health board approve."""

    def __init__(self, database: Database) -> None:
        self.partnership = stand_cycle(database, "tayside", NOW)
        self.partnership.notify_from = date(2024, 4, 1)
        self.lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=self.partnership)
        self.lead.organisation = self.body("Dundee City")

    def body(self, name: str) -> Organisation:
        """A council or a health board, by a part of its name that it shares with its integration joint board."""
        boards = Organisation.kind == OrganisationKind.INTEGRATION_JOINT_BOARD
        return db.session.scalars(select(Organisation).where(Organisation.name.contains(name), ~boards)).one()

    def find(self, key: str) -> Milestone:
        return db.session.scalars(
            select(Milestone).where(Milestone.key == f"2026-29.{key}", Milestone.partnership_id == self.partnership.id)
        ).one()

    @property
    def plan(self) -> Milestone:
        return self.find("plan-prepared")

    @property
    def record(self) -> DocumentRecord:
        return get_record(self.plan, TODAY)

    @property
    def present(self) -> Publication:
        found = self.record.publication
        assert found is not None
        return found

    def publish(self, *, on: date | None = APRIL, version: Version = Version.FINAL) -> Publication:
        return record_publication(
            self.plan,
            address=ADDRESS,
            published_on=on,
            send_to_ministers=False,
            by=self.lead,
            today=TODAY,
            now=NOW,
            version=version,
        )

    def correct(self, **changed: object) -> None:
        publication = self.record.publication
        assert publication is not None
        facts = {
            "version": publication.version,
            "published_on": publication.first_published_on,
            "newer_on": publication.newer_on,
            "places": [PublishedAddress(one.form, one.language, one.address) for one in publication.addresses],
            **changed,
        }
        correct_publication(publication, **facts, by=self.lead, today=TODAY, now=NOW)  # type: ignore[arg-type]
        db.session.commit()

    def revise(self, published_on: date = date(2026, 5, 18), reopen: list[Milestone] | None = None) -> None:
        publication = self.record.publication
        assert publication is not None
        record_newer_version(
            publication,
            address=f"{ADDRESS}-revised",
            published_on=published_on,
            reason="The review found that a priority was missing.",
            reopen=list_steps_opened_again(self.plan) if reopen is None else reopen,
            by=self.lead,
            today=TODAY,
            now=NOW,
        )
        db.session.commit()

    def state(self) -> DocumentState:
        publication, notified = published_and_notified([self.plan]).get(self.plan.id, (None, False))
        return document_state(facts_of(self.plan, publication, None, notified=notified), TODAY)

    def events(self, action: str) -> list[AuditEvent]:
        return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


def approve(tayside: Tayside, body: str, by: User | None = None, **details: object) -> None:
    facts = {"manner": Manner.APPROVED, "approved_on": date(2026, 3, 10), "minute": "12", **details}
    record_approval(
        tayside.plan,
        tayside.body(body),
        ApprovalDetails(**facts),  # type: ignore[arg-type]
        by=by or tayside.lead,
        today=TODAY,
        now=NOW,
    )
