"""The standard rhythm, and what digests list as late beside their notices.

Revision 0021, after 0020. It becomes the rhythm of everybody who takes their mail daily and of whom the audit has no
choice: until now that was the default. People of `load-synthetic` keep theirs, by their addresses. Going back, who has
the standard rhythm takes their mail daily, and the lists that digests had go; their bytes keep what was sent.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

OLD_RHYTHMS = ("daily", "weekly", "only-late")
RHYTHMS = ("standard", *OLD_RHYTHMS)
OF_PEOPLE_WHO_NEVER_CHOSE = (
    "UPDATE users SET rhythm = 'standard' WHERE rhythm = 'daily' "
    "AND email NOT LIKE 'person-______@example.test' AND NOT EXISTS (SELECT 1 FROM audit_events "
    "WHERE subject = 'user' AND subject_id = users.id AND action = 'preference-set')"
)


def upgrade() -> None:
    _allow(RHYTHMS)
    op.execute(OF_PEOPLE_WHO_NEVER_CHOSE)
    op.create_table(
        "message_lines",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_message_lines_message_id_messages")),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestones.id"], name=op.f("fk_message_lines_milestone_id_milestones")
        ),
        sa.PrimaryKeyConstraint("message_id", "milestone_id", name=op.f("pk_message_lines")),
    )
    op.create_index(op.f("ix_message_lines_milestone_id"), "message_lines", ["milestone_id"])


def downgrade() -> None:
    op.drop_table("message_lines")
    op.execute("UPDATE users SET rhythm = 'daily' WHERE rhythm = 'standard'")
    _allow(OLD_RHYTHMS)


def _allow(rhythms: tuple[str, ...]) -> None:
    words = ", ".join(f"'{rhythm}'" for rhythm in rhythms)
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_constraint(op.f("ck_users_rhythm"), type_="check")
        batch_op.create_check_constraint(op.f("ck_users_rhythm"), f"rhythm IN ({words})")
