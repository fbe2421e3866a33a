"""Reminders before a new expected date, and the main reason of a change of date.

Revision 0025, after 0024. Plans that are due on the day after their interim plan are told apart from those with a new
expected date, before which the owner is now reminded. Of these the bookmark of what is open is set to the earliest day
on which anyone may be notified of such a date, or stays where it is earlier. What nobody is notified of at all has
none, and gets none.

A change of date can have a reason from a short list. Those that exist have none.

Going back, only the columns go: an early bookmark is right in the older version too.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

OPEN = ("not-started", "in-progress")
# Fourteen days before the date, and as many as closure days can move that.
EARLIEST = 14 + 60

CAUSES = (
    *("committee-calendar", "late-approval", "late-data", "staff", "election", "redesign", "faster", "correction"),
    "other",
)

milestones = sa.table(
    "milestones",
    *(sa.column(name) for name in ("id", "kind", "state")),
    *(sa.column(name, sa.Date()) for name in ("due_on", "next_notice_on")),
    *(sa.column(name, sa.Boolean()) for name in ("expected_date", "after_interim")),
)
publications = sa.table(
    "publications",
    *(sa.column(name) for name in ("milestone_id", "version")),
    sa.column("interim_until", sa.Date()),
    sa.column("is_present", sa.Boolean()),
)
date_changes = sa.table(
    "date_changes",
    *(sa.column(name) for name in ("milestone_id", "kind", "noted_at")),
    sa.column("new_due_on", sa.Date()),
)


def upgrade() -> None:
    # Not as a batch: SQLite would make the table anew.
    op.add_column("milestones", sa.Column("after_interim", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("date_changes") as batch_op:
        batch_op.add_column(sa.Column("cause", sa.String(length=40), nullable=True))
        listed = ", ".join(f"'{cause}'" for cause in CAUSES)
        batch_op.create_check_constraint(op.f("ck_date_changes_cause"), f"cause IN ({listed})")
    row = milestones.c
    interim = sa.exists().where(
        publications.c.milestone_id == row.id,
        publications.c.is_present,
        publications.c.version == "interim",
        days(publications.c.interim_until, 1) == row.due_on,
    )
    explained = sa.exists().where(
        date_changes.c.milestone_id == row.id,
        date_changes.c.kind == "expected",
        date_changes.c.noted_at.is_not(None),
        date_changes.c.new_due_on == row.due_on,
    )
    op.execute(
        sa.update(milestones)
        .where(row.kind == "plan", row.expected_date, interim, ~explained)
        .values(after_interim=sa.true())
    )
    op.execute(
        sa.update(milestones)
        .where(
            *(row.expected_date, ~row.after_interim, row.state.in_(OPEN)),
            row.next_notice_on > days(row.due_on, -EARLIEST),
        )
        .values(next_notice_on=days(row.due_on, -EARLIEST))
    )


def days(column: sa.ColumnElement[object], number: int) -> sa.ColumnElement[object]:
    """So many days after a date, as either database counts them."""
    if op.get_bind().dialect.name == "sqlite":
        return sa.type_coerce(sa.func.date(column, f"{number:+d} days"), sa.Date())
    return sa.type_coerce(column + sa.literal(number, sa.Integer()), sa.Date())


def downgrade() -> None:
    with op.batch_alter_table("date_changes") as batch_op:
        batch_op.drop_constraint(op.f("ck_date_changes_cause"), type_="check")
        batch_op.drop_column("cause")
    op.drop_column("milestones", "after_interim")
