"""Lists of partnerships are kept by whoever read them, and the register knows who has published.

Revision 0017, after 0016.

Three indexes hold more columns, so that counts are made from the index alone.

Up: a stamp that is another one after each change of a partnership's name, and a mark on each partnership of whose
documents one is published. Triggers keep both. Back: both go, and nothing is lost.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

HAS_PUBLISHED = (
    "EXISTS (SELECT 1 FROM milestones JOIN publications ON publications.milestone_id = milestones.id "
    "WHERE milestones.partnership_id = partnerships.id AND milestones.kind IN ('plan', 'annual-report') "
    "AND publications.is_present AND publications.version <> 'draft')"
)
SHOWN, OF_VERSION = "slug, name, notify_from", "version, is_present"
STAMP, PUBLISHED = "partnerships_draw_stamp", "publications_keep_has_published"
CHANGES = (("new", "INSERT", "NEW"), ("changed", "UPDATE OF {columns}", "NEW"), ("gone", "DELETE", "OLD"))
OPEN = "state IN ('not-started', 'in-progress')"
# Each with its table, its columns before and after, and the rows that it holds.
INDEXES = {
    "ix_milestones_owner_open": (
        "milestones",
        ["owner_id", "due_on"],
        ["owner_id", "due_on", "partnership_id", "state"],
        OPEN,
    ),
    "ix_milestones_partnership_open": (
        "milestones",
        ["partnership_id", "due_on"],
        ["partnership_id", "due_on", "owner_id"],
        OPEN,
    ),
    "ix_publication_copies_to_receive": (
        "publication_copies",
        ["receiver_id", "sent_on"],
        ["receiver_id", "sent_on", "id"],
        "sent_on IS NOT NULL AND received_on IS NULL",
    ),
}
LOTS = {"sqlite": "random()", "postgresql": "floor(random() * 9000000000000000)::bigint"}


def upgrade() -> None:
    """Make the stamp and the marks, and the triggers that keep them."""
    dialect = op.get_bind().dialect.name
    op.create_table(
        "partnership_stamp",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_partnership_stamp"),
    )
    op.add_column("partnerships", sa.Column("has_published", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(f"UPDATE partnerships SET has_published = {HAS_PUBLISHED}")  # noqa: S608  words of our own
    op.execute(f"{draw(LOTS[dialect])}")
    for statement in triggers(dialect):
        op.execute(statement)
    for name, (table, _, columns, filled) in INDEXES.items():
        op.drop_index(name, table)
        op.create_index(name, table, columns, sqlite_where=sa.text(filled), postgresql_where=sa.text(filled))


def downgrade() -> None:
    """Take them away, and make the indexes as they were."""
    for name, (table, columns, _, filled) in INDEXES.items():
        op.drop_index(name, table)
        op.create_index(name, table, columns, sqlite_where=sa.text(filled), postgresql_where=sa.text(filled))
    if op.get_bind().dialect.name == "sqlite":
        for name in (STAMP, PUBLISHED):
            for word, *_ in CHANGES:
                op.execute(f"DROP TRIGGER {name}_{word}")
    else:
        for name, table in ((STAMP, "partnerships"), (PUBLISHED, "publications")):
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_column("partnerships", "has_published")
    op.drop_table("partnership_stamp")


def draw(lot: str) -> str:
    """The statement that draws another stamp."""
    return (
        f"INSERT INTO partnership_stamp (id, stamp) VALUES (1, {lot}) "  # noqa: S608  words of our own
        "ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp;"
    )


def keep(milestone: str) -> str:
    """The statement that puts the mark of a document's partnership right."""
    its_own = f"id = (SELECT partnership_id FROM milestones WHERE id = {milestone})"  # noqa: S608  words of our own
    return (
        f"UPDATE partnerships SET has_published = {HAS_PUBLISHED} "  # noqa: S608  words of our own
        f"WHERE {its_own} AND has_published <> {HAS_PUBLISHED};"
    )


def in_turn(milestone: str) -> str:
    """The statement that lets a transaction that changes another document of the partnership end first."""
    return (
        "PERFORM pg_advisory_xact_lock(17, mod(partnership_id, 256)) FROM milestones "
        f"WHERE id = {milestone} AND partnership_id IS NOT NULL; "
    )


def triggers(dialect: str) -> list[str]:
    """The statements that make the triggers."""
    drawn = draw(LOTS[dialect])
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {name}_{word} AFTER {change.format(columns=columns)} ON {table} "
            f"BEGIN {does.format(row=row)} END"
            for name, table, columns, does in (
                (STAMP, "partnerships", SHOWN, drawn),
                (PUBLISHED, "publications", OF_VERSION, keep("{row}.milestone_id")),
            )
            for word, change, row in CHANGES
        ]
    made, either = [], "COALESCE(NEW.milestone_id, OLD.milestone_id)"
    for name, table, columns, does, each in (
        (STAMP, "partnerships", SHOWN, drawn, "STATEMENT"),
        (PUBLISHED, "publications", OF_VERSION, in_turn(either) + keep(either), "ROW"),
    ):
        made += [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {does} RETURN NULL; END $$",
            f"CREATE TRIGGER {name} AFTER INSERT OR DELETE OR UPDATE OF {columns} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION {name}()",
        ]
    return made
