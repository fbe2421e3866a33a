"""A copy of a plan that was sent before the plan was published is recorded, and waits for the version.

Revision 0016, after 0015.

Up: each copy names its document as well as its version, and may be without a version. Those that exist belong to
theirs. The triggers that keep `milestones.complete` are made again: they also run when a copy gets its version.

Back: copies that wait for a version have no place and go; the audit keeps who was sent which, when. The steps that they
completed stay done until something is next recorded of their plan.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

IS_COMPLETE = (
    "EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.is_present "
    "AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' "
    "AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = "
    "publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = "
    "'scottish-government'))))"
)
OF_PUBLICATION = "(SELECT milestone_id FROM publications WHERE id = {}.publication_id)"
# How a copy finds its document, by the row of a trigger; which of its columns change what is complete; and the row that
# is asked then.
BEFORE = (OF_PUBLICATION.format, "receiver_id", "NEW")
AFTER = ("{}.milestone_id".format, "receiver_id, publication_id", "OLD")


def triggers(its_document, columns: str, row: str) -> dict[str, list[str]]:
    """The statements that make the triggers, by dialect."""

    def keep(milestone: str) -> str:
        one = f"id = {milestone} AND complete <> {IS_COMPLETE}"
        return f"UPDATE milestones SET complete = {IS_COMPLETE} WHERE {one};"  # noqa: S608  words of our own

    def made(table: str, word: str, change: str, milestone: str) -> str:
        return f"CREATE TRIGGER {table}_keep_complete_{word} AFTER {change} ON {table} BEGIN {keep(milestone)} END"

    def called(table: str, columns: str, milestone: str) -> list[str]:
        return [
            f"CREATE OR REPLACE FUNCTION {table}_keep_complete() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {keep(milestone)} RETURN NULL; END $$",
            f"CREATE TRIGGER {table}_keep_complete AFTER INSERT OR DELETE OR UPDATE OF {columns} "
            f"ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_keep_complete()",
        ]

    either = f"COALESCE({its_document('NEW')}, {its_document('OLD')})"
    of_publication = "version, is_present"
    return {
        "sqlite": [
            made("publication_copies", "new", "INSERT", its_document("NEW")),
            made("publication_copies", "changed", f"UPDATE OF {columns}", its_document(row)),
            made("publication_copies", "gone", "DELETE", its_document("OLD")),
            made("publications", "new", "INSERT", "NEW.milestone_id"),
            made("publications", "changed", f"UPDATE OF {of_publication}", "OLD.milestone_id"),
            made("publications", "gone", "DELETE", "OLD.milestone_id"),
        ],
        "postgresql": [
            *called("publication_copies", columns, either),
            *called("publications", of_publication, "COALESCE(NEW.milestone_id, OLD.milestone_id)"),
        ],
    }


def upgrade() -> None:
    _drop_triggers()
    with op.batch_alter_table("publication_copies") as batch_op:
        batch_op.add_column(sa.Column("milestone_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("waited", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(
        "UPDATE publication_copies SET milestone_id = "
        "(SELECT milestone_id FROM publications WHERE publications.id = publication_copies.publication_id)"
    )
    with op.batch_alter_table("publication_copies") as batch_op:
        batch_op.alter_column("milestone_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("publication_id", existing_type=sa.Integer(), nullable=True)
        batch_op.create_foreign_key(
            op.f("fk_publication_copies_milestone_id_milestones"), "milestones", ["milestone_id"], ["id"]
        )
        batch_op.create_index(op.f("ix_publication_copies_milestone_id"), ["milestone_id"])
    waits = sa.text("publication_id IS NULL")
    op.create_index(
        "uq_publication_copies_to_come",
        "publication_copies",
        ["milestone_id", "receiver_id"],
        unique=True,
        sqlite_where=waits,
        postgresql_where=waits,
    )
    _make_triggers(*AFTER)


def downgrade() -> None:
    _drop_triggers()
    op.drop_index("uq_publication_copies_to_come", table_name="publication_copies")
    op.execute("DELETE FROM publication_copies WHERE publication_id IS NULL")
    with op.batch_alter_table("publication_copies") as batch_op:
        batch_op.drop_index(op.f("ix_publication_copies_milestone_id"))
        batch_op.drop_constraint(op.f("fk_publication_copies_milestone_id_milestones"), type_="foreignkey")
        batch_op.alter_column("publication_id", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column("milestone_id")
        batch_op.drop_column("waited")
    _make_triggers(*BEFORE)


def _drop_triggers() -> None:
    for table in ("publication_copies", "publications"):
        if op.get_bind().dialect.name == "sqlite":
            for word in ("new", "changed", "gone"):
                op.execute(f"DROP TRIGGER {table}_keep_complete_{word}")
        else:
            op.execute(f"DROP TRIGGER {table}_keep_complete ON {table}")
            op.execute(f"DROP FUNCTION {table}_keep_complete()")


def _make_triggers(its_document, columns: str, row: str) -> None:
    for statement in triggers(its_document, columns, row)[op.get_bind().dialect.name]:
        op.execute(statement)
