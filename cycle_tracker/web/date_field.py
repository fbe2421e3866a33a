"""A date as people in the United Kingdom write it: day, month, year."""

from datetime import date
from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError
from wtforms.widgets import TextInput

from cycle_tracker.core.lines import one_line
from cycle_tracker.core.written_dates import read_date


class UkDateField(Field):
    """Takes 30/6/2026, 30/06/26, 30.6.2026, 30 6 2026, 30 June 2026 and 2026-06-30, and shows 30/06/2026.

    What was typed and could not be read stays in the field. An empty field is None and no error: a validator says
    whether it may be.
    """

    widget = TextInput()
    data: date | None

    @property
    def chosen(self) -> date:
        """The day, in a form that was found valid. Raises ValueError where there is none."""
        if self.data is None:
            raise ValueError("no date was given")
        return self.data

    def _value(self) -> str:
        if self.raw_data:
            return one_line(str(self.raw_data[0]))
        return f"{self.data:%d/%m/%Y}" if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = one_line(str(valuelist[0])) if valuelist else ""
        self.data = None
        if text:
            try:
                self.data = read_date(text)
            except ValueError as error:
                raise ValidationError(str(error)) from error
