"""What all lines of one run of the sender share: the next batch, whose turn it is, and the hooks."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cycle_tracker.mail.services.claims import Claim, claim_ready_messages, is_anything_ready
from cycle_tracker.mail.services.connections import ServerGate
from cycle_tracker.mail.services.hooks import Hooks


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
