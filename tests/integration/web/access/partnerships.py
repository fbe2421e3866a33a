"""The page of one partnership."""

from tests.integration.web.access.cells import EVERYBODY, Cell

TABLE = [Cell("/partnerships/<slug>", "GET", "/partnerships/{slug}", EVERYBODY)]
