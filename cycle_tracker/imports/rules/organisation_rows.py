"""One row of a file of organisations: which organisation, what it is to be, and its role in a partnership.

An empty cell leaves what is there.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from cycle_tracker.imports.rules.import_rows import Columns, Problem, RowReader, SheetRow, shortened

CODE, NAME, KIND, MAILBOX, PARTNERSHIP, ROLE, FROM, TO = (
    "code",
    "name",
    "kind",
    "mailbox",
    "partnership",
    "role",
    "from",
    "to",
)
COLUMNS = Columns(
    names=(CODE, NAME, KIND, MAILBOX, PARTNERSHIP, ROLE, FROM, TO), required=frozenset({CODE, NAME, KIND})
)
LONGEST_PLACE = 200
OF_A_ROLE = (ROLE, FROM, TO)


@dataclass(frozen=True)
class OrganisationRow:
    """What a row says; None and empty where it says nothing. `kind` and `role` are words of the lists that there are,
    and `place` is still to be looked up."""

    number: int
    code: str
    name: str
    kind: str
    mailbox: str
    place: str
    role: str
    from_on: date | None
    to_on: date | None


def read_organisation_rows(
    rows: Iterable[SheetRow], *, kinds: Collection[str], roles: Collection[str]
) -> tuple[list[OrganisationRow], list[Problem]]:
    """The rows that can be read, and what is wrong with the others."""
    read: list[OrganisationRow] = []
    problems: list[Problem] = []
    for row in rows:
        reader = RowReader(row)
        found = _read(reader, kinds, roles)
        if reader.problems:
            problems += reader.problems
        else:
            read.append(found)
    return read, problems


def _read(reader: RowReader, kinds: Collection[str], roles: Collection[str]) -> OrganisationRow:
    row = reader.row
    if not row[CODE] and not row[NAME]:
        reader.refuse(NAME, "Enter the code or the name of the organisation.")
    if row[PARTNERSHIP]:
        for column, words in ((ROLE, f"Enter the role: {', '.join(roles)}."), (FROM, "Enter the first day.")):
            if not row[column]:
                reader.refuse(column, words)
    else:
        given = [column for column in OF_A_ROLE if row[column]]
        if given:
            reader.refuse(PARTNERSHIP, f"Enter the partnership that the {given[0]} is about.")
    return OrganisationRow(
        number=row.number,
        code=row[CODE],
        name=row[NAME],
        kind=_one_of(reader, KIND, kinds),
        mailbox=row[MAILBOX],
        place=reader.text(PARTNERSHIP, longest=LONGEST_PLACE),
        role=_one_of(reader, ROLE, roles),
        from_on=reader.day(FROM),
        to_on=reader.day(TO),
    )


def _one_of(reader: RowReader, column: str, known: Collection[str]) -> str:
    """A word of a list, however it is written: `Third sector interface`, `third_sector_interface`."""
    text = reader.row[column]
    word = "-".join(text[:100].casefold().replace("_", " ").replace("-", " ").split())
    if word and word not in known:
        reader.refuse(column, f"“{shortened(text)}” is not a {column}. It can be {', '.join(known)}.")
        return ""
    return word
