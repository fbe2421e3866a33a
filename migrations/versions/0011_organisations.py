"""Organisations of every kind: which are in use, which a partnership added, which were merged; service providers.

Revision 0011, after 0009. An integration joint board that was kept as another service provider, known by its official
code, gets its own kind. On the way back the new kinds become the nearest old ones. Service providers leave their
partnerships: the older version would let their people in as members. `load-reference` brings those of the law back.
"""

from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

OLD_KINDS = ("council", "health-board", "other-service-provider", "scottish-government", "other")
KINDS = (
    "council",
    "health-board",
    "integration-joint-board",
    "other-service-provider",
    "scottish-government",
    "community-planning-partnership",
    "third-sector-interface",
    "service-provider",
    "registered-social-landlord",
    "school",
    "national-body",
    "other",
)
OLD_ROLES = ("lead", "member")
ROLES = ("lead", "member", "provider")


def in_words(column, words):
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


@contextmanager
def making_tables_again():
    """On SQLite a table is changed by making it again and giving it its old name. Triggers of other tables name
    `organisations`, and must not be looked at while there is none."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        op.execute("PRAGMA legacy_alter_table=ON")
    try:
        yield
    finally:
        if is_sqlite:
            op.execute("PRAGMA legacy_alter_table=OFF")


def upgrade() -> None:
    with making_tables_again():
        with op.batch_alter_table("organisations") as batch_op:
            batch_op.add_column(sa.Column("in_use", sa.Boolean(), nullable=False, server_default=sa.true()))
            batch_op.add_column(sa.Column("added_by_id", sa.Integer(), nullable=True))
            batch_op.add_column(sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True))
            batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
            batch_op.add_column(sa.Column("edited", sa.Boolean(), nullable=False, server_default=sa.false()))
            batch_op.create_index(batch_op.f("ix_organisations_added_by_id"), ["added_by_id"])
            batch_op.create_index(batch_op.f("ix_organisations_merged_into_id"), ["merged_into_id"])
            batch_op.create_foreign_key(
                batch_op.f("fk_organisations_added_by_id_partnerships"), "partnerships", ["added_by_id"], ["id"]
            )
            batch_op.create_foreign_key(
                batch_op.f("fk_organisations_merged_into_id_organisations"), "organisations", ["merged_into_id"], ["id"]
            )
            batch_op.drop_constraint(op.f("ck_organisations_kind"), type_="check")
            batch_op.create_check_constraint(op.f("ck_organisations_kind"), in_words("kind", KINDS))
        with op.batch_alter_table("organisations") as batch_op:
            batch_op.create_check_constraint(
                op.f("ck_organisations_merged_not_in_use"), "merged_into_id IS NULL OR NOT in_use"
            )
            for name in ("in_use", "edited"):
                batch_op.alter_column(name, server_default=None)
        with op.batch_alter_table("partnership_bodies") as batch_op:
            batch_op.drop_constraint(op.f("ck_partnership_bodies_role"), type_="check")
            batch_op.create_check_constraint(op.f("ck_partnership_bodies_role"), in_words("role", ROLES))
    op.execute(
        "UPDATE organisations SET kind = 'integration-joint-board' "
        "WHERE kind = 'other-service-provider' AND code LIKE 'S37%'"
    )


def downgrade() -> None:
    op.execute("DELETE FROM partnership_bodies WHERE role = 'provider'")
    op.execute("UPDATE organisations SET kind = 'other-service-provider' WHERE kind = 'integration-joint-board'")
    op.execute(f"UPDATE organisations SET kind = 'other' WHERE NOT {in_words('kind', OLD_KINDS)}")  # noqa: S608
    with making_tables_again():
        with op.batch_alter_table("partnership_bodies") as batch_op:
            batch_op.drop_constraint(op.f("ck_partnership_bodies_role"), type_="check")
            batch_op.create_check_constraint(op.f("ck_partnership_bodies_role"), in_words("role", OLD_ROLES))
        with op.batch_alter_table("organisations") as batch_op:
            batch_op.drop_constraint(op.f("ck_organisations_merged_not_in_use"), type_="check")
            batch_op.drop_constraint(op.f("ck_organisations_kind"), type_="check")
            batch_op.create_check_constraint(op.f("ck_organisations_kind"), in_words("kind", OLD_KINDS))
            batch_op.drop_constraint(op.f("fk_organisations_merged_into_id_organisations"), type_="foreignkey")
            batch_op.drop_constraint(op.f("fk_organisations_added_by_id_partnerships"), type_="foreignkey")
            batch_op.drop_index(op.f("ix_organisations_merged_into_id"))
            batch_op.drop_index(op.f("ix_organisations_added_by_id"))
            for name in ("edited", "merged_into_id", "accepted_at", "added_by_id", "in_use"):
                batch_op.drop_column(name)
