"""Password hashes: of one password, whoever made them."""

from collections.abc import Iterator

import pytest
from flask import Flask

from cycle_tracker.access.services.passwords import hash_password, verify_password

# made by Flask-Security, before this service made its own
FROM_BEFORE = "$argon2id$v=19$m=8,t=1,p=1$YAwBQOj9v/d+L6XU+n/vXQ$HxMOJMMbjFY+lf+tCzLuwg1UZMQN6d5OUZSfbnpWPRU"


@pytest.fixture(autouse=True)
def cheap_passwords() -> Iterator[None]:
    app = Flask("passwords")
    app.config["CHEAP_PASSWORDS"] = True
    with app.app_context():
        yield


def test_a_hash_is_of_its_password_and_of_no_other() -> None:
    stored = hash_password("eight letters")
    assert verify_password("eight letters", stored)
    assert not verify_password("Eight letters", stored)
    assert hash_password("eight letters") != stored


def test_a_hash_from_before_still_opens() -> None:
    assert verify_password("eight letters", FROM_BEFORE)
    assert not verify_password("nine letters", FROM_BEFORE)


@pytest.mark.parametrize("stored", ["", "eight letters", "$argon2id$v=19$m=8,t=1,p=1$broken"])
def test_what_is_no_hash_opens_nothing(stored: str) -> None:
    assert not verify_password("eight letters", stored)
