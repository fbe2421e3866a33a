"""Fifty kills of the web server while a file comes in (F17): file and row both or neither."""

import pytest
from flask import Flask

from tests.conftest import Database
from tests.faults.uploads import kill_during_uploads

pytestmark = pytest.mark.long


def test_fifty_kills_leave_whole_files_or_none(app: Flask, database: Database) -> None:
    answered = kill_during_uploads(app, database.url, 50, seed=17)
    assert 0 < answered < 50, "the kills came all too early, or all too late"
