"""The top of every page: where a person may go, and who is signed in."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask, g, get_template_attribute, request
from markupsafe import Markup
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
KEPT_MENUS = 1_000
CHAIR = "Governance group chair"


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
    return {
        "navigation": _links(viewer.held_anywhere if viewer else None, f"/{request.path.split('/')[1]}"),
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


@lru_cache(KEPT_MENUS)
def _links(held: frozenset[Permission] | None, address: str) -> Markup:
    """The links of the menu, made once for all who hold the same permissions and are in the same part of the service;
    `held` is None where nobody is signed in."""
    links = [("Plans and reports", REGISTER), ("Sign in", SIGN_IN)] if held is None else _for(held)
    made: Markup = get_template_attribute("web/macros/navigation.html", "links_of")(links, address)
    return made


def _for(held: frozenset[Permission]) -> list[tuple[str, str]]:
    wanted = [
        ("Home", addresses.HOME, True),
        ("My work", addresses.MY_WORK, Permission.CHANGE_OWN_MILESTONES in held),
        ("Outstanding", addresses.OUTSTANDING, Permission.READ_OUTSTANDING in held),
        ("By partnership", addresses.MATRIX, Permission.READ_OUTSTANDING in held),
        ("To receive", addresses.TO_RECEIVE, Permission.RECORD_RECEIPTS in held),
        ("Update requests", addresses.UPDATE_REQUESTS, Permission.ASK_FOR_UPDATES in held),
        ("Escalations", addresses.ESCALATIONS, Permission.READ_ESCALATIONS in held),
        ("Notification history", addresses.NOTICES, Permission.READ_NOTICES in held),
        ("Plans and reports", REGISTER, True),
        ("People", addresses.PEOPLE, Permission.INVITE_PEOPLE in held),
        ("Partnerships", addresses.PARTNERSHIPS, Permission.SET_UP_PARTNERSHIPS in held),
        ("Organisations", addresses.ORGANISATIONS, Permission.MANAGE_ORGANISATIONS in held),
        ("Service health", SERVICE_HEALTH, Permission.READ_SERVICE_HEALTH in held),
    ]
    return [(label, address) for label, address, is_wanted in wanted if is_wanted]


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
