"""What each lead body decided about a document before it was published, when a plan was prepared by that, and what is
recorded beside a plan. And revisions of plans, which are in preparation before they are published."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.core.kinds import Agreed, Manner, PowerUsed, PreparedFrom
from cycle_tracker.models.base import Base, OneLine, UtcDateTime, partial_index, words
from cycle_tracker.models.organisation import Organisation


class Approval(Base):
    """One lead body's decision about one document: made by the body, and recorded by a person, who may be another's.

    `made_by` names the committee, board, post or chair; `meeting` and `minute` are their references; `draft` is the
    draft that it saw. Any of them, and the date, may be unknown: what is missing shows as a gap and blocks nothing.
    `on_behalf` says that the recorder was not of that body when they recorded it.

    Subject to changes: who signs off, by when, and on which day they did. Deferred: to which meeting, on which day.
    Noted: whether the body agreed to the plan, and who said so. What does not belong to the decision is empty.

    `publication_id` is the version that it belongs to, empty until the document itself is published. An approval of a
    revision in preparation has its `revision_id`, which stays, and gets its version when that is published.
    """

    __tablename__ = "approvals"
    __table_args__ = (
        UniqueConstraint("publication_id", "organisation_id"),
        partial_index(
            "uq_approvals_to_come",
            *("milestone_id", "organisation_id"),
            where="publication_id IS NULL AND revision_id IS NULL",
            unique=True,
        ),
        partial_index(
            "uq_approvals_of_revision",
            *("revision_id", "organisation_id"),
            where="publication_id IS NULL AND revision_id IS NOT NULL",
            unique=True,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), index=True)
    publication_id: Mapped[int | None] = mapped_column(ForeignKey("publications.id"))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    manner: Mapped[Manner] = mapped_column(words(Manner, "manner"))
    made_by: Mapped[str] = mapped_column(OneLine(200), default="")
    approved_on: Mapped[date | None]
    meeting: Mapped[str] = mapped_column(OneLine(200), default="")
    minute: Mapped[str] = mapped_column(OneLine(200), default="")
    draft: Mapped[str] = mapped_column(OneLine(200), default="", server_default="")
    signs_off: Mapped[str] = mapped_column(OneLine(200), default="", server_default="")
    sign_off_by: Mapped[date | None]
    signed_off: Mapped[bool] = mapped_column(default=False, server_default=false())
    signed_off_on: Mapped[date | None]
    deferred_to: Mapped[str] = mapped_column(OneLine(200), default="", server_default="")
    deferred_to_on: Mapped[date | None]
    agreed: Mapped[Agreed | None] = mapped_column(words(Agreed, "agreed"))
    agreed_recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    on_behalf: Mapped[bool] = mapped_column(default=False)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship()


class Preparation(Base):
    """A plan that is prepared (2014 Act, section 10(7)), with the day, which may be unknown, and what it is taken from.

    There is a row for each plan that is prepared and none for the others. `recorded_by_id` and `recorded_at` belong to
    a day that a person recorded by hand, which wins over the approvals and the publication.
    """

    __tablename__ = "preparations"

    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), primary_key=True)
    prepared_on: Mapped[date | None]
    prepared_from: Mapped[PreparedFrom] = mapped_column(words(PreparedFrom, "prepared_from"))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Recorded:
    """What is recorded beside a plan, by whom and when. A record that is undone stays, with who undid it and why."""

    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_why: Mapped[str] = mapped_column(Text, default="", server_default="")


class OwnStart(Recorded, Base):
    """The start of a plan that was allowed to start after the first day of its period, and the law or reason for that.

    It is proposed until an official has agreed it. From then `Milestone.own_start_on` has it too, and the plan is
    measured from that day. `on_behalf` says that an official recorded it for the partnership.
    """

    __tablename__ = "own_starts"
    __table_args__ = (partial_index("uq_own_starts_known", "milestone_id", where="undone_at IS NULL", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), index=True)
    starts_on: Mapped[date]
    allowed_by: Mapped[str] = mapped_column(Text)
    on_behalf: Mapped[bool] = mapped_column(default=False, server_default=false())
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Disagreement(Recorded, Base):
    """A notice of disagreement with a plan: Scottish Ministers, or another service provider, publish the matters on
    which they do not agree about a service that they give, and their reasons (2014 Act, section 10(8)).

    It belongs to the body that disagrees, and has no due date. All but the body may be unknown; without reasons it is
    incomplete. `on_behalf` says that an official recorded it for the partnership.
    """

    __tablename__ = "disagreements"

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    service: Mapped[str] = mapped_column(OneLine(300), default="", server_default="")
    matters: Mapped[str] = mapped_column(Text, default="", server_default="")
    reasons: Mapped[str] = mapped_column(Text, default="", server_default="")
    address: Mapped[str] = mapped_column(OneLine(2000), default="", server_default="")
    published_on: Mapped[date | None]
    on_behalf: Mapped[bool] = mapped_column(default=False, server_default=false())

    organisation: Mapped[Organisation] = relationship()


class Direction(Recorded, Base):
    """A direction that Scottish Ministers gave about a plan (2014 Act, sections 16 and 17): on which day, to whom,
    under which section, and what about. Officials alone record it."""

    __tablename__ = "directions"

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), index=True)
    given_on: Mapped[date]
    given_to: Mapped[str] = mapped_column(OneLine(300))
    section: Mapped[PowerUsed] = mapped_column(words(PowerUsed, "section"))
    about: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(OneLine(2000), default="", server_default="")


class Revision(Recorded, Base):
    """One revision of a plan: why, and by when the bodies that lead are to agree it. Meanwhile the plan stays published
    as it is.

    `number` counts the revisions of a plan and is in the keys of its steps (`2026-29.revision-1.invite`).
    `publication_id` is the version in which it was published; it is empty while the revision is in preparation, and
    again if the record of that version is undone. One that is abandoned is undone, with a reason.
    """

    __tablename__ = "revisions"
    __table_args__ = (
        UniqueConstraint("milestone_id", "number"),
        partial_index(
            "uq_revisions_in_preparation",
            "milestone_id",
            where="publication_id IS NULL AND undone_at IS NULL",
            unique=True,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"))
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    target_on: Mapped[date]
    publication_id: Mapped[int | None] = mapped_column(ForeignKey("publications.id"), index=True)

    @property
    def in_preparation(self) -> bool:
        """True until it is published or abandoned."""
        return self.publication_id is None and self.undone_at is None
