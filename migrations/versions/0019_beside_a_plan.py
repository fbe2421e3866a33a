"""What is recorded beside a plan: its own start, if it was allowed to start late.

Revision 0019, after 0018. Nothing that exists changes. Going back, what was recorded beside plans goes; the audit keeps
it. A plan that was measured from its own start is due on the first day of its period again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


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


def downgrade() -> None:
    op.drop_table("own_starts")
    op.execute(
        "UPDATE milestones SET due_on = target_on WHERE own_start_on IS NOT NULL AND due_on = own_start_on "
        "AND NOT expected_date"
    )
    op.drop_column("milestones", "own_start_on")


def _own_start() -> tuple[sa.Column, ...]:
    return (
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("allowed_by", sa.Text(), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
    )


def _make(table: str, *columns: sa.Column, people: tuple[str, ...] = ()) -> None:
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
