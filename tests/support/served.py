"""The app that `WebServer` serves; its server, which imports this, ends with the test that started it."""

import os

from cycle_tracker.web_app import create_app
from tests.conftest import settings_for_tests
from tests.support.orphans import end_with_parent

end_with_parent()
app = create_app(settings_for_tests(os.environ["DATABASE_URL"]))
