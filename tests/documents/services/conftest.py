"""The plans of Moray and of Tayside."""

import pytest
from flask import Flask

from tests.documents.services.moray import Moray
from tests.documents.services.tayside import Tayside


@pytest.fixture
def moray(core_app: Flask) -> Moray:
    return Moray()


@pytest.fixture
def tayside(core_app: Flask) -> Tayside:
    return Tayside()
