"""What a governance group decided on something that was escalated to it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.models.base import Base, OneLine, UtcDateTime, sparse_index, words
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Meeting
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User


class DecisionOutcome(StrEnum):
    """What may be decided."""

    NEW_DATE = "new-date"
    NEXT_STEPS = "next-steps"
    REFER_ON = "refer-on"
    NO_ACTION = "no-action"

    @property
    def label(self) -> str:
        """The outcome in words for a page."""
        return {
            DecisionOutcome.NEW_DATE: "New expected date agreed",
            DecisionOutcome.NEXT_STEPS: "Next steps requested",
            DecisionOutcome.REFER_ON: "Referred",
            DecisionOutcome.NO_ACTION: "No action",
        }[self]


class Decision(Base):
    """One decision on one escalation: made by a member, or recorded by the clerk for the group.

    `made_by_id` is empty where the group made it at a meeting and somebody recorded it. `expected_on` belongs to a new
    date, `next_step_id` to the milestone that next steps made, and `referred_to` names who it went on to.

    `by_lead` says that the clerk who recorded it was a planning lead of the partnership too; `chair_id` is then the
    chair who was emailed, empty if the group had no other chair. `disputed_at`, `disputed_by_id` and `dispute` are set
    once a chair said that it is not what the group decided: it counts no longer.
    """

    __tablename__ = "decisions"
    __table_args__ = (sparse_index("decisions", "chair_id"), sparse_index("decisions", "disputed_by_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    escalation_id: Mapped[int] = mapped_column(ForeignKey("escalations.id"), index=True)
    outcome: Mapped[DecisionOutcome] = mapped_column(words(DecisionOutcome, "outcome"))
    text: Mapped[str] = mapped_column(Text, default="")
    expected_on: Mapped[date | None]
    next_step_id: Mapped[int | None] = mapped_column(ForeignKey("milestones.id"), index=True)
    referred_to: Mapped[str] = mapped_column(OneLine(200), default="")
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meetings.id"), index=True)
    minute: Mapped[str] = mapped_column(OneLine(200), default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_lead: Mapped[bool] = mapped_column(default=False)
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    disputed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    disputed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dispute: Mapped[str] = mapped_column(Text, default="")

    escalation: Mapped[Escalation] = relationship()
    meeting: Mapped[Meeting | None] = relationship()
    next_step: Mapped[Milestone | None] = relationship()
    made_by: Mapped[User | None] = relationship(foreign_keys=[made_by_id])
    recorded_by: Mapped[User] = relationship(foreign_keys=[recorded_by_id])
    chair: Mapped[User | None] = relationship(foreign_keys=[chair_id])
    disputed_by: Mapped[User | None] = relationship(foreign_keys=[disputed_by_id])

    @property
    def is_disputed(self) -> bool:
        """Whether a chair said that the group did not decide this."""
        return self.disputed_at is not None
