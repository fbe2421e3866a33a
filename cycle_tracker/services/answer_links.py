"""The links by which people without a session act on what a mail says: one answers about one milestone, once; the
other switches the reminders before the day off.

The stored bytes of a mail hold slots in their place (`mail.slot`). A token that answers is random and made when the
mail is sent: those of all mails that a sender has in hand in one transaction, which keeps their hashes. A mail that is
sent again carries new ones; all of one notice are used up together. The token that switches reminders off is signed and
kept nowhere: it names its person, and holds as long as the secret key.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from flask import current_app
from itsdangerous import Signer
from sqlalchemy import Connection, delete, insert, select

from cycle_tracker.domain import addresses
from cycle_tracker.domain.policies import Audience
from cycle_tracker.mail import fill, slot, slots_in
from cycle_tracker.models import AccessLink, LinkPurpose
from cycle_tracker.models.base import table_of
from cycle_tracker.queries.waiting import NoticeLine
from cycle_tracker.services.tokens import LONGEST, hash_of, new_token

HOLDS_FOR = timedelta(days=14)
OLD_FOR_EACH_NEW = 2
"""Expired links that are deleted for each new one, at most: so the table stays as small as what is mailed."""

ANSWER, STOP = "answer-", "stop-"
USER, CONTACT = "user-", "contact-"
SALT = "stop-reminders"

links = table_of(AccessLink)


class InHand(Protocol):
    """One mail about to be sent, with its stored bytes."""

    @property
    def message_id(self) -> int: ...
    @property
    def identity(self) -> str: ...
    @property
    def content(self) -> bytes: ...


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


def answer_address(identity: str, notice_id: int) -> str:
    """The address at which whoever gets this mail says how the milestone of this notice stands."""
    return _address(addresses.answer(slot(identity, f"{ANSWER}{notice_id}")))


def stop_address(identity: str, user_id: int | None, contact_id: int | None) -> str:
    """The address at which whoever gets this mail switches off their reminders before the day."""
    who = f"{USER}{user_id}" if user_id is not None else f"{CONTACT}{contact_id}"
    return _address(addresses.stop_reminders(slot(identity, f"{STOP}{who}")))


class LinksInHand:
    """The links of the mails of one claim. They are made together, when the first of them is to go out: for a server
    that is not there none is made."""

    def __init__(self, mails: Sequence[InHand]) -> None:
        self._mails = mails
        self._tokens: Mapping[tuple[int, str], str] = {}
        self._signer: Signer | None = None
        self.are_made = False

    def make(self, connection: Connection, *, now: datetime) -> None:
        """Make them, and commit their hashes before anybody sees them."""
        self._tokens = _mint(connection, self._mails, now)
        self.are_made = True

    def fill_in(self, mail: InHand) -> bytes:
        """The bytes of one of these mails with its links."""

        def value_of(what: str) -> str:
            return self._sign(what.removeprefix(STOP)) if what.startswith(STOP) else self._tokens[mail.message_id, what]

        return fill(mail.content, mail.identity, value_of)

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


def _mint(connection: Connection, mails: Sequence[InHand], now: datetime) -> dict[tuple[int, str], str]:
    """A token for each notice of each mail that asks about it, and room made for them. Commits."""
    tokens = {
        (mail.message_id, what): new_token()
        for mail in mails
        for what in sorted(set(slots_in(mail.content, mail.identity)))
        if what.startswith(ANSWER)
    }
    if not tokens:
        return tokens
    oldest = (
        select(links.c.id)
        .where(links.c.purpose == LinkPurpose.ANSWER)
        .order_by(links.c.id)
        .limit(OLD_FOR_EACH_NEW * len(tokens))
        .with_for_update(skip_locked=True)
    )
    with connection.begin():
        connection.execute(delete(links).where(links.c.id.in_(oldest), links.c.expires_at < now))
        connection.execute(
            insert(links),
            [
                {
                    "purpose": LinkPurpose.ANSWER,
                    "token_hash": hash_of(token),
                    "message_id": message_id,
                    "notice_id": int(what.removeprefix(ANSWER)),
                    "minted_at": now,
                    "expires_at": now + HOLDS_FOR,
                }
                for (message_id, what), token in tokens.items()
            ],
        )
    return tokens


def _signer() -> Signer:
    """Signs with the secret key of today, and knows those of before."""
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return Signer(keys, salt=SALT, digest_method=hashlib.sha256)


def _address(path: str) -> str:
    return str(current_app.config["SERVICE_URL"]) + path
