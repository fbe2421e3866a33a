"""The first tables, and the triggers that keep the audit as it was written.

Revision 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

REFUSALS = {
    "sqlite": [
        "CREATE TRIGGER audit_events_refuse_update BEFORE UPDATE ON audit_events BEGIN SELECT RAISE(ABORT, 'audit events are never changed'); END",
        "CREATE TRIGGER audit_events_refuse_delete BEFORE DELETE ON audit_events BEGIN SELECT RAISE(ABORT, 'audit events are never removed'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit events are never changed or removed'; END $$",
        "CREATE TRIGGER audit_events_refuse_update BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION audit_events_refuse()",
        "CREATE TRIGGER audit_events_refuse_truncate BEFORE TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse()",
    ],
}

TABLES = [
    "publication_copies",
    "publication_addresses",
    "notices",
    "message_bodies",
    "publications",
    "milestone_predecessors",
    "messages",
    "escalations",
    "date_changes",
    "role_grants",
    "milestones",
    "memberships",
    "users",
    "partnership_bodies",
    "old_codes",
    "groups",
    "cycles",
    "closure_days",
    "audit_events",
    "template_editions",
    "sign_in_attempts",
    "partnerships",
    "organisations",
    "mail_claims",
    "job_runs",
    "criteria",
    "aligned_reports",
]
"""Every table, those first that others need last."""


def upgrade() -> None:
    op.create_table(
        "aligned_reports",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("statute", sa.String(length=300), nullable=False),
        sa.Column("frequency", sa.String(length=120), nullable=False),
        sa.Column("due_rule", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.String(length=200), nullable=False),
        sa.Column("goes_to", sa.String(length=300), nullable=False),
        sa.Column("period_end", sa.String(length=5), nullable=False),
        sa.Column("expected_by", sa.String(length=5), nullable=False),
        sa.Column("marking", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_aligned_reports")),
    )
    op.create_table(
        "criteria",
        sa.Column("number", sa.String(length=4), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("asks", sa.Text(), nullable=False),
        sa.Column("fully_2023_26", sa.Integer(), nullable=True),
        sa.Column("partly_2023_26", sa.Integer(), nullable=True),
        sa.Column("not_2023_26", sa.Integer(), nullable=True),
        sa.Column("fully_2020_23", sa.Integer(), nullable=True),
        sa.Column("partly_2020_23", sa.Integer(), nullable=True),
        sa.Column("not_2020_23", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_criteria")),
        sa.UniqueConstraint("position", name=op.f("uq_criteria_position")),
    )
    op.create_table(
        "job_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("ran_for", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "running", "finished", "failed", name="outcome", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
    )
    op.create_index("ix_job_runs_job_started_at", "job_runs", ["job", "started_at"])

    op.create_table(
        "mail_claims",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_claims")),
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "council",
                "health-board",
                "other-service-provider",
                "scottish-government",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("mailbox", sa.String(length=254), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("code", name=op.f("uq_organisations_code")),
    )
    op.create_table(
        "partnerships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("other_names", sa.String(length=200), nullable=False),
        sa.Column("notify_from", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnerships")),
        sa.UniqueConstraint("slug", name=op.f("uq_partnerships_slug")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index(op.f("ix_sign_in_attempts_account"), "sign_in_attempts", ["account"])
    op.create_index(op.f("ix_sign_in_attempts_address"), "sign_in_attempts", ["address"])
    op.create_index(op.f("ix_sign_in_attempts_at"), "sign_in_attempts", ["at"])

    op.create_table(
        "template_editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("first_period", sa.Integer(), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_editions")),
        sa.UniqueConstraint("edition", "version", name=op.f("uq_template_editions_edition_version")),
    )
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("partnership_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_audit_events_partnership_id_partnerships")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index(op.f("ix_audit_events_partnership_id"), "audit_events", ["partnership_id"])
    op.create_index("ix_audit_events_subject", "audit_events", ["subject", "subject_id", "id"])

    op.create_table(
        "closure_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_closure_days_partnership_id_partnerships")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure_days")),
        sa.UniqueConstraint("partnership_id", "day", name=op.f("uq_closure_days_partnership_id_day")),
    )
    op.create_index(op.f("ix_closure_days_partnership_id"), "closure_days", ["partnership_id"])

    op.create_table(
        "cycles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("template_edition_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_cycles_partnership_id_partnerships")
        ),
        sa.ForeignKeyConstraint(
            ["template_edition_id"],
            ["template_editions.id"],
            name=op.f("fk_cycles_template_edition_id_template_editions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycles")),
        sa.UniqueConstraint("partnership_id", "period_start", name=op.f("uq_cycles_partnership_id_period_start")),
    )
    op.create_index(op.f("ix_cycles_partnership_id"), "cycles", ["partnership_id"])
    op.create_index(op.f("ix_cycles_template_edition_id"), "cycles", ["template_edition_id"])

    op.create_table(
        "groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_groups_partnership_id_partnerships")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
    )
    op.create_index(op.f("ix_groups_partnership_id"), "groups", ["partnership_id"])

    op.create_table(
        "old_codes",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_old_codes_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_old_codes")),
    )
    op.create_index(op.f("ix_old_codes_organisation_id"), "old_codes", ["organisation_id"])

    op.create_table(
        "partnership_bodies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("lead", "member", name="role", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_partnership_bodies_to_after_from")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_partnership_bodies_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_partnership_bodies_partnership_id_partnerships")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnership_bodies")),
        sa.UniqueConstraint(
            "partnership_id",
            "organisation_id",
            "from_on",
            name=op.f("uq_partnership_bodies_partnership_id_organisation_id_from_on"),
        ),
    )
    op.create_index(op.f("ix_partnership_bodies_organisation_id"), "partnership_bodies", ["organisation_id"])
    op.create_index(op.f("ix_partnership_bodies_partnership_id"), "partnership_bodies", ["partnership_id"])

    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column(
            "rhythm",
            sa.Enum(
                "daily", "weekly", "only-late", name="rhythm", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 4", name=op.f("ck_users_weekday_is_a_working_day")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_users_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_users_fs_uniquifier")),
    )
    op.create_index(op.f("ix_users_organisation_id"), "users", ["organisation_id"])

    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("member", "chair", "clerk", name="role", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_memberships_group_id_groups")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("group_id", "user_id", name=op.f("uq_memberships_group_id_user_id")),
    )
    op.create_index(op.f("ix_memberships_user_id"), "memberships", ["user_id"])

    op.create_table(
        "milestones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partnership_id", sa.Integer(), nullable=True),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=80), nullable=False),
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
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.Enum(
                "analyse", "plan", "do", "review", name="stage", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("evidence_asked", sa.String(length=300), nullable=False),
        sa.Column(
            "duty_basis",
            sa.Enum(
                "statute",
                "guidance",
                "practice",
                "suggested",
                "local",
                name="duty_basis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("duty_citation", sa.String(length=300), nullable=False),
        sa.Column(
            "date_basis",
            sa.Enum(
                "statute",
                "guidance",
                "practice",
                "suggested",
                "local",
                name="date_basis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("date_citation", sa.String(length=300), nullable=False),
        sa.Column("date_rule", sa.String(length=120), nullable=False),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column(
            "done_with",
            sa.Enum("published", "told", name="done_with", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("reports_on", sa.Date(), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("target_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("expected_date", sa.Boolean(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "not-started",
                "in-progress",
                "done",
                "dropped",
                "not-required",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("lead_organisation_id", sa.Integer(), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("next_notice_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_milestones_cycle_id_cycles")),
        sa.ForeignKeyConstraint(["follows_id"], ["milestones.id"], name=op.f("fk_milestones_follows_id_milestones")),
        sa.ForeignKeyConstraint(
            ["lead_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_milestones_lead_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_milestones_owner_id_users")),
        sa.ForeignKeyConstraint(["parent_id"], ["milestones.id"], name=op.f("fk_milestones_parent_id_milestones")),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_milestones_partnership_id_partnerships")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestones")),
        sa.UniqueConstraint("partnership_id", "key", name=op.f("uq_milestones_partnership_id_key")),
    )
    op.create_index(op.f("ix_milestones_cycle_id"), "milestones", ["cycle_id"])
    op.create_index(
        "ix_milestones_documents",
        "milestones",
        ["target_on"],
        sqlite_where=sa.text("kind IN ('plan', 'annual-report')"),
        postgresql_where=sa.text("kind IN ('plan', 'annual-report')"),
    )
    op.create_index(op.f("ix_milestones_follows_id"), "milestones", ["follows_id"])
    op.create_index(op.f("ix_milestones_lead_organisation_id"), "milestones", ["lead_organisation_id"])
    op.create_index(
        "ix_milestones_next_notice_on",
        "milestones",
        ["next_notice_on", "id"],
        sqlite_where=sa.text("next_notice_on IS NOT NULL"),
        postgresql_where=sa.text("next_notice_on IS NOT NULL"),
    )
    op.create_index(
        "ix_milestones_owner_open",
        "milestones",
        ["owner_id", "due_on"],
        sqlite_where=sa.text("state IN ('not-started', 'in-progress')"),
        postgresql_where=sa.text("state IN ('not-started', 'in-progress')"),
    )
    op.create_index(op.f("ix_milestones_parent_id"), "milestones", ["parent_id"])
    op.create_index(
        "ix_milestones_partnership_open",
        "milestones",
        ["partnership_id", "due_on"],
        sqlite_where=sa.text("state IN ('not-started', 'in-progress')"),
        postgresql_where=sa.text("state IN ('not-started', 'in-progress')"),
    )
    op.create_index(
        "uq_milestones_national_key",
        "milestones",
        ["key"],
        unique=True,
        sqlite_where=sa.text("partnership_id IS NULL"),
        postgresql_where=sa.text("partnership_id IS NULL"),
    )

    op.create_table(
        "role_grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lead",
                "contributor",
                "governance-member",
                "clerk",
                "official",
                "auditor",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "scope",
            sa.Enum(
                "partnership",
                "organisation",
                "national",
                name="scope",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("partnership_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(scope = 'partnership') = (partnership_id IS NOT NULL) AND (scope = 'organisation') = (organisation_id IS NOT NULL)",
            name=op.f("ck_role_grants_scope_names_its_place"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_role_grants_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_role_grants_partnership_id_partnerships")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_role_grants_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
        sa.UniqueConstraint(
            "user_id",
            "role",
            "partnership_id",
            "organisation_id",
            name=op.f("uq_role_grants_user_id_role_partnership_id_organisation_id"),
        ),
    )
    op.create_index(op.f("ix_role_grants_organisation_id"), "role_grants", ["organisation_id"])
    op.create_index("ix_role_grants_partnership_role", "role_grants", ["partnership_id", "role"])
    op.create_index(op.f("ix_role_grants_user_id"), "role_grants", ["user_id"])

    op.create_table(
        "date_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("local", "expected", name="kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("old_due_on", sa.Date(), nullable=True),
        sa.Column("new_due_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestones.id"], name=op.f("fk_date_changes_milestone_id_milestones")
        ),
        sa.ForeignKeyConstraint(["noted_by_id"], ["users.id"], name=op.f("fk_date_changes_noted_by_id_users")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["users.id"], name=op.f("fk_date_changes_proposed_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_changes")),
    )
    op.create_index(op.f("ix_date_changes_milestone_id"), "date_changes", ["milestone_id"])
    op.create_index(op.f("ix_date_changes_noted_by_id"), "date_changes", ["noted_by_id"])
    op.create_index(op.f("ix_date_changes_proposed_by_id"), "date_changes", ["proposed_by_id"])

    op.create_table(
        "escalations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum(
                "owner",
                "lead",
                "governance-group",
                name="audience",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("fell_due_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "resolution",
            sa.Enum(
                "done",
                "new-date",
                "reopened",
                "closed",
                name="resolution",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_escalations_decided_by_id_users")),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestones.id"], name=op.f("fk_escalations_milestone_id_milestones")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
    )
    op.create_index("ix_escalations_audience", "escalations", ["audience", "resolved_at"])
    op.create_index(op.f("ix_escalations_decided_by_id"), "escalations", ["decided_by_id"])
    op.create_index(op.f("ix_escalations_milestone_id"), "escalations", ["milestone_id"])
    op.create_index(
        "uq_escalations_open",
        "escalations",
        ["milestone_id", "due_on", "rung"],
        unique=True,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )

    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(length=32), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("digest", "document-published", name="kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("milestone_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("digest_on", sa.Date(), nullable=True),
        sa.Column("rendered_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "failed",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claim_id", sa.String(length=32), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_messages_milestone_id_milestones")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_messages_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("identity", name=op.f("uq_messages_identity")),
    )
    op.create_index(
        "ix_messages_claim_id",
        "messages",
        ["claim_id", "id"],
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_index(
        "ix_messages_failed",
        "messages",
        ["id"],
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index(op.f("ix_messages_milestone_id"), "messages", ["milestone_id"])
    op.create_index(
        "ix_messages_ready",
        "messages",
        ["ready_at", "id"],
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "uq_messages_digest",
        "messages",
        ["user_id", "digest_on"],
        unique=True,
        sqlite_where=sa.text("digest_on IS NOT NULL"),
        postgresql_where=sa.text("digest_on IS NOT NULL"),
    )

    op.create_table(
        "milestone_predecessors",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("predecessor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestones.id"], name=op.f("fk_milestone_predecessors_milestone_id_milestones")
        ),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["milestones.id"], name=op.f("fk_milestone_predecessors_predecessor_id_milestones")
        ),
        sa.PrimaryKeyConstraint("milestone_id", "predecessor_id", name=op.f("pk_milestone_predecessors")),
    )
    op.create_index(op.f("ix_milestone_predecessors_predecessor_id"), "milestone_predecessors", ["predecessor_id"])

    op.create_table(
        "publications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column(
            "version",
            sa.Enum(
                "draft",
                "interim",
                "final",
                "revised",
                name="version",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestones.id"], name=op.f("fk_publications_milestone_id_milestones")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_publications_recorded_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint("milestone_id", name=op.f("uq_publications_milestone_id")),
    )
    op.create_index(op.f("ix_publications_recorded_by_id"), "publications", ["recorded_by_id"])

    op.create_table(
        "message_bodies",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_message_bodies_message_id_messages")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_message_bodies")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("addressee", sa.String(length=60), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column(
            "audience",
            sa.Enum(
                "owner",
                "lead",
                "governance-group",
                name="audience",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("overtook", sa.JSON(), nullable=False),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("unreachable", sa.Boolean(), nullable=False),
        sa.Column("queued_on", sa.Date(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ending",
            sa.Enum("superseded", "withdrawn", name="ending", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("ended_why", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_notices_message_id_messages")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_notices_milestone_id_milestones")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notices_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_message_id"), "notices", ["message_id"])
    op.create_index(
        "ix_notices_unreachable",
        "notices",
        ["queued_on"],
        sqlite_where=sa.text("unreachable"),
        postgresql_where=sa.text("unreachable"),
    )
    op.create_index(
        "ix_notices_waiting",
        "notices",
        ["user_id", "id"],
        sqlite_where=sa.text("message_id IS NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("message_id IS NULL AND ended_at IS NULL"),
    )
    op.create_index(
        "uq_notices_identity",
        "notices",
        ["milestone_id", "due_on", "step", "addressee"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "publication_addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "full",
                "summary",
                "child",
                "easy-read",
                "bsl",
                name="form",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_publication_addresses_publication_id_publications")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_addresses")),
        sa.UniqueConstraint(
            "publication_id", "form", "language", name=op.f("uq_publication_addresses_publication_id_form_language")
        ),
    )
    op.create_table(
        "publication_copies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_publication_copies_publication_id_publications")
        ),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["organisations.id"], name=op.f("fk_publication_copies_receiver_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_copies")),
        sa.UniqueConstraint(
            "publication_id", "receiver_id", name=op.f("uq_publication_copies_publication_id_receiver_id")
        ),
    )
    op.create_index(op.f("ix_publication_copies_receiver_id"), "publication_copies", ["receiver_id"])
    for statement in REFUSALS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_events_refuse()")
