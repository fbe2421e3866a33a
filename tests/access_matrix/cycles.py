"""The cycle page."""

from tests.access_matrix.cells import EVERYBODY, Cell

TABLE = [Cell("/partnerships/<slug>/cycles/<period>", "GET", "/partnerships/{slug}/cycles/2026-29", EVERYBODY)]
