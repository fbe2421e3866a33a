"""What counts as the address of a page that a browser can open."""

import re
from urllib.parse import urlsplit

from cycle_tracker.core.errors import RuleBroken

LONGEST_ADDRESS = 2000


def ensure_web_address(text: str) -> None:
    """Raises RuleBroken, in words, for what no browser could open."""
    if len(text) > LONGEST_ADDRESS:
        raise RuleBroken(f"The web address must be {LONGEST_ADDRESS:,} characters or fewer.")
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise RuleBroken("Check the web address. We cannot read it.") from error
    if parts.scheme.lower() not in {"http", "https"} or not host or re.search(r"\s", text):
        raise RuleBroken("Enter the full web address, starting with https:// or http://.")
