"""`python -m scheduler`: the process. `python -m scheduler run JOB [--on DATE]`: one run by hand, then exit."""

import argparse
import gc
import json
import logging
import signal
import sys
from collections.abc import Sequence
from datetime import date
from types import FrameType

from cycle_tracker.app import create_core_app
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.jobs.queries import QUEUE_NOTICES, SEND_OUTBOX
from scheduler.account_mails import AccountMailWatch
from scheduler.catch_up import is_queueing_missed
from scheduler.jobs import JOBS, SEND_ACCOUNT_MAILS, run_job, stopping
from scheduler.neighbours import NeighbourWatch

log = logging.getLogger("scheduler")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; the exit status."""
    asked = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    if asked.command == "run":
        return run_by_hand(asked.job, asked.on or clock.today())
    return run_for_good()


def run_by_hand(job: str, on: date) -> int:
    """One run of a job. Its last line is a JSON object with its counts; 1 where nothing could be used at all."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: stopping.set())
    app = create_core_app()
    report = run_job(app, job, on)
    with app.app_context():
        db.engine.dispose()  # an end without closing would leave what SQLite wrote in two files
    if report.said:
        print(report.said)
    print(json.dumps({"job": job, "on": on.isoformat(), **report.counts}))
    return 0 if report.usable else 1


def run_for_good() -> int:
    """The scheduler, until it is asked to stop: it then finishes the mail in hand."""
    # Not at the top: a run by hand needs no APScheduler, and does without these 40 ms (with both runs 3% of P0).
    from scheduler.schedule import CATCH_UP, build_scheduler

    app = create_core_app()
    account_mails = AccountMailWatch(app)
    neighbours = NeighbourWatch(app)
    neighbours.look_at_start()

    def run(job: str) -> None:
        if job == SEND_ACCOUNT_MAILS and not account_mails.has_one():
            return
        if job == CATCH_UP:
            if not is_queueing_missed(app):
                return
            log.info("Today's queue-notices has not run, or did not succeed: it runs now.")
            job = QUEUE_NOTICES
        report = run_job(app, job, clock.today())
        log.info("%s: %s", job, json.dumps(report.counts))
        if job == SEND_ACCOUNT_MAILS and not report.usable:
            account_mails.rest()
        if job == SEND_OUTBOX:
            neighbours.look()

    def start() -> None:
        run(CATCH_UP)
        run(SEND_OUTBOX)

    scheduler = build_scheduler(run, app.config["TZ_NAME"])

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()
        scheduler.shutdown(wait=False)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    scheduler.add_job(start, id="at-start")
    scheduler.start()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scheduler", description="Run the jobs of Cycle Tracker.")
    commands = parser.add_subparsers(dest="command")
    run = commands.add_parser("run", help="run one job now, then exit")
    run.add_argument("job", choices=sorted(JOBS))
    run.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="the date that the rules see (YYYY-MM-DD)")
    return parser


if __name__ == "__main__":
    status = main()
    gc.freeze()  # the memory goes back as a whole: to look through all of it for garbage first took a tenth of a run
    sys.exit(status)
