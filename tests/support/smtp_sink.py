"""A real SMTP server on loopback that keeps what it accepts, and misbehaves when told to.

In tests: `with SmtpSink() as sink: ...`. For tests of whole processes:
`python -m tests.support.smtp_sink --port N --ledger FILE`.
"""

import argparse
import asyncio
import datetime
import email
import email.policy
import ipaddress
import json
import os
import signal
import ssl
import threading
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.postgres import free_port


@dataclass(frozen=True)
class Mail:
    """One mail as it came in."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    at: float

    @property
    def message(self) -> EmailMessage:
        message = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message

    def ledger_line(self) -> bytes:
        known = {
            "at": self.at,
            "sender": self.sender,
            "recipients": self.recipients,
            "message_id": self.message["Message-ID"],
            "subject": self.message["Subject"],
        }
        return json.dumps(known).encode() + b"\n"


@dataclass
class Faults:
    """What the server does wrong; may be changed while it runs."""

    refuse_at_rcpt: dict[str, str] = field(default_factory=dict)  # {"a@example.org": "550 5.1.1 No such user"}
    refuse_at_data: dict[str, str] = field(default_factory=dict)  # the same, but after the whole mail came
    drop_after_data: int = 0  # cuts the line instead of answering, for this many mails to come
    keep_dropped: bool = False  # True: such a mail was accepted all the same; only the answer was lost
    busy_every: int = 0  # answers each n-th MAIL FROM with 421 and closes the connection
    delay: float = 0  # seconds before the answer to each mail
    receipt: str = "250 OK"  # what it says of a mail that it takes
    most_lines: int = 0  # sends away who comes while so many connections are open
    lost_answers: set[str] = field(default_factory=set)  # recipients: takes the next mail to each, and cuts the line
    drop_every: int = 0  # cuts the line at each n-th MAIL FROM


class SmtpSink:
    """The server. `accepted`, `dropped`, `connections`, `logins` and `failed_logins` say what happened."""

    def __init__(
        self,
        port: int | None = None,
        *,
        ledger: Path | None = None,
        certificate: tuple[Path, Path] | None = None,
        login: tuple[str, str] | None = None,
        faults: Faults | None = None,
    ) -> None:
        """`certificate` (file, key) makes STARTTLS compulsory, `login` (user, password) makes AUTH so."""
        self.host = "127.0.0.1"
        self.port = port or free_port()
        self.faults = faults or Faults()
        self.accepted: list[Mail] = []
        self.dropped: list[Mail] = []
        self.connections = 0
        self.logins = 0
        self.failed_logins = 0
        self.started_mails = 0
        self.open_lines = 0
        self.most_mails_at_once = 0
        self.mails_now = 0
        self._ledger_path = ledger
        self._ledger: BinaryIO | None = None
        self._certificate = certificate
        self._login = login
        self._controller: Controller | None = None

    def start(self) -> None:
        """Starts, or after `stop()` starts again on the same port, keeping what was counted."""
        if self._ledger_path is not None:
            self._ledger = self._ledger_path.open("ab")
        counted = self.connections
        self._controller = _Controller(self)
        self._controller.start()
        self.connections = counted  # aiosmtpd tries the server with a connection of its own

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    def __enter__(self) -> "SmtpSink":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def clear(self) -> None:
        self.accepted.clear()
        self.dropped.clear()
        self.connections = self.logins = self.failed_logins = self.started_mails = self.most_mails_at_once = 0

    # What aiosmtpd calls, all in the server's own thread.

    def make_server(self) -> SMTP:
        context = None
        if self._certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(*self._certificate)
        return _Server(self, context, needs_login=self._login is not None)

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any
    ) -> AuthResult:
        given = isinstance(login, LoginPassword) and (login.login.decode(), login.password.decode())
        if given == self._login:
            self.logins += 1
            return AuthResult(success=True)
        self.failed_logins += 1
        return AuthResult(success=False, handled=False)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.started_mails += 1
        if self.faults.busy_every and self.started_mails % self.faults.busy_every == 0:
            return "421 4.3.2 Busy, try again later"
        if self.faults.drop_every and self.started_mails % self.faults.drop_every == 0:
            return _cut(server)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.faults.refuse_at_rcpt:
            return self.faults.refuse_at_rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        mail = Mail(
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            raw=envelope.original_content or b"",
            at=time.time(),
        )
        self.mails_now += 1
        self.most_mails_at_once = max(self.most_mails_at_once, self.mails_now)
        await asyncio.sleep(self.faults.delay)
        self.mails_now -= 1
        for address in mail.recipients:
            if address in self.faults.refuse_at_data:
                return self.faults.refuse_at_data[address]
        if self.faults.drop_after_data > 0:
            self.faults.drop_after_data -= 1
            self.dropped.append(mail)
            if self.faults.keep_dropped:
                self._keep(mail)
            return _cut(server)
        self._keep(mail)
        lost = self.faults.lost_answers.intersection(mail.recipients)
        if lost:
            self.faults.lost_answers -= lost
            self.dropped.append(mail)
            return _cut(server)
        return self.faults.receipt

    def _keep(self, mail: Mail) -> None:
        """On disk first: what the client is told was accepted survives a crash of this process."""
        if self._ledger is not None:
            self._ledger.write(mail.ledger_line())
            self._ledger.flush()
            os.fsync(self._ledger.fileno())
        self.accepted.append(mail)


class _Controller(Controller):
    def __init__(self, sink: SmtpSink) -> None:
        super().__init__(sink, hostname=sink.host, port=sink.port)
        self.sink = sink

    def factory(self) -> SMTP:
        return self.sink.make_server()


class _Server(SMTP):
    def __init__(self, sink: SmtpSink, context: ssl.SSLContext | None, *, needs_login: bool) -> None:
        super().__init__(
            sink,
            hostname="sink.example",
            ident="sink",
            enable_SMTPUTF8=True,
            tls_context=context,
            require_starttls=context is not None,
            auth_required=needs_login,
            authenticator=sink.authenticate,
        )
        # Not as an argument: that warns, and a warning is an error in the tests.
        self._auth_require_tls = context is not None
        self._sink = sink
        self._is_counted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self.transport is None:  # otherwise the same connection comes back after STARTTLS
            self._sink.connections += 1
            self._sink.open_lines += 1
            self._is_counted = True
            most = self._sink.faults.most_lines
            if most and self._sink.open_lines > most:
                assert isinstance(transport, asyncio.Transport)
                transport.write(b"421 4.7.0 Too many connections\r\n")
                transport.close()
                return
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._is_counted:
            self._is_counted = False
            self._sink.open_lines -= 1
        if self.transport is not None:
            super().connection_lost(error)

    async def push(self, status: Any) -> None:
        await super().push(status)
        if str(status).startswith("421") and self.transport is not None:
            self.transport.close()


def _cut(server: SMTP) -> str:
    """Cut the line; what it gives is never seen."""
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()
    return "451 never seen"


def make_certificate(folder: Path, *, host: str = "localhost") -> tuple[Path, Path]:
    """A self-signed certificate for `host` and 127.0.0.1, and its key; the certificate is its own CA file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    usage = dict.fromkeys(
        ["content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign"], False
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=3650))  # tests travel in time
        .not_valid_after(now + datetime.timedelta(days=3650))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host), x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, key_cert_sign=True, encipher_only=False, decipher_only=False, **usage
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file


def read_ledger(path: Path) -> list[dict[str, Any]]:
    """What the ledger says was accepted, oldest first."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def main() -> None:
    """Runs until SIGTERM or SIGINT; says "ready" on its output once it listens."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument("--delay", type=float, default=0)
    parser.add_argument("--busy-every", type=int, default=0)
    parser.add_argument("--drop-after-data", type=int, default=0)
    parser.add_argument("--keep-dropped", action="store_true")
    given = parser.parse_args()
    faults = Faults(
        delay=given.delay,
        busy_every=given.busy_every,
        drop_after_data=given.drop_after_data,
        keep_dropped=given.keep_dropped,
    )
    told_to_stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told_to_stop.set())
    with SmtpSink(given.port, ledger=given.ledger, faults=faults):
        print("ready", flush=True)
        told_to_stop.wait()


if __name__ == "__main__":
    main()
