"""Asking for pages as fast as they come: plain sockets, so that the asking costs little beside the answer."""

import socket
import threading
import time
from dataclasses import dataclass

from bench.processes import LOOPBACK, Unexpected

PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Visit:
    """One page as somebody asks for it: where, and with which cookie."""

    port: int
    path: str
    cookie: str = ""

    def seconds(self) -> float:
        """How long the whole answer takes. Raises Unexpected for any but 200."""
        asked = f"GET {self.path} HTTP/1.1\r\nHost: {LOOPBACK}\r\nConnection: close\r\nCookie: {self.cookie}\r\n\r\n"
        began = time.perf_counter()
        pieces = []
        with socket.create_connection((LOOPBACK, self.port), timeout=PATIENCE_SECONDS) as connection:
            connection.sendall(asked.encode())
            while piece := connection.recv(1 << 18):
                pieces.append(piece)
        took = time.perf_counter() - began
        status = b"".join(pieces)[:12]
        if status != b"HTTP/1.1 200":
            raise Unexpected(f"{self.path} was answered with {status!r}.")
        return took


def per_second(visit: Visit, *, clients: int, seconds: float) -> float:
    """How many answers so many clients get in a second, each asking again as soon as it is answered."""
    until = time.perf_counter() + seconds
    answered = [0] * clients
    troubles: list[Exception] = []

    def ask(number: int) -> None:
        try:
            while time.perf_counter() < until:
                visit.seconds()
                answered[number] += 1
        except (OSError, Unexpected) as trouble:
            troubles.append(trouble)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if troubles:
        raise Unexpected(str(troubles[0]))
    return sum(answered) / (time.perf_counter() - began)


def p95(seconds: list[float]) -> float:
    """The time within which 95 of 100 were answered."""
    return sorted(seconds)[int(0.95 * (len(seconds) - 1))]
