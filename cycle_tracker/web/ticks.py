"""Ticked rows of a list, each with the version of it that the person saw."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from wtforms import Field
from wtforms.validators import StopValidation
from wtforms.widgets import HiddenInput

TICK = re.compile(r"([0-9]{1,10}):([0-9]{1,9})")
LARGEST_ID = 2**31 - 1
MOST_TICKS = 200


def tick_of(milestone_id: int, version: int) -> str:
    """The tick that a row of a list carries: the milestone, and the version of it that the row shows."""
    return f"{milestone_id}:{version}"


class TicksField(Field):
    """The ticked rows. What is no tick is left out and said."""

    widget = HiddenInput()
    data: Mapping[int, int]

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = {}
        for text in valuelist[: MOST_TICKS + 1]:
            found = TICK.fullmatch(str(text)) if len(str(text)) <= 20 else None
            if found and str(text).isascii() and int(found[1]) <= LARGEST_ID:
                self.data[int(found[1])] = int(found[2])

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002
        """Raises StopValidation where nothing is ticked, or more than can be answered at once."""
        if not self.data:
            raise StopValidation("Select at least one row")
        if len(self.data) > MOST_TICKS:
            raise StopValidation(f"Select up to {MOST_TICKS} rows at a time")

    def __contains__(self, milestone_id: object) -> bool:
        return milestone_id in (self.data or {})

    def ticks(self) -> Iterator[str]:
        """The ticks one by one."""
        return (tick_of(*pair) for pair in (self.data or {}).items())
