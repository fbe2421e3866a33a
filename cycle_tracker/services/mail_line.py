"""The connection of one run of the sender, and when a server that keeps hanging up is given up on."""

from cycle_tracker.mail import Answer, SafeConnection, ServerTrouble, mail

DROPS_IN_A_ROW = 3
"""Times that the line may drop with nothing answered in between before the run ends."""


class MailLine:
    """Opened when the first mail needs it, and again after it dropped.

    A server that refuses the line or the login is tried once in a run.
    """

    def __init__(self) -> None:
        self.opened = 0
        self._connection: SafeConnection | None = None
        self._drops = 0

    @property
    def is_given_up(self) -> bool:
        """True where trying again in this run would help nobody."""
        return self._drops >= DROPS_IN_A_ROW

    def deliver(self, sender: str, recipient: str, content: bytes) -> Answer:
        """Send one mail. Raises ServerTrouble, and has then hung up."""
        connection = self.open()
        try:
            answer = connection.deliver(sender, recipient, content)
        except ServerTrouble:
            self._drops += 1
            self.close()
            raise
        self._drops = 0
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def open(self) -> SafeConnection:
        """The connection, made if there is none. Raises ServerTrouble."""
        if self._connection is not None:
            return self._connection
        self.opened += 1
        try:
            self._connection = mail.connect().__enter__()
        except ServerTrouble:
            self._drops = DROPS_IN_A_ROW
            raise
        return self._connection
