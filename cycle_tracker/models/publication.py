"""What is known of each version of a document once it is published: where it is, and who was sent it."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import DDL, CheckConstraint, ForeignKey, String, UniqueConstraint, and_, case, event, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.core.kinds import Kind
from cycle_tracker.models.base import Base, OneLine, UtcDateTime, partial_index, words
from cycle_tracker.models.evidence import StoredFile
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation


class Version(StrEnum):
    """Which version of the document it is."""

    DRAFT = "draft"
    INTERIM = "interim"
    FINAL = "final"
    REVISED = "revised"

    @property
    def label(self) -> str:
        """The version in words for a page."""
        return {
            Version.DRAFT: "Draft, for consultation",
            Version.INTERIM: "Interim",
            Version.FINAL: "Final",
            Version.REVISED: "Revised",
        }[self]


class Form(StrEnum):
    """The form in which a document is published at one address."""

    FULL = "full"
    SUMMARY = "summary"
    CHILD = "child"
    EASY_READ = "easy-read"
    BSL = "bsl"


class Publication(Base):
    """One version of a document, as it is known: its facts, and what hangs on it.

    `number` counts the versions of a document from 1. `published_on` is the day of this version, and may be unknown.
    `interim_until` is the last day of an interim plan, which covers a part of the period and is not the plan.
    `kept_copy_id` is a copy that was uploaded.

    A row says what was known from `recorded_from` up to `recorded_to`, both in UTC; `recorded_to` is empty while it is
    what is known. It is set when the version was undone, and when its facts were corrected: then a row with the facts
    before stays beside it, under the same number. Of the versions that are known one is present (`is_present`), for
    which the rest of the service asks. `is_newer` says that the document itself was published in an earlier version,
    first on `first_on`; both are worked out from the versions before it (`documents/services/versions.py`).
    """

    __tablename__ = "publications"
    __table_args__ = (
        partial_index("uq_publications_present", "milestone_id", where="is_present", unique=True),
        partial_index("uq_publications_known", "milestone_id", "number", where="recorded_to IS NULL", unique=True),
        CheckConstraint("NOT (is_present AND recorded_to IS NOT NULL)", name="present_is_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), index=True)
    number: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    version: Mapped[Version] = mapped_column(words(Version, "version"), default=Version.FINAL)
    published_on: Mapped[date | None]
    interim_until: Mapped[date | None]
    is_present: Mapped[bool] = mapped_column(default=True, server_default=true())
    is_newer: Mapped[bool] = mapped_column(default=False, server_default=false())
    first_on: Mapped[date | None]
    kept_copy_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"), index=True)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    recorded_from: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_to: Mapped[datetime | None] = mapped_column(UtcDateTime)

    milestone: Mapped[Milestone] = relationship()
    kept_copy: Mapped[StoredFile | None] = relationship()
    addresses: Mapped[list["PublicationAddress"]] = relationship(
        cascade="all, delete-orphan", order_by="PublicationAddress.id"
    )
    copies: Mapped[list["PublicationCopy"]] = relationship(
        cascade="all, delete-orphan",
        order_by="PublicationCopy.id",
        # Its copies are of its document too, which the row of each says.
        primaryjoin="and_(Publication.id == foreign(PublicationCopy.publication_id), "
        "Publication.milestone_id == foreign(PublicationCopy.milestone_id))",
    )

    @property
    def first_published_on(self) -> date | None:
        """The day of the first version, by which the document was in time or late; None if it is not known. Of a draft
        and of an interim plan it is their own day. `FIRST_PUBLISHED_ON` is the same in a statement."""
        return self.first_on if self.is_newer else self.published_on

    @property
    def newer_on(self) -> date | None:
        """The day of this version if it is not the first one of the document itself."""
        return self.published_on if self.is_newer else None

    @property
    def is_draft(self) -> bool:
        """True for a draft, published for a consultation: the document itself is still to come."""
        return self.version is Version.DRAFT

    @property
    def is_document(self) -> bool:
        """Whether it is the document itself: neither a draft, nor an interim plan in place of the plan."""
        return is_document_itself(self.version, self.milestone.kind)


def is_document_itself(version: Version | None, kind: Kind) -> bool:
    """Whether what is published in this version is the plan or the report itself."""
    if version is None or version is Version.DRAFT:
        return False
    return not (version is Version.INTERIM and kind is Kind.PLAN)


# True for what the world may read: the present version of a document. A draft for a consultation is not published, and
# counts for nothing. The only spelling in SQL.
IS_PUBLISHED = and_(Publication.is_present, Publication.version != Version.DRAFT)
FIRST_PUBLISHED_ON = case((Publication.is_newer, Publication.first_on), else_=Publication.published_on)


class PublicationAddress(Base):
    """Where one form of the document is published, in one language (`en`, `gd`)."""

    __tablename__ = "publication_addresses"
    __table_args__ = (UniqueConstraint("publication_id", "form", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id"))
    form: Mapped[Form] = mapped_column(words(Form, "form"), default=Form.FULL)
    language: Mapped[str] = mapped_column(String(8), default="en")
    address: Mapped[str] = mapped_column(OneLine(2000))


class PublicationCopy(Base):
    """A copy to one receiver: sent and received are different events, and so are who recorded each. `answer` is what
    the receiver's mail server said as it took an email with the copy; empty where a person recorded that they sent it.

    `publication_id` is the version that it belongs to. A plan is sent and published in either order (2014 Act, section
    10(7)), so a copy may be sent before the plan itself is published: its `publication_id` is empty until then.
    `waited` says that it was, so that it waits again if the record of publication is undone. A copy of a revision that
    is in preparation waits in the same way, with its `revision_id`, which stays.
    """

    __tablename__ = "publication_copies"
    __table_args__ = (
        UniqueConstraint("publication_id", "receiver_id"),
        partial_index(
            "uq_publication_copies_to_come",
            *("milestone_id", "receiver_id"),
            where="publication_id IS NULL AND revision_id IS NULL",
            unique=True,
        ),
        partial_index(
            "uq_publication_copies_of_revision",
            *("revision_id", "receiver_id"),
            where="publication_id IS NULL AND revision_id IS NOT NULL",
            unique=True,
        ),
        partial_index(
            "ix_publication_copies_to_receive",
            *("receiver_id", "sent_on", "id"),
            where="sent_on IS NOT NULL AND received_on IS NULL",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), index=True)
    publication_id: Mapped[int | None] = mapped_column(ForeignKey("publications.id"))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    receiver_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    waited: Mapped[bool] = mapped_column(default=False, server_default=false())
    sent_on: Mapped[date | None]
    received_on: Mapped[date | None]
    sent_recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    received_recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    answer: Mapped[str] = mapped_column(OneLine(500), default="", server_default="")

    receiver: Mapped[Organisation] = relationship()


class Sending(Base):
    """A copy on its way by email to one receiver, who was sent nothing yet: from the moment that the email is queued
    until the receiver's mail server took it. Then a `PublicationCopy` says when, and this row goes. `refused_at` is
    when it was refused for good, and `answer` what was said then; such a row stays until somebody sends the copy again,
    or in another way."""

    __tablename__ = "sendings"
    __table_args__ = (UniqueConstraint("publication_id", "receiver_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id"))
    receiver_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(OneLine(500), default="")

    publication: Mapped[Publication] = relationship(backref="sendings")
    receiver: Mapped[Organisation] = relationship()
    message: Mapped[Message] = relationship()


# Whether a document is complete hangs on three tables, and nobody may forget to say so where one of them changes: the
# database does. Of its versions the present one counts. A report is complete once it is published. A plan is once it is
# published, and Scottish Ministers were sent a copy. The words are those of the statements.
_IS_COMPLETE = (
    "EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.is_present "
    "AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' "
    "AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = "
    "publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = "
    "'scottish-government'))))"
)


def _keep_complete(milestone: str) -> str:
    one = f"id = {milestone} AND complete <> {_IS_COMPLETE}"  # a document that stays what it is is not locked
    return f"UPDATE milestones SET complete = {_IS_COMPLETE} WHERE {one};"  # noqa: S608  words of our own


def _triggers(table: str, columns: str) -> Iterator[tuple[str, str]]:
    """The statements that make the triggers of a table, each with its dialect. A change of other columns runs none."""
    changes = (("new", "INSERT", "NEW"), ("changed", f"UPDATE OF {columns}", "OLD"), ("gone", "DELETE", "OLD"))
    for word, change, row in changes:
        made = f"CREATE TRIGGER {table}_keep_complete_{word} AFTER {change} ON {table}"
        yield "sqlite", f"{made} BEGIN {_keep_complete(f'{row}.milestone_id')} END"
    either = _keep_complete("COALESCE(NEW.milestone_id, OLD.milestone_id)")
    body = f"RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {either} RETURN NULL; END $$"
    yield "postgresql", f"CREATE OR REPLACE FUNCTION {table}_keep_complete() {body}"
    made = f"CREATE TRIGGER {table}_keep_complete AFTER INSERT OR DELETE OR UPDATE OF {columns} ON {table}"
    yield "postgresql", f"{made} FOR EACH ROW EXECUTE FUNCTION {table}_keep_complete()"


for _table, _columns in (
    ("publication_copies", "receiver_id, publication_id"),
    ("publications", "version, is_present"),
):
    for _dialect, _statement in _triggers(_table, _columns):
        _made = DDL(_statement).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]
        event.listen(Base.metadata.tables[_table], "after_create", _made)
