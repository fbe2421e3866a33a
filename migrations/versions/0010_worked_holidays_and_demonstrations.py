"""Bank holidays on which a partnership works, and whether all that is here was made up for a demonstration.

Revision 0010, after 0009. Bank holidays bind no employer, so a partnership may work on one. Such a day stands among its
closure days, marked. Going back, those rows go: the code before would take them for days on which it is closed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not as a batch: SQLite would make the table anew.
    op.add_column("closure_days", sa.Column("is_worked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "service_settings",
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_service_settings")),
    )


def downgrade() -> None:
    op.drop_table("service_settings")
    op.execute("DELETE FROM closure_days WHERE is_worked")
    op.drop_column("closure_days", "is_worked")
