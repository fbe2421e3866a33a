"""Sweeps that are ended half-way, each in a child process of its own.

A sweep says its number, waits until somebody traces it, and runs both jobs; then its end is said: `-9` where it was
killed, otherwise its exit status.
"""

import os
import time
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

from flask import Flask

from cycle_tracker.app import create_core_app
from scheduler.jobs import run_job
from tests.support.orphans import end_with_parent


def sweep_when_asked(day: date, line: Connection) -> None:
    """Start a sweep for whatever comes, and answer with its number and then with its end. Ends when the other end of
    the line is closed."""
    app = create_core_app()
    while True:
        try:
            line.recv()
        except EOFError:
            return
        child = os.fork()
        if not child:
            end_with_parent()
            os._exit(sweep(app, day))
        line.send(child)
        _, status = os.waitpid(child, 0)
        line.send(os.waitstatus_to_exitcode(status))


def sweep(app: Flask, day: date) -> int:
    """Both jobs, once this process is traced: 0 where both could do their work."""
    while "TracerPid:\t0\n" in Path("/proc/self/status").read_text():
        time.sleep(0.002)
    reports = [run_job(app, job, day) for job in ("queue-notices", "send-outbox")]
    return 0 if all(report.usable for report in reports) else 1
