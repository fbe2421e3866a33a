"""No process of the tests outlives the run that started it, however that ends."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
"""From linux/prctl.h: the signal that the kernel sends this process when its parent ends."""


def end_with_parent() -> None:
    """Have this process killed when the one that started it ends: a run that is killed can stop nothing itself.

    It counts from the thread that started it, so start what calls this from a thread that stays.
    """
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent or parent == 1:
        os._exit(1)  # it had ended before we said so
