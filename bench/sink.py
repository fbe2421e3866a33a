"""A light SMTP server that takes every mail and keeps none, so that it is never what is measured.

`with Sink() as sink:` runs it in a process of its own. It counts the mails and the recipients it accepted.
"""

import argparse
import asyncio
import json
import signal
import subprocess
import sys
from types import TracebackType

from bench.processes import LOOPBACK, ROOT, Unexpected

LONGEST_MAIL = 16 * 1024 * 1024
ANSWERS = {
    b"EHLO": b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
    b"DATA": b"354 go ahead\r\n",
    b"QUIT": b"221 bye\r\n",
}


class Sink:
    """The server in its process. `delay` is the seconds it takes over each mail."""

    def __init__(self, delay: float = 0.0) -> None:
        self._delay = delay
        self.port = 0

    def __enter__(self) -> "Sink":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.sink", "--delay", str(self._delay)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline() or 0)
        if not self.port:
            raise Unexpected("The SMTP sink did not start.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self.stop()

    def stop(self) -> dict[str, int]:
        """Stop it; how many `mails` it took, for how many different `recipients`."""
        self._process.terminate()
        printed, _ = self._process.communicate()
        return dict(json.loads(printed))


class _Server:
    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.mails = 0
        self.recipients: set[bytes] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        try:
            while line := await reader.readline():
                command = line[:4].upper()
                writer.write(ANSWERS.get(command, b"250 ok\r\n"))
                if command == b"RCPT":
                    self.recipients.add(line)
                elif command == b"DATA":
                    await reader.readuntil(b"\r\n.\r\n")
                    if self.delay:
                        await asyncio.sleep(self.delay)
                    self.mails += 1
                    writer.write(b"250 taken\r\n")
                elif command == b"QUIT":
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the sender went away
        finally:
            writer.close()


async def _main(delay: float) -> None:
    ours = _Server(delay)
    server = await asyncio.start_server(ours.serve, LOOPBACK, 0, limit=LONGEST_MAIL)
    told_to_stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told_to_stop.set)
    print(server.sockets[0].getsockname()[1], flush=True)
    await told_to_stop.wait()
    print(json.dumps({"mails": ours.mails, "recipients": len(ours.recipients)}), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay", type=float, default=0.0)
    asyncio.run(_main(parser.parse_args().delay))
