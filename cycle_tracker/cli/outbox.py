"""`flask outbox`: what was emailed, what waits, and what could not be delivered."""

import json
from collections.abc import Iterator

import click
from flask.cli import with_appcontext

from cycle_tracker.core.extensions import db
from cycle_tracker.core.wording import count as counted
from cycle_tracker.operations.queries.outbox import MessageListed, count_messages_by_state, list_messages
from cycle_tracker.operations.queries.outbox_health import list_failed

PAGE = 500


@click.command("outbox")
@click.option("--json", "as_json", is_flag=True, help="Print every email with its notices as a JSON array.")
@with_appcontext
def outbox(as_json: bool) -> None:
    """Show how many emails are in each state, and the latest that failed."""
    if as_json:
        _print_array(_described(message) for message in _messages())
        return
    for state, count in count_messages_by_state():
        click.echo(f"{state.value:10} {count:8}")
    for failed in list_failed():
        tried = counted(failed.attempts, "attempt")
        click.echo(f"failed after {tried}: {failed.recipient}, “{failed.subject}”, {failed.trouble}")


def _messages() -> Iterator[MessageListed]:
    """All messages, page by page, so that memory stays constant."""
    last = 0
    while page := _page(last):
        yield from page
        last = page[-1].id


def _page(after: int) -> list[MessageListed]:
    """One page. No transaction stays open behind it: on SQLite it would keep every writer waiting."""
    page = list_messages(after=after, limit=PAGE)
    db.session.rollback()
    return page


def _described(message: MessageListed) -> dict[str, object]:
    return {
        "recipient": message.recipient,
        "subject": message.subject,
        "state": message.state.value,
        "attempts": message.attempts,
        "message_id": message.message_id,
        "trouble": message.trouble,
        "notices": [
            {
                "partnership": notice.partnership,
                "key": notice.key,
                "due_on": notice.due_on.isoformat(),
                "step": notice.step,
            }
            for notice in message.notices
        ],
    }


def _print_array(things: Iterator[dict[str, object]]) -> None:
    """A JSON array, one thing a line, written as it comes."""
    separator = "["
    for thing in things:
        click.echo(f"{separator}\n{json.dumps(thing, ensure_ascii=False)}", nl=False)
        separator = ","
    click.echo("[]" if separator == "[" else "\n]")
