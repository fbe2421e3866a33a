"""The forms with which records come in: a file, pasted cells, and a grid of the documents of the past."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, Field
from wtforms.validators import Length

from cycle_tracker.imports.rules.history_rows import (
    ADDRESS,
    DOCUMENT,
    PARTNERSHIP,
    PERIOD,
    PUBLISHED,
    SENT,
    UNKNOWN,
    Document,
)
from cycle_tracker.imports.rules.import_rows import Columns, Problem, SheetRow
from cycle_tracker.imports.services.files import LARGEST_FILE, read_file, read_pasted
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.web.forms import CellsField, LineField, required

LONGEST_PASTED = 400_000


class FileForm(FlaskForm):
    """A file to read rows from."""

    file = FileField("Excel workbook (XLSX) or CSV file", validators=[required("Choose a file")])

    def rows(self, columns: Columns) -> list[SheetRow]:
        """The rows of the file. Raises RuleBroken, beside the field, for a file that cannot be read."""
        return read_file(self.file.data.read(LARGEST_FILE + 1), columns)


class PasteForm(FlaskForm):
    """Cells copied from a spreadsheet."""

    pasted = CellsField(
        "Cells copied from a spreadsheet",
        validators=[
            required("Paste the cells into the box"),
            Length(max=LONGEST_PASTED, message=f"Paste up to {LONGEST_PASTED:,} characters at a time"),
        ],
    )

    def rows(self, columns: Columns) -> list[SheetRow]:
        """The rows of the cells. Raises RuleBroken, beside the field, for cells that cannot be read."""
        return read_pasted(self.pasted.data, columns)


@dataclass(frozen=True)
class GridRow:
    """One line of the grid: a document, and what is recorded of it, as it is typed."""

    partnership: Partnership
    document: Document
    heading: str
    published: str = ""
    address: str = ""
    sent: bool = False

    def name(self, column: str) -> str:
        """The name of the field for a column."""
        return f"{column.split()[0]}-{self.partnership.slug}-{self.document.key.replace('.', '-')}"


@dataclass
class HistoryGrid:
    """The form of a grid with the slots that it is made for."""

    slots: Sequence[GridRow]
    form: FlaskForm = field(init=False)

    def __post_init__(self) -> None:
        fields: dict[str, object] = {"sent": BooleanField("All of these were sent to the Scottish Government")}
        values: dict[str, str] = {}
        for slot in self.slots:
            what = f"{slot.document.label}, {slot.partnership.name}"
            fields[slot.name(PUBLISHED)] = LineField(f"Published on, {what}")
            fields[slot.name(ADDRESS)] = LineField(f"Web address, {what}")
            values |= {slot.name(PUBLISHED): slot.published, slot.name(ADDRESS): slot.address}
        self.form = type("GridForm", (FlaskForm,), fields)(data=values)

    def field(self, slot: GridRow, column: str) -> Field:
        """The field of a slot."""
        return self.form[slot.name(column)]

    def rows(self) -> list[SheetRow]:
        """The lines in which something stands, numbered as they are on the page."""
        found = []
        for number, slot in enumerate(self.slots, 1):
            published, address = self.field(slot, PUBLISHED).data or "", self.field(slot, ADDRESS).data or ""
            if published or address:
                cells = {
                    PARTNERSHIP: slot.partnership.slug,
                    DOCUMENT: slot.document.name,
                    PERIOD: slot.document.period.name,
                    PUBLISHED: published,
                    ADDRESS: address,
                    SENT: UNKNOWN if self.form["sent"].data and not slot.sent else "",
                }
                found.append(SheetRow(number, cells))
        return found

    def show(self, problems: Iterable[Problem]) -> None:
        """Put problems beside the fields that they are about."""
        for problem in problems:
            slot = self.slots[problem.row - 1]
            shown = self.field(slot, ADDRESS if problem.column == ADDRESS else PUBLISHED)
            shown.errors = [*shown.errors, f"{slot.heading}: {problem.message}"]


def ways_in(submitted: str) -> Mapping[str, FileForm | PasteForm]:
    """The two forms beside the grid; only the one that was sent holds what was sent."""
    return {
        "file": FileForm() if submitted == "file" else FileForm(formdata=None),
        "paste": PasteForm() if submitted == "paste" else PasteForm(formdata=None),
    }
