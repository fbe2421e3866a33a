"""The home page."""

from tests.access_matrix.cells import EVERYBODY, everywhere

TABLE = [everywhere("/", EVERYBODY)]
