"""The home page."""

from tests.integration.web.access.cells import EVERYBODY, everywhere

TABLE = [everywhere("/", EVERYBODY)]
