"""The second step of signing in: time-based codes (RFC 6238) from an app, and recovery codes for the day it is lost.

The secret of an app is kept encrypted, recovery codes as keyed hashes; the keys come from SECRET_KEY. No code is taken
twice, not by two at the same moment either.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from passlib.exc import TokenError
from passlib.totp import TOTP
from sqlalchemy import delete, or_, update

from cycle_tracker.access.services.keys import keys_for
from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.models.access import RecoveryCode
from cycle_tracker.models.user import User
from cycle_tracker.people.services.account_mails import notify_of_change

ISSUER = "Cycle Tracker"
# Seconds: the code before and the one after are taken too.
CLOCK_MAY_BE_OUT_BY = 30
RECOVERY_CODES = 10
# Without those that people take for others.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 3, 4


@dataclass(frozen=True)
class SecretShown:
    """A new secret as a person puts it into their app: to be typed, or as the address that a picture holds."""

    key: str
    address: str


@dataclass(frozen=True)
class _Match:
    """The half minute that a right code is for, counted from 1970, and the secret encrypted with today's key."""

    counter: int
    secret: str


def has_codes(user: User) -> bool:
    """True where a person is asked for a code when they sign in."""
    return user.totp_secret is not None


def new_secret() -> str:
    """A secret that is not in use yet, encrypted as it is kept."""
    return str(_factory().new().to_json(encrypt=True))


def show_secret(secret: str, user: User) -> SecretShown:
    """What a person puts into their app."""
    totp = _factory().from_source(secret)
    return SecretShown(key=totp.pretty_key(sep=" "), address=totp.to_uri(label=user.email))


def turn_codes_on(user: User, secret: str, code: str, *, now: datetime) -> list[str]:
    """Ask for codes from here on, once one of this secret was right; the recovery codes, which are not shown again.

    Raises RuleBroken where the code is wrong.
    """
    match = _matched(secret, code, None, now)
    if match is None:
        raise RuleBroken("This is not the code your app shows now. Wait for the next code and enter it.", field="code")
    user.totp_secret, user.totp_counter = match.secret, match.counter
    codes = _replace_recovery_codes(user)
    audit.record("user", user.id, "codes-turned-on", by=user, at=now)
    notify_of_change(user, "Sign-in codes were turned on", now=now)
    db.session.flush()
    return codes


def turn_codes_off(user: User, *, by: User, now: datetime) -> None:
    """Ask for no codes any more: by the person, who has shown a code, or by an administrator where all are lost."""
    user.totp_secret = user.totp_counter = None
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    audit.record("user", user.id, "codes-turned-off", by=by, at=now)
    notify_of_change(user, "Sign-in codes were turned off", now=now)
    db.session.flush()


def renew_recovery_codes(user: User, *, now: datetime) -> list[str]:
    """New recovery codes in place of the old."""
    codes = _replace_recovery_codes(user)
    audit.record("user", user.id, "recovery-codes-renewed", by=user, at=now)
    notify_of_change(user, "Your recovery codes were replaced", now=now)
    return codes


def take_code(user: User, code: str, *, now: datetime) -> bool:
    """True where this is a code of the person's app or one of their recovery codes; it is then worth nothing more."""
    if user.totp_secret is None:
        return False
    match = _matched(user.totp_secret, code, user.totp_counter, now)
    return _take(user, match) if match is not None else _take_recovery_code(user, code, now)


def _take(user: User, match: _Match) -> bool:
    taken = (
        update(User)
        .where(User.id == user.id, or_(User.totp_counter.is_(None), User.totp_counter < match.counter))
        .values(totp_counter=match.counter, totp_secret=match.secret)
        .returning(User.id)
        .execution_options(synchronize_session=False)
    )
    is_ours = db.session.scalars(taken).one_or_none() is not None
    db.session.refresh(user, ["totp_counter", "totp_secret"])
    return is_ours


def _take_recovery_code(user: User, code: str, now: datetime) -> bool:
    taken = (
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.code_hash.in_(_hashes(user, code)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalars(taken).one_or_none() is not None


def _matched(secret: str, code: str, last_counter: int | None, now: datetime) -> _Match | None:
    """The half minute that a code is for, where it is right and later than the last one used."""
    digits = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    totp = _factory().from_source(secret)
    try:
        match = totp.match(digits, time=int(now.timestamp()), window=CLOCK_MAY_BE_OUT_BY, last_counter=last_counter)
    except TokenError:
        return None
    return _Match(int(match.counter), str(totp.to_json(encrypt=True)) if totp.changed else secret)


def _factory() -> Any:
    """Codes whose secrets are encrypted with the key of today's SECRET_KEY, and readable with those before."""
    keys = {hashlib.sha256(key).hexdigest()[:8]: key for key in keys_for("time-based codes")}
    return TOTP.using(issuer=ISSUER, secrets=keys, default_tag=next(iter(keys)))


def _replace_recovery_codes(user: User) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = ["-".join(_letters() for _ in range(GROUPS)) for _ in range(RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(user_id=user.id, code_hash=_hashes(user, code)[0]) for code in codes)
    db.session.flush()
    return codes


def _letters() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(GROUP_LENGTH))


def _hashes(user: User, code: str) -> list[str]:
    """What is kept of a recovery code, by today's key first. It is the person's own: another's is another hash."""
    plain = f"{user.id}:{re.sub('[^a-z0-9]', '', code.lower())}".encode()
    return [hmac.new(key, plain, hashlib.sha256).hexdigest() for key in keys_for("recovery codes")]
