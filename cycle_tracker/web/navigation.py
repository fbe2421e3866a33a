"""What stands at the top of every page: where a person may go, and who is signed in."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request

from cycle_tracker.domain import addresses
from cycle_tracker.domain.permissions import Permission, Role, Viewer
from cycle_tracker.queries.partnerships import list_partnerships
from cycle_tracker.web.access import signed_in_viewer

SERVICE_HEALTH = "/service-health"
REGISTER = "/register"
SIGN_IN = "/sign-in"


@dataclass(frozen=True)
class Link:
    """One link of the menu."""

    label: str
    address: str
    current: bool = False


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in, by name and place."""

    name: str
    place: str


def init_app(app: Flask) -> None:
    """Give every page its menu."""
    app.context_processor(menu)


def menu() -> dict[str, Any]:
    """The variables `navigation` and `signed_in` of the base page; nothing for a page that must not ask for data."""
    if g.get("plain_page"):
        return {}
    viewer = signed_in_viewer()
    links = _links(viewer) if viewer else [("Plans and reports", REGISTER), ("Sign in", SIGN_IN)]
    return {
        "navigation": [Link(label, address, _is_current(address)) for label, address in links],
        "signed_in": _signed_in(viewer) if viewer else None,
    }


def _signed_in(viewer: Viewer) -> SignedIn:
    place = _place(viewer)
    return SignedIn(viewer.name, place if place != viewer.name else "")


def _links(viewer: Viewer) -> list[tuple[str, str]]:
    wanted = [
        ("Home", addresses.HOME, True),
        ("Outstanding", addresses.OUTSTANDING, viewer.can(Permission.READ_OUTSTANDING)),
        ("Escalations", addresses.ESCALATIONS, viewer.can(Permission.READ_ESCALATIONS)),
        ("Plans and reports", REGISTER, True),
        ("Service health", SERVICE_HEALTH, viewer.can(Permission.READ_SERVICE_HEALTH)),
    ]
    return [(label, address) for label, address, is_wanted in wanted if is_wanted]


def _is_current(address: str) -> bool:
    return request.path == address or (address != addresses.HOME and request.path.startswith(f"{address}/"))


def _place(viewer: Viewer) -> str:
    """The person's roles and where they hold them: `Planning lead, Moray`."""
    roles = viewer.national.union(*viewer.within.values())
    words = ", ".join(role.label for role in Role if role in roles)
    if not viewer.within:
        return words
    if len(viewer.within) > 1:
        return f"{words}, {len(viewer.within)} partnerships"
    return f"{words}, {list_partnerships(frozenset(viewer.within))[0].name}"
