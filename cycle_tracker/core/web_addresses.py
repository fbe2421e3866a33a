"""What counts as the address of a page that a browser can open."""

import re
from urllib.parse import urlsplit

from cycle_tracker.core.errors import RuleBroken

LONGEST_ADDRESS = 2000


def ensure_web_address(text: str) -> None:
    """Raises RuleBroken, in words, for what no browser could open."""
    if len(text) > LONGEST_ADDRESS:
        raise RuleBroken(f"The address must be {LONGEST_ADDRESS:,} characters or fewer.")
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise RuleBroken("Check the address: it cannot be read.") from error
    if parts.scheme.lower() not in {"http", "https"} or not host or re.search(r"\s", text):
        raise RuleBroken("Enter the whole address, starting with https:// or http://.")
