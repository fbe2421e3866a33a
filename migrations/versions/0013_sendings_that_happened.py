"""Emails with copies of documents, from the moment they are queued until a mail server took them.

Revision 0013, after 0012. What is recorded as sent stays as it is: a person recorded it, and no email is known of. An
email of a copy that is still in the outbox goes on its way, and its copy is on record already.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BEFORE = (
    "digest",
    "document-published",
    "update-request",
    "invitation",
    "password-reset",
    "sign-in-link",
    "account-changed",
    "alarm",
)
AFTER = (*BEFORE, "copy-not-sent")


def upgrade() -> None:
    op.create_table(
        "sendings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_sendings_publication_id_publications")
        ),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["organisations.id"], name=op.f("fk_sendings_receiver_id_organisations")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_sendings_message_id_messages")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_sendings_asked_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sendings")),
        sa.UniqueConstraint("publication_id", "receiver_id", name=op.f("uq_sendings_publication_id_receiver_id")),
    )
    for column in ("receiver_id", "message_id", "asked_by_id"):
        op.create_index(op.f(f"ix_sendings_{column}"), "sendings", [column])
    op.add_column("publication_copies", sa.Column("answer", sa.String(length=500), server_default="", nullable=False))
    _allow(AFTER)


def downgrade() -> None:
    """An email about a copy that was refused was written for nobody else: it goes with its body."""
    op.execute("DELETE FROM message_bodies WHERE message_id IN (SELECT id FROM messages WHERE kind = 'copy-not-sent')")
    op.execute("DELETE FROM messages WHERE kind = 'copy-not-sent'")
    _allow(BEFORE)
    op.drop_column("publication_copies", "answer")
    op.drop_table("sendings")


def _allow(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("messages") as batch_op:
        batch_op.drop_constraint(op.f("ck_messages_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_messages_kind"), f"kind IN ({listed})")
