"""The settings of an app in tests."""

from typing import Any


def settings_for_tests(url: str) -> dict[str, Any]:
    """Settings over which a test may put its own."""
    return {
        "TESTING": True,
        "DATABASE_URL": url,
        "SECRET_KEY": "only-for-tests-" + "x" * 32,
        "WTF_CSRF_ENABLED": False,
        "SERVICE_URL": "http://127.0.0.1:5000",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": 1,
        "CHEAP_PASSWORDS": True,
    }
