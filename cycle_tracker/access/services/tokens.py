"""Tokens that carry a right: made at random, given to one person, and kept as a hash."""

import hashlib
import secrets

BYTES = 32
# More than any token that was ever given out: what is longer is none.
LONGEST = 100


def new_token() -> str:
    """A token that nobody can guess, fit for an address."""
    return secrets.token_urlsafe(BYTES)


def hash_of(token: str) -> str:
    """What is kept of a token. It has 256 bits, so a plain hash cannot be turned round."""
    return hashlib.sha256(token[:LONGEST].encode()).hexdigest()
