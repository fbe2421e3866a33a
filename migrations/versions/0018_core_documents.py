"""Cycles that nobody has opened, partnerships that have not joined, and where each can be reached.

Revision 0018, after 0017. The plan and the annual reports of every period are there from the rules alone, in cycles
that somebody may open later; `load-reference` makes those that are missing, and not this. A cycle that holds more than
its documents was opened, on the day of its event in the audit, or on that on which its first step was entered.

A partnership without a first day of notices has not joined, and nobody is told of its dates: what waits to be told is
withdrawn, and what its stages escalated is closed. Going back, cycles that nobody opened stay with their documents, as
those that were made for records of the past did.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

LONDON = ZoneInfo("Europe/London")
DOCUMENTS = ("plan", "annual-report")

cycles = sa.table(
    "cycles", sa.column("id", sa.Integer()), sa.column("opened_on", sa.Date()), sa.column("partnership_id")
)
milestones = sa.table(
    "milestones",
    sa.column("id", sa.Integer()),
    sa.column("cycle_id", sa.Integer()),
    sa.column("partnership_id", sa.Integer()),
    sa.column("kind", sa.String()),
    sa.column("entered_on", sa.Date()),
    sa.column("next_notice_on", sa.Date()),
)
audit_events = sa.table(
    "audit_events",
    sa.column("subject", sa.String()),
    sa.column("subject_id", sa.Integer()),
    sa.column("action", sa.String()),
    sa.column("at", sa.DateTime(timezone=True)),
)
partnerships = sa.table("partnerships", sa.column("id", sa.Integer()), sa.column("notify_from", sa.Date()))
notices = sa.table(
    "notices",
    sa.column("milestone_id", sa.Integer()),
    sa.column("message_id", sa.Integer()),
    sa.column("ended_at", sa.DateTime(timezone=True)),
    sa.column("ending", sa.String()),
    sa.column("ended_why", sa.String()),
)
messages = sa.table("messages", sa.column("id", sa.Integer()), sa.column("state", sa.String()))
escalations = sa.table(
    "escalations",
    sa.column("milestone_id", sa.Integer()),
    sa.column("raised_by_id", sa.Integer()),
    sa.column("resolved_at", sa.DateTime(timezone=True)),
    sa.column("resolution", sa.String()),
)


def upgrade() -> None:
    """Say of each cycle when it was opened, and let partnerships that have not joined fall silent."""
    # Not as a batch: SQLite would make the table anew.
    op.add_column("cycles", sa.Column("opened_on", sa.Date(), nullable=True))
    op.add_column("partnerships", sa.Column("web_address", sa.String(2000), nullable=True))
    op.add_column("partnerships", sa.Column("mailbox", sa.String(254), nullable=True))
    connection = op.get_bind()
    for cycle_id, opened_on in _opened(connection).items():
        connection.execute(sa.update(cycles).where(cycles.c.id == cycle_id).values(opened_on=opened_on))
    _fall_silent(connection)


def downgrade() -> None:
    """Forget which cycles were opened. What fell silent stays so until the partnership's first day is set."""
    op.drop_column("partnerships", "mailbox")
    op.drop_column("partnerships", "web_address")
    op.drop_column("cycles", "opened_on")


def _opened(connection: sa.Connection) -> dict[int, date]:
    """By cycle, the day on which it was opened; none for one that holds documents alone and has no such event."""
    steps = sa.select(milestones.c.cycle_id, sa.func.min(milestones.c.entered_on)).where(
        milestones.c.cycle_id.is_not(None), milestones.c.kind.not_in(DOCUMENTS)
    )
    opened = {cycle_id: _day(day) for cycle_id, day in connection.execute(steps.group_by(milestones.c.cycle_id))}
    told = sa.select(audit_events.c.subject_id, sa.func.min(audit_events.c.at)).where(
        audit_events.c.subject == "cycle", audit_events.c.action == "opened"
    )
    there = set(connection.scalars(sa.select(cycles.c.id)))
    for cycle_id, at in connection.execute(told.group_by(audit_events.c.subject_id)):
        if cycle_id in there:
            opened[cycle_id] = _london_day(at)
    return opened


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _london_day(at: datetime | str) -> date:
    """SQLite keeps instants in UTC without their zone."""
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(LONDON).date()


def _fall_silent(connection: sa.Connection) -> None:
    theirs = (
        sa.select(milestones.c.id)
        .join(partnerships, partnerships.c.id == milestones.c.partnership_id)
        .where(partnerships.c.notify_from.is_(None))
    )
    # What is in an email that was not sent yet is taken out of it, or withdrawn with it, once it is to be sent.
    unsent = sa.select(messages.c.id).where(messages.c.state.in_(("queued", "sending")))
    waiting = sa.and_(
        notices.c.milestone_id.in_(theirs),
        notices.c.ended_at.is_(None),
        sa.or_(notices.c.message_id.is_(None), notices.c.message_id.in_(unsent)),
    )
    why = "the partnership has not joined"
    connection.execute(
        sa.update(notices).where(waiting).values(ended_at=sa.func.now(), ending="withdrawn", ended_why=why)
    )
    connection.execute(
        sa.update(escalations)
        .where(
            escalations.c.milestone_id.in_(theirs),
            escalations.c.resolved_at.is_(None),
            escalations.c.raised_by_id.is_(None),
        )
        .values(resolved_at=sa.func.now(), resolution="closed")
    )
