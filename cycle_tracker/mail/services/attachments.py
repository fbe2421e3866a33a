"""A file that is attached to a mail when it is sent, and what the mail says of it.

The stored bytes of a mail hold a placeholder where it says whether the file is there (`core/placeholders.py`), and
never the file. The sender asks for the file, and puts in the sentence that is true of this mail.
"""

from typing import NamedTuple

from sqlalchemy import Connection

from cycle_tracker.core.placeholders import fill, opening, placeholder, placeholders_in
from cycle_tracker.mail.mime import attach

FILE = "file-"
# How whoever gets the mail comes by the file if it is not attached: at the web address in the mail, or by asking.
READ, ASK = "-read", "-ask"
# Each is a value of a placeholder, so it is plain letters on one line (LONGEST_VALUE).
ATTACHED = "The document is attached to this email."
NOT_ATTACHED = {
    READ: "The document is not attached. Read it at the web address above.",
    ASK: "The document is not attached. Ask the partnership to send it to you.",
}


class AttachedFile(NamedTuple):
    """A file as a mail carries it."""

    name: str
    media_type: str
    content: bytes


def file_sentence(key: str, number: int, *, has_address: bool) -> str:
    """What stands in the words of a mail for the sentence that says whether the file of this number is attached."""
    return placeholder(key, f"{FILE}{number}{READ if has_address else ASK}")


def file_asked_for(content: bytes, key: str) -> int | None:
    """The number of the file that a mail asks for; None if it asks for none."""
    if not key or f"{opening(key)}{FILE}".encode("ascii") not in content:
        return None
    asked = next(what for what in placeholders_in(content, key) if what.startswith(FILE))
    return int(asked.removeprefix(FILE).partition("-")[0])


def with_file(content: bytes, key: str, number: int, file: AttachedFile | None) -> bytes:
    """The bytes of a mail with its file, or without one if there is none, and with the sentence that is true of it."""
    sentences = {f"{FILE}{number}{way}": ATTACHED if file else words for way, words in NOT_ATTACHED.items()}
    filled = fill(content, key, sentences)
    return attach(filled, file.name, file.media_type, file.content) if file else filled


def no_file(_connection: Connection, _number: int) -> AttachedFile | None:
    """No file, for a sender that is given none: its mails say that nothing is attached."""
    return None
