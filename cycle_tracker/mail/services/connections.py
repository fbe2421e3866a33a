"""The lines to the mail server of one run of the sender, and when a server that keeps hanging up is given up on."""

import logging
from threading import Lock

from cycle_tracker.mail.smtp import Answer, SafeConnection, ServerTrouble, mail

log = logging.getLogger(__name__)

# Times that lines may drop, with no mail answered on any of them in between, before none is opened any more.
DROPS_IN_A_ROW = 3


class ServerGate:
    """The way to the mail server, the same for every line of a run.

    Lines are opened one after another, and none once one was refused: whatever is wrong with the server, the
    certificate or the login, it is tried once in a run.
    """

    def __init__(self) -> None:
        self.opened = 0
        self.refusal = ""
        self._drops = 0
        self._one_at_a_time = Lock()

    def open(self) -> SafeConnection:
        """A new connection. Raises ServerTrouble where there is none to be had, or was none to be had before."""
        with self._one_at_a_time:
            if self.refusal:
                raise ServerTrouble(self.refusal)
            self.opened += 1
            try:
                return mail.connect().__enter__()
            except ServerTrouble as trouble:
                log.warning("The mail server: %s", trouble)
                self.refusal = str(trouble)
                raise

    def note_answer(self) -> None:
        """A mail was answered on one of the lines: the server is there."""
        self._drops = 0

    def note_drop(self, why: str) -> None:
        """One of the lines dropped. After some in a row no line is let through any more; those that are open stay."""
        self._drops += 1
        if self._drops >= DROPS_IN_A_ROW:
            self.refusal = self.refusal or why


class MailLine:
    """One connection: opened when the first mail needs it, and again after it dropped."""

    def __init__(self, door: ServerGate) -> None:
        self._door = door
        self._connection: SafeConnection | None = None

    @property
    def is_shut(self) -> bool:
        """True where trying again in this run would help nobody."""
        return self._connection is None and bool(self._door.refusal)

    def open(self) -> SafeConnection:
        """The connection, made if there is none. Raises ServerTrouble."""
        if self._connection is None:
            self._connection = self._door.open()
        return self._connection

    def deliver(self, sender: str, recipient: str, content: bytes) -> Answer:
        """Send one mail. Raises ServerTrouble, or whatever is wrong with the mail, and has then hung up."""
        connection = self.open()
        try:
            answer = connection.deliver(sender, recipient, content)
        except ServerTrouble as trouble:
            self.close()
            self._door.note_drop(str(trouble))
            raise
        except Exception:  # wherever in the exchange it stopped: the next mail wants a line of its own
            self.close()
            raise
        self._door.note_answer()
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
