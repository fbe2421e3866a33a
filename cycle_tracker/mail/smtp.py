"""The only module that speaks to Flask-Mail, and the only way out for a mail.

Flask-Mail's own connection has no timeout, checks no certificate and drops the refusals of a batch; this one has
both, and says of every mail what the server answered.
"""

import smtplib
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_mail import Connection, Mail

from cycle_tracker.core.lines import one_line
from cycle_tracker.mail.rules import Verdict, verdict_on

WATCH_EVERY_SECONDS = 0.2
LONGEST_ANSWER = 500
# What smtplib gives for a line that is no reply is below this; it says nothing of what became of the mail.
LOWEST_OF_A_REPLY = 200
READY = 220
WRONG_LOGIN = 535


class ServerTrouble(Exception):
    """The mail server as a whole could not be used: no connection, no certificate, no login, or it hung up.

    `may_have_arrived` is True where a whole mail was handed over and no answer came.
    """

    def __init__(self, words: str, *, may_have_arrived: bool = False) -> None:
        super().__init__(words)
        self.may_have_arrived = may_have_arrived


@dataclass(frozen=True)
class Answer:
    """What the server said about one mail, in one line of at most LONGEST_ANSWER characters."""

    verdict: Verdict
    said: str


class WatchedSMTP(smtplib.SMTP):
    """An SMTP client whose whole exchange has a deadline: a server that drips a byte a second is hung up on."""

    deadline: float = 0.0
    opened: socket.socket | None = None
    wrong_login: smtplib.SMTPAuthenticationError | None = None
    # True from the first byte of a mail's text until the server has said something about it.
    is_unanswered: bool = False
    # What the server said of the last mail that it had the text of: its receipt, where it took it.
    last_answer: str = ""

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Hand over the text of a mail, and keep the answer: smtplib gives it to nobody."""
        self.is_unanswered = True
        try:
            code, said = super().data(msg)
        except smtplib.SMTPDataError:
            self.is_unanswered = False  # the server did not want the text at all
            raise
        self.is_unanswered = False
        self.last_answer = _in_one_line(code, said)
        return code, said

    def connect(self, host: str = "localhost", port: int = 0, source_address: Any = None) -> tuple[int, bytes]:
        """Connect, and keep the name that STARTTLS holds the certificate to: smtplib takes it from its constructor."""
        self._host = host
        return super().connect(host, port, source_address)

    def auth(self, mechanism: str, authobject: Any, *, initial_response_ok: bool = True) -> tuple[int, bytes]:
        """Log in by one mechanism. Once the server has said that the login is wrong, no other is tried: each would
        count as a guess."""
        if self.wrong_login is not None:
            raise self.wrong_login
        try:
            return super().auth(mechanism, authobject, initial_response_ok=initial_response_ok)
        except smtplib.SMTPAuthenticationError as refused:
            if refused.smtp_code == WRONG_LOGIN:
                self.wrong_login = refused
            raise

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        # the hook that smtplib offers for a socket of one's own; its return type is missing from the stubs
        self.opened = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        return self.opened

    def within(self, seconds: float) -> None:
        """Give the exchange that starts now so many seconds."""
        self.deadline = time.monotonic() + seconds

    def rest(self) -> None:
        """End the exchange. Until the next one nothing is late: whoever holds the line may have to wait for the
        database."""
        self.deadline = 0.0

    def hang_up_when_late(self) -> None:
        """Shut the line if the deadline has passed. Called from the watch, beside the exchange."""
        line = self.sock or self.opened
        if line is not None and self.deadline and time.monotonic() > self.deadline:
            try:
                socket.socket.shutdown(line, socket.SHUT_RDWR)
            except OSError:
                return  # it is closed already


class SafeConnection(Connection):
    """Flask-Mail's connection with a timeout for each command, a deadline for each exchange and a checked
    certificate. Its `deliver` sends stored bytes and returns what the server answered."""

    host: WatchedSMTP | None

    def __init__(self, mail: Any) -> None:
        super().__init__(mail)
        self._over = threading.Event()
        self.exchange_seconds = current_app.config["CLAIM_LEASE_SECONDS"] / 2

    def __enter__(self) -> "SafeConnection":
        try:
            super().__enter__()
        except (OSError, smtplib.SMTPException) as trouble:
            self.close()
            raise ServerTrouble(_described(trouble)) from trouble
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye if the line is still there, and stop the watch."""
        try:
            if self.host is not None:
                self.host.within(WATCH_EVERY_SECONDS * 5)
                self.host.quit()
        except (OSError, smtplib.SMTPException):
            if self.host is not None:
                self.host.close()
        finally:
            self.host = None
            self._over.set()

    def configure_host(self) -> WatchedSMTP:
        """Connect, secure the line and log in, once."""
        settings = current_app.config
        host = WatchedSMTP(timeout=settings["MAIL_TIMEOUT"], local_hostname=socket.gethostname())
        self.host = host
        threading.Thread(target=self._watch, args=(host,), daemon=True).start()
        host.within(self.exchange_seconds)
        code, greeting = host.connect(self.mail.server, self.mail.port)
        if code != READY:
            raise smtplib.SMTPConnectError(code, greeting)
        if self.mail.use_tls:
            host.starttls(context=ssl.create_default_context(cafile=settings["MAIL_CA_FILE"]))
        if self.mail.username and self.mail.password:
            host.login(self.mail.username, self.mail.password)
        host.rest()
        return host

    def deliver(self, sender: str, recipient: str, content: bytes) -> Answer:
        """Send one mail. Raises ServerTrouble where the answer is not about this mail but about the server."""
        if self.host is None:
            raise ServerTrouble("There is no connection to the mail server.")
        self.host.within(self.exchange_seconds)
        self.host.is_unanswered = False
        try:
            self.host.sendmail(sender, [recipient], content)
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = refused.recipients[recipient]
            return _judged(code, said)
        except (ValueError, smtplib.SMTPNotSupportedError) as unfit:  # an address that SMTP cannot carry
            self._start_over(self.host)
            return Answer(Verdict.REFUSED, _described(unfit))
        except smtplib.SMTPResponseException as refused:
            return _judged(refused.smtp_code, refused.smtp_error)
        except (OSError, smtplib.SMTPException) as trouble:
            raise ServerTrouble(_described(trouble), may_have_arrived=self.host.is_unanswered) from trouble
        finally:
            self.host.rest()
        return Answer(Verdict.ACCEPTED, self.host.last_answer)

    def _start_over(self, host: WatchedSMTP) -> None:
        """Have the server forget what it heard of a mail. Raises ServerTrouble where it is gone."""
        try:
            host.rset()
        except (OSError, smtplib.SMTPException) as trouble:
            raise ServerTrouble(_described(trouble)) from trouble

    def _watch(self, host: WatchedSMTP) -> None:
        while not self._over.wait(WATCH_EVERY_SECONDS):
            host.hang_up_when_late()


class SafeMail(Mail):
    """Flask-Mail with the connection above."""

    def connect(self) -> SafeConnection:
        """A connection for a run; used as a context manager. Entering it raises ServerTrouble."""
        return SafeConnection(current_app.extensions["mail"])


def _judged(code: int, said: bytes | str) -> Answer:
    answer = _in_one_line(code, said)
    verdict = verdict_on(code)
    if verdict is Verdict.SERVER_TROUBLE:
        raise ServerTrouble(answer, may_have_arrived=code < LOWEST_OF_A_REPLY)
    return Answer(verdict, answer)


def _in_one_line(code: int, said: bytes | str) -> str:
    """A reply of the server as it is kept. It may hold any bytes, and NUL is none that PostgreSQL stores."""
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    return one_line(f"{code} {words}")[:LONGEST_ANSWER]


def _described(trouble: Exception) -> str:
    return one_line(f"{type(trouble).__name__}: {trouble}")[:LONGEST_ANSWER]


mail = SafeMail()
