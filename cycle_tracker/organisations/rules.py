"""Codes of organisations: official ones, and those that the service makes up."""

import re

CODE_FORM = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*")
LONGEST_CODE = 20
# Before the number of an organisation without an official code.
OWN_CODE = "CT"


def clean_code(text: str) -> str:
    """A code as it is kept: without blanks, in capital letters."""
    return "".join(text.split()).upper()


def is_code(code: str) -> bool:
    """Whether this is written as a code: letters and digits, with single hyphens between them."""
    return len(code) <= LONGEST_CODE and CODE_FORM.fullmatch(code) is not None


def own_code(number: int) -> str:
    """The code of an organisation that has no official one."""
    return f"{OWN_CODE}{number:06d}"


def is_own_code(code: str) -> bool:
    """Whether the service made this code up."""
    return re.fullmatch(rf"{OWN_CODE}[0-9]{{6,}}", code) is not None
