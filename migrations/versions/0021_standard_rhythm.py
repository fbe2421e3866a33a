"""The standard rhythm: what can wait comes together on a person's list day.

Revision 0021, after 0019. It becomes the rhythm of everybody who takes their mail daily and of whom the audit has no
choice: until now that was the default. People of `load-synthetic` keep theirs, by their addresses. Going back, who has
the standard rhythm takes their mail daily.
"""

from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None

OLD_RHYTHMS = ("daily", "weekly", "only-late")
RHYTHMS = ("standard", *OLD_RHYTHMS)
OF_PEOPLE_WHO_NEVER_CHOSE = (
    "UPDATE users SET rhythm = 'standard' WHERE rhythm = 'daily' "
    "AND email NOT LIKE 'person-______@example.test' AND NOT EXISTS (SELECT 1 FROM audit_events "
    "WHERE subject = 'user' AND subject_id = users.id AND action = 'preference-set')"
)


def upgrade() -> None:
    _allow(RHYTHMS)
    op.execute(OF_PEOPLE_WHO_NEVER_CHOSE)


def downgrade() -> None:
    op.execute("UPDATE users SET rhythm = 'daily' WHERE rhythm = 'standard'")
    _allow(OLD_RHYTHMS)


def _allow(rhythms: tuple[str, ...]) -> None:
    words = ", ".join(f"'{rhythm}'" for rhythm in rhythms)
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_constraint(op.f("ck_users_rhythm"), type_="check")
        batch_op.create_check_constraint(op.f("ck_users_rhythm"), f"rhythm IN ({words})")
