"""A mail server for the jobs, and the days that they run on."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.days import Days
from tests.support.mail_out import sink_for


@pytest.fixture
def days(core_app: Flask) -> Iterator[Days]:
    """The service over an empty database, with a real SMTP server."""
    with sink_for(core_app) as sink:
        yield Days(core_app, sink)
