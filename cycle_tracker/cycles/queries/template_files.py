"""The template of each edition of the guidance, from its file."""

from collections.abc import Iterator

from cycle_tracker.cycles.rules.templates import Template, read_template
from cycle_tracker.reference.files import FOLDER

EDITIONS = ("guidance-2016", "guidance-2020")
"""The template files, each after the one that it amends."""


def read_templates() -> Iterator[Template]:
    """The template of each edition of the guidance, an amending one with all that it leaves as it was."""
    base = None
    for edition in EDITIONS:
        base = read_template((FOLDER / f"{edition}.toml").read_text(encoding="utf-8"), base=base)
        yield base
