"""Before sending: which of the messages in hand say something that is no longer true, and setting that right.

What a digest lists as late beside its notices is looked up again with them; a message is not sent for its list alone. A
notice is no longer true once its milestone is finished or has another date, once whoever gets the mail may not see
it any more or wants no reminders before the day, or once what they were given belongs to somebody else; the words of
a mail hold for the day on which it was rendered. Only such messages are rendered again, with the same Message-ID, or
withdrawn where nothing is left. A request for an update names the day that its words hold for, so it is never
rendered again: it is withdrawn once its document is finished, or its person may not see it any more. So is an email
about what officials recorded, once its person may not see the document any more. A mail about an account is withdrawn
once its purpose has passed.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import and_, case, exists, func, not_, or_, select, update
from sqlalchemy.orm import aliased

from cycle_tracker.access.queries.scopes import IS_OPEN, may_be_seen_by
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.message import Message, MessageBody, MessageKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.models.user import User
from cycle_tracker.people.services.account_mails import withdraw_lapsed_mails
from cycle_tracker.reminders.queries.late_lines import NOTHING_LATE, LateList, late_lists
from cycle_tracker.reminders.queries.waiting import NoticeLine, notices_of_messages
from cycle_tracker.reminders.services.late_lines import (
    keep_late_lines,
    let_go_of_late_lines,
    messages_with_untrue_lines,
)
from cycle_tracker.reminders.services.untrue import (
    FINISHED,
    NOT_ALLOWED,
    rendered_before,
    untrue_notices,
)
from cycle_tracker.reminders.services.unwritten import DECIDED, set_aside
from cycle_tracker.reminders.services.words.digests import render_digest
from cycle_tracker.reminders.services.words.parts import Reader

NOTHING_LEFT = "nothing in it was still true when it was due to be sent"


def withdraw_or_rerender_stale(message_ids: Sequence[int], today: date, now: datetime) -> set[int]:
    """Bring these messages up to date for today; the numbers of those that were withdrawn. Commits."""
    withdrawn = _withdraw_requests(message_ids, today, now) | withdraw_lapsed_mails(message_ids, now)
    untrue = untrue_notices(message_ids, today)
    stale = {*untrue, *messages_with_untrue_lines(message_ids, today), *rendered_before(message_ids, today)}
    if not stale:
        db.session.commit()
        return withdrawn
    why_of = {notice_id: why for notices in untrue.values() for notice_id, why in notices.items()}
    decided = {notice_id for notice_id, why in why_of.items() if why == DECIDED}
    _withdraw_notices({number: why for number, why in why_of.items() if number not in decided}, today, now)
    left = {
        message_id: [line for line in lines if line.notice_id not in decided]
        for message_id, lines in notices_of_messages(stale).items()
    }
    readers = _readers_of(stale)
    late = _list_again(left, readers, today)
    listed: dict[int, LateList] = {}
    emptied: set[int] = set()
    for message in db.session.scalars(
        select(Message)
        .where(Message.id.in_(stale), Message.kind == MessageKind.DIGEST, Message.state == MessageState.SENDING)
        .order_by(Message.id)
        .with_for_update()  # a sender that slept may come here when another has sent these already
    ):
        if left.get(message.id):
            listed[message.id] = late.get(message.id, NOTHING_LATE)
            _render_again(message, left[message.id], readers[message.id], listed[message.id], today, now)
        else:
            message.state, message.ended_at, message.claim_id = MessageState.WITHDRAWN, now, None
            message.ended_why = NOTHING_LEFT
            emptied.add(message.id)
    set_aside({number: notices for number, notices in untrue.items() if number in listed}, decided, now)
    let_go_of_late_lines(listed.keys() | emptied)
    keep_late_lines(listed.items())
    db.session.commit()
    db.session.expunge_all()
    return withdrawn | emptied


def _withdraw_requests(message_ids: Sequence[int], today: date, now: datetime) -> set[int]:
    """Withdraw the requests for an update that need no answer any more, and these and what is said of officials'
    records if their person may not see the document any more; their numbers. One statement."""
    # A letter to a partnership that has not joined is of this kind too: it is about no document and for no person.
    is_request = and_(Message.kind == MessageKind.UPDATE_REQUEST, Milestone.id.is_not(None))
    is_of_records = and_(Message.kind == MessageKind.ON_BEHALF, Message.user_id.is_not(None))
    not_allowed = not_(may_be_seen_by(Message.user_id, today))
    is_finished = exists().where(Milestone.id == Message.milestone_id, ~IS_OPEN)
    untrue = (
        select(Message.id)
        # what is about several documents of a partnership names none: it is kept from who has left
        .outerjoin(Milestone, Milestone.id == Message.milestone_id)
        .where(
            Message.id.in_(message_ids),
            or_(and_(is_request, ~IS_OPEN), and_(or_(is_request, is_of_records), not_allowed)),
        )
    )
    return set(
        db.session.scalars(
            update(Message)
            .where(Message.id.in_(untrue.scalar_subquery()), Message.state == MessageState.SENDING)
            .values(
                state=MessageState.WITHDRAWN,
                ended_at=now,
                ended_why=case(
                    (and_(Message.kind == MessageKind.UPDATE_REQUEST, is_finished), FINISHED), else_=NOT_ALLOWED
                ),
                claim_id=None,
            )
            .returning(Message.id)
            .execution_options(synchronize_session=False)
        )
    )


def _withdraw_notices(untrue: dict[int, str], today: date, now: datetime) -> None:
    """End the notices, saying why. Where a person may no longer see the milestone, the next run asks who may."""
    for why in sorted(set(untrue.values())):
        ids = [notice_id for notice_id, reason in untrue.items() if reason == why]
        db.session.execute(
            update(Notice)
            .where(Notice.id.in_(ids), Notice.ended_at.is_(None))
            .values(ended_at=now, ending=Ending.WITHDRAWN, ended_why=why)
            .execution_options(synchronize_session=False)
        )
        if why == NOT_ALLOWED:
            db.session.execute(
                update(Milestone)
                .where(Milestone.id.in_(select(Notice.milestone_id).where(Notice.id.in_(ids))))
                .values(next_notice_on=today)
                .execution_options(synchronize_session=False)
            )


def _readers_of(message_ids: Collection[int]) -> dict[int, Reader]:
    """Who gets each of these messages, and for whom besides themselves."""
    person, away = aliased(User), aliased(User)
    for_another = (Notice.message_id == Message.id) & (Notice.user_id != Message.user_id) & Notice.ended_at.is_(None)
    rows = db.session.execute(
        select(
            Message.id,
            Message.recipient,
            Message.user_id,
            Message.contact_id,
            func.coalesce(person.name, Contact.name).label("name"),
            away.id.label("away_id"),
            away.name.label("away_name"),
        )
        .outerjoin(person, person.id == Message.user_id)
        .outerjoin(Contact, Contact.id == Message.contact_id)
        .outerjoin(Notice, for_another)
        .outerjoin(away, away.id == Notice.user_id)
        .where(Message.id.in_(message_ids))
        .distinct()
    )
    readers: dict[int, Reader] = {}
    for row in rows:
        known = readers.get(row.id)
        covers = {**(known.covers if known else {}), **({row.away_id: row.away_name} if row.away_id else {})}
        readers[row.id] = Reader(row.name, row.recipient, row.user_id, row.contact_id, covers)
    return readers


def _list_again(left: dict[int, list[NoticeLine]], readers: dict[int, Reader], today: date) -> dict[int, LateList]:
    """All else that is late for each of these messages now; of two for one reader neither lists what the other tells.
    One statement."""
    people: dict[int, set[int]] = {}
    for message_id in left:
        if (reader_id := readers[message_id].user_id) is not None:
            people.setdefault(reader_id, {reader_id}).update(readers[message_id].covers)
    late = late_lists(people, [line.notice_id for lines in left.values() for line in lines], today)
    return {message_id: late.get(readers[message_id].user_id or 0, NOTHING_LATE) for message_id in left}


def _render_again(
    message: Message, lines: list[NoticeLine], reader: Reader, late: LateList, today: date, now: datetime
) -> None:
    rendered = render_digest(message, lines, reader, today=today, now=now, late=late)
    message.rendered_on = today
    db.session.execute(
        update(MessageBody)
        .where(MessageBody.message_id == message.id)
        .values(content=rendered.content, key=rendered.key)
    )
