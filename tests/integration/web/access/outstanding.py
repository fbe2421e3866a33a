"""The national list of outstanding documents."""

from tests.integration.web.access.cells import AUDITOR, OFFICIAL, everywhere

TABLE = [everywhere("/outstanding", frozenset({OFFICIAL, AUDITOR}))]
