"""How dates, bases and lateness are worded, the same in mails and on pages. "Past guidance date", never "breach"."""

from datetime import date

from cycle_tracker.domain.kinds import DOCUMENTS, Basis, Kind


def day(value: date | None, *, unknown: str = "not known") -> str:
    """A date as people read it: `30 June 2026`."""
    return f"{value.day} {value:%B %Y}" if value else unknown


def days(count: int) -> str:
    """A number of days: `1 day`, `14 days`."""
    return f"{count} day" if count == 1 else f"{count} days"


def date_name(kind: Kind, date_basis: Basis, *, expected: bool = False) -> str:
    """What the date worked to is called: the guidance date, the suggested date, or one's own."""
    if expected:
        return "new expected date"
    if kind in DOCUMENTS or date_basis is Basis.GUIDANCE:
        return "guidance date"
    return "suggested date" if date_basis is Basis.SUGGESTED else "date"


def due_words(due_on: date, today: date, name: str) -> str:
    """Where a due date stands, in words: `3 days past its guidance date`, `Due today`, `Due in 14 days`."""
    if due_on < today:
        return f"{days((today - due_on).days)} past its {name}"
    if due_on == today:
        return "Due today"
    return "Due tomorrow" if (due_on - today).days == 1 else f"Due in {days((due_on - today).days)}"


def bases(duty_basis: Basis, duty_citation: str, date_basis: Basis, date_citation: str) -> str:
    """Both bases, kept apart: `Duty: statute (2014 Act, section 13). Date: guidance (2020 guidance, para 125).`"""
    return f"Duty: {_basis(duty_basis, duty_citation)}. Date: {_basis(date_basis, date_citation)}."


def _basis(basis: Basis, citation: str) -> str:
    return f"{basis.value} ({citation})" if citation else basis.value
