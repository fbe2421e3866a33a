"""An SMTP server on loopback that is slow in one way: it never greets, drips its words, or thinks long of a command."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

ANSWERS = {b"EHLO": b"250 slow\r\n", b"DATA": b"354 go ahead\r\n", b"QUIT": b"221 bye\r\n"}


@dataclass(frozen=True)
class Slowness:
    """`greets` False: it takes the connection and says nothing. `each_byte`: seconds before each byte of an answer.
    `each_command`: seconds before each answer, or before the answer to this command alone."""

    greets: bool = True
    each_byte: float = 0
    each_command: float = 0
    command: bytes = b""


@dataclass
class SlowServer:
    """The server while it runs. `handed_over` counts the mails that came whole."""

    slowness: Slowness
    port: int
    over: threading.Event = field(default_factory=threading.Event)
    connections: int = 0
    handed_over: int = 0

    def serve(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            if not self.slowness.greets:
                self.over.wait()
                return
            self._say(line, b"220 slow\r\n")
            heard = line.makefile("rb")
            for words in heard:
                command = words[:4].upper()
                self._think(command)
                self._say(line, ANSWERS.get(command, b"250 ok\r\n"))
                if command == b"DATA":
                    for text in heard:
                        if text == b".\r\n":
                            break
                    self.handed_over += 1
                    self._think(b".")
                    self._say(line, b"250 taken\r\n")

    def _think(self, command: bytes) -> None:
        if self.slowness.command in (b"", command):
            self.over.wait(self.slowness.each_command)

    def _say(self, line: socket.socket, words: bytes) -> None:
        if not self.slowness.each_byte:
            line.sendall(words)
            return
        for byte in words:
            self.over.wait(self.slowness.each_byte)
            line.sendall(bytes([byte]))


@contextmanager
def slow_server(slowness: Slowness) -> Iterator[SlowServer]:
    """The server, with a thread for each connection, until the end of the block."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    server = SlowServer(slowness, listener.getsockname()[1])
    lines: list[threading.Thread] = []

    def listen() -> None:
        while not server.over.is_set():
            try:
                line, _address = listener.accept()
            except TimeoutError:
                continue
            line.settimeout(60)
            server.connections += 1
            lines.append(threading.Thread(target=server.serve, args=(line,)))
            lines[-1].start()

    listening = threading.Thread(target=listen)
    listening.start()
    try:
        yield server
    finally:
        server.over.set()
        for thread in (listening, *lines):
            thread.join()
        listener.close()
