"""Everyone's first week: approvals, evidence, comments, decisions, invitations, sessions, and what goes with them.

Revision 0002, after 0001. A decision that stood on its escalation becomes a row of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = [
    "decisions",
    "access_links",
    "update_requests",
    "evidence",
    "comments",
    "approvals",
    "sign_in_sessions",
    "recovery_codes",
    "post_holders",
    "pending_imports",
    "meetings",
    "invitations",
    "stored_contents",
    "stored_files",
]
"""The new tables, those first that others need last."""

MESSAGE_KINDS = [
    "digest",
    "document-published",
    "update-request",
    "invitation",
    "password-reset",
    "sign-in-link",
    "account-changed",
]


def in_words(column: str, words: list[str]) -> str:
    """The condition of a column of words."""
    return column + " IN (" + ", ".join(f"'{word}'" for word in words) + ")"


def upgrade() -> None:
    op.create_table(
        "stored_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
    )
    op.create_table(
        "stored_contents",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_stored_contents_file_id_stored_files")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_stored_contents")),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
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
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(scope = 'partnership') = (partnership_id IS NOT NULL) AND (scope = 'organisation') = (organisation_id IS NOT NULL)",
            name=op.f("ck_invitations_scope_names_its_place"),
        ),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["users.id"], name=op.f("fk_invitations_accepted_by_id_users")),
        sa.ForeignKeyConstraint(["invited_by_id"], ["users.id"], name=op.f("fk_invitations_invited_by_id_users")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_invitations_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_invitations_partnership_id_partnerships")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
    )
    op.create_index(op.f("ix_invitations_accepted_by_id"), "invitations", ["accepted_by_id"])
    op.create_index(op.f("ix_invitations_email"), "invitations", ["email"])
    op.create_index(op.f("ix_invitations_invited_by_id"), "invitations", ["invited_by_id"])
    op.create_index(op.f("ix_invitations_organisation_id"), "invitations", ["organisation_id"])
    op.create_index(op.f("ix_invitations_partnership_id"), "invitations", ["partnership_id"])
    op.create_table(
        "meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("minutes", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_meetings_group_id_groups")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("group_id", "held_on", name=op.f("uq_meetings_group_id_held_on")),
    )
    op.create_table(
        "pending_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("history", "milestones", name="kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_pending_imports_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_imports")),
    )
    op.create_index(op.f("ix_pending_imports_by_id"), "pending_imports", ["by_id"])
    op.create_table(
        "post_holders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["users.id"], name=op.f("fk_post_holders_post_id_users")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_post_holders_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_holders")),
        sa.UniqueConstraint("post_id", "user_id", name=op.f("uq_post_holders_post_id_user_id")),
    )
    op.create_index(op.f("ix_post_holders_user_id"), "post_holders", ["user_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_codes_code_hash")),
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"])
    op.create_table(
        "sign_in_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_in_sessions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_sessions_user_id"), "sign_in_sessions", ["user_id"])
    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "manner",
            sa.Enum(
                "approved",
                "noted",
                "delegated",
                "chairs-action",
                name="manner",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("meeting", sa.String(length=200), nullable=False),
        sa.Column("minute", sa.String(length=200), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_approvals_milestone_id_milestones")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_approvals_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_approvals_recorded_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint("milestone_id", "organisation_id", name=op.f("uq_approvals_milestone_id_organisation_id")),
    )
    op.create_index(op.f("ix_approvals_organisation_id"), "approvals", ["organisation_id"])
    op.create_index(op.f("ix_approvals_recorded_by_id"), "approvals", ["recorded_by_id"])
    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_comments_author_id_users")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_comments_milestone_id_milestones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index(op.f("ix_comments_author_id"), "comments", ["author_id"])
    op.create_index(op.f("ix_comments_milestone_id"), "comments", ["milestone_id"])
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=2000), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(address IS NULL) <> (file_id IS NULL)", name=op.f("ck_evidence_address_or_file")),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_evidence_added_by_id_users")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_evidence_file_id_stored_files")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_evidence_milestone_id_milestones")),
        sa.ForeignKeyConstraint(["removed_by_id"], ["users.id"], name=op.f("fk_evidence_removed_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_added_by_id"), "evidence", ["added_by_id"])
    op.create_index(op.f("ix_evidence_file_id"), "evidence", ["file_id"])
    op.create_index(op.f("ix_evidence_milestone_id"), "evidence", ["milestone_id"])
    op.create_index(op.f("ix_evidence_removed_by_id"), "evidence", ["removed_by_id"])
    op.create_table(
        "update_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply_by", sa.Date(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by_id"], ["users.id"], name=op.f("fk_update_requests_answered_by_id_users")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_update_requests_asked_by_id_users")),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestones.id"], name=op.f("fk_update_requests_milestone_id_milestones")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_update_requests")),
    )
    op.create_index(op.f("ix_update_requests_answered_by_id"), "update_requests", ["answered_by_id"])
    op.create_index(op.f("ix_update_requests_asked_by_id"), "update_requests", ["asked_by_id"])
    op.create_index(op.f("ix_update_requests_milestone_id"), "update_requests", ["milestone_id"])
    op.create_index(
        "ix_update_requests_open",
        "update_requests",
        ["milestone_id"],
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_table(
        "access_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "reset-password",
                "sign-in",
                "accept-invitation",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("invitation_id", sa.Integer(), nullable=True),
        sa.Column("minted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_access_links_invitation_id_invitations")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_access_links_message_id_messages")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_access_links_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_access_links_token_hash")),
    )
    op.create_index(op.f("ix_access_links_invitation_id"), "access_links", ["invitation_id"])
    op.create_index(op.f("ix_access_links_message_id"), "access_links", ["message_id"])
    op.create_index(op.f("ix_access_links_user_id"), "access_links", ["user_id"])
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("escalation_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "new-date",
                "next-steps",
                "refer-on",
                "no-action",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("next_step_id", sa.Integer(), nullable=True),
        sa.Column("referred_to", sa.String(length=200), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("minute", sa.String(length=200), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalations.id"], name=op.f("fk_decisions_escalation_id_escalations")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_decisions_made_by_id_users")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_decisions_meeting_id_meetings")),
        sa.ForeignKeyConstraint(["next_step_id"], ["milestones.id"], name=op.f("fk_decisions_next_step_id_milestones")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_decisions_recorded_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_escalation_id"), "decisions", ["escalation_id"])
    op.create_index(op.f("ix_decisions_made_by_id"), "decisions", ["made_by_id"])
    op.create_index(op.f("ix_decisions_meeting_id"), "decisions", ["meeting_id"])
    op.create_index(op.f("ix_decisions_next_step_id"), "decisions", ["next_step_id"])
    op.create_index(op.f("ix_decisions_recorded_by_id"), "decisions", ["recorded_by_id"])

    with op.batch_alter_table("escalations") as batch_op:
        batch_op.add_column(sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE escalations SET decided_at = resolved_at WHERE decided_by_id IS NOT NULL")
    op.execute(
        "INSERT INTO decisions "
        "(escalation_id, outcome, text, referred_to, minute, made_by_id, recorded_by_id, recorded_at) "
        "SELECT id, 'new-date', decision, '', '', decided_by_id, decided_by_id, resolved_at "
        "FROM escalations WHERE decided_by_id IS NOT NULL"
    )
    with op.batch_alter_table("escalations") as batch_op:
        batch_op.drop_index(op.f("ix_escalations_decided_by_id"))
        batch_op.drop_constraint(op.f("fk_escalations_decided_by_id_users"), type_="foreignkey")
        batch_op.drop_column("decided_by_id")
        batch_op.drop_column("decision")

    with op.batch_alter_table("date_changes") as batch_op:
        batch_op.add_column(sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("declined_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("declined_why", sa.Text(), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_date_changes_declined_by_id"), ["declined_by_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_date_changes_declined_by_id_users"), "users", ["declined_by_id"], ["id"]
        )
    with op.batch_alter_table("date_changes") as batch_op:
        batch_op.alter_column("declined_why", server_default=None)
    with op.batch_alter_table("messages") as batch_op:
        batch_op.add_column(sa.Column("invitation_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            "ix_messages_account_mail",
            ["kind", "ready_at"],
            sqlite_where=sa.text(
                "state = 'queued' AND kind IN ('invitation', 'password-reset', 'sign-in-link', 'account-changed')"
            ),
            postgresql_where=sa.text(
                "state = 'queued' AND kind IN ('invitation', 'password-reset', 'sign-in-link', 'account-changed')"
            ),
        )
        batch_op.create_index(batch_op.f("ix_messages_invitation_id"), ["invitation_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_messages_invitation_id_invitations"), "invitations", ["invitation_id"], ["id"]
        )
        batch_op.drop_constraint(op.f("ck_messages_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_messages_kind"), in_words("kind", MESSAGE_KINDS))
    with op.batch_alter_table("publication_copies") as batch_op:
        batch_op.add_column(sa.Column("sent_recorded_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("received_recorded_by_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_publication_copies_received_recorded_by_id"), ["received_recorded_by_id"])
        batch_op.create_index(batch_op.f("ix_publication_copies_sent_recorded_by_id"), ["sent_recorded_by_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_publication_copies_received_recorded_by_id_users"),
            "users",
            ["received_recorded_by_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_publication_copies_sent_recorded_by_id_users"), "users", ["sent_recorded_by_id"], ["id"]
        )
    with op.batch_alter_table("publications") as batch_op:
        batch_op.add_column(sa.Column("newer_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("kept_copy_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_publications_kept_copy_id"), ["kept_copy_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_publications_kept_copy_id_stored_files"), "stored_files", ["kept_copy_id"], ["id"]
        )
    with op.batch_alter_table("sign_in_attempts") as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum("guess", "mail", name="kind", native_enum=False, create_constraint=True, length=40),
                nullable=False,
                server_default="guess",
            )
        )
    with op.batch_alter_table("sign_in_attempts") as batch_op:
        batch_op.alter_column("kind", server_default=None)
    with op.batch_alter_table("users") as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum("person", "post", name="kind", native_enum=False, create_constraint=True, length=40),
                nullable=False,
                server_default="person",
            )
        )
        batch_op.add_column(sa.Column("totp_secret", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("totp_counter", sa.Integer(), nullable=True))
    with op.batch_alter_table("users") as batch_op:
        batch_op.alter_column("kind", server_default=None)


def downgrade() -> None:
    op.execute(
        "DELETE FROM access_links WHERE message_id IN "
        "(SELECT id FROM messages WHERE kind NOT IN ('digest', 'document-published'))"
    )
    op.execute(
        "DELETE FROM message_bodies WHERE message_id IN "
        "(SELECT id FROM messages WHERE kind NOT IN ('digest', 'document-published'))"
    )
    op.execute("DELETE FROM messages WHERE kind NOT IN ('digest', 'document-published')")
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_constraint(op.f("ck_users_kind"), type_="check")
        batch_op.drop_column("totp_counter")
        batch_op.drop_column("totp_secret")
        batch_op.drop_column("kind")
    with op.batch_alter_table("sign_in_attempts") as batch_op:
        batch_op.drop_constraint(op.f("ck_sign_in_attempts_kind"), type_="check")
        batch_op.drop_column("kind")
    with op.batch_alter_table("publications") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_publications_kept_copy_id_stored_files"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_publications_kept_copy_id"))
        batch_op.drop_column("kept_copy_id")
        batch_op.drop_column("newer_on")
    with op.batch_alter_table("publication_copies") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_publication_copies_received_recorded_by_id_users"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_publication_copies_sent_recorded_by_id_users"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_publication_copies_received_recorded_by_id"))
        batch_op.drop_index(batch_op.f("ix_publication_copies_sent_recorded_by_id"))
        batch_op.drop_column("received_recorded_by_id")
        batch_op.drop_column("sent_recorded_by_id")
    with op.batch_alter_table("messages") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_messages_invitation_id_invitations"), type_="foreignkey")
        batch_op.drop_index("ix_messages_account_mail")
        batch_op.drop_index(batch_op.f("ix_messages_invitation_id"))
        batch_op.drop_column("invitation_id")
        batch_op.drop_constraint(op.f("ck_messages_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_messages_kind"), in_words("kind", ["digest", "document-published"]))
    with op.batch_alter_table("date_changes") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_date_changes_declined_by_id_users"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_date_changes_declined_by_id"))
        batch_op.drop_column("declined_why")
        batch_op.drop_column("declined_at")
        batch_op.drop_column("declined_by_id")
        batch_op.drop_column("proposed_at")

    with op.batch_alter_table("escalations") as batch_op:
        batch_op.add_column(sa.Column("decision", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("decided_by_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE escalations SET decided_by_id = "
        "(SELECT max(recorded_by_id) FROM decisions WHERE escalation_id = escalations.id AND outcome = 'new-date'), "
        "decision = coalesce("
        "(SELECT max(text) FROM decisions WHERE escalation_id = escalations.id AND outcome = 'new-date'), '')"
    )
    with op.batch_alter_table("escalations") as batch_op:
        batch_op.alter_column("decision", server_default=None)
        batch_op.create_foreign_key(op.f("fk_escalations_decided_by_id_users"), "users", ["decided_by_id"], ["id"])
        batch_op.create_index(op.f("ix_escalations_decided_by_id"), ["decided_by_id"])
        batch_op.drop_column("decided_at")

    for table in TABLES:
        op.drop_table(table)
