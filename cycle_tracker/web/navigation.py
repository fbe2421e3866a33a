"""The top of every page: where a person may go, and who is signed in."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request
from sqlalchemy.exc import SQLAlchemyError

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core import addresses
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.mail.services.demonstration import WORDS, is_demonstration, known_demonstration
from cycle_tracker.web.access import signed_in_viewer
from cycle_tracker.web.sessions import live_session

SERVICE_HEALTH = "/service-health"
REGISTER = "/register"
SIGN_IN = "/sign-in"
CHAIR = "Governance group chair"


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
    """The variables `navigation`, `signed_in` and `demonstration` of the base page; for a page that must not ask for
    data, what is known without."""
    if g.get("plain_page"):
        return {"demonstration": WORDS if known_demonstration() else ""}
    viewer = signed_in_viewer()
    links = _links(viewer) if viewer else [("Plans and reports", REGISTER), ("Sign in", SIGN_IN)]
    return {
        "navigation": [Link(label, address, _is_current(address)) for label, address in links],
        "signed_in": _signed_in(viewer) if viewer else None,
        "demonstration": WORDS if _is_demonstration() else "",
    }


def _is_demonstration() -> bool:
    """Not, while the database cannot be asked: pages that need none of it are shown all the same."""
    try:
        return is_demonstration()
    except SQLAlchemyError:
        db.session.rollback()
        return False


def _signed_in(viewer: Viewer) -> SignedIn:
    place = place_of_viewer(viewer)
    return SignedIn(viewer.name, place if place != viewer.name else "")


def _links(viewer: Viewer) -> list[tuple[str, str]]:
    wanted = [
        ("Home", addresses.HOME, True),
        ("My work", addresses.MY_WORK, viewer.can(Permission.CHANGE_OWN_MILESTONES)),
        ("Outstanding", addresses.OUTSTANDING, viewer.can(Permission.READ_OUTSTANDING)),
        ("By partnership", addresses.MATRIX, viewer.can(Permission.READ_OUTSTANDING)),
        ("To receive", addresses.TO_RECEIVE, viewer.can(Permission.RECORD_RECEIPTS)),
        ("Update requests", addresses.UPDATE_REQUESTS, viewer.can(Permission.ASK_FOR_UPDATES)),
        ("Escalations", addresses.ESCALATIONS, viewer.can(Permission.READ_ESCALATIONS)),
        ("Notification history", addresses.NOTICES, viewer.can(Permission.READ_NOTICES)),
        ("Plans and reports", REGISTER, True),
        ("People", addresses.PEOPLE, viewer.can(Permission.INVITE_PEOPLE)),
        ("Partnerships", addresses.PARTNERSHIPS, viewer.can(Permission.SET_UP_PARTNERSHIPS)),
        ("Organisations", addresses.ORGANISATIONS, viewer.can(Permission.MANAGE_ORGANISATIONS)),
        ("Service health", SERVICE_HEALTH, viewer.can(Permission.READ_SERVICE_HEALTH)),
    ]
    return [(label, address) for label, address, is_wanted in wanted if is_wanted]


def _is_current(address: str) -> bool:
    return request.path == address or (address != addresses.HOME and request.path.startswith(f"{address}/"))


def place_of_viewer(viewer: Viewer) -> str:
    """The person's roles and where they have them: `Planning lead, Moray`. A chair is called so."""
    roles = viewer.roles_anywhere()
    live = live_session()
    place = live.place if live else None
    is_chair = place is not None and place.is_chair
    words = ", ".join(CHAIR if is_chair and role is Role.GOVERNANCE else role.label for role in Role if role in roles)
    if not viewer.within:
        return words
    if place is None or len(viewer.within) > 1:
        return f"{words}, {len(viewer.within)} partnerships"
    return f"{words}, {place.partnership}"
