"""Reminders and escalation: policies, deputies, contacts, one-time answers, calendar feeds, alarms, and the sealed audit.

Revision 0003, after 0002. A digest is one for each addressee of its notices, who may have a deputy, and no longer one
for each person who gets it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = [
    "milestone_contacts",
    "answers",
    "delegations",
    "calendar_feeds",
    "audit_seals",
    "notice_policies",
    "contacts",
    "alarms",
]
"""The new tables, those first that others need last."""

REFUSALS = {
    "sqlite": [
        "CREATE TRIGGER audit_seals_refuse_update BEFORE UPDATE ON audit_seals BEGIN SELECT RAISE(ABORT, 'audit seals are never changed'); END",
        "CREATE TRIGGER audit_seals_refuse_delete BEFORE DELETE ON audit_seals BEGIN SELECT RAISE(ABORT, 'audit seals are never removed'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION audit_seals_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit seals are never changed or removed'; END $$",
        "CREATE TRIGGER audit_seals_refuse_update BEFORE UPDATE OR DELETE ON audit_seals FOR EACH ROW EXECUTE FUNCTION audit_seals_refuse()",
        "CREATE TRIGGER audit_seals_refuse_truncate BEFORE TRUNCATE ON audit_seals FOR EACH STATEMENT EXECUTE FUNCTION audit_seals_refuse()",
    ],
}

MESSAGE_KINDS_BEFORE = [
    "digest",
    "document-published",
    "update-request",
    "invitation",
    "password-reset",
    "sign-in-link",
    "account-changed",
]
MESSAGE_KINDS = [*MESSAGE_KINDS_BEFORE, "alarm"]
AUDIENCES_BEFORE = ["owner", "lead", "governance-group"]
AUDIENCES = ["owner", "lead", "chair", "governance-group", "national-group", "contact"]
PURPOSES_BEFORE = ["reset-password", "sign-in", "accept-invitation"]
PURPOSES = [*PURPOSES_BEFORE, "answer"]
OUTCOMES_BEFORE = ["running", "finished", "failed"]
OUTCOMES = [*OUTCOMES_BEFORE, "missed"]

NEW_MESSAGES = "(SELECT id FROM messages WHERE kind = 'alarm' OR contact_id IS NOT NULL)"
NEW_ESCALATIONS = (
    "(SELECT id FROM escalations WHERE raised_by_id IS NOT NULL OR audience IN ('chair', 'national-group'))"
)


def in_words(column: str, words: list[str]) -> str:
    """The condition of a column of words."""
    return column + " IN (" + ", ".join(f"'{word}'" for word in words) + ")"


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "scheduler-silent", "sender-failing", name="kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    op.create_index(
        "uq_alarms_on",
        "alarms",
        ["kind"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("reminds_before", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_contacts_partnership_id_partnerships")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("partnership_id", "email", name=op.f("uq_contacts_partnership_id_email")),
    )
    op.create_table(
        "notice_policies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "step",
                "plan",
                "annual-report",
                "consultation",
                "review",
                "action",
                "request",
                "aligned-report",
                "sub-task",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("partnership_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("first_after", sa.Integer(), nullable=True),
        sa.Column("repeat_every", sa.Integer(), nullable=True),
        sa.Column("rungs", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "first_after IS NOT NULL OR repeat_every IS NULL", name=op.f("ck_notice_policies_repeats_after_a_first")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_notice_policies_partnership_id_partnerships")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_policies")),
        sa.UniqueConstraint("place", name=op.f("uq_notice_policies_place")),
    )
    op.create_index(op.f("ix_notice_policies_partnership_id"), "notice_policies", ["partnership_id"])

    op.create_table(
        "audit_seals",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_events.id"], name=op.f("fk_audit_seals_event_id_audit_events")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_seals_event_id")),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_calendar_feeds_partnership_id_partnerships")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_calendar_feeds_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    op.create_index(op.f("ix_calendar_feeds_partnership_id"), "calendar_feeds", ["partnership_id"])
    op.create_index(op.f("ix_calendar_feeds_user_id"), "calendar_feeds", ["user_id"])

    op.create_table(
        "delegations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("deputy_id <> user_id", name=op.f("ck_delegations_deputy_is_another")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_delegations_to_after_from")),
        sa.ForeignKeyConstraint(["deputy_id"], ["users.id"], name=op.f("fk_delegations_deputy_id_users")),
        sa.ForeignKeyConstraint(["set_by_id"], ["users.id"], name=op.f("fk_delegations_set_by_id_users")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_delegations_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )
    op.create_index(op.f("ix_delegations_deputy_id"), "delegations", ["deputy_id"])
    op.create_index(op.f("ix_delegations_set_by_id"), "delegations", ["set_by_id"])
    op.create_index(op.f("ix_delegations_user_id"), "delegations", ["user_id"])

    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "done",
                "on-track",
                "needs-a-new-date",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("new_date", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_answers_contact_id_contacts")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_answers_milestone_id_milestones")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_answers_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    op.create_index(op.f("ix_answers_contact_id"), "answers", ["contact_id"])
    op.create_index(op.f("ix_answers_milestone_id"), "answers", ["milestone_id"])
    op.create_index(op.f("ix_answers_user_id"), "answers", ["user_id"])

    op.create_table(
        "milestone_contacts",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_milestone_contacts_contact_id_contacts")
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestones.id"], name=op.f("fk_milestone_contacts_milestone_id_milestones")
        ),
        sa.PrimaryKeyConstraint("milestone_id", "contact_id", name=op.f("pk_milestone_contacts")),
    )
    op.create_index(op.f("ix_milestone_contacts_contact_id"), "milestone_contacts", ["contact_id"])

    with op.batch_alter_table("access_links") as batch_op:
        batch_op.add_column(sa.Column("notice_id", sa.Integer(), nullable=True))
        batch_op.create_index(op.f("ix_access_links_notice_id"), ["notice_id"])
        batch_op.create_foreign_key(op.f("fk_access_links_notice_id_notices"), "notices", ["notice_id"], ["id"])
        batch_op.drop_constraint(op.f("ck_access_links_purpose"), type_="check")
        batch_op.create_check_constraint(op.f("ck_access_links_purpose"), in_words("purpose", PURPOSES))

    with op.batch_alter_table("escalations") as batch_op:
        batch_op.add_column(sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("acknowledged_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reply_by", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("raised_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("raised_why", sa.Text(), nullable=False, server_default=""))
        batch_op.drop_index(op.f("uq_escalations_open"), sqlite_where=sa.text("resolved_at IS NULL"))
        batch_op.create_index(
            "uq_escalations_open",
            ["milestone_id", "due_on", "rung", "audience"],
            unique=True,
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )
        batch_op.create_index(op.f("ix_escalations_acknowledged_by_id"), ["acknowledged_by_id"])
        batch_op.create_index(op.f("ix_escalations_raised_by_id"), ["raised_by_id"])
        batch_op.create_foreign_key(
            op.f("fk_escalations_acknowledged_by_id_users"), "users", ["acknowledged_by_id"], ["id"]
        )
        batch_op.create_foreign_key(op.f("fk_escalations_raised_by_id_users"), "users", ["raised_by_id"], ["id"])
        batch_op.drop_constraint(op.f("ck_escalations_audience"), type_="check")
        batch_op.create_check_constraint(op.f("ck_escalations_audience"), in_words("audience", AUDIENCES))
    with op.batch_alter_table("escalations") as batch_op:
        batch_op.alter_column("raised_why", server_default=None)

    with op.batch_alter_table("job_runs") as batch_op:
        batch_op.add_column(sa.Column("holder", sa.String(length=120), nullable=False, server_default=""))
        batch_op.drop_constraint(op.f("ck_job_runs_outcome"), type_="check")
        batch_op.create_check_constraint(op.f("ck_job_runs_outcome"), in_words("outcome", OUTCOMES))
    with op.batch_alter_table("job_runs") as batch_op:
        batch_op.alter_column("holder", server_default=None)

    with op.batch_alter_table("messages") as batch_op:
        batch_op.add_column(sa.Column("addressee", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("contact_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("receipt", sa.String(length=500), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("ended_why", sa.String(length=200), nullable=False, server_default=""))
        batch_op.drop_index(op.f("uq_messages_digest"), sqlite_where=sa.text("digest_on IS NOT NULL"))
        batch_op.create_index(
            "uq_messages_digest",
            ["addressee", "digest_on"],
            unique=True,
            sqlite_where=sa.text("digest_on IS NOT NULL"),
            postgresql_where=sa.text("digest_on IS NOT NULL"),
        )
        batch_op.create_index(op.f("ix_messages_contact_id"), ["contact_id"])
        batch_op.create_index(op.f("ix_messages_user_id"), ["user_id"])
        batch_op.create_foreign_key(op.f("fk_messages_contact_id_contacts"), "contacts", ["contact_id"], ["id"])
        batch_op.drop_constraint(op.f("ck_messages_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_messages_kind"), in_words("kind", MESSAGE_KINDS))
    with op.batch_alter_table("messages") as batch_op:
        batch_op.alter_column("receipt", server_default=None)
        batch_op.alter_column("ended_why", server_default=None)

    with op.batch_alter_table("notices") as batch_op:
        batch_op.add_column(sa.Column("contact_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("policy", sa.String(length=80), nullable=False, server_default=""))
        batch_op.create_index(
            "ix_notices_waiting_contacts",
            ["contact_id", "id"],
            sqlite_where=sa.text("message_id IS NULL AND ended_at IS NULL AND contact_id IS NOT NULL"),
            postgresql_where=sa.text("message_id IS NULL AND ended_at IS NULL AND contact_id IS NOT NULL"),
        )
        batch_op.create_foreign_key(op.f("fk_notices_contact_id_contacts"), "contacts", ["contact_id"], ["id"])
        batch_op.drop_constraint(op.f("ck_notices_audience"), type_="check")
        batch_op.create_check_constraint(op.f("ck_notices_audience"), in_words("audience", AUDIENCES))
    with op.batch_alter_table("notices") as batch_op:
        batch_op.alter_column("policy", server_default=None)

    with op.batch_alter_table("users") as batch_op:
        batch_op.add_column(sa.Column("reminds_before", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("users") as batch_op:
        batch_op.alter_column("reminds_before", server_default=None)

    op.execute("UPDATE messages SET addressee = 'user:' || user_id WHERE digest_on IS NOT NULL")
    for statement in REFUSALS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DELETE FROM access_links WHERE purpose = 'answer' OR message_id IN " + NEW_MESSAGES)  # noqa: S608
    op.execute("DELETE FROM notices WHERE contact_id IS NOT NULL OR audience IN ('chair', 'national-group', 'contact')")
    op.execute("UPDATE notices SET message_id = NULL WHERE message_id IN " + NEW_MESSAGES)  # noqa: S608
    op.execute("DELETE FROM message_bodies WHERE message_id IN " + NEW_MESSAGES)  # noqa: S608
    op.execute("DELETE FROM messages WHERE id IN " + NEW_MESSAGES)  # noqa: S608
    op.execute("DELETE FROM decisions WHERE escalation_id IN " + NEW_ESCALATIONS)  # noqa: S608
    op.execute("DELETE FROM escalations WHERE id IN " + NEW_ESCALATIONS)  # noqa: S608
    op.execute("DELETE FROM job_runs WHERE outcome = 'missed'")
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_column("reminds_before")

    with op.batch_alter_table("notices") as batch_op:
        batch_op.drop_constraint(op.f("fk_notices_contact_id_contacts"), type_="foreignkey")
        batch_op.drop_index(
            "ix_notices_waiting_contacts",
            sqlite_where=sa.text("message_id IS NULL AND ended_at IS NULL AND contact_id IS NOT NULL"),
            postgresql_where=sa.text("message_id IS NULL AND ended_at IS NULL AND contact_id IS NOT NULL"),
        )
        batch_op.drop_column("policy")
        batch_op.drop_column("contact_id")
        batch_op.drop_constraint(op.f("ck_notices_audience"), type_="check")
        batch_op.create_check_constraint(op.f("ck_notices_audience"), in_words("audience", AUDIENCES_BEFORE))

    with op.batch_alter_table("messages") as batch_op:
        batch_op.drop_constraint(op.f("fk_messages_contact_id_contacts"), type_="foreignkey")
        batch_op.drop_index(op.f("ix_messages_user_id"))
        batch_op.drop_index(op.f("ix_messages_contact_id"))
        batch_op.drop_index(
            "uq_messages_digest",
            sqlite_where=sa.text("digest_on IS NOT NULL"),
            postgresql_where=sa.text("digest_on IS NOT NULL"),
        )
        batch_op.create_index(
            op.f("uq_messages_digest"),
            ["user_id", "digest_on"],
            unique=True,
            sqlite_where=sa.text("digest_on IS NOT NULL"),
            postgresql_where=sa.text("digest_on IS NOT NULL"),
        )
        batch_op.drop_column("ended_why")
        batch_op.drop_column("receipt")
        batch_op.drop_column("contact_id")
        batch_op.drop_column("addressee")
        batch_op.drop_constraint(op.f("ck_messages_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_messages_kind"), in_words("kind", MESSAGE_KINDS_BEFORE))

    with op.batch_alter_table("job_runs") as batch_op:
        batch_op.drop_column("holder")
        batch_op.drop_constraint(op.f("ck_job_runs_outcome"), type_="check")
        batch_op.create_check_constraint(op.f("ck_job_runs_outcome"), in_words("outcome", OUTCOMES_BEFORE))

    with op.batch_alter_table("escalations") as batch_op:
        batch_op.drop_constraint(op.f("fk_escalations_raised_by_id_users"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_escalations_acknowledged_by_id_users"), type_="foreignkey")
        batch_op.drop_index(op.f("ix_escalations_raised_by_id"))
        batch_op.drop_index(op.f("ix_escalations_acknowledged_by_id"))
        batch_op.drop_index(
            "uq_escalations_open",
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )
        batch_op.create_index(
            op.f("uq_escalations_open"),
            ["milestone_id", "due_on", "rung"],
            unique=True,
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )
        batch_op.drop_column("raised_why")
        batch_op.drop_column("raised_by_id")
        batch_op.drop_column("reply_by")
        batch_op.drop_column("acknowledged_by_id")
        batch_op.drop_column("acknowledged_at")
        batch_op.drop_constraint(op.f("ck_escalations_audience"), type_="check")
        batch_op.create_check_constraint(op.f("ck_escalations_audience"), in_words("audience", AUDIENCES_BEFORE))

    with op.batch_alter_table("access_links") as batch_op:
        batch_op.drop_constraint(op.f("fk_access_links_notice_id_notices"), type_="foreignkey")
        batch_op.drop_index(op.f("ix_access_links_notice_id"))
        batch_op.drop_column("notice_id")
        batch_op.drop_constraint(op.f("ck_access_links_purpose"), type_="check")
        batch_op.create_check_constraint(op.f("ck_access_links_purpose"), in_words("purpose", PURPOSES_BEFORE))

    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_seals_refuse()")
