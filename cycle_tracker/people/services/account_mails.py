"""The mails about an account: asked for at the door, or telling of a change. They go out within seconds."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from flask import current_app
from sqlalchemy import and_, case, exists, or_, update

from cycle_tracker.access.services.access_links import link_address
from cycle_tracker.core import addresses
from cycle_tracker.core.clock import london_day, london_time
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.placeholders import new_key
from cycle_tracker.core.wording import day
from cycle_tracker.mail.services.outgoing import enqueue
from cycle_tracker.models.access import AccessLink, Invitation
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.user import AccountKind, User
from cycle_tracker.people.queries.account_mails import has_one_queued
from cycle_tracker.people.queries.users import find_user

# How long after asking somebody still wants the mail, where the mail server was away.
WANTED_FOR = {MessageKind.PASSWORD_RESET: timedelta(hours=24), MessageKind.SIGN_IN_LINK: timedelta(hours=1)}

FOR_ACCOUNTS = [kind for kind in MessageKind if kind.is_for_an_account]
NOBODY = "nobody@invalid.example"


def ask_for_new_password(email: str, *, now: datetime) -> None:
    """Queue the mail by which the person of this address sets a new password, if there is an active one.

    The work is the same if there is none, so that neither the answer nor the time it takes tells.
    """
    _queue_for_whoever(email, MessageKind.PASSWORD_RESET, "people/mail/password_reset", now)


def ask_for_sign_in_link(email: str, *, now: datetime) -> None:
    """Queue the mail by which the person of this address signs in, if there is an active one. The work is the same."""
    _queue_for_whoever(email, MessageKind.SIGN_IN_LINK, "people/mail/sign_in_link", now)


def notify_of_change(user: User, change: str, *, now: datetime) -> None:
    """Queue the email that says what was changed in a person's account: `Your password was changed`."""
    at = london_time(now)
    enqueue(
        _message(MessageKind.ACCOUNT_CHANGED, user.email, now, user_id=user.id),
        template="people/mail/account_changed",
        now=now,
        name=user.name,
        change=change,
        at=f"{day(at.date())}, {at:%H:%M}",
        link=current_app.config["SERVICE_URL"] + addresses.FORGOTTEN_PASSWORD,
    )


def notify_of_standing_in(user: User, what: str, delegation: Delegation, *, now: datetime) -> None:
    """Queue the email that says that a person covers for someone, or someone for them, or no longer."""
    enqueue(
        _message(MessageKind.ACCOUNT_CHANGED, user.email, now, user_id=user.id),
        template="people/mail/standing_in",
        now=now,
        name=user.name,
        what=what,
        days=f"{day(delegation.from_on)} to {day(delegation.to_on)}",
        set_by=delegation.set_by.name,
        ended=delegation.ended_at is not None,
        is_deputy=user.id == delegation.deputy_id,
        absent=delegation.user.name,
        link=current_app.config["SERVICE_URL"] + addresses.ACCOUNT,
    )


def queue_invitation(invitation: Invitation, place: str, *, now: datetime) -> None:
    """Queue the email that invites someone. `place` says where: `Moray`."""
    key = new_key()
    enqueue(
        _message(MessageKind.INVITATION, invitation.email, now, invitation_id=invitation.id),
        template="people/mail/invitation",
        now=now,
        key=key,
        name=invitation.name,
        role=invitation.role.label,
        place=place,
        inviter=invitation.invited_by.name,
        until=day(london_day(invitation.expires_at)),
        link=link_address(MessageKind.INVITATION, key),
    )


def withdraw_lapsed_mails(message_ids: Sequence[int], now: datetime) -> set[int]:
    """Withdraw those of these messages whose purpose has passed: their person is switched off or a post, their
    invitation is no longer open, they were asked for too long ago, or another did what they are for. Their numbers;
    one statement."""
    gone = exists().where(User.id == Message.user_id, or_(User.active.is_(False), User.kind == AccountKind.POST))
    over = exists().where(
        Invitation.id == Message.invitation_id,
        or_(Invitation.accepted_at.is_not(None), Invitation.withdrawn_at.is_not(None), Invitation.expires_at <= now),
    )
    too_late = or_(*(and_(Message.kind == kind, Message.queued_at <= now - by) for kind, by in WANTED_FOR.items()))
    done = exists().where(AccessLink.user_id == Message.user_id, AccessLink.used_at > Message.queued_at)
    return set(
        db.session.scalars(
            update(Message)
            .where(
                Message.id.in_(message_ids),
                Message.kind.in_(FOR_ACCOUNTS),
                Message.state == MessageState.SENDING,
                or_(gone, over, too_late, and_(Message.kind.in_(WANTED_FOR), done)),
            )
            .values(
                state=MessageState.WITHDRAWN,
                ended_at=now,
                ended_why=case(
                    (gone, "the account can no longer sign in"),
                    (over, "the invitation is no longer valid"),
                    (too_late, "it was requested too long ago"),
                    else_="a later email replaced it",
                ),
                claim_id=None,
            )
            .returning(Message.id)
            .execution_options(synchronize_session=False)
        )
    )


def _queue_for_whoever(email: str, kind: MessageKind, template: str, now: datetime) -> None:
    user = find_user(email)
    may_have_it = user is not None and user.active and not user.is_post
    has_it_coming = has_one_queued(user.id if user else 0, kind)
    key = new_key()
    work = db.session.begin_nested()
    enqueue(
        _message(kind, user.email if user else NOBODY, now, user_id=user.id if user else None),
        template=template,
        now=now,
        key=key,
        name=user.name if user else "",
        link=link_address(kind, key),
    )
    if may_have_it and not has_it_coming:
        work.commit()
    else:
        work.rollback()


def _message(
    kind: MessageKind, recipient: str, now: datetime, *, user_id: int | None = None, invitation_id: int | None = None
) -> Message:
    return Message(
        identity=uuid4().hex,
        kind=kind,
        recipient=recipient,
        user_id=user_id,
        invitation_id=invitation_id,
        rendered_on=london_day(now),
    )
