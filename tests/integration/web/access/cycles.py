"""The cycle page."""

from tests.integration.web.access.cells import EVERYBODY, Cell

TABLE = [Cell("/partnerships/<slug>/cycles/<period>", "GET", "/partnerships/{slug}/cycles/2026-29", EVERYBODY)]
