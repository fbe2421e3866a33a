"""Indexes by which a page finds its rows among a million, and whether a document is complete, kept beside it.

Revision 0008, after 0007. A document is complete when it is published and Scottish Government was told. Nearly all are,
and the pages of officials are about the few that are not. Triggers keep it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

DOCUMENTS = "kind IN ('plan', 'annual-report')"
INDEXES = {
    "ix_milestones_incomplete_documents": ("milestones", ["target_on"], f"{DOCUMENTS} AND NOT complete"),
    "ix_milestones_documents_of_partnership": ("milestones", ["partnership_id"], DOCUMENTS),
    "ix_milestones_documents_of_cycle": ("milestones", ["cycle_id"], DOCUMENTS),
    "ix_publication_copies_to_receive": (
        "publication_copies",
        ["receiver_id", "sent_on"],
        "sent_on IS NOT NULL AND received_on IS NULL",
    ),
    "ix_cycles_period_start": ("cycles", ["period_start"], None),
    "ix_partnerships_name": ("partnerships", ["name", "id"], None),
}
IS_COMPLETE = (
    "EXISTS (SELECT 1 FROM publications JOIN publication_copies ON publication_copies.publication_id = publications.id "
    "JOIN organisations ON organisations.id = publication_copies.receiver_id "
    "WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' "
    "AND organisations.kind = 'scottish-government')"
)
TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER publication_copies_keep_complete_new AFTER INSERT ON publication_copies BEGIN UPDATE milestones SET complete = EXISTS (SELECT 1 FROM publications JOIN publication_copies ON publication_copies.publication_id = publications.id JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND organisations.kind = 'scottish-government') WHERE id = (SELECT milestone_id FROM publications WHERE id = NEW.publication_id) AND complete <> EXISTS (SELECT 1 FROM publications JOIN publication_copies ON publication_copies.publication_id = publications.id JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND organisations.kind = 'scottish-government'); END",
        "CREATE TRIGGER publication_copies_keep_complete_changed AFTER UPDATE OF receiver_id ON publication_copies BEGIN UPDATE milestones SET complete = EXISTS (SELECT 1 FROM publications JOIN publication_copies ON publication_copies.publication_id = publications.id JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND organisations.kind = 'scottish-government') WHERE id = (SELECT milestone_id FROM publications WHERE id = NEW.publication_id) AND complete <> EXISTS (SELECT 1 FROM publications JOIN publication_copies ON publication_copies.publication_id = publications.id JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND organisations.kind = 'scottish-government'); END",
        "CREATE TRIGGER publication_copies_keep_complete_gone AFTER DELETE ON publication_copies BEGIN UPDATE milestones SET complete = EXISTS (SELECT 1 FROM publications JOIN publication_copies ON publication_copies.publication_id = publications.id JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND organisations.kind = 'scottish-government') WHERE id = (SELECT milestone_id FROM publications WHERE id = OLD.publication_id) AND complete <> EXISTS (SELECT 1 FROM publications JOIN publication_copies ON publication_copies.publication_id = publications.id JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND organisations.kind = 'scottish-government'); END",
        "CREATE TRIGGER publications_keep_complete_changed AFTER UPDATE OF version ON publications BEGIN UPDATE milestones SET complete = EXISTS (SELECT 1 FROM publications JOIN publication_copies ON publication_copies.publication_id = publications.id JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND organisations.kind = 'scottish-government') WHERE id = OLD.milestone_id AND complete <> EXISTS (SELECT 1 FROM publications JOIN publication_copies ON publication_copies.publication_id = publications.id JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND organisations.kind = 'scottish-government'); END",
        "CREATE TRIGGER publications_keep_complete_gone AFTER DELETE ON publications BEGIN UPDATE milestones SET complete = EXISTS (SELECT 1 FROM publications JOIN publication_copies ON publication_copies.publication_id = publications.id JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND organisations.kind = 'scottish-government') WHERE id = OLD.milestone_id AND complete <> EXISTS (SELECT 1 FROM publications JOIN publication_copies ON publication_copies.publication_id = publications.id JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND organisations.kind = 'scottish-government'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION publication_copies_keep_complete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE milestones SET complete = EXISTS (SELECT 1 FROM publications JOIN publication_copies ON publication_copies.publication_id = publications.id JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND organisations.kind = 'scottish-government') WHERE id = (SELECT milestone_id FROM publications WHERE id = COALESCE(NEW.publication_id, OLD.publication_id)) AND complete <> EXISTS (SELECT 1 FROM publications JOIN publication_copies ON publication_copies.publication_id = publications.id JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND organisations.kind = 'scottish-government'); RETURN NULL; END $$",
        "CREATE TRIGGER publication_copies_keep_complete AFTER INSERT OR DELETE OR UPDATE OF receiver_id ON publication_copies FOR EACH ROW EXECUTE FUNCTION publication_copies_keep_complete()",
        "CREATE OR REPLACE FUNCTION publications_keep_complete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE milestones SET complete = EXISTS (SELECT 1 FROM publications JOIN publication_copies ON publication_copies.publication_id = publications.id JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND organisations.kind = 'scottish-government') WHERE id = OLD.milestone_id AND complete <> EXISTS (SELECT 1 FROM publications JOIN publication_copies ON publication_copies.publication_id = publications.id JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND organisations.kind = 'scottish-government'); RETURN NULL; END $$",
        "CREATE TRIGGER publications_keep_complete AFTER DELETE OR UPDATE OF version ON publications FOR EACH ROW EXECUTE FUNCTION publications_keep_complete()",
    ],
}
DROPPED = {
    "sqlite": [
        "DROP TRIGGER publication_copies_keep_complete_new",
        "DROP TRIGGER publication_copies_keep_complete_changed",
        "DROP TRIGGER publication_copies_keep_complete_gone",
        "DROP TRIGGER publications_keep_complete_changed",
        "DROP TRIGGER publications_keep_complete_gone",
    ],
    "postgresql": [
        "DROP TRIGGER publication_copies_keep_complete ON publication_copies",
        "DROP FUNCTION publication_copies_keep_complete()",
        "DROP TRIGGER publications_keep_complete ON publications",
        "DROP FUNCTION publications_keep_complete()",
    ],
}


def upgrade() -> None:
    # Not as a batch: SQLite would make the table anew.
    op.add_column("milestones", sa.Column("complete", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(f"UPDATE milestones SET complete = {IS_COMPLETE} WHERE {DOCUMENTS}")  # noqa: S608  words of our own
    # PostgreSQL would take it in place of the one on the incomplete, which is as good as any in its eyes.
    op.drop_index("ix_milestones_documents", "milestones")
    for name, (table, columns, where) in INDEXES.items():
        options = {f"{kind}_where": sa.text(where) for kind in ("sqlite", "postgresql")} if where else {}
        op.create_index(name, table, columns, **options)
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROPPED[op.get_bind().dialect.name]:
        op.execute(statement)
    for name, (table, _columns, _where) in reversed(INDEXES.items()):
        op.drop_index(name, table)
    where = sa.text(DOCUMENTS)
    op.create_index("ix_milestones_documents", "milestones", ["target_on"], sqlite_where=where, postgresql_where=where)
    op.drop_column("milestones", "complete")
