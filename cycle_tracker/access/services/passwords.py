"""Passwords as argon2 hashes, which stand in the table of accounts."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app


def hash_password(password: str) -> str:
    """A hash of the password, with the parameters of today in it."""
    return _hasher().hash(password)


def verify_password(password: str, stored: str) -> bool:
    """True where the hash is of this password, whichever parameters it was made with."""
    try:
        return _hasher().verify(stored, password)
    except (InvalidHashError, VerificationError):
        return False


def _hasher() -> PasswordHasher:
    """The library's own parameters. CHEAP_PASSWORDS makes hashes that cost nothing, for tests."""
    if current_app.config.get("CHEAP_PASSWORDS"):
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher()
