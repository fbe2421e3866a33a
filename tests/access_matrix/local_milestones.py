"""Adding a local milestone to a cycle."""

from tests.access_matrix.cells import LEAD, Cell

NEW = "/partnerships/<slug>/cycles/<period>/milestones/new"
PATH = "/partnerships/{slug}/cycles/2026-29/milestones/new"
FILLED = (
    ("title", "Summer survey of families"),
    ("kind", "consultation"),
    ("stage", "analyse"),
    ("opens_on", "1 8 2026"),
    ("due_on", "1 9 2026"),
    ("owner", "{new_owner}"),
    ("lead_organisation", "{body}"),
)

TABLE = [
    Cell(NEW, "GET", PATH, frozenset({LEAD})),
    Cell(NEW, "POST", PATH, frozenset({LEAD}), data=FILLED),
]
