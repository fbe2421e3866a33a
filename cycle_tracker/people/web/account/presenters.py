"""What one's own account page says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cycle_tracker.core.preferences import Rhythm
from cycle_tracker.core.wording import count
from cycle_tracker.models.access import SignInSession
from cycle_tracker.models.user import User
from cycle_tracker.people.services.codes import has_codes
from cycle_tracker.people.web.account.forms import RHYTHMS, WEEKDAYS
from cycle_tracker.web.links import url_for

# What a browser calls itself, by a word that it sends. In this order: most of them send each other's words too.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "a Mac"),
    ("CrOS", "Chrome OS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class SignInShown:
    """One line of the list of sign-ins."""

    id: int
    browser: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_this_one: bool


def sign_ins(found: Iterable[SignInSession], this: int | None) -> list[SignInShown]:
    """Where the person is signed in, this browser first."""
    shown = [
        SignInShown(
            one.id, browser_words(one.browser), one.address or "not known", one.began_at, one.seen_at, one.id == this
        )
        for one in found
    ]
    return sorted(shown, key=lambda one: not one.is_this_one)


def browser_words(sent: str) -> str:
    """A browser in words: `Firefox on Windows`.

    >>> browser_words("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0")
    'Firefox on Windows'
    """
    browser = next((name for word, name in BROWSERS if word in sent), "")
    system = next((name for word, name in SYSTEMS if word in sent), "")
    if not browser:
        return f"Unknown app on {system}" if system else "Unknown browser"
    return f"{browser} on {system}" if system else browser


def account_rows(user: User, place: str, codes_left: int) -> list[dict[str, Any]]:
    """What there is to know of the account, and where each of it is changed."""
    password = ("Set", "Change") if user.password else ("None yet. You sign in with a link by email.", "Set one")
    codes = (f"On. {count(codes_left, 'recovery code')} left", "Change") if has_codes(user) else ("Off", "Set up")
    return [
        {"key": "Name", "value": user.name},
        {"key": "Email address", "value": user.email},
        {"key": "Roles", "value": place or "None yet"},
        {"key": "Password", "value": password[0], "actions": [_link(password[1], "account.password", "password")]},
        {"key": "Sign-in codes", "value": codes[0], "actions": [_link(codes[1], "codes.show", "sign-in codes")]},
        {
            "key": "Emails",
            "value": mail_words(user),
            "actions": [_link("Change", "account.preferences", "your email preferences")],
        },
        {
            "key": "Calendar",
            "value": "Add your dates to Outlook, Google or Apple calendars",
            "actions": [_link("Add or remove", "calendar_feeds.show", "calendar addresses")],
        },
    ]


def mail_words(user: User) -> str:
    """When the person gets emails."""
    rhythm = RHYTHMS[user.rhythm]
    if user.rhythm in {Rhythm.STANDARD, Rhythm.WEEKLY}:
        rhythm += f", on {WEEKDAYS[user.weekday]}"
    return rhythm if user.reminds_before else f"{rhythm}. No early reminders."


def _link(label: str, endpoint: str, about: str) -> dict[str, str]:
    return {"label": label, "address": url_for(endpoint), "about": about}
