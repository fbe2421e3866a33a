"""Anything with a due date: the one mechanism that carries every deadline."""

from datetime import date

from sqlalchemy import Column, ColumnElement, ForeignKey, Table, Text, UniqueConstraint, false, func
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.core.deadlines import ALWAYS
from cycle_tracker.core.kinds import DOCUMENTS, Basis, Fact, Kind, Stage
from cycle_tracker.core.lifecycle import OPEN, State
from cycle_tracker.models.base import Base, OneLine, partial_index, sparse_index, words
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User

predecessors = Table(
    "milestone_predecessors",
    Base.metadata,
    Column("milestone_id", ForeignKey("milestones.id"), primary_key=True),
    Column("predecessor_id", ForeignKey("milestones.id"), primary_key=True, index=True),
)


class Milestone(Base):
    """A step, document, consultation, review, action or request, with its duty, its date and its owner.

    The basis of the duty and that of the date are kept apart. `target_on` is what the rule gave (the guidance date),
    empty while the rule hangs on an unfinished milestone; `due_on` is the date worked to, and overdue is measured on
    it. `expected_date` says that `due_on` is a new expected date noted with an explanation or, with `after_interim`,
    the day after an interim plan of a plan: nothing is sent before that day or on it. `reports_on` is the 31 March that
    an annual report covers. `follows_id` is the milestone that the rule hangs on. `next_notice_on` is a bookmark for
    the job: it may be early, never late. With no partnership a milestone is national.

    `closed_on` is the day on which it was closed here, where nobody says on which it was done: what comes after it is
    free from that day.

    `own_start_on` is the start of a late-started plan, once an official has agreed it: the plan is measured from that
    day (`measured_on`), and `target_on` stays the first day of the period.

    `fact` is the fact about the document `fact_of_id` that completes a step. `fact_count` of `fact_total` are recorded:
    the copies sent to other service providers, for example. `details_not_known` says that a person marked such a step
    as done although its fact is not recorded.

    `complete` says of a report that it is published, and of a plan that it is published and was sent to Scottish
    Ministers: triggers keep it (`models/publication.py`), so that the few that are not are found among the many
    that are.
    """

    __tablename__ = "milestones"
    __table_args__ = (
        UniqueConstraint("partnership_id", "key"),
        partial_index("ix_milestones_next_notice_on", "next_notice_on", "id", where="next_notice_on IS NOT NULL"),
        partial_index(
            "ix_milestones_incomplete_documents",
            "target_on",
            where="kind IN ('plan', 'annual-report') AND NOT complete",
        ),
        partial_index(
            "ix_milestones_documents_of_partnership", "partnership_id", where="kind IN ('plan', 'annual-report')"
        ),
        partial_index("ix_milestones_documents_of_cycle", "cycle_id", where="kind IN ('plan', 'annual-report')"),
        partial_index(
            "ix_milestones_owner_open",
            *("owner_id", "due_on", "partnership_id", "state"),
            where="state IN ('not-started', 'in-progress')",
        ),
        partial_index(
            "ix_milestones_partnership_open",
            *("partnership_id", "due_on", "owner_id"),
            where="state IN ('not-started', 'in-progress')",
        ),
        partial_index("uq_milestones_national_key", "key", where="partnership_id IS NULL", unique=True),
        sparse_index("milestones", "cycle_id"),
        sparse_index("milestones", "parent_id"),
        sparse_index("milestones", "follows_id"),
        sparse_index("milestones", "fact_of_id"),
        sparse_index("milestones", "lead_organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnerships.id"))
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("cycles.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("milestones.id"))
    key: Mapped[str] = mapped_column(OneLine(80))
    kind: Mapped[Kind] = mapped_column(words(Kind, "kind"))
    stage: Mapped[Stage | None] = mapped_column(words(Stage, "stage"))
    title: Mapped[str] = mapped_column(OneLine(300))
    evidence_asked: Mapped[str] = mapped_column(OneLine(300), default="")
    duty_basis: Mapped[Basis] = mapped_column(words(Basis, "duty_basis"))
    duty_citation: Mapped[str] = mapped_column(OneLine(300), default="")
    date_basis: Mapped[Basis] = mapped_column(words(Basis, "date_basis"))
    date_citation: Mapped[str] = mapped_column(OneLine(300), default="")
    date_rule: Mapped[str] = mapped_column(OneLine(120), default="")
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("milestones.id"))
    fact: Mapped[Fact | None] = mapped_column(words(Fact, "fact"))
    fact_of_id: Mapped[int | None] = mapped_column(ForeignKey("milestones.id"))
    fact_count: Mapped[int | None]
    fact_total: Mapped[int | None]
    details_not_known: Mapped[bool] = mapped_column(default=False, server_default=false())
    reports_on: Mapped[date | None]
    opens_on: Mapped[date | None]
    target_on: Mapped[date | None]
    own_start_on: Mapped[date | None]
    due_on: Mapped[date | None]
    expected_date: Mapped[bool] = mapped_column(default=False)
    after_interim: Mapped[bool] = mapped_column(default=False, server_default=false())
    done_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    state: Mapped[State] = mapped_column(words(State, "state"), default=State.NOT_STARTED)
    complete: Mapped[bool] = mapped_column(default=False, server_default=false())
    reason: Mapped[str] = mapped_column(Text, default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lead_organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    entered_on: Mapped[date]
    next_notice_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    partnership: Mapped[Partnership | None] = relationship()
    cycle: Mapped[Cycle | None] = relationship()
    owner: Mapped[User | None] = relationship()
    lead_organisation: Mapped[Organisation | None] = relationship()
    predecessors: Mapped[list["Milestone"]] = relationship(
        secondary=predecessors,
        primaryjoin=lambda: Milestone.id == predecessors.c.milestone_id,
        secondaryjoin=lambda: Milestone.id == predecessors.c.predecessor_id,
        order_by=lambda: Milestone.id,
    )

    @hybrid_property
    def measured_on(self) -> date | None:
        """The day from which it is measured how late it is: the own start of a late-started plan, otherwise what the
        rule gave."""
        return self.own_start_on or self.target_on

    @measured_on.inplace.expression
    @classmethod
    def _measured_on(cls) -> ColumnElement[date | None]:
        return func.coalesce(cls.own_start_on, cls.target_on)

    @property
    def notify_from(self) -> date | None:
        """The day from which its dates count, None where its partnership has not joined; of a national one all do."""
        return self.partnership.notify_from if self.partnership else ALWAYS

    @property
    def is_document(self) -> bool:
        """True for a plan or an annual report, which is done by its facts alone."""
        return self.kind in DOCUMENTS

    @property
    def is_done_by_facts(self) -> bool:
        """True for what nobody marks as done: a document, and a step that a fact about one completes."""
        return self.is_document or self.fact is not None

    @property
    def is_open(self) -> bool:
        """True until it is done, dropped or not required."""
        return self.state in OPEN
