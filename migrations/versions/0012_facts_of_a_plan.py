"""The facts of a plan: decisions with how they came out, the day on which it was prepared, and what its facts complete.

Revision 0012, after 0011.

Up: what is recorded stays. A plan is prepared on the day by which every lead body had approved it, otherwise on that of
its publication, and is done on that day; a plan of which only an interim one is published is open again. Steps learn
which fact completes them. Those that are open and whose fact is whole are done on its day. Those that are done stay so,
and are marked where their fact is not recorded. Nobody is emailed about the past: whatever is given a date or opened
here counts as notified up to the day of the upgrade.

Back: a document is done by its publication again, and nobody is emailed about the past either. A decision that the earlier version has no word for is a noted one,
unless its changes were signed off.
"""

import re
from collections import defaultdict
from datetime import date, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MANNERS = ["approved", "subject-to-changes", "delegated", "chairs-action", "deferred", "not-agreed", "noted"]
OLD_MANNERS = ["approved", "noted", "delegated", "chairs-action"]
AGREE = {"approved", "delegated", "chairs-action"}
AGREED = ["yes", "no", "not-known"]
FACTS = ["agreed", "ministers-sent", "providers-sent", "published"]
PREPARED_FROM = ["approvals", "publication", "by-hand"]
OLD_FACTS = ["published", "told"]
# Of each step: the fact that completes it, and whether its document is the report of the same year.
FACT_OF = {
    "approvals": ("agreed", False),
    "send-to-ministers": ("ministers-sent", False),
    "send-to-providers": ("providers-sent", False),
    "publish-plan": ("published", False),
    "draft-report": ("published", True),
    "tell-government": ("published", True),
}
OLD_FACT_OF = {"send-to-ministers": "told", "publish-plan": "published", "tell-government": "told"}
NATIONAL = ("N01", "N02", "N03", "N04", "N05")
OPEN = ("not-started", "in-progress")
DOCUMENTS = "kind IN ('plan', 'annual-report')"
LONGEST_BEFORE_PERIOD = timedelta(days=2 * 365)
DAY = timedelta(days=1)
STAGES = (1, 14, 28)
EXPLAINED_BY = timedelta(days=40)
RULE = re.compile(r"@plan-prepared \+ (\d+) days?")

WAS_COMPLETE = (
    "EXISTS (SELECT 1 FROM publications JOIN publication_copies ON publication_copies.publication_id = publications.id "
    "JOIN organisations ON organisations.id = publication_copies.receiver_id "
    "WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' "
    "AND organisations.kind = 'scottish-government')"
)
OLD_TRIGGERS = {
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
OLD_DROPPED = {
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
IS_COMPLETE = "EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = 'scottish-government'))))"
TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER publication_copies_keep_complete_new AFTER INSERT ON publication_copies BEGIN UPDATE milestones SET complete = EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = 'scottish-government')))) WHERE id = (SELECT milestone_id FROM publications WHERE id = NEW.publication_id) AND complete <> EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = 'scottish-government')))); END",
        "CREATE TRIGGER publication_copies_keep_complete_changed AFTER UPDATE OF receiver_id ON publication_copies BEGIN UPDATE milestones SET complete = EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = 'scottish-government')))) WHERE id = (SELECT milestone_id FROM publications WHERE id = NEW.publication_id) AND complete <> EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = 'scottish-government')))); END",
        "CREATE TRIGGER publication_copies_keep_complete_gone AFTER DELETE ON publication_copies BEGIN UPDATE milestones SET complete = EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = 'scottish-government')))) WHERE id = (SELECT milestone_id FROM publications WHERE id = OLD.publication_id) AND complete <> EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = 'scottish-government')))); END",
        "CREATE TRIGGER publications_keep_complete_new AFTER INSERT ON publications BEGIN UPDATE milestones SET complete = EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = 'scottish-government')))) WHERE id = NEW.milestone_id AND complete <> EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = 'scottish-government')))); END",
        "CREATE TRIGGER publications_keep_complete_changed AFTER UPDATE OF version ON publications BEGIN UPDATE milestones SET complete = EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = 'scottish-government')))) WHERE id = OLD.milestone_id AND complete <> EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = 'scottish-government')))); END",
        "CREATE TRIGGER publications_keep_complete_gone AFTER DELETE ON publications BEGIN UPDATE milestones SET complete = EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = 'scottish-government')))) WHERE id = OLD.milestone_id AND complete <> EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = 'scottish-government')))); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION publication_copies_keep_complete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE milestones SET complete = EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = 'scottish-government')))) WHERE id = (SELECT milestone_id FROM publications WHERE id = COALESCE(NEW.publication_id, OLD.publication_id)) AND complete <> EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = 'scottish-government')))); RETURN NULL; END $$",
        "CREATE TRIGGER publication_copies_keep_complete AFTER INSERT OR DELETE OR UPDATE OF receiver_id ON publication_copies FOR EACH ROW EXECUTE FUNCTION publication_copies_keep_complete()",
        "CREATE OR REPLACE FUNCTION publications_keep_complete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE milestones SET complete = EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = 'scottish-government')))) WHERE id = COALESCE(NEW.milestone_id, OLD.milestone_id) AND complete <> EXISTS (SELECT 1 FROM publications WHERE publications.milestone_id = milestones.id AND publications.version <> 'draft' AND (milestones.kind = 'annual-report' OR (publications.version <> 'interim' AND EXISTS (SELECT 1 FROM publication_copies JOIN organisations ON organisations.id = publication_copies.receiver_id WHERE publication_copies.publication_id = publications.id AND organisations.kind = 'scottish-government')))); RETURN NULL; END $$",
        "CREATE TRIGGER publications_keep_complete AFTER INSERT OR DELETE OR UPDATE OF version ON publications FOR EACH ROW EXECUTE FUNCTION publications_keep_complete()",
    ],
}
DROPPED = {
    "sqlite": ["DROP TRIGGER publications_keep_complete_new", *OLD_DROPPED["sqlite"]],
    "postgresql": OLD_DROPPED["postgresql"],
}


def in_words(column: str, words: list[str]) -> str:
    """The condition of a column of words."""
    return column + " IN (" + ", ".join(f"'{word}'" for word in words) + ")"


def words_column(name: str, words: list[str], *, nullable: bool = True) -> sa.Column:
    """A column of words; its condition is made apart."""
    return sa.Column(name, sa.Enum(*words, name=name, native_enum=False, length=40), nullable=nullable)


def upgrade() -> None:
    _decisions_come_out()
    dialect = op.get_bind().dialect.name
    for statement in OLD_DROPPED[dialect]:
        op.execute(statement)
    op.create_table(
        "preparations",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("prepared_on", sa.Date(), nullable=True),
        sa.Column(
            "prepared_from",
            sa.Enum(*PREPARED_FROM, name="prepared_from", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestones.id"], name=op.f("fk_preparations_milestone_id_milestones")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_preparations_recorded_by_id_users")),
        sa.PrimaryKeyConstraint("milestone_id", name=op.f("pk_preparations")),
    )
    op.create_index(op.f("ix_preparations_recorded_by_id"), "preparations", ["recorded_by_id"])
    for name in ("interim_on", "interim_until"):
        op.add_column("publications", sa.Column(name, sa.Date(), nullable=True))
    with op.batch_alter_table("milestones") as batch_op:
        batch_op.add_column(words_column("fact", FACTS))
        batch_op.add_column(sa.Column("fact_of_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("fact_count", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("fact_total", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("details_not_known", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_foreign_key(op.f("fk_milestones_fact_of_id_milestones"), "milestones", ["fact_of_id"], ["id"])
        batch_op.create_index(op.f("ix_milestones_fact_of_id"), ["fact_of_id"])
        batch_op.create_check_constraint(op.f("ck_milestones_fact"), in_words("fact", FACTS))
        batch_op.drop_constraint(op.f("ck_milestones_done_with"), type_="check")
        batch_op.drop_column("done_with")
    _name_the_facts()
    _interim_plans_come_first()
    _settle()
    op.execute(f"UPDATE milestones SET complete = {IS_COMPLETE} WHERE {DOCUMENTS}")  # noqa: S608  words of our own
    for statement in TRIGGERS[dialect]:
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in DROPPED[dialect]:
        op.execute(statement)
    op.execute(
        "UPDATE publications SET newer_on = published_on, published_on = interim_on "
        "WHERE interim_on IS NOT NULL AND version = 'final'"
    )
    _plans_are_done_by_publication()
    with op.batch_alter_table("milestones") as batch_op:
        batch_op.add_column(words_column("done_with", OLD_FACTS))
        batch_op.create_check_constraint(op.f("ck_milestones_done_with"), in_words("done_with", OLD_FACTS))
        batch_op.drop_constraint(op.f("ck_milestones_fact"), type_="check")
        batch_op.drop_index(op.f("ix_milestones_fact_of_id"))
        batch_op.drop_constraint(op.f("fk_milestones_fact_of_id_milestones"), type_="foreignkey")
        for name in ("fact", "fact_of_id", "fact_count", "fact_total", "details_not_known"):
            batch_op.drop_column(name)
    for step, fact in OLD_FACT_OF.items():
        op.execute(
            sa.text(f"UPDATE milestones SET done_with = '{fact}' WHERE {_is_step(step)}")  # noqa: S608  words of our own
        )
    for name in ("interim_on", "interim_until"):
        op.drop_column("publications", name)
    op.drop_table("preparations")
    op.execute(f"UPDATE milestones SET complete = {WAS_COMPLETE} WHERE {DOCUMENTS}")  # noqa: S608  words of our own
    for statement in OLD_TRIGGERS[dialect]:
        op.execute(statement)
    _decisions_lose_how_they_came_out()


def _decisions_come_out() -> None:
    with op.batch_alter_table("approvals") as batch_op:
        for name in ("draft", "signs_off", "deferred_to"):
            batch_op.add_column(sa.Column(name, sa.String(length=200), server_default="", nullable=False))
        for name in ("sign_off_by", "signed_off_on", "deferred_to_on"):
            batch_op.add_column(sa.Column(name, sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("signed_off", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(words_column("agreed", AGREED))
        batch_op.add_column(sa.Column("agreed_recorded_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_approvals_agreed_recorded_by_id_users"), "users", ["agreed_recorded_by_id"], ["id"]
        )
        batch_op.create_index(op.f("ix_approvals_agreed_recorded_by_id"), ["agreed_recorded_by_id"])
        batch_op.create_check_constraint(op.f("ck_approvals_agreed"), in_words("agreed", AGREED))
        batch_op.drop_constraint(op.f("ck_approvals_manner"), type_="check")
        batch_op.create_check_constraint(op.f("ck_approvals_manner"), in_words("manner", MANNERS))


def _decisions_lose_how_they_came_out() -> None:
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


def _is_step(step: str) -> str:
    """The condition of the milestones of a step, once or for each year."""
    yearly = step in {"draft-report", "tell-government"}
    return f"key LIKE '____-__.{step}{'-_' if yearly else ''}' AND cycle_id IS NOT NULL"


def _name_the_facts() -> None:
    for step, (fact, is_of_report) in FACT_OF.items():
        document = (
            "'annual-report-' || substr(milestones.key, length(milestones.key))" if is_of_report else "'plan-prepared'"
        )
        op.execute(
            sa.text(
                "UPDATE milestones SET fact_of_id = (SELECT document.id FROM milestones AS document "  # noqa: S608  words of our own
                "WHERE document.cycle_id = milestones.cycle_id "
                f"AND document.key = substr(milestones.key, 1, 8) || {document}) WHERE {_is_step(step)}"
            )
        )
        op.execute(
            sa.text(f"UPDATE milestones SET fact = '{fact}' WHERE fact_of_id IS NOT NULL AND {_is_step(step)}")  # noqa: S608  words of our own
        )


def _interim_plans_come_first() -> None:
    """A plan that followed an interim one was published on a day of its own."""
    op.execute(
        "UPDATE publications SET interim_on = published_on, published_on = newer_on, newer_on = NULL "
        "WHERE version = 'final' AND newer_on IS NOT NULL "
        "AND milestone_id IN (SELECT id FROM milestones WHERE kind = 'plan')"
    )


# Tables as they are between the two versions.
milestones = sa.table(
    "milestones",
    *(sa.column(name, sa.Integer()) for name in ("id", "partnership_id", "follows_id", "fact_of_id", "fact_count")),
    *(sa.column(name, sa.String()) for name in ("kind", "state", "date_rule", "fact")),
    *(sa.column(name, sa.Date()) for name in ("target_on", "due_on", "done_on", "next_notice_on")),
    sa.column("fact_total", sa.Integer()),
    sa.column("details_not_known", sa.Boolean()),
)
publications = sa.table(
    "publications",
    sa.column("id", sa.Integer()),
    sa.column("milestone_id", sa.Integer()),
    sa.column("version", sa.String()),
    sa.column("published_on", sa.Date()),
    sa.column("newer_on", sa.Date()),
)
copies = sa.table(
    "publication_copies",
    sa.column("publication_id", sa.Integer()),
    sa.column("receiver_id", sa.Integer()),
    sa.column("sent_on", sa.Date()),
)
approvals = sa.table(
    "approvals",
    sa.column("milestone_id", sa.Integer()),
    sa.column("organisation_id", sa.Integer()),
    sa.column("manner", sa.String()),
    sa.column("approved_on", sa.Date()),
)
bodies = sa.table(
    "partnership_bodies",
    sa.column("partnership_id", sa.Integer()),
    sa.column("organisation_id", sa.Integer()),
    sa.column("role", sa.String()),
    sa.column("from_on", sa.Date()),
    sa.column("to_on", sa.Date()),
)
organisations = sa.table(
    "organisations", sa.column("id", sa.Integer()), sa.column("code", sa.String()), sa.column("kind", sa.String())
)
preparations = sa.table(
    "preparations",
    sa.column("milestone_id", sa.Integer()),
    sa.column("prepared_on", sa.Date()),
    sa.column("prepared_from", sa.String()),
)
policies = sa.table("notice_policies", sa.column("rungs", sa.JSON()))
notices = sa.table(
    "notices",
    *(sa.column(name, sa.Integer()) for name in ("milestone_id", "message_id")),
    *(sa.column(name, sa.String()) for name in ("step", "addressee", "audience", "policy", "ending", "ended_why")),
    *(sa.column(name, sa.Date()) for name in ("due_on", "queued_on")),
    *(sa.column(name, sa.Boolean()) for name in ("at_once", "unreachable")),
    *(sa.column(name, sa.DateTime(timezone=True)) for name in ("queued_at", "ended_at")),
    sa.column("overtook", sa.JSON()),
)
escalations = sa.table(
    "escalations",
    sa.column("milestone_id", sa.Integer()),
    sa.column("resolved_at", sa.DateTime(timezone=True)),
    sa.column("resolution", sa.String()),
)


class _Known:
    """What is recorded, read once: small beside the milestones, of which only documents and what hangs on them count."""

    def __init__(self) -> None:
        self.connection = op.get_bind()
        self.today = self._read_today()
        self.publications = {row.milestone_id: row for row in self._all(publications)}
        self.copies = defaultdict(dict)
        for row in self._all(copies):
            self.copies[row.publication_id][row.receiver_id] = row.sent_on
        self.agreed = defaultdict(dict)
        for row in self._all(approvals):
            if row.manner in AGREE:
                self.agreed[row.milestone_id][row.organisation_id] = row.approved_on
        self.bodies = defaultdict(list)
        for row in self._all(bodies):
            self.bodies[row.partnership_id].append(row)
        self.organisations = {row.id: row for row in self._all(organisations)}
        self.stages = sorted({*STAGES, *(days for row in self._all(policies) for days, _ in row.rungs or ())})
        self.steps = defaultdict(list)
        self.dated = defaultdict(list)
        hangs = sa.or_(milestones.c.fact_of_id.is_not(None), milestones.c.follows_id.is_not(None))
        for row in self.connection.execute(sa.select(milestones).where(hangs).order_by(milestones.c.id)).all():
            self.steps[row.fact_of_id].append(row)
            self.dated[row.follows_id].append(row)

    def _all(self, table) -> list:
        return self.connection.execute(sa.select(table)).all()

    def _read_today(self) -> date:
        found = self.connection.execute(sa.text("SELECT CURRENT_DATE")).scalar_one()
        return found if isinstance(found, date) else date.fromisoformat(found)

    def leads_on(self, partnership_id, day) -> list[int]:
        return [one.organisation_id for one in self.bodies[partnership_id] if one.role == "lead" and _is_part(one, day)]

    def providers_on(self, partnership_id, day) -> list[int]:
        """The other service providers that are owed a copy of a plan."""
        leads = self.leads_on(partnership_id, day)
        here = {one.organisation_id for one in self.bodies[partnership_id] if _is_part(one, day)}
        return [
            number
            for number, one in self.organisations.items()
            if one.kind == "other-service-provider" and number not in leads and (one.code in NATIONAL or number in here)
        ]


def _is_part(body, day) -> bool:
    return body.from_on <= day and (body.to_on is None or day <= body.to_on)


def _settle() -> None:
    known = _Known()
    is_document = milestones.c.kind.in_(["plan", "annual-report"])
    for row in known.connection.execute(sa.select(milestones).where(is_document).order_by(milestones.c.id)).all():
        if row.kind == "plan":
            _settle_plan(row, known)
        else:
            published = known.publications.get(row.id)
            is_published = published is not None and published.version != "draft"
            for step in known.steps[row.id]:
                _settle_step(step, int(is_published), 1, published.published_on if is_published else None, known)


def _settle_plan(plan, known: _Known) -> None:
    published = known.publications.get(plan.id)
    if published is not None and published.version not in {"final", "revised"}:
        published = None
    is_agreed, agreed_on = _agreed(plan, known)
    if not (is_agreed or published is not None):
        if plan.state == "done" and plan.id in known.publications:  # a draft, or an interim plan alone
            _open_again(plan, known)
            for step in known.dated[plan.id]:
                _date(step, None, known)
        prepared_on, day = None, known.today
    else:
        prepared_on = agreed_on if is_agreed else published.published_on
        day = min(prepared_on or plan.target_on or known.today, known.today)
        taken_from = "approvals" if is_agreed else "publication"
        known.connection.execute(
            sa.insert(preparations).values(milestone_id=plan.id, prepared_on=prepared_on, prepared_from=taken_from)
        )
        _close(plan, prepared_on, known)
        for step in known.dated[plan.id]:
            _date(step, prepared_on, known)
    states = _states(plan, published, is_agreed, agreed_on, day, known)
    for step in known.steps[plan.id]:
        _settle_step(step, *states[step.fact], known)


def _states(plan, published, is_agreed, agreed_on, day, known: _Known) -> dict:
    """Of each fact of a plan: how many are recorded, of how many, and on which day it was whole."""
    leads = known.leads_on(plan.partnership_id, day)
    sent = known.copies[published.id] if published is not None else {}
    ministers = [number for number, one in known.organisations.items() if one.kind == "scottish-government"]
    newer = published is not None and published.version == "revised"
    count = len(leads) if is_agreed else sum(body in known.agreed[plan.id] for body in leads)
    return {
        "agreed": (count, len(leads) + (not is_agreed and count == len(leads)), agreed_on),
        "ministers-sent": _sent(sent, ministers),
        "providers-sent": _sent(sent, known.providers_on(plan.partnership_id, day)),
        "published": (
            int(published is not None),
            1,
            (published.newer_on if newer else published.published_on) if published is not None else None,
        ),
    }


def _sent(sent, owed) -> tuple:
    days = [sent[receiver] for receiver in owed if receiver in sent]
    return len(days), len(owed), max(days) if days and None not in days else None


def _agreed(plan, known: _Known) -> tuple[bool, date | None]:
    """Whether every body that led had approved the plan, and since which day, if that is known."""
    agreed, parts = known.agreed[plan.id], [one for one in known.bodies[plan.partnership_id] if one.role == "lead"]
    first = min(
        [min(plan.target_on or known.today, known.today) - LONGEST_BEFORE_PERIOD, *filter(None, agreed.values())]
    )
    latest = _first_day(parts, {body: on for body, on in agreed.items() if on}, first, known.today)
    earliest = _first_day(parts, {body: on or first for body, on in agreed.items()}, first, known.today)
    return earliest is not None, earliest if earliest == latest else None


def _first_day(parts, agreed, first, today) -> date | None:
    days = {first, *agreed.values(), *(one.from_on for one in parts), *(one.to_on + DAY for one in parts if one.to_on)}
    for day in sorted(one for one in days if first <= one <= today):
        leading = [one.organisation_id for one in parts if _is_part(one, day)]
        if leading and all(body in agreed and agreed[body] <= day for body in leading):
            return day
    return None


def _settle_step(step, count, total, on, known: _Known) -> None:
    _change(step, known, fact_count=count, fact_total=total)
    is_whole = total > 0 and count >= total
    if is_whole and step.state in {*OPEN, "done"}:
        _close(step, on, known)
    elif step.state == "done":
        _change(step, known, details_not_known=True)


def _close(row, on, known: _Known) -> None:
    _change(row, known, state="done", done_on=on, next_notice_on=None)
    if row.state in OPEN:
        of_it = notices.c.milestone_id == row.id
        waiting = sa.and_(of_it, notices.c.message_id.is_(None), notices.c.ended_at.is_(None))
        ended = {"ended_at": sa.func.now(), "ending": "withdrawn", "ended_why": "it is done"}
        known.connection.execute(sa.update(notices).where(waiting).values(ended))
        _resolve_escalations(row, "done", known)


def _open_again(row, known: _Known) -> None:
    bookmark = known.today if row.partnership_id and row.due_on else None
    _change(row, known, state="in-progress", done_on=None, next_notice_on=bookmark)
    _count_as_notified(row, row.due_on, known)


def _date(step, prepared_on, known: _Known) -> None:
    """Give a step that hangs on the plan its date; one that a person gave it stays."""
    rule = RULE.fullmatch(step.date_rule)
    if rule is None:
        return
    target_on = prepared_on + timedelta(days=int(rule[1])) if prepared_on else None
    if target_on == step.target_on:
        return
    _change(step, known, target_on=target_on)
    if step.due_on == step.target_on:
        _change(step, known, due_on=target_on)
        if step.state in OPEN:
            _change(step, known, next_notice_on=known.today if target_on else None)
            _count_as_notified(step, target_on, known)


def _count_as_notified(row, due_on, known: _Known) -> None:
    """What was notified before is superseded and what was escalated is resolved, as after any new date or opening, and
    one notice stands for all that lies before the upgrade. It is for nobody, so it is in no email."""
    of_it = sa.and_(notices.c.milestone_id == row.id, notices.c.ended_at.is_(None))
    ended = {"ended_at": sa.func.now(), "ending": "superseded", "ended_why": "dates worked out again by an upgrade"}
    known.connection.execute(sa.update(notices).where(of_it).values(ended))
    _resolve_escalations(row, "new-date", known)
    if due_on is None:
        return
    passed = (known.today - due_on).days
    step = f"overdue-{passed}" if passed > 0 else f"before-{-passed}" if passed < 0 else "on-day"
    overtook = [f"rung-{days}" for days in known.stages if passed >= days]
    if passed >= EXPLAINED_BY.days and row.kind in {"plan", "annual-report"}:
        overtook.append("explain")
    known.connection.execute(
        sa.insert(notices).values(
            milestone_id=row.id,
            due_on=due_on,
            step=step,
            addressee="audience:owner",
            audience="owner",
            policy="",
            overtook=overtook,
            at_once=False,
            unreachable=False,
            queued_on=known.today,
            queued_at=sa.func.now(),
            ended_why="",
        )
    )


def _resolve_escalations(row, resolution, known: _Known) -> None:
    raised = sa.and_(escalations.c.milestone_id == row.id, escalations.c.resolved_at.is_(None))
    known.connection.execute(
        sa.update(escalations).where(raised).values(resolved_at=sa.func.now(), resolution=resolution)
    )


def _change(row, known: _Known, **values) -> None:
    known.connection.execute(sa.update(milestones).where(milestones.c.id == row.id).values(values))


def _plans_are_done_by_publication() -> None:
    """A plan is done on the day of its publication, whichever version it was, and open if nothing is published. What is
    opened or dated by that counts as notified, as on the way up."""
    known = _Known()
    found = sa.select(milestones, publications.c.published_on, publications.c.version).select_from(
        milestones.outerjoin(publications, publications.c.milestone_id == milestones.c.id)
    )
    for plan in known.connection.execute(found.where(milestones.c.kind == "plan").order_by(milestones.c.id)).all():
        is_published = plan.version is not None and plan.version != "draft"
        if is_published:
            _close(plan, plan.published_on, known)
        elif plan.state == "done":
            _open_again(plan, known)
        else:
            continue
        for step in known.dated[plan.id]:
            _date(step, plan.published_on if is_published else None, known)
