"""The placeholders of a mail have a key of their own, random for each rendering, in place of the message's identity.

Revision 0004, after 0003. What waits is carried over. A digest is written anew by the sender, which compares the day
that it was rendered for with today; a mail with a link that lets somebody in keeps its bytes, whose placeholder has the
identity for its key: such a mail was never rendered twice, so nobody knew it when its words were written.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WAITING_WITH_A_LINK = (
    "FROM messages WHERE messages.id = message_bodies.message_id"
    " AND kind IN ('invitation', 'password-reset', 'sign-in-link') AND state IN ('queued', 'sending')"
)
FOR_NO_DAY = "UPDATE messages SET rendered_on = '0001-01-01' WHERE kind = 'digest' AND state IN ('queued', 'sending')"


def upgrade() -> None:
    with op.batch_alter_table("message_bodies") as batch_op:
        batch_op.add_column(sa.Column("key", sa.String(length=32), nullable=False, server_default=""))
    with op.batch_alter_table("message_bodies") as batch_op:
        batch_op.alter_column("key", server_default=None)
    own = "(SELECT identity " + WAITING_WITH_A_LINK + ")"
    op.execute("UPDATE message_bodies SET key = coalesce(" + own + ", '')")  # noqa: S608
    op.execute(FOR_NO_DAY)


def downgrade() -> None:
    connection = op.get_bind()
    own = "(SELECT identity " + WAITING_WITH_A_LINK + ")"
    waiting = connection.execute(
        sa.text("SELECT message_id, " + own + " AS identity, key, content FROM message_bodies WHERE key <> ''")  # noqa: S608
    ).all()
    for message_id, identity, key, content in waiting:
        if identity is None:  # it was sent, or is a digest, which is written anew
            continue
        with_identity = bytes(content).replace(f"fill-{key}-".encode(), f"fill-{identity}-".encode())
        connection.execute(
            sa.text("UPDATE message_bodies SET content = :content WHERE message_id = :message_id"),
            {"content": with_identity, "message_id": message_id},
        )
    op.execute(FOR_NO_DAY)
    with op.batch_alter_table("message_bodies") as batch_op:
        batch_op.drop_column("key")
