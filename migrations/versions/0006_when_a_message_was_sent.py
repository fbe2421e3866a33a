"""An index over the messages sent by when: whether one was sent lately is asked each time that somebody looks in.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

IS_SENT = sa.text("state = 'sent'")


def upgrade() -> None:
    op.create_index("ix_messages_sent", "messages", ["ended_at"], sqlite_where=IS_SENT, postgresql_where=IS_SENT)


def downgrade() -> None:
    op.drop_index("ix_messages_sent", "messages", sqlite_where=IS_SENT, postgresql_where=IS_SENT)
