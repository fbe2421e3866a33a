"""What officials record on behalf of a partnership, with what its leads say of it.

Revision 0023, after 0022. Nothing that exists changes: what officials recorded before is notified to nobody. Going back,
the acts and the emails about them go; the audit keeps them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BEFORE = (
    "digest",
    "document-published",
    "copy-not-sent",
    "update-request",
    "invitation",
    "password-reset",
    "sign-in-link",
    "account-changed",
    "alarm",
)
AFTER = (*BEFORE, "on-behalf")
WHAT = ("published", "sent", "history", "own-start", "disagreement")
PEOPLE = ("recorded_by_id", "disputed_by_id", "settled_by_id")


def upgrade() -> None:
    op.create_table(
        "acts_on_behalf",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column(
            "what", sa.Enum(*WHAT, name="what", native_enum=False, create_constraint=True, length=40), nullable=False
        ),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disputed_by_id", sa.Integer(), nullable=True),
        sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispute", sa.Text(), server_default="", nullable=False),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settlement", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestones.id"], name=op.f("fk_acts_on_behalf_milestone_id_milestones")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["users.id"], name=op.f(f"fk_acts_on_behalf_{name}_users"))
            for name in PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts_on_behalf")),
    )
    for name in ("milestone_id", *PEOPLE):
        op.create_index(op.f(f"ix_acts_on_behalf_{name}"), "acts_on_behalf", [name])
    for name, condition in (
        ("ix_acts_on_behalf_to_notify", "notified_at IS NULL"),
        ("ix_acts_on_behalf_disputed", "disputed_at IS NOT NULL AND settled_at IS NULL"),
    ):
        where = sa.text(condition)
        op.create_index(name, "acts_on_behalf", ["milestone_id"], sqlite_where=where, postgresql_where=where)
    _allow(AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM message_bodies WHERE message_id IN (SELECT id FROM messages WHERE kind = 'on-behalf')")
    op.execute("DELETE FROM messages WHERE kind = 'on-behalf'")
    _allow(BEFORE)
    op.drop_table("acts_on_behalf")


def _allow(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("messages") as batch_op:
        batch_op.drop_constraint(op.f("ck_messages_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_messages_kind"), f"kind IN ({listed})")
