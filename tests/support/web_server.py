"""The web side as processes of its own: gunicorn over a database of the test's, without CSRF tokens."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode
from uuid import uuid4

from tests.support.pages import PASSWORD
from tests.support.postgres import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


class WebServer:
    """The server with one worker, which can be killed at any moment; the server then starts another.

    It serves `app`, with these settings in its environment, and on these addresses beside its own.
    """

    def __init__(
        self,
        database: str,
        app: str = "tests.support.served:app",
        settings: Mapping[str, str] | None = None,
        addresses: Sequence[str] = (),
    ) -> None:
        self.database = database
        self.app = app
        self.settings = settings or {}
        self.port = free_port()
        self.addresses = [f"127.0.0.1:{self.port}", *addresses]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                *(
                    sys.executable,
                    "-m",
                    "gunicorn",
                    "--no-control-socket",
                    "-w",
                    "1",
                    "--preload",
                    "--log-level",
                    "critical",
                ),
                *(f"--bind={address}" for address in self.addresses),
                self.app,
            ],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": self.database, **self.settings},
            start_new_session=True,
        )
        self._wait()

    def _wait(self) -> None:
        assert self.process is not None
        until = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < until, "the server did not start"
            assert self.process.poll() is None, "the server ended"
            time.sleep(0.02)

    def kill_worker(self) -> None:
        """SIGKILL to the worker, whatever it is at; back once another one answers."""
        assert self.process is not None
        for worker in self._workers():
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        self._wait()

    def stop(self) -> None:
        """SIGKILL to the server and its worker."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def __enter__(self) -> "WebServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def sign_in(self, email: str) -> str:
        """The cookie of a person who has signed in."""
        connection = self.connection()
        connection.request(
            "POST",
            "/sign-in",
            urlencode({"email": email, "password": PASSWORD}),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 302, answer.status
        cookies = [value for name, value in answer.getheaders() if name.lower() == "set-cookie"]
        return "; ".join(cookie.partition(";")[0] for cookie in cookies)

    def _workers(self) -> list[int]:
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(number) for number in children.split()]

    def _answers(self) -> bool:
        connection = self.connection()
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def multipart(fields: dict[str, str], name: str, content: bytes) -> tuple[bytes, str]:
    """The body of a form with one file in the field `file`, and its content type."""
    boundary = f"----{uuid4().hex}"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    parts += [head.encode() + b"Content-Type: application/pdf\r\n\r\n" + content + b"\r\n"]
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
