"""The app that `WebServer` serves."""

import os

from cycle_tracker.web.app import create_app
from tests.conftest import settings_for_tests

app = create_app(settings_for_tests(os.environ["DATABASE_URL"]))
