"""Mailed links that carry a right: made when the mail is sent, used once, and kept as hashes.

The stored bytes of such a mail hold a placeholder for the token. Just before the mail is handed to the server a token
is made for it and its hash committed; a mail that is sent again gets another.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, Connection, insert, select, update

from cycle_tracker.access.services.tokens import hash_of, new_token
from cycle_tracker.core import addresses
from cycle_tracker.core.extensions import db
from cycle_tracker.core.placeholders import fill, placeholder
from cycle_tracker.models.access import AccessLink, Invitation, LinkPurpose
from cycle_tracker.models.base import table_of
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.user import User

LINK = "link"

RESET_HOLDS_FOR = timedelta(hours=1)
SIGN_IN_HOLDS_FOR = timedelta(minutes=15)

links = table_of(AccessLink)

_PURPOSES: dict[MessageKind, tuple[LinkPurpose, Callable[[str], str]]] = {
    MessageKind.PASSWORD_RESET: (LinkPurpose.RESET_PASSWORD, addresses.reset_password),
    MessageKind.SIGN_IN_LINK: (LinkPurpose.SIGN_IN, addresses.sign_in_by_link),
    MessageKind.INVITATION: (LinkPurpose.ACCEPT_INVITATION, addresses.invitation),
}
# The kinds of mail whose bytes hold the placeholder of such a link.
CARRY_A_LINK = frozenset(_PURPOSES)


def link_address(kind: MessageKind, key: str) -> str:
    """The address that a mail of this kind holds, with a placeholder for its token. `key` is that of the rendering."""
    _purpose, path = _PURPOSES[kind]
    return str(current_app.config["SERVICE_URL"]) + path(placeholder(key, LINK))


def with_fresh_link(connection: Connection, message_id: int, key: str, content: bytes, *, now: datetime) -> bytes:
    """The bytes of a mail with a link of its own, whose hash is committed before anybody else sees it."""
    token = new_token()
    with connection.begin():
        _mint(connection, message_id, hash_of(token), now)
    return fill(content, key, {LINK: token})


def spend_link(token: str, purpose: LinkPurpose, *, now: datetime) -> bool:
    """Use a link up, with all others of its person or invitation for the same purpose. True for exactly one of those
    who try at the same time; False for a link that is used, too old or none."""
    wanted = db.session.execute(
        select(AccessLink.id, AccessLink.user_id, AccessLink.invitation_id).where(
            AccessLink.token_hash == hash_of(token), AccessLink.purpose == purpose, _is_unspent(now)
        )
    ).one_or_none()
    if wanted is None:
        return False
    together = _lock_unspent(
        AccessLink.invitation_id.is_not_distinct_from(wanted.invitation_id),
        AccessLink.user_id.is_not_distinct_from(wanted.user_id),
    )
    if wanted.id not in together:
        return False
    _use_up(AccessLink.id.in_(together), AccessLink.purpose == purpose, now=now)
    return True


def use_up_links_of(user: User, *, now: datetime) -> None:
    """Make every link worthless that this person was mailed to get in by."""
    _use_up(AccessLink.id.in_(_lock_unspent(AccessLink.user_id == user.id)), now=now)


def find_link_holder(token: str, purpose: LinkPurpose, *, now: datetime) -> User | None:
    """The active person whom a link lets in, as long as it holds. Nobody gets in as a post."""
    user = db.session.scalars(
        select(User)
        .join(AccessLink, AccessLink.user_id == User.id)
        .where(AccessLink.token_hash == hash_of(token), AccessLink.purpose == purpose, _is_unspent(now), User.active)
    ).one_or_none()
    return user if user is not None and not user.is_post else None


def find_invitation_of(token: str, *, now: datetime) -> Invitation | None:
    """The invitation that a link belongs to, as long as both hold."""
    return db.session.scalars(
        select(Invitation)
        .join(AccessLink, AccessLink.invitation_id == Invitation.id)
        .where(
            AccessLink.token_hash == hash_of(token),
            AccessLink.purpose == LinkPurpose.ACCEPT_INVITATION,
            _is_unspent(now),
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
    ).one_or_none()


def _mint(connection: Connection, message_id: int, token_hash: str, now: datetime) -> None:
    message = connection.execute(
        select(Message.kind, Message.user_id, Message.invitation_id, Invitation.expires_at)
        .outerjoin(Invitation, Invitation.id == Message.invitation_id)
        .where(Message.id == message_id)
    ).one()
    purpose, _path = _PURPOSES[message.kind]
    holds_until = {
        LinkPurpose.RESET_PASSWORD: now + RESET_HOLDS_FOR,
        LinkPurpose.SIGN_IN: now + SIGN_IN_HOLDS_FOR,
        LinkPurpose.ACCEPT_INVITATION: message.expires_at,
    }
    connection.execute(
        insert(links).values(
            purpose=purpose,
            token_hash=token_hash,
            message_id=message_id,
            user_id=message.user_id if purpose is not LinkPurpose.ACCEPT_INVITATION else None,
            invitation_id=message.invitation_id,
            minted_at=now,
            expires_at=holds_until[purpose],
        )
    )


def _is_unspent(now: datetime) -> ColumnElement[bool]:
    return AccessLink.used_at.is_(None) & (AccessLink.expires_at > now)


def _lock_unspent(*whose: ColumnElement[bool]) -> list[int]:
    """The unspent links of somebody, held until the end of the transaction; those that another spent meanwhile are not
    among them. Always in the same order, so that two never wait for each other."""
    statement = select(AccessLink.id).where(AccessLink.used_at.is_(None), *whose).order_by(AccessLink.id)
    return list(db.session.scalars(statement.with_for_update()))


def _use_up(*conditions: ColumnElement[bool], now: datetime) -> None:
    db.session.execute(
        update(AccessLink)
        .where(AccessLink.used_at.is_(None), *conditions)
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
