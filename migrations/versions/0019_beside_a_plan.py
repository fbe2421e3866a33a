"""What is recorded beside a plan: its own start, if it was allowed to start late, notices of disagreement, directions.

Revision 0019, after 0018. Nothing that exists changes. Going back, what was recorded beside plans goes; the audit keeps
it. A plan that was measured from its own start is due on the first day of its period again, and its bookmark may be no
later than what that calls for: the job reads it on its next run.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SECTIONS = ("section-16", "section-17")


def upgrade() -> None:
    # Not as a batch: SQLite would make the table anew.
    op.add_column("milestones", sa.Column("own_start_on", sa.Date(), nullable=True))
    _make("own_starts", *_own_start(), people=("agreed_by_id",))
    op.create_index(
        "uq_own_starts_known",
        "own_starts",
        ["milestone_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )

    _make("disagreements", *_disagreement())
    op.create_index(op.f("ix_disagreements_organisation_id"), "disagreements", ["organisation_id"])
    _make("directions", *_direction())


def downgrade() -> None:
    op.drop_table("directions")
    op.drop_table("disagreements")
    op.drop_table("own_starts")
    op.execute(
        "UPDATE milestones SET due_on = target_on, "
        "next_notice_on = CASE WHEN next_notice_on > entered_on THEN entered_on ELSE next_notice_on END WHERE own_start_on IS NOT NULL AND due_on = own_start_on "
        "AND NOT expected_date"
    )
    op.drop_column("milestones", "own_start_on")


def _own_start() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("allowed_by", sa.Text(), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
    )


def _disagreement() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(300), server_default="", nullable=False),
        sa.Column("matters", sa.Text(), server_default="", nullable=False),
        sa.Column("reasons", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.String(2000), server_default="", nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("on_behalf", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_disagreements_organisation_id_organisations")
        ),
    )


def _direction() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("given_to", sa.String(300), nullable=False),
        sa.Column(
            "section",
            sa.Enum(*SECTIONS, name="section", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("address", sa.String(2000), server_default="", nullable=False),
    )


def _make(table: str, *columns: sa.schema.SchemaItem, people: tuple[str, ...] = ()) -> None:
    """A table of records beside a plan: whose plan, who recorded it and when, and who undid it and why."""
    named = ("recorded_by_id", "undone_by_id", *people)
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        *columns,
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_why", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f(f"fk_{table}_milestone_id_milestones")),
        *(sa.ForeignKeyConstraint([one], ["users.id"], name=op.f(f"fk_{table}_{one}_users")) for one in named),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    for one in ("milestone_id", *named):
        op.create_index(op.f(f"ix_{table}_{one}"), table, [one])
