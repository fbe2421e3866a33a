"""The pages that say the same to everybody."""

import pytest
from flask.testing import FlaskClient

from tests.support.visits import whole_page


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/help", "Help"),
        ("/privacy", "Privacy"),
        ("/cookies", "Cookies"),
        ("/accessibility", "Accessibility statement"),
    ],
)
def test_they_are_there_for_everybody(client: FlaskClient, path: str, title: str) -> None:
    page = whole_page(client.get(path))
    heading = page.find("h1")
    assert heading is not None
    assert heading.text.startswith(title)
    assert client.get(path).headers.get("Set-Cookie") is None
