"""Reports whose time begins, and steps that wait for others.

Revision 0020, after 0019. The bookmark of a report whose time is still to begin may be no later than that day. Of a
report whose time has begun nobody is told now: one notice stands for that day. It is for nobody, so it is in no email.
Milestones that are closed from now on without a day on which they were done keep the day on which they were closed.

Going back, these notices and days go. What is late is reminded more often then, and does not wait for others: the job
asks the rules again on its next run.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

OPEN = ("not-started", "in-progress")
# Not the addressee of a milestone that is silent altogether (ADR 0031), which its owner is never told of again.
NOBODY = "audience:lead"

milestones = sa.table(
    "milestones",
    *(sa.column(name) for name in ("id", "partnership_id", "kind", "duty_basis", "state")),
    *(sa.column(name, sa.Date()) for name in ("opens_on", "due_on", "next_notice_on")),
)
predecessors = sa.table("milestone_predecessors", sa.column("milestone_id"))
notices = sa.table(
    "notices",
    sa.column("milestone_id", sa.Integer()),
    *(sa.column(name, sa.String()) for name in ("step", "addressee", "audience", "policy", "ended_why")),
    *(sa.column(name, sa.Date()) for name in ("due_on", "queued_on")),
    *(sa.column(name, sa.Boolean()) for name in ("at_once", "unreachable")),
    sa.column("queued_at", sa.DateTime(timezone=True)),
    sa.column("overtook", sa.JSON()),
)


def upgrade() -> None:
    # Not as a batch: SQLite would make the table anew.
    op.add_column("milestones", sa.Column("closed_on", sa.Date(), nullable=True))
    today = sa.func.current_date()
    is_report = sa.and_(milestones.c.kind == "annual-report", milestones.c.state.in_(OPEN))
    op.execute(
        sa.update(milestones)
        .where(is_report, milestones.c.opens_on >= today, milestones.c.next_notice_on > milestones.c.opens_on)
        .values(next_notice_on=milestones.c.opens_on)
    )
    begun = sa.select(
        milestones.c.id,
        milestones.c.due_on,
        *(sa.literal(text, sa.String()) for text in ("opens", NOBODY, "lead", "", "")),
        today,
        sa.false(),
        sa.false(),
        sa.func.now(),
        sa.literal([], sa.JSON()),
    ).where(is_report, milestones.c.opens_on < today, milestones.c.due_on >= today)
    columns = ("milestone_id", "due_on", "step", "addressee", "audience", "policy", "ended_why")
    columns += ("queued_on", "at_once", "unreachable", "queued_at", "overtook")
    op.execute(sa.insert(notices).from_select(columns, begun))


def downgrade() -> None:
    op.execute(sa.delete(notices).where(notices.c.step == "opens", notices.c.addressee == NOBODY))
    today = sa.func.current_date()
    late = sa.and_(milestones.c.state.in_(OPEN), milestones.c.due_on < today)
    waits = sa.and_(
        milestones.c.next_notice_on.is_(None),
        milestones.c.kind.not_in(("plan", "annual-report")),
        milestones.c.duty_basis != "statute",
        milestones.c.partnership_id.is_not(None),
        milestones.c.id.in_(sa.select(predecessors.c.milestone_id)),
    )
    op.execute(
        sa.update(milestones)
        .where(late, sa.or_(waits, milestones.c.next_notice_on > today))
        .values(next_notice_on=today)
    )
    op.drop_column("milestones", "closed_on")
