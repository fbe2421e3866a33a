"""A decision that a planning lead recorded as the clerk says so, and its chair can dispute it. What was escalated to a
group can be on the agenda of one of its meetings, whose papers have a date.

Revision 0024, after 0023. Up: no decision that exists was recorded by a planning lead, as the service refused that.

Back: the emails go, and what was disputed stands as it stood when it was recorded, with its due date as the dispute left
it; the audit keeps the disputes. What is on an agenda keeps the day of its meeting as the reply date. A new expected date that was taken back is then shown as declined.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BEFORE = (
    "digest",
    "document-published",
    "copy-not-sent",
    "on-behalf",
    "update-request",
    "invitation",
    "password-reset",
    "sign-in-link",
    "account-changed",
    "alarm",
)
AFTER = (*BEFORE, "group")
PEOPLE = ("chair_id", "disputed_by_id")
ASKED = ("asked_before_at", "asked_after_at")


def upgrade() -> None:
    with op.batch_alter_table("decisions") as batch_op:
        batch_op.add_column(sa.Column("by_lead", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("chair_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("disputed_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("dispute", sa.Text(), server_default="", nullable=False))
        for name in PEOPLE:
            batch_op.create_foreign_key(op.f(f"fk_decisions_{name}_users"), "users", [name], ["id"])
    with op.batch_alter_table("decisions") as batch_op:
        batch_op.alter_column("by_lead", server_default=None)
        batch_op.alter_column("dispute", server_default=None)
    for name in PEOPLE:
        _sparse_index("decisions", name)
    op.add_column("date_changes", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("escalations") as batch_op:
        batch_op.add_column(sa.Column("meeting_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_escalations_meeting_id_meetings"), "meetings", ["meeting_id"], ["id"])
    _sparse_index("escalations", "meeting_id")
    op.add_column("meetings", sa.Column("papers_on", sa.Date(), nullable=True))
    for name in ASKED:
        op.add_column("meetings", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    _allow(AFTER)


def downgrade() -> None:
    op.drop_index("ix_escalations_meeting_id", table_name="escalations")
    with op.batch_alter_table("escalations") as batch_op:
        batch_op.drop_constraint(op.f("fk_escalations_meeting_id_meetings"), type_="foreignkey")
        batch_op.drop_column("meeting_id")
    with op.batch_alter_table("meetings") as batch_op:
        for name in ("papers_on", *ASKED):
            batch_op.drop_column(name)
    op.execute("DELETE FROM message_bodies WHERE message_id IN (SELECT id FROM messages WHERE kind = 'group')")
    op.execute("DELETE FROM messages WHERE kind = 'group'")
    _allow(BEFORE)
    op.execute(
        "UPDATE date_changes SET declined_at = undone_at, declined_by_id = noted_by_id, "
        "declined_why = 'The chair of the governance group disputed it.', noted_at = NULL, noted_by_id = NULL "
        "WHERE undone_at IS NOT NULL"
    )
    with op.batch_alter_table("date_changes") as batch_op:
        batch_op.drop_column("undone_at")
    for name in PEOPLE:
        op.drop_index(f"ix_decisions_{name}", table_name="decisions")
    with op.batch_alter_table("decisions") as batch_op:
        for name in PEOPLE:
            batch_op.drop_constraint(op.f(f"fk_decisions_{name}_users"), type_="foreignkey")
        for name in ("by_lead", *PEOPLE, "disputed_at", "dispute"):
            batch_op.drop_column(name)


def _sparse_index(table: str, column: str) -> None:
    where = sa.text(f"{column} IS NOT NULL")
    op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=where, postgresql_where=where)


def _allow(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("messages") as batch_op:
        batch_op.drop_constraint(op.f("ck_messages_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_messages_kind"), f"kind IN ({listed})")
