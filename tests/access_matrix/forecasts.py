"""What will be mailed to whom, and what one will get oneself."""

from tests.access_matrix.cells import ADMINISTRATOR, AUDITOR, CLERK, EVERYBODY, GOVERNANCE, LEAD, Cell, everywhere

READERS = frozenset({LEAD, GOVERNANCE, CLERK, AUDITOR, ADMINISTRATOR})

TABLE = [
    everywhere("/forecast", READERS),
    Cell("/forecast/export.<any(csv,xlsx):form>", "GET", "/forecast/export.csv", READERS, everywhere=True),
    everywhere("/forecast/mine", EVERYBODY),
]
