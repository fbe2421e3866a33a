"""What the sender asks of those who know what a mail says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import Connection

from cycle_tracker.mail.services.attachments import AttachedFile, no_file
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
    """What the sender asks of those who know what a mail says: whether it still holds, what its links are, and which
    file goes with it.

    `refresh` brings messages up to date for a day and gives the numbers of those that it withdrew; it commits.
    `file_of` reads the file of a number, on the connection that it is given; None if it cannot be attached.
    """

    refresh: Callable[[Sequence[int], date, datetime], set[int]]
    links_of: Callable[[Sequence[MailInHand]], Links]
    file_of: Callable[[Connection, int], AttachedFile | None] = no_file
