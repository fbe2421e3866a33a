"""The national list of outstanding documents."""

from tests.access_matrix.cells import AUDITOR, OFFICIAL, Cell, everywhere

READERS = frozenset({OFFICIAL, AUDITOR})

TABLE = [
    everywhere("/outstanding", READERS),
    Cell("/outstanding/export.<any(csv,xlsx):form>", "GET", "/outstanding/export.csv", READERS, everywhere=True),
]
