"""What all lines of one run of the sender share: the hooks of those who know what a mail says, and the next batch."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from cycle_tracker.mail.services.claims import Claim, claim_ready_messages, is_anything_ready
from cycle_tracker.mail.services.connections import ServerGate
from cycle_tracker.mail.services.results import MailInHand


class Links(Protocol):
    """The links of the mails that a sender has in hand."""

    @property
    def are_made(self) -> bool:
        """False until they were made for all of these mails."""

    def make(self, connection: Connection, *, now: datetime) -> None:
        """Make them, and commit what must be known of them before anybody sees them."""

    def fill_in(self, mail: MailInHand) -> bytes:
        """The bytes of one of the mails with its links. Raises what kept them from being made."""


@dataclass(frozen=True)
class Hooks:
    """What the sender asks of those who know what a mail says: whether it still holds, and what its links are.

    `refresh` brings messages up to date for a day and gives the numbers of those that it withdrew; it commits.
    """

    refresh: Callable[[Sequence[int], date, datetime], set[int]]
    links_of: Callable[[Sequence[MailInHand]], Links]


@dataclass(frozen=True)
class Run:
    """What all lines of one run of the sender share.

    `turn` is held for every transaction. SQLite lets one writer in at a time and has the others sleep and look again,
    for longer and longer; lines that queue for their turn lose no time so. PostgreSQL needs none.
    """

    hooks: Hooks
    today: date
    clock: Callable[[], datetime]
    stop: Callable[[], bool]
    started: datetime
    batch_size: int
    only_for_accounts: bool
    door: ServerGate
    turn: AbstractContextManager[object]
    lease: timedelta
    sender: str

    def claim(self) -> Claim | None:
        """The next batch for one of the lines."""
        with self.turn:
            return claim_ready_messages(
                self.clock(),
                self.lease,
                not_after=self.started,
                limit=self.batch_size,
                only_for_accounts=self.only_for_accounts,
            )

    def has_work(self) -> bool:
        """Whether there is anything to open a connection for."""
        with self.turn:
            return is_anything_ready(self.clock(), not_after=self.started, only_for_accounts=self.only_for_accounts)
