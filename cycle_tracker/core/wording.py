"""How dates, bases and lateness are worded, in mails and on pages alike. "Past the guidance date", never "breach"."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from unicodedata import category

from cycle_tracker.core.kinds import Basis

# The largest number that a page counts out; one more stands for any number beyond. No page counts a million rows.
COUNTED_TO = 1_000
UNKNOWN_DAY = "date not known"
KEPT_DAYS = 4_096
NEW_EXPECTED_DATE = "new expected date"

# What a date is called, by its basis. Never "deadline": most dates are not in law.
DATE_NAMES = {
    Basis.STATUTE: "statutory date",
    Basis.GUIDANCE: "guidance date",
    Basis.PRACTICE: "suggested date",
    Basis.SUGGESTED: "suggested date",
    Basis.LOCAL: "local date",
}
JOINER = "\u200d"
SKIN_TONES = range(0x1F3FB, 0x1F400)
IN_LAW_OR_GUIDANCE = {Basis.STATUTE: "the law", Basis.GUIDANCE: "the guidance"}
# In a citation, what stands before guidance that explains the duty or the date and gives neither.
SEE = ". See "


@lru_cache(KEPT_DAYS)
def day(value: date | None) -> str:
    """A day in full.

    >>> day(date(2026, 6, 30))
    '30 June 2026'
    """
    return f"{value:%-d %B %Y}" if value else UNKNOWN_DAY


def count(number: int, one: str, several: str = "") -> str:
    """A number with its noun.

    >>> count(1, "day"), count(3, "day"), count(2, "body", "bodies")
    ('1 day', '3 days', '2 bodies')
    """
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """Names in a sentence.

    >>> listed(["Angus", "Fife", "Moray"])
    'Angus, Fife and Moray'
    """
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def date_name(basis: Basis, *, expected: bool = False) -> str:
    """What a date that rests on this basis is called; a new expected date is called that whatever it rests on."""
    return NEW_EXPECTED_DATE if expected else DATE_NAMES[basis]


def due_words(due_on: date, today: date, name: str) -> str:
    """How far off a date is, with the date: `Overdue by 3 days (guidance date 30 June 2026)`, `Due today (…)`."""
    return f"{due_in_words(due_on, today)} ({name} {day(due_on)})"


def due_in_words(due_on: date, today: date) -> str:
    """How far off a date is: `Overdue by 3 days`, `Due today`, `Due in 14 days`."""
    ahead = (due_on - today).days
    if ahead < 0:
        return f"Overdue by {count(-ahead, 'day')}"
    return {0: "Due today", 1: "Due tomorrow"}.get(ahead, f"Due in {count(ahead, 'day')}")


def basis_words(basis: Basis, citation: str) -> str:
    """What a duty or a date is based on. Guidance that explains a duty in law is not called statute.

    >>> basis_words(Basis.STATUTE, "2014 Act, section 10(1)(a). See 2020 guidance, paragraphs 76 to 78")
    '2014 Act, section 10(1)(a) (statute). See 2020 guidance, paragraphs 76 to 78'
    """
    given, see, explains = citation.partition(SEE)
    return f"{given} ({basis.value}){see}{explains}" if citation else basis.value


def bases(duty_basis: Basis, duty_citation: str, date_basis: Basis, date_citation: str) -> str:
    """What duty and date are based on in law or guidance, kept apart; empty if there is neither.

    >>> bases(Basis.STATUTE, "2014 Act, section 13", Basis.GUIDANCE, "2020 guidance, paragraph 125")
    'Based on 2014 Act, section 13 (the duty) and 2020 guidance, paragraph 125 (the date).'
    """
    duty, on = (
        (citation or IN_LAW_OR_GUIDANCE[basis]) if basis in IN_LAW_OR_GUIDANCE else ""
        for basis, citation in ((duty_basis, duty_citation), (date_basis, date_citation))
    )
    if duty and on and duty != on:
        (duty, *see_of_duty), (on, *see_of_date) = duty.split(SEE), on.split(SEE)
        see = " and ".join(dict.fromkeys(see_of_duty + see_of_date))
        return f"Based on {duty} (the duty) and {on} (the date){SEE if see else ''}{see}."
    if duty and on:
        return f"Based on {duty}."
    if duty:
        whose = "The partnership chose the date." if date_basis is Basis.LOCAL else "The date is suggested."
        return f"The duty is based on {duty}. {whose}"
    return f"The date is based on {on}." if on else ""


def shortened(text: str, room: int) -> str:
    """The text in at most so many characters, cut at the end of a word.

    >>> shortened("Send the annual report to everyone", 26)
    'Send the annual report to…'
    """
    if len(text) <= room:
        return text
    cut = text[: room - 1]
    if not text[room - 1].isspace() and " " in cut.strip():
        cut = cut.rstrip().rsplit(" ", 1)[0] if not cut.endswith(" ") else cut
    else:
        cut = text[: _end_of_a_sign(text, room - 1)]
    return f"{cut.rstrip(' ,:;(–-')}…"


def _end_of_a_sign(text: str, end: int) -> int:
    """Where to cut at the latest, so that no letter loses its accent and no picture a part of it."""
    while end > 0 and (_is_part_of_a_sign(text[end]) or text[end - 1] == JOINER):
        end -= 1
    return end


def _is_part_of_a_sign(sign: str) -> bool:
    return category(sign) in {"Mn", "Mc", "Me", "Cf"} or ord(sign) in SKIN_TONES


def upper_first(text: str) -> str:
    """The text with a capital at its start, and the rest as it is."""
    return text[:1].upper() + text[1:]


def counted_of(number: int, one: str) -> str:
    """Such a number with its noun: `1,000+ documents`."""
    return f"{number_words(number)} {one if number == 1 else one + 's'}"


def number_words(number: int) -> str:
    """A number for a page: `250`, `1,000`, and `1,000+` for any beyond.

    >>> number_words(1000), number_words(1001)
    ('1,000', '1,000+')
    """
    return f"{number:,}" if number <= COUNTED_TO else f"{COUNTED_TO:,}+"
