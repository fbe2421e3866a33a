"""Places in the stored bytes of a mail that are filled when it is sent, such as that of a one-time link."""

from collections.abc import Mapping
from secrets import token_hex

CLOSING = "-here"
LONGEST_VALUE = 74


def new_key() -> str:
    """The key of the placeholders of one rendering: random, kept beside the bytes, and shown nowhere."""
    return token_hex(16)


def placeholder(key: str, what: str) -> str:
    """What stands in the stored bytes for something that is made when the mail is sent, such as a token.

    Made by whoever renders the mail, and by nobody else: as long as `key` is of this rendering alone, nothing that
    people write can be one. `what` is `link`, `stop-user-12`, `stop-contact-3` or `answer-55`.
    """
    return f"{opening(key)}{what}{CLOSING}"


def placeholders_in(content: bytes, key: str) -> list[str]:
    """What each placeholder of a mail stands for; one that stands in it twice comes twice. None without a key."""
    if not key:
        return []
    pieces = content.split(opening(key).encode("ascii"))[1:]
    return [piece.partition(CLOSING.encode("ascii"))[0].decode("ascii", "replace") for piece in pieces]


def fill(content: bytes, key: str, values: Mapping[str, str]) -> bytes:
    """The bytes of a mail that `compose` made, with a value in the place of each of its placeholders. One for which
    there is no value stays as it is: it is not this mail's. A value is one word of letters that need no encoding, at
    most LONGEST_VALUE of them."""
    for what, value in values.items() if key else ():
        content = content.replace(placeholder(key, what).encode("ascii"), value.encode("ascii"))
    return content


def opening(key: str) -> str:
    """What every placeholder of a key begins with."""
    return f"fill-{key}-"
