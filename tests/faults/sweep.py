"""Sweeps that are ended half-way: `python -m tests.faults.sweep DAY` starts one for each line that it reads.

Everything is imported once, and each sweep is a child process of its own. It says its number, waits until somebody
traces it, and runs both jobs; then its end is said: `-9` where it was killed, otherwise its exit status.
"""

import os
import sys
import time
from datetime import date
from pathlib import Path

from flask import Flask

from cycle_tracker.app import create_core_app
from cycle_tracker.domain.calendar import SCOTLAND
from scheduler.jobs import run_job


def main(day: date) -> None:
    app = create_core_app()
    SCOTLAND.is_working_day(day)  # what it takes to know that is imported when somebody asks
    for _line in sys.stdin:
        child = os.fork()
        if not child:
            os._exit(sweep(app, day))
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def sweep(app: Flask, day: date) -> int:
    """Both jobs, once this process is traced: 0 where both could do their work."""
    while "TracerPid:\t0\n" in Path("/proc/self/status").read_text():
        time.sleep(0.002)
    reports = [run_job(app, job, day) for job in ("queue-notices", "send-outbox")]
    return 0 if all(report.usable for report in reports) else 1


if __name__ == "__main__":
    main(date.fromisoformat(sys.argv[1]))
