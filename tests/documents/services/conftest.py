"""The plans of Moray and of Tayside."""

import pytest
from flask import Flask

from tests.documents.services.moray import Moray
from tests.documents.services.tayside import Tayside
from tests.support.databases import Database


@pytest.fixture
def moray(core_app: Flask, database: Database) -> Moray:
    return Moray(database)


@pytest.fixture
def tayside(core_app: Flask, database: Database) -> Tayside:
    return Tayside(database)
