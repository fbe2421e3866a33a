"""Who was told what, why somebody got a mail, and who is told of a milestone."""

from datetime import date
from uuid import uuid4

from sqlalchemy import select

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from tests.access_matrix.cells import (
    ADMINISTRATOR,
    AUDITOR,
    CLERK,
    CONTRIBUTOR,
    GOVERNANCE,
    LEAD,
    MILESTONE,
    REPORT,
    Cell,
    everywhere,
)
from tests.factories import at_seven, make_user

READERS = frozenset({LEAD, GOVERNANCE, CLERK, AUDITOR, ADMINISTRATOR})
DAY = date(2026, 7, 1)

TABLE = [
    everywhere("/notices", READERS),
    Cell("/notices/export.<any(csv,xlsx):form>", "GET", "/notices/export.csv", READERS, everywhere=True),
    Cell("/notices/<int(max=2147483647):notice_id>", "GET", "/notices/{notice}", READERS),
    Cell("/mails/<string(length=32):identity>", "GET", "/mails/{mail}", READERS, otherwise=404),
    Cell(f"{MILESTONE}/notices", "GET", f"{REPORT}/notices", READERS | {CONTRIBUTOR}),
]


def make(partnership: Partnership) -> dict[str, object]:
    """A notice of the partnership's report in a mail that was sent."""
    report = db.session.scalars(
        select(Milestone).where(Milestone.partnership_id == partnership.id, Milestone.key == "2023-26.annual-report-3")
    ).one()
    person = make_user("Somebody Told")
    mail = Message(
        identity=uuid4().hex,
        kind=MessageKind.DIGEST,
        recipient=person.email,
        addressee=f"user:{person.id}",
        user_id=person.id,
        subject="1 date has passed",
        message_id=f"<{uuid4().hex}@example.test>",
        rendered_on=DAY,
        state=MessageState.SENT,
        queued_at=at_seven(DAY),
        ready_at=at_seven(DAY),
        ended_at=at_seven(DAY),
    )
    db.session.add(mail)
    db.session.flush()
    notice = Notice(
        milestone_id=report.id,
        due_on=report.due_on,
        step="overdue-1",
        addressee=f"user:{person.id}",
        user_id=person.id,
        audience=Audience.OWNER,
        queued_on=DAY,
        queued_at=at_seven(DAY),
        message_id=mail.id,
    )
    db.session.add(notice)
    db.session.flush()
    return {"notice": notice.id, "mail": mail.identity}
