"""Keeping the tokens in addresses out of our own logs: feeds of calendars, and mailed links that carry a right."""

import logging
import re

from flask import Flask

# A token where an address has one: `access/services/tokens.py` makes them of this length.
TOKEN = re.compile(r"(?<=/)[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")

HIDDEN = "(token)"


def without_tokens(text: str) -> str:
    """The text with every token in an address left out.

    >>> without_tokens("GET /calendar/" + 43 * "a" + ".ics HTTP/1.1")
    'GET /calendar/(token).ics HTTP/1.1'
    """
    return TOKEN.sub(HIDDEN, text)


def init_app(app: Flask) -> None:
    """Leave tokens out of what the app logs of a request that went wrong: Flask names its path."""
    app.logger.addFilter(_leave_out)


def _leave_out(entry: logging.LogRecord) -> bool:
    said = entry.getMessage()
    if TOKEN.search(said):
        entry.msg, entry.args = without_tokens(said), ()
    return True
