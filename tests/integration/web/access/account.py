"""Signing in and out."""

from tests.integration.web.access.cells import EVERYBODY, everywhere

TABLE = [everywhere("/sign-out", EVERYBODY, "POST")]
OPEN_TO_ALL = {("/sign-in", "GET"), ("/sign-in", "POST")}
