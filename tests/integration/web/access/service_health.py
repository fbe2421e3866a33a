"""The health of the service."""

from tests.integration.web.access.cells import ADMINISTRATOR, AUDITOR, everywhere

TABLE = [everywhere("/service-health", frozenset({AUDITOR, ADMINISTRATOR}))]
