"""The name of this process, for people who look who did something; nothing of what is sent is decided by it."""

import os
import socket


def this_process() -> str:
    """The host and the number of this process: `tracker-1 process 4711`."""
    return f"{socket.gethostname()[:80]} process {os.getpid()}"
