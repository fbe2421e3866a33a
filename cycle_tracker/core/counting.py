"""Counts that a page shows: they stop where nobody needs to know more, so that no page counts a million rows."""

COUNTED_TO = 1_000
"""The largest number that is counted out; one more stands for any number beyond."""


def counted_of(number: int, one: str) -> str:
    """Such a number with its noun: `1,000+ documents`."""
    return f"{number_words(number)} {one if number == 1 else one + 's'}"


def number_words(number: int) -> str:
    """A number for a page: `250`, `1,000`, and `1,000+` for any beyond.

    >>> number_words(1000), number_words(1001)
    ('1,000', '1,000+')
    """
    return f"{number:,}" if number <= COUNTED_TO else f"{COUNTED_TO:,}+"
