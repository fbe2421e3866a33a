"""A revision of a plan is in preparation before it is published.

Revision 0022, after 0021.

Up: revisions have their table; approvals and copies may be of one, and a fact says that all copies were sent. Steps that
a revised version had opened again without a date get one, counted from the day of the upgrade, so that their owners are
reminded. Nothing else that exists changes: no revised plan was prepared here before.

Back: revisions go; the audit keeps them. Their approvals wait for the next version, as those of a version that was
undone do, but for those of an abandoned revision. Their copies that wait go, as no page of that version shows them.
Their steps stay as steps that people mark as done.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

FACTS_BEFORE = ("agreed", "ministers-sent", "providers-sent", "published")
FACTS = ("agreed", "ministers-sent", "providers-sent", "copies-sent", "published")
# So many days from the upgrade; in the order of the cycle.
DATED = {"invite-bodies": 14, "consultation-opening": 84, "consultation-closing": 140, "approvals": 196}
WAITING = (
    ("approvals", "organisation_id", "uq_approvals_to_come", "uq_approvals_of_revision"),
    ("publication_copies", "receiver_id", "uq_publication_copies_to_come", "uq_publication_copies_of_revision"),
)


def upgrade() -> None:
    _make_revisions()
    triggers = _set_triggers_aside()
    _allow_facts(FACTS)
    for table, body, to_come, of_revision in WAITING:
        op.drop_index(to_come, table_name=table)
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("revision_id", sa.Integer(), nullable=True))
            batch_op.create_foreign_key(op.f(f"fk_{table}_revision_id_revisions"), "revisions", ["revision_id"], ["id"])
        _unique(to_come, table, ["milestone_id", body], "publication_id IS NULL AND revision_id IS NULL")
        _unique(of_revision, table, ["revision_id", body], "publication_id IS NULL AND revision_id IS NOT NULL")
    _put_triggers_back(triggers)
    _date_what_was_opened_again()


def downgrade() -> None:
    op.execute(
        "UPDATE milestones SET fact = NULL, fact_of_id = NULL, fact_count = NULL, fact_total = NULL, "  # noqa: S608  words of our own
        f"details_not_known = false WHERE fact_of_id IS NOT NULL AND {_of_a_revision()}"
    )
    op.execute("DELETE FROM publication_copies WHERE publication_id IS NULL AND revision_id IS NOT NULL")
    op.execute(
        "DELETE FROM approvals WHERE publication_id IS NULL AND revision_id IN "
        "(SELECT id FROM revisions WHERE undone_at IS NOT NULL)"
    )
    op.execute(
        "DELETE FROM approvals WHERE publication_id IS NULL AND revision_id IS NOT NULL AND EXISTS (SELECT 1 FROM "
        "approvals AS other WHERE other.milestone_id = approvals.milestone_id AND other.publication_id IS NULL "
        "AND other.revision_id IS NULL AND other.organisation_id = approvals.organisation_id)"
    )
    triggers = _set_triggers_aside()
    _allow_facts(FACTS_BEFORE)
    for table, body, to_come, of_revision in WAITING:
        op.drop_index(of_revision, table_name=table)
        op.drop_index(to_come, table_name=table)
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(op.f(f"fk_{table}_revision_id_revisions"), type_="foreignkey")
            batch_op.drop_column("revision_id")
        _unique(to_come, table, ["milestone_id", body], "publication_id IS NULL")
    _put_triggers_back(triggers)
    op.drop_table("revisions")


def _make_revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("target_on", sa.Date(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_why", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_revisions_milestone_id_milestones")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_revisions_publication_id_publications")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_revisions_recorded_by_id_users")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["users.id"], name=op.f("fk_revisions_undone_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("milestone_id", "number", name=op.f("uq_revisions_milestone_id_number")),
    )
    for column in ("publication_id", "recorded_by_id", "undone_by_id"):
        op.create_index(op.f(f"ix_revisions_{column}"), "revisions", [column])
    _unique(
        "uq_revisions_in_preparation", "revisions", ["milestone_id"], "publication_id IS NULL AND undone_at IS NULL"
    )


def _unique(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _allow_facts(facts: tuple[str, ...]) -> None:
    """The words that a fact may be."""
    words = ", ".join(f"'{one}'" for one in facts)
    with op.batch_alter_table("milestones") as batch_op:
        batch_op.drop_constraint(op.f("ck_milestones_fact"), type_="check")
        batch_op.create_check_constraint(op.f("ck_milestones_fact"), f"fact IN ({words})")


def _of_a_revision() -> str:
    """Whether the key is one that a revision gives its steps."""
    names = ("invite", "consult", "agree", "send", "publish")
    return "(" + " OR ".join(f"key LIKE '%.revision-%.{one}'" for one in names) + ")"


def _date_what_was_opened_again() -> None:
    """Steps of a plan that is revised, opened again and without a date."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for key, days in DATED.items():
        day = f"date('now', '+{days} days')" if is_sqlite else f"CURRENT_DATE + {days}"
        op.execute(
            f"UPDATE milestones SET due_on = {day}, target_on = {day}, next_notice_on = CURRENT_DATE, "  # noqa: S608  words of our own
            "date_basis = 'suggested', "
            "date_citation = 'counted from the day on which the revised version was recorded' "
            f"WHERE state = 'in-progress' AND due_on IS NULL AND follows_id IS NULL AND key LIKE '%.{key}' "
            "AND cycle_id IN (SELECT plan.cycle_id FROM milestones AS plan JOIN publications ON "
            "publications.milestone_id = plan.id AND publications.is_present "
            "WHERE plan.kind = 'plan' AND publications.version = 'revised')"
        )


def _set_triggers_aside() -> list[str]:
    """On SQLite a table that is made anew loses its triggers, and none may speak of it meanwhile: all are taken away. The
    statements that make them again."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return []
    found = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"))
    kept = [(row.name, row.sql) for row in found]
    for name, _ in kept:
        op.execute(f"DROP TRIGGER {name}")
    return [statement for _, statement in kept]


def _put_triggers_back(statements: list[str]) -> None:
    for statement in statements:
        op.execute(sa.text(statement.replace(":", "\\:")))
