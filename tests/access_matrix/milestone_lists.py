"""The list of a partnership's milestones, its files, its calendar, and changes of several at once."""

from cycle_tracker.models.partnership import Partnership
from cycle_tracker.web.ticks import tick_of
from tests.access_matrix.cells import EVERYBODY, LEAD, Cell
from tests.factories import make_milestone

LIST = "/partnerships/<slug>/milestones"
HERE = "/partnerships/{slug}/milestones"
EXPORT = "/export.<any(csv,xlsx):form>"
CHANGE = (
    ("ticked", "{tick_1}"),
    ("ticked", "{tick_2}"),
    ("step", "apply"),
    ("dates", "days"),
    ("days", "7"),
    ("reason", "The meeting moved"),
)

TABLE = [
    Cell(LIST, "GET", HERE, EVERYBODY),
    Cell(LIST + EXPORT, "GET", f"{HERE}/export.csv", EVERYBODY),
    Cell(LIST + EXPORT, "GET", f"{HERE}/export.xlsx", EVERYBODY),
    Cell(f"{LIST}/change", "POST", f"{HERE}/change", frozenset({LEAD}), data=CHANGE),
    Cell("/partnerships/<slug>/calendar", "GET", "/partnerships/{slug}/calendar", EVERYBODY),
]


def make(partnership: Partnership) -> dict[str, object]:
    """Two steps to be ticked, which no other address names."""
    steps = [make_milestone(partnership, key=f"2026-29.listed-{number}") for number in (1, 2)]
    return {f"tick_{number}": tick_of(step.id, step.version) for number, step in enumerate(steps, 1)}
