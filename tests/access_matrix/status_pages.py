"""The status of a partnership, on a page and as a Word document."""

from tests.access_matrix.cells import ADMINISTRATOR, EVERYBODY, Cell

READERS = EVERYBODY - {ADMINISTRATOR}

TABLE = [
    Cell("/partnerships/<slug>/status", "GET", "/partnerships/{slug}/status", READERS),
    Cell("/partnerships/<slug>/status.docx", "GET", "/partnerships/{slug}/status.docx", READERS),
]
