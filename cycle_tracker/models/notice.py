"""What somebody is to be told of a milestone, whether or not a mail has been written for it yet.

Beside it the policies: this service's own rules about when people are told, beside those that it comes with.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.kinds import Kind
from cycle_tracker.models.base import Base, UtcDateTime, partial_index, sparse_index, words
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership


class Ending(StrEnum):
    """Why a notice no longer counts."""

    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Notice(Base):
    """One step, of one milestone, for one due date, for one addressee: unique while it counts.

    `addressee` is `user:ID`, `contact:ID`, or `audience:NAME` where there was nobody to tell (`unreachable`).
    `overtook` names the steps that this one stands for because nothing ran when they were due. `queued_on` is the day
    that the rules saw, and `policy` the place of the policy that gave the step, empty for the default.
    """

    __tablename__ = "notices"
    __table_args__ = (
        partial_index(
            "uq_notices_identity", "milestone_id", "due_on", "step", "addressee", where="ended_at IS NULL", unique=True
        ),
        partial_index("ix_notices_waiting", "user_id", "id", where="message_id IS NULL AND ended_at IS NULL"),
        partial_index(
            "ix_notices_waiting_contacts",
            "contact_id",
            "id",
            where="message_id IS NULL AND ended_at IS NULL AND contact_id IS NOT NULL",
        ),
        partial_index("ix_notices_unreachable", "queued_on", where="unreachable"),
        sparse_index("notices", "message_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"))
    due_on: Mapped[date]
    step: Mapped[str] = mapped_column(String(20))
    addressee: Mapped[str] = mapped_column(String(60))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    audience: Mapped[Audience] = mapped_column(words(Audience, "audience"))
    overtook: Mapped[list[str]] = mapped_column(JSON, default=list)
    policy: Mapped[str] = mapped_column(String(80), default="")
    at_once: Mapped[bool] = mapped_column(default=False)
    unreachable: Mapped[bool] = mapped_column(default=False)
    queued_on: Mapped[date]
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ending: Mapped[Ending | None] = mapped_column(words(Ending, "ending"))
    ended_why: Mapped[str] = mapped_column(String(200), default="")

    milestone: Mapped[Milestone] = relationship()
    message: Mapped[Message | None] = relationship()


class NoticePolicy(Base):
    """What differs from the default for everything, for a kind, for a partnership, or for a kind in a partnership.

    `place` says which in one word (`all`, `kind:plan`, `partnership:3`, `partnership:3/kind:plan`), so that there is
    one of each. `before`, `first_after` with `repeat_every`, and `rungs` are each empty where the less particular
    policy goes on holding; a `first_after` without `repeat_every` tells it once. `in_force_from` is the day on
    which the days before were last changed: a reminder that lay before it is not sent late, also where `before` is an
    empty list, which goes back to the less particular policy.
    """

    __tablename__ = "notice_policies"
    __table_args__ = (CheckConstraint("first_after IS NOT NULL OR repeat_every IS NULL", name="repeats_after_a_first"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[Kind | None] = mapped_column(words(Kind, "kind"))
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnerships.id"), index=True)
    before: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    first_after: Mapped[int | None]
    repeat_every: Mapped[int | None]
    rungs: Mapped[list[list[object]] | None] = mapped_column(JSON(none_as_null=True))
    in_force_from: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    partnership: Mapped[Partnership | None] = relationship()
