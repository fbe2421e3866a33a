"""Decisions of lead bodies keep how they came out.

Revision 0012, after 0009. A decision may be subject to changes, deferred or against the document, and of a body that
noted a plan it is kept whether it agreed. What is recorded stays as it is. On the way back a decision that the earlier
version has no word for is a noted one, which is no agreement, unless its changes were signed off.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0009"
branch_labels = None
depends_on = None

MANNERS = ["approved", "subject-to-changes", "delegated", "chairs-action", "deferred", "not-agreed", "noted"]
OLD_MANNERS = ["approved", "noted", "delegated", "chairs-action"]
AGREED = ["yes", "no", "not-known"]


def in_words(column: str, words: list[str]) -> str:
    """The condition of a column of words."""
    return column + " IN (" + ", ".join(f"'{word}'" for word in words) + ")"


def upgrade() -> None:
    with op.batch_alter_table("approvals") as batch_op:
        for name in ("draft", "signs_off", "deferred_to"):
            batch_op.add_column(sa.Column(name, sa.String(length=200), server_default="", nullable=False))
        for name in ("sign_off_by", "signed_off_on", "deferred_to_on"):
            batch_op.add_column(sa.Column(name, sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("signed_off", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(
            sa.Column("agreed", sa.Enum(*AGREED, name="agreed", native_enum=False, length=40), nullable=True)
        )
        batch_op.add_column(sa.Column("agreed_recorded_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_approvals_agreed_recorded_by_id_users"), "users", ["agreed_recorded_by_id"], ["id"]
        )
        batch_op.create_index(op.f("ix_approvals_agreed_recorded_by_id"), ["agreed_recorded_by_id"])
        batch_op.create_check_constraint(op.f("ck_approvals_agreed"), in_words("agreed", AGREED))
        batch_op.drop_constraint(op.f("ck_approvals_manner"), type_="check")
        batch_op.create_check_constraint(op.f("ck_approvals_manner"), in_words("manner", MANNERS))


def downgrade() -> None:
    op.execute("UPDATE approvals SET manner = 'approved' WHERE manner = 'subject-to-changes' AND signed_off")
    op.execute(f"UPDATE approvals SET manner = 'noted' WHERE NOT ({in_words('manner', OLD_MANNERS)})")  # noqa: S608  words of our own
    with op.batch_alter_table("approvals") as batch_op:
        batch_op.drop_constraint(op.f("ck_approvals_manner"), type_="check")
        batch_op.create_check_constraint(op.f("ck_approvals_manner"), in_words("manner", OLD_MANNERS))
        batch_op.drop_constraint(op.f("ck_approvals_agreed"), type_="check")
        batch_op.drop_index(op.f("ix_approvals_agreed_recorded_by_id"))
        batch_op.drop_constraint(op.f("fk_approvals_agreed_recorded_by_id_users"), type_="foreignkey")
        for name in (
            *("draft", "signs_off", "sign_off_by", "signed_off", "signed_off_on"),
            *("deferred_to", "deferred_to_on", "agreed", "agreed_recorded_by_id"),
        ):
            batch_op.drop_column(name)
