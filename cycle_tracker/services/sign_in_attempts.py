"""Counting failed tries to sign in, so that nobody can guess for long.

Every try is written down before the password is looked at and taken out again when it was right: tries that run at
the same time see each other, in whichever worker they are.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, func, select

from cycle_tracker.extensions import db
from cycle_tracker.models import SignInAttempt

MOST_FAILURES = 10
WITHIN = timedelta(minutes=5)
LONGEST_ADDRESS = 64


def begin_attempt(email: str, address: str, *, now: datetime) -> SignInAttempt:
    """Write a try down. The caller commits it before asking whether it is one too many."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at <= now - WITHIN))
    attempt = SignInAttempt(account=_hashed(email), address=address[:LONGEST_ADDRESS], at=now)
    db.session.add(attempt)
    db.session.flush()
    return attempt


def is_one_too_many(attempt: SignInAttempt, *, now: datetime) -> bool:
    """True where the account, or the address that it comes from, had its failures of the last five minutes before."""
    earlier = select(func.count()).where(SignInAttempt.id != attempt.id, SignInAttempt.at > now - WITHIN)
    counts = (
        db.session.scalar(earlier.where(SignInAttempt.account == attempt.account)),
        db.session.scalar(earlier.where(SignInAttempt.address == attempt.address)),
    )
    return any(failures is not None and failures >= MOST_FAILURES for failures in counts)


def forget_attempt(attempt: SignInAttempt) -> None:
    """Take a try out again: it was right, or it was refused unseen, and that must not lock anybody out for longer."""
    db.session.delete(attempt)
    db.session.flush()


def _hashed(email: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, email.strip().lower().encode(), hashlib.sha256).hexdigest()
