"""The characters that nobody sees, as Unicode lists them, and a text that has each of them."""

import sys
from typing import Any
from unicodedata import category

from sqlalchemy import Column, String, Text, type_coerce, update

from cycle_tracker.core.extensions import Base, db
from cycle_tracker.models.base import OneLine

UNSEEN = tuple(sign for sign in map(chr, range(1, sys.maxunicode + 1)) if category(sign) in {"Cc", "Cf", "Zl", "Zp"})
"""Control characters, format characters, and both separators; NUL, which PostgreSQL does not keep, is tried alone."""
LINE_ENDS = ("\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
BLANKS = ("\t", "\u00a0", "\u2003", "\u202f", "\u3000")
HELD_TO_A_FORM = frozenset({"email", "key", "mailbox", "recipient", "date_rule", "edition"})


def unseen_in(text: str, but: str = "") -> set[str]:
    """Those of them that a text has, besides some."""
    return {sign for sign in text if category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and sign not in but}


def is_one_line(text: str) -> bool:
    """Whether a text has none of them, and no blank but single ones between its words."""
    return not unseen_in(text) and text == " ".join(text.split())


FAKE_LINES = "\n\nIMPORTANT: mailbox full\u2028https://evil.test\r\n\x85--\u2029Government\u202e\u200b"
"""What somebody may add to a title who wants to write mails in the name of the service."""


def spoil_stored_words() -> None:
    """Write such characters into every column of words of every row, past the service, as an earlier version could."""
    for table in Base.metadata.sorted_tables:
        if table.name not in {"audit_events", "audit_seals"}:
            for column in table.columns:
                words = _spoilt(column)
                if words:
                    spoilt = update(table).where(column.is_not(None)).values({column: type_coerce(words, String)})
                    db.session.execute(spoilt)
    db.session.commit()
    db.session.expire_all()


def _spoilt(column: Column[Any]) -> str:
    """Other words for a column that people fill in as they like; empty for one that is held to a form."""
    if isinstance(column.type, Text):
        return f"Several{FAKE_LINES}lines"
    if not isinstance(column.type, OneLine) or column.name in HELD_TO_A_FORM or column.primary_key:
        return ""
    room = column.type.length - len(FAKE_LINES) - len("Titleend")
    if room < 0:
        return ""
    return f"Title{FAKE_LINES}{''.join(UNSEEN)[:room]}end"
