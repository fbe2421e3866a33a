"""The page of one partnership."""

from tests.access_matrix.cells import EVERYBODY, Cell

TABLE = [Cell("/partnerships/<slug>", "GET", "/partnerships/{slug}", EVERYBODY)]
