"""The matrix of partnerships and documents."""

from tests.access_matrix.cells import AUDITOR, OFFICIAL, Cell, everywhere

READERS = frozenset({OFFICIAL, AUDITOR})

TABLE = [
    everywhere("/matrix", READERS),
    Cell("/matrix/export.<any(csv,xlsx):form>", "GET", "/matrix/export.csv", READERS, everywhere=True),
]
