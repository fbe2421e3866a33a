"""Counting tries at the door, so that nobody can guess for long or have others mailed without end.

Every try is written down before anything is looked at, and a guess is taken out again when it was right: tries that
run at the same time see each other, in whichever worker they are.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from flask import current_app
from sqlalchemy import delete, func, select

from cycle_tracker.core.extensions import db
from cycle_tracker.models.user import SignInAttempt, TryKind

LONGEST_ADDRESS = 64
Found = TypeVar("Found")


@dataclass(frozen=True)
class Limit:
    """So many tries of a kind for one account, and so many from one address, within a time."""

    kind: TryKind
    for_an_account: int
    from_an_address: int
    within: timedelta
    wait: str


GUESSES = Limit(TryKind.GUESS, 10, 10, timedelta(minutes=5), "5 minutes")
# All of an office behind one address may ask on one morning; no one needs six emails in an hour.
MAILS = Limit(TryKind.MAIL, 5, 50, timedelta(hours=1), "one hour")


class TooManyTries(Exception):
    """The account, or the address that the person comes from, had its tries for now. `wait` says how long."""

    def __init__(self, wait: str) -> None:
        super().__init__(wait)
        self.wait = wait


def guess(email: str, address: str, check: Callable[[], Found | None], *, now: datetime) -> Found | None:
    """What `check` finds: a right guess is forgotten, a wrong one counted. Raises TooManyTries, right or wrong.

    Commits, before it asks and after.
    """
    attempt = _begin(GUESSES, email, address, now)
    found = check()
    if found is not None:
        db.session.delete(attempt)
    db.session.commit()
    return found


def ask_for_mail(email: str, address: str, ask: Callable[[], None], *, now: datetime) -> None:
    """Do what asks for a mail to this account. Every time counts, whether there is such an account or not. Raises
    TooManyTries. Commits, before it asks and after."""
    _begin(MAILS, email, address, now)
    ask()
    db.session.commit()


def _begin(limit: Limit, email: str, address: str, now: datetime) -> SignInAttempt:
    """Write a try down. One that is refused is taken out again: that must not lock anybody out for longer.
    Commits."""
    db.session.execute(
        delete(SignInAttempt).where(SignInAttempt.kind == limit.kind, SignInAttempt.at <= now - limit.within)
    )
    attempt = SignInAttempt(kind=limit.kind, account=_hashed(email), address=address[:LONGEST_ADDRESS], at=now)
    db.session.add(attempt)
    db.session.commit()
    if _is_one_too_many(limit, attempt, now):
        db.session.delete(attempt)
        db.session.commit()
        raise TooManyTries(limit.wait)
    return attempt


def _is_one_too_many(limit: Limit, attempt: SignInAttempt, now: datetime) -> bool:
    earlier = select(func.count()).where(
        SignInAttempt.kind == limit.kind, SignInAttempt.id != attempt.id, SignInAttempt.at > now - limit.within
    )
    for_it = db.session.scalar(earlier.where(SignInAttempt.account == attempt.account)) or 0
    from_it = db.session.scalar(earlier.where(SignInAttempt.address == attempt.address)) or 0
    return for_it >= limit.for_an_account or from_it >= limit.from_an_address


def _hashed(email: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, email.strip().lower().encode(), hashlib.sha256).hexdigest()
