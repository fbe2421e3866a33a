"""Settings, read from the environment once. README lists them with their defaults."""

import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
INSTANCE = ROOT / "instance"
SHORTEST_SECRET_KEY = 32
KNOWN_SECRETS = frozenset({"dev", "development", "secret", "changeme", "change-me"})
MOST_MAIL_CONNECTIONS = 50
LONGEST_SENDER_NAME = 60
MEGABYTE = 1024 * 1024
TIME_ZONE = os.environ.get("TZ_NAME") or "Europe/London"


class SettingError(RuntimeError):
    """A setting is missing or cannot be used; the message says which and what to do."""


def settings(environ: os._Environ[str] | dict[str, str] | None = None) -> dict[str, Any]:
    """Every setting of the service, from the environment. Raises SettingError for one that cannot be used."""
    env = os.environ if environ is None else environ
    service_url = env.get("SERVICE_URL", "http://127.0.0.1:5000").rstrip("/")
    secure = service_url.startswith("https://")
    return {
        "DATABASE_URL": env.get("DATABASE_URL") or f"sqlite:///{INSTANCE / 'cycle_tracker.db'}",
        "SECRET_KEY": _secret_key(env, secure=secure),
        "SECRET_KEY_FALLBACKS": [key for key in env.get("SECRET_KEY_FALLBACKS", "").split(",") if key],
        "SERVICE_URL": service_url,
        "TRUSTED_HOSTS": [host for host in env.get("TRUSTED_HOSTS", "").split(",") if host] or None,
        "PROXY_COUNT": _number(env, "PROXY_COUNT", 0),
        "TZ_NAME": TIME_ZONE,
        "DEMONSTRATION": env.get("DEMONSTRATION", "0") == "1",
        "OUTSTANDING_AFTER_DAYS": _outstanding_after(env),
        "REPORT_GUIDANCE_DATE": "{:02}-{:02}".format(*_month_and_day(env)),
        "DATA_CONTROLLER": env.get("DATA_CONTROLLER", "").strip(),
        "DATA_PROTECTION_CONTACT": env.get("DATA_PROTECTION_CONTACT", "").strip(),
        "MAIL_SERVER": env.get("MAIL_SERVER", "127.0.0.1"),
        "MAIL_PORT": _number(env, "MAIL_PORT", 1025),
        "MAIL_USERNAME": env.get("MAIL_USERNAME") or None,
        "MAIL_PASSWORD": env.get("MAIL_PASSWORD") or None,
        "MAIL_USE_TLS": env.get("MAIL_USE_TLS", "0") == "1",
        "MAIL_DEFAULT_SENDER": env.get("MAIL_DEFAULT_SENDER", "cycle-tracker@example.org"),
        "MAIL_SENDER_NAME": _sender_name(env),
        "MAIL_CONNECTIONS": _number(env, "MAIL_CONNECTIONS", 1, between=(1, MOST_MAIL_CONNECTIONS)),
        "MAIL_TIMEOUT": _number(env, "MAIL_TIMEOUT", 10),
        "MAIL_CA_FILE": env.get("MAIL_CA_FILE") or None,
        "MAIL_SUPPRESS_SEND": False,  # Flask-Mail would send nothing from an app under test, and say nothing of it
        "CLAIM_LEASE_SECONDS": _number(env, "CLAIM_LEASE_SECONDS", 60),
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_NAME": "__Host-session" if secure else "session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": 12 * 60 * 60,
        "MAX_CONTENT_LENGTH": 10 * MEGABYTE,
        "WTF_CSRF_TIME_LIMIT": None,
    }


def _secret_key(env: os._Environ[str] | dict[str, str], *, secure: bool) -> str:
    """The key that signs sessions. A service on https refuses to start without a good one."""
    key = env.get("SECRET_KEY", "")
    good = len(key) >= SHORTEST_SECRET_KEY and key.lower() not in KNOWN_SECRETS
    if good:
        return key
    if secure or key:
        raise SettingError(
            f"SECRET_KEY is missing or too short: set it to at least {SHORTEST_SECRET_KEY} random characters, "
            "for example from `python -c 'import secrets; print(secrets.token_urlsafe(48))'`."
        )
    return _development_key()


def _development_key() -> str:
    """A key of this machine's own, for a service that is only served on http: made once, kept out of the code."""
    path = INSTANCE / "secret_key"
    if not path.exists():
        INSTANCE.mkdir(exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(os.urandom(32).hex())
    return path.read_text()


def _sender_name(env: os._Environ[str] | dict[str, str]) -> str:
    """The name beside the address of the sender; an empty setting means no name."""
    name = env.get("MAIL_SENDER_NAME", "Cycle Tracker").strip()
    if len(name) > LONGEST_SENDER_NAME or not name.isprintable():
        raise SettingError(f"MAIL_SENDER_NAME must be one line of at most {LONGEST_SENDER_NAME} characters.")
    return name


def _outstanding_after(env: os._Environ[str] | dict[str, str]) -> int:
    """Days past its guidance date after which an unexplained document is outstanding. Its lead is asked to explain it
    ten working days before that, so it is some weeks at least."""
    return _number(env, "OUTSTANDING_AFTER_DAYS", 60, between=(21, 366))


def _month_and_day(env: os._Environ[str] | dict[str, str]) -> tuple[int, int]:
    """The day by which the guidance wants annual reports, “ideally by June”: month and day, after the year's end."""
    text = env.get("REPORT_GUIDANCE_DATE", "") or "06-30"
    try:
        found = datetime.strptime(f"2000-{text}", "%Y-%m-%d").date()  # noqa: DTZ007  a day of the calendar
    except ValueError:
        raise SettingError(f"REPORT_GUIDANCE_DATE must be a month and a day, like 06-30, and it is “{text}”.") from None
    if not date(2000, 4, 1) <= found <= date(2000, 12, 31):
        raise SettingError(f"REPORT_GUIDANCE_DATE must be from 04-01 to 12-31, and it is “{text}”.")
    return found.month, found.day


def _number(
    env: os._Environ[str] | dict[str, str], name: str, default: int, *, between: tuple[int, int] | None = None
) -> int:
    text = env.get(name, "")
    try:
        number = int(text) if text else default
    except ValueError:
        raise SettingError(f"{name} must be a whole number, and it is “{text}”.") from None
    if between is not None and not between[0] <= number <= between[1]:
        raise SettingError(f"{name} must be a whole number from {between[0]} to {between[1]}, and it is “{text}”.")
    return number


# Read once: rules that know no app use them.
OUTSTANDING_AFTER_DAYS = _outstanding_after(os.environ)
REPORT_GUIDANCE_DATE = _month_and_day(os.environ)
