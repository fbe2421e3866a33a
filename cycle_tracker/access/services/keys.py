"""Keys for what the database keeps secret, made from SECRET_KEY: one for each use, so that none opens another."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

LENGTH = 32


def keys_for(use: str) -> list[bytes]:
    """The key for a use that today's SECRET_KEY gives, then those of SECRET_KEY_FALLBACKS, with which older things
    were made."""
    secrets = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    return [
        HKDF(algorithm=SHA256(), length=LENGTH, salt=None, info=f"cycle-tracker {use}".encode()).derive(
            str(secret).encode()
        )
        for secret in secrets
    ]
