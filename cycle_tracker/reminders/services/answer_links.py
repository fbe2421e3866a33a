"""The links by which people without a session act on what a mail says: one answers about one milestone, once; the
other switches the reminders before the day off.

The stored bytes of a mail hold placeholders in their place (`core/placeholders.py`). Only those are filled that ask for
what is the mail's own: an answer about a notice that is bound to it, and the reminders of whoever gets it. A token that
answers is random and made when the mail is sent: those of all mails that a sender has in hand in one transaction, which
keeps their hashes. A mail that is sent again carries new ones; all of one notice are used up together. The token that
switches reminders off is signed and kept nowhere: it names its person, and holds as long as the secret key.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from flask import current_app
from itsdangerous import Signer
from sqlalchemy import Connection, delete, insert, select

from cycle_tracker.access.services.tokens import LONGEST, hash_of, new_token
from cycle_tracker.core import addresses
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.placeholders import fill, placeholder, placeholders_in
from cycle_tracker.jobs.services.each_by_itself import all_or_each
from cycle_tracker.models.access import AccessLink, LinkPurpose
from cycle_tracker.models.base import table_of
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.user import User
from cycle_tracker.reminders.queries.waiting import NoticeLine

HOLDS_FOR = timedelta(days=14)
# Expired links that are deleted for each new one, at most: so the table stays as small as what is mailed.
OLD_FOR_EACH_NEW = 2

ANSWER, STOP = "answer-", "stop-"
USER, CONTACT = "user-", "contact-"
SALT = "stop-reminders"

links = table_of(AccessLink)
notices = table_of(Notice)


class InHand(Protocol):
    """One mail about to be sent: its stored bytes, the key of the placeholders in them, and who gets it."""

    @property
    def message_id(self) -> int: ...
    @property
    def content(self) -> bytes: ...
    @property
    def key(self) -> str: ...
    @property
    def user_id(self) -> int | None: ...
    @property
    def contact_id(self) -> int | None: ...


@dataclass(frozen=True)
class Stopper:
    """Whose reminders before the day a link switches off: a person's, or a contact's."""

    user_id: int | None = None
    contact_id: int | None = None


def may_be_asked(line: NoticeLine) -> bool:
    """True for what its owner, whoever stands in for them, or a contact is reminded of: they say how it stands."""
    if line.partnership_id is None:
        return False
    return line.contact_id is not None or (line.audience is Audience.OWNER and line.owner_id == line.user_id)


def answer_address(key: str, notice_id: int) -> str:
    """The address at which whoever gets this mail says how the milestone of this notice stands."""
    return _address(addresses.answer(placeholder(key, f"{ANSWER}{notice_id}")))


def stop_address(key: str, user_id: int | None, contact_id: int | None) -> str:
    """The address at which whoever gets this mail switches off their reminders before the day."""
    return _address(addresses.stop_reminders(placeholder(key, f"{STOP}{_who(user_id, contact_id)}")))


class LinksInHand:
    """The links of the mails of one claim. They are made together, when the first of them is to go out: for a server
    that is not there none is made."""

    def __init__(self, mails: Sequence[InHand]) -> None:
        self._mails = mails
        self._tokens: dict[int, dict[str, str]] = {}
        self._troubles: dict[int, Exception] = {}
        self._signer: Signer | None = None
        self.are_made = False

    def make(self, connection: Connection, *, now: datetime) -> None:
        """Make them, and commit their hashes before anybody sees them. Where those of one mail cannot be made, the
        others are: filling that one in says why."""

        def make_some(mails: Sequence[InHand]) -> None:
            for message_id, what, token in _mint(connection, mails, now):
                self._tokens.setdefault(message_id, {})[what] = token

        def note_trouble(mail: InHand, trouble: Exception) -> None:
            self._troubles[mail.message_id] = trouble

        all_or_each(self._mails, make_some, note_trouble)
        self.are_made = True

    def fill_in(self, mail: InHand) -> bytes:
        """The bytes of one of these mails with its links. Raises what kept them from being made."""
        if mail.message_id in self._troubles:
            raise self._troubles[mail.message_id]
        values = self._tokens.get(mail.message_id, {})
        if mail.user_id is not None or mail.contact_id is not None:
            who = _who(mail.user_id, mail.contact_id)
            values = {**values, f"{STOP}{who}": self._sign(who)}
        return fill(mail.content, mail.key, values)

    def _sign(self, who: str) -> str:
        self._signer = self._signer or _signer()
        return f"{self._signer.get_signature(who).decode('ascii')}.{who}"


def read_stop_token(token: str) -> Stopper | None:
    """Whose reminders a token switches off; None for one that was not made here."""
    signature, _, who = token[:LONGEST].partition(".")
    if not _signer().verify_signature(who, signature):
        return None
    if who.startswith(USER):
        return Stopper(user_id=int(who.removeprefix(USER)))
    return Stopper(contact_id=int(who.removeprefix(CONTACT)))


def find_stopper(token: str) -> User | Contact | None:
    """Whose reminders the link of a mail switches off; None for a link that was not made here, and for those who are
    mailed nothing any more."""
    named = read_stop_token(token)
    if named is None:
        return None
    found = db.session.get(User, named.user_id) if named.user_id else db.session.get(Contact, named.contact_id)
    return found if found is not None and found.active else None


def _mint(connection: Connection, mails: Sequence[InHand], now: datetime) -> list[tuple[int, str, str]]:
    """A token for each notice of each mail that its mail asks about, with the mail's number and what it stands for;
    room is made for them. Commits."""
    asked = {mail.message_id: set(placeholders_in(mail.content, mail.key)) for mail in mails}
    asking = [message_id for message_id, whats in asked.items() if any(what.startswith(ANSWER) for what in whats)]
    if not asking:
        return []
    with connection.begin():
        own = connection.execute(
            select(notices.c.message_id, notices.c.id).where(notices.c.message_id.in_(asking)).order_by(notices.c.id)
        ).all()
        minted = [
            (message_id, notice_id, new_token())
            for message_id, notice_id in own
            if f"{ANSWER}{notice_id}" in asked[message_id]
        ]
        if minted:
            _make_room(connection, OLD_FOR_EACH_NEW * len(minted), now)
            connection.execute(
                insert(links),
                [
                    {
                        "purpose": LinkPurpose.ANSWER,
                        "token_hash": hash_of(token),
                        "message_id": message_id,
                        "notice_id": notice_id,
                        "minted_at": now,
                        "expires_at": now + HOLDS_FOR,
                    }
                    for message_id, notice_id, token in minted
                ],
            )
    return [(message_id, f"{ANSWER}{notice_id}", token) for message_id, notice_id, token in minted]


def _make_room(connection: Connection, at_most: int, now: datetime) -> None:
    """Delete the oldest links that have expired."""
    oldest = (
        select(links.c.id)
        .where(links.c.purpose == LinkPurpose.ANSWER)
        .order_by(links.c.id)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    connection.execute(delete(links).where(links.c.id.in_(oldest), links.c.expires_at < now))


def _who(user_id: int | None, contact_id: int | None) -> str:
    return f"{USER}{user_id}" if user_id is not None else f"{CONTACT}{contact_id}"


def _signer() -> Signer:
    """Signs with the secret key of today, and knows those of before."""
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return Signer(keys, salt=SALT, digest_method=hashlib.sha256)


def _address(path: str) -> str:
    return str(current_app.config["SERVICE_URL"]) + path
