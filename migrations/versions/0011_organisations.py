"""Organisations of every kind: which are in use, which a partnership added, which were merged; service providers.

Revision 0011, after 0010. An integration joint board that was kept as another service provider, known by its official
code, gets its own kind. On the way back the new kinds become the nearest old ones. Service providers leave their
partnerships: the older version would let their people in as members. `load-reference` brings those of the law back.

Contacts belong to an organisation: the one whose name was typed, or a new one of the contact's partnership for each
name that there is not. On the way back they have its name again, and organisations that wait to be accepted and that
nothing else names are gone.

The day on which section 60 of the 2026 Act starts is kept. On the way back, lead bodies from that day on stay.
"""

from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
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
COMMENCED = ("goes-on", "was-member", "was-provider")
LAWS = ("2026-act-section-60",)


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
            batch_op.add_column(sa.Column("commenced", sa.String(length=40), nullable=True))
            batch_op.create_check_constraint(op.f("ck_partnership_bodies_commenced"), in_words("commenced", COMMENCED))
        with op.batch_alter_table("contacts") as batch_op:
            batch_op.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
            batch_op.add_column(sa.Column("takes_copies", sa.Boolean(), nullable=False, server_default=sa.false()))
            batch_op.add_column(sa.Column("is_consulted", sa.Boolean(), nullable=False, server_default=sa.true()))
            batch_op.add_column(sa.Column("approves", sa.Boolean(), nullable=False, server_default=sa.false()))
            batch_op.create_index(batch_op.f("ix_contacts_organisation_id"), ["organisation_id"])
            batch_op.create_foreign_key(
                batch_op.f("fk_contacts_organisation_id_organisations"), "organisations", ["organisation_id"], ["id"]
            )
    op.create_table(
        "commencements",
        sa.Column("law", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(in_words("law", LAWS), name=op.f("ck_commencements_law")),
        sa.ForeignKeyConstraint(["set_by_id"], ["users.id"], name=op.f("fk_commencements_set_by_id_users")),
        sa.PrimaryKeyConstraint("law", name=op.f("pk_commencements")),
    )
    op.create_index(op.f("ix_commencements_set_by_id"), "commencements", ["set_by_id"])
    op.execute(
        "UPDATE organisations SET kind = 'integration-joint-board' "
        "WHERE kind = 'other-service-provider' AND code LIKE 'S37%'"
    )
    carry_names_over()
    with making_tables_again(), op.batch_alter_table("contacts") as batch_op:
        for name in ("takes_copies", "is_consulted", "approves"):
            batch_op.alter_column(name, server_default=None)
        batch_op.drop_column("organisation")


def carry_names_over() -> None:
    """The organisation of each contact by the name that was typed."""
    op.execute(
        "UPDATE contacts SET organisation_id = (SELECT MIN(id) FROM organisations "
        "WHERE organisations.name = contacts.organisation) WHERE organisation <> ''"
    )
    op.execute(
        "INSERT INTO organisations (code, name, kind, in_use, added_by_id, edited) "
        "SELECT 'new-' || MIN(id), organisation, 'other', true, partnership_id, false FROM contacts "
        "WHERE organisation <> '' AND organisation_id IS NULL GROUP BY partnership_id, organisation"
    )
    op.execute(
        "UPDATE contacts SET organisation_id = (SELECT MIN(id) FROM organisations WHERE name = contacts.organisation "
        "AND added_by_id = contacts.partnership_id) WHERE organisation <> '' AND organisation_id IS NULL"
    )
    connection = op.get_bind()
    for row in connection.execute(sa.text("SELECT id FROM organisations WHERE code LIKE 'new-%' ORDER BY id")).all():
        values = {"code": f"CT{row.id:06d}", "id": row.id}
        connection.execute(sa.text("UPDATE organisations SET code = :code WHERE id = :id"), values)


# What may name an organisation, and keeps it there on the way back.
NAMED_BY = {
    "partnership_bodies": "organisation_id",
    "users": "organisation_id",
    "role_grants": "organisation_id",
    "invitations": "organisation_id",
    "milestones": "lead_organisation_id",
    "approvals": "organisation_id",
    "publication_copies": "receiver_id",
    "old_codes": "organisation_id",
}


def downgrade() -> None:
    with making_tables_again(), op.batch_alter_table("contacts") as batch_op:
        batch_op.add_column(sa.Column("organisation", sa.String(length=200), nullable=False, server_default=""))
    op.execute(
        "UPDATE contacts SET organisation = (SELECT name FROM organisations WHERE id = contacts.organisation_id) "
        "WHERE organisation_id IS NOT NULL"
    )
    with making_tables_again(), op.batch_alter_table("contacts") as batch_op:
        batch_op.alter_column("organisation", server_default=None)
        batch_op.drop_constraint(op.f("fk_contacts_organisation_id_organisations"), type_="foreignkey")
        batch_op.drop_index(op.f("ix_contacts_organisation_id"))
        for name in ("organisation_id", "takes_copies", "is_consulted", "approves"):
            batch_op.drop_column(name)
    op.drop_index(op.f("ix_commencements_set_by_id"), "commencements")
    op.drop_table("commencements")
    op.execute("DELETE FROM partnership_bodies WHERE role = 'provider'")
    unnamed = " AND ".join(
        f"NOT EXISTS (SELECT 1 FROM {table} WHERE {table}.{column} = organisations.id)"  # noqa: S608
        for table, column in NAMED_BY.items()
    )
    op.execute(f"DELETE FROM organisations WHERE added_by_id IS NOT NULL AND accepted_at IS NULL AND {unnamed}")  # noqa: S608
    op.execute("UPDATE organisations SET kind = 'other-service-provider' WHERE kind = 'integration-joint-board'")
    op.execute(f"UPDATE organisations SET kind = 'other' WHERE NOT {in_words('kind', OLD_KINDS)}")  # noqa: S608
    with making_tables_again():
        with op.batch_alter_table("partnership_bodies") as batch_op:
            batch_op.drop_constraint(op.f("ck_partnership_bodies_role"), type_="check")
            batch_op.create_check_constraint(op.f("ck_partnership_bodies_role"), in_words("role", OLD_ROLES))
            batch_op.drop_constraint(op.f("ck_partnership_bodies_commenced"), type_="check")
            batch_op.drop_column("commenced")
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
