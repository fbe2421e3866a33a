"""Indexes on columns that most rows leave empty hold only the rows that have something there.

Revision 0015, after 0014. On PostgreSQL a sweep writes one entry for each of its milestones into each of these.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COLUMNS = {
    "milestones": ("cycle_id", "parent_id", "follows_id", "fact_of_id", "lead_organisation_id"),
    "notices": ("message_id",),
    "escalations": ("acknowledged_by_id", "raised_by_id"),
    "messages": ("contact_id", "milestone_id", "invitation_id"),
}


def upgrade() -> None:
    """Make the indexes anew, without the rows that are empty there."""
    for table, column in _each():
        name, filled = f"ix_{table}_{column}", sa.text(f"{column} IS NOT NULL")
        op.drop_index(name, table)
        op.create_index(name, table, [column], sqlite_where=filled, postgresql_where=filled)


def downgrade() -> None:
    """Make the indexes anew, with all rows."""
    for table, column in _each():
        op.drop_index(f"ix_{table}_{column}", table)
        op.create_index(f"ix_{table}_{column}", table, [column])


def _each() -> list[tuple[str, str]]:
    return [(table, column) for table, columns in COLUMNS.items() for column in columns]
