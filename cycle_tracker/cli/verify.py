"""`flask verify`: whether the audit history is as it was sealed."""

import json
import sys
from dataclasses import dataclass, field
from datetime import timedelta

import click
from flask.cli import with_appcontext

from cycle_tracker.audit.rules import Fault, Finding, Head, parse_head
from cycle_tracker.audit.services.verification import Verification
from cycle_tracker.core import clock

LISTED_AT_MOST = 100
MINUTES = 10


@dataclass
class Report:
    """What was found, of which the first are listed. `unsealed` are events that have no seal, though they are old."""

    count: int = 0
    unsealed: int = 0
    listed: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        self.count += 1
        self.unsealed += finding.fault is Fault.UNSEALED
        if len(self.listed) < LISTED_AT_MOST:
            self.listed.append(finding)


def _read_head(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Head | None:
    try:
        return parse_head(text) if text else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command("verify")
@click.option(
    "--head",
    "kept",
    metavar="NUMBER:HASH",
    callback=_read_head,
    help="A head that this command printed earlier. The check fails if the chain does not contain it.",
)
@click.option(
    "--minutes",
    default=MINUTES,
    show_default=True,
    type=click.IntRange(1, 60 * 24 * 365),
    help="Report an event that has no seal after this many minutes.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@with_appcontext
def verify(kept: Head | None, minutes: int, as_json: bool) -> None:
    """Check the complete audit history against its seals. The exit status is 1 if anything is wrong."""
    verification = Verification(clock.now(), patience=timedelta(minutes=minutes), kept=kept)
    report = Report()
    for finding in verification.findings():
        report.add(finding)
    (_print_json if as_json else _print_words)(verification, report, minutes)
    sys.exit(1 if report.count else 0)


def _print_words(verification: Verification, report: Report, minutes: int) -> None:
    for finding in report.listed:
        click.echo(finding.said)
    if report.count > len(report.listed):
        click.echo(f"And {report.count - len(report.listed):,} more.")
    if report.unsealed == report.count > 0:
        have, them = ("has", "it was") if report.count == 1 else ("have", "they were")
        click.echo(
            f"{_counted(report.count, 'event')} {have} no seal, so we cannot check whether {them} changed. Either "
            "sealing has not run since, or seals were removed. We checked "
            f"{_counted(verification.seals, 'seal')} and found no changes."
        )
    elif report.count:
        click.echo(f"The audit history was changed after it was sealed. We found {_counted(report.count, 'fault')}.")
    else:
        click.echo(f"The audit history is complete and unchanged. We checked {_counted(verification.seals, 'seal')}.")
    if verification.waiting:
        are = "is" if verification.waiting == 1 else "are"
        click.echo(
            f"{_counted(verification.waiting, 'event')} of the last {minutes} minutes {are} not sealed yet. "
            "We cannot detect a change that is made before an event is sealed."
        )
    if verification.head.number:
        click.echo(f"Head: {verification.head}")
        click.echo("Keep the head somewhere else. Use it with --head later to check that nothing was cut off the end.")


def _print_json(verification: Verification, report: Report, minutes: int) -> None:
    click.echo(
        json.dumps(
            {
                "ok": not report.count,
                "seals": verification.seals,
                "head": str(verification.head) if verification.head.number else None,
                "waiting": verification.waiting,
                "minutes": minutes,
                "faults": report.count,
                "findings": [
                    {"fault": one.fault.value, "seal": one.number, "event": one.event_id, "said": one.said}
                    for one in report.listed
                ],
            }
        )
    )


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}" + ("" if count == 1 else "s")
