"""The health of the service."""

from tests.access_matrix.cells import ADMINISTRATOR, AUDITOR, everywhere

TABLE = [everywhere("/service-health", frozenset({AUDITOR, ADMINISTRATOR}))]
