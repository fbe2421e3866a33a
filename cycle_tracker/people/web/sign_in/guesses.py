"""Asking a person for what only they know. Wrong answers are counted, and said beside the field."""

from flask import request
from wtforms import Field

from cycle_tracker.access.services.sign_in_attempts import guess
from cycle_tracker.core import clock
from cycle_tracker.models.user import User
from cycle_tracker.people.services.codes import take_code
from cycle_tracker.people.services.users import is_password_of

WRONG_PASSWORD = "This is not your current password"  # noqa: S105
WRONG_CODE = "This code is wrong or has been used before. Wait for the next one, or use a recovery code"


def is_right_password(user: User, field: Field) -> bool:
    """True where this is the person's password. Raises TooManyTries. Commits."""
    is_right = guess(
        user.email, request.remote_addr or "", lambda: is_password_of(user, field.data) or None, now=clock.now()
    )
    return _said(field, WRONG_PASSWORD, is_right=bool(is_right))


def is_right_code(user: User, field: Field) -> bool:
    """True where this is a code of the person's, which is used up by it. Raises TooManyTries. Commits."""
    now = clock.now()
    is_right = guess(
        user.email, request.remote_addr or "", lambda: take_code(user, field.data, now=now) or None, now=now
    )
    return _said(field, WRONG_CODE, is_right=bool(is_right))


def _said(field: Field, what: str, *, is_right: bool) -> bool:
    if not is_right:
        field.errors = [what]
    return is_right
