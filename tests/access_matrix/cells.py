"""What a row of the tables says."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from cycle_tracker.core.roles import Role

EVERYBODY = frozenset(Role)
LEAD, CONTRIBUTOR, GOVERNANCE, CLERK = Role.LEAD, Role.CONTRIBUTOR, Role.GOVERNANCE, Role.CLERK
OFFICIAL, AUDITOR, ADMINISTRATOR = Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR
NATIONAL = frozenset({OFFICIAL, AUDITOR, ADMINISTRATOR})

MILESTONE = "/partnerships/<slug>/milestones/<key>"
REPORT = "/partnerships/{slug}/milestones/2023-26.annual-report-3"
"""A document that is open."""
TOLD = "/partnerships/{slug}/milestones/2023-26.annual-report-2"
"""Another."""
STEP = "/partnerships/{slug}/milestones/2026-29.step"
"""A step that nobody owns, not started."""
BEGUN = "/partnerships/{slug}/milestones/2026-29.begun"
"""A step that nobody owns, in progress."""


@dataclass(frozen=True)
class Cell:
    """One address and method: who may, and what those in the partnership get who may not (403, or 404 where they may
    not see that it is there). `everywhere` marks an address that lies in no partnership.

    `data` and `files` (field, file name, content) are what a person would send who fills the form in right. Parts in
    braces, in the path and in `data`, are those of the partnership that the address lies in. `gives_a_page` marks what
    answers with a page where it was filled in right, such as a preview; `optional` names fields that the form has and
    `data` leaves out.
    """

    rule: str
    method: str
    path: str
    may: frozenset[Role]
    otherwise: int = 403
    everywhere: bool = False
    data: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str, bytes], ...] = ()
    gives_a_page: bool = False
    optional: tuple[str, ...] = ()

    def body(self, parts: Mapping[str, object]) -> dict[str, object]:
        """What is posted: the fields, with the parts of the partnership filled in, and the files."""
        fields: dict[str, object] = {}
        for name, value in self.data:
            text = value.format_map(parts)
            fields[name] = [*fields[name], text] if name in fields else [text]  # type: ignore[misc]
        return fields | {name: (BytesIO(content), file_name) for name, file_name, content in self.files}


def everywhere(rule: str, may: frozenset[Role], method: str = "GET", data: tuple[tuple[str, str], ...] = ()) -> Cell:
    """An address that lies in no partnership and names nothing."""
    return Cell(rule, method, rule, may, everywhere=True, data=data)
