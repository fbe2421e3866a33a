"""Who may come to which page: each view declares it, and one gate before all of them holds people to it.

The gate asks whether a person holds the permission in any partnership. Whether they hold it for the thing that the
page is about is asked where that thing is fetched.
"""

from collections.abc import Callable
from typing import Any, Literal, TypeVar, cast

from flask import Flask, current_app, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_security import current_user

from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core import clock
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.models.user import User
from cycle_tracker.web.links import url_for
from cycle_tracker.web.sessions import live_session

Access = Permission | Literal["public", "signed in"]
View = TypeVar("View", bound=Callable[..., Any])

STATIC = "static"


class UndeclaredAccess(RuntimeError):
    """A route does not say who may come to it, so nobody may."""


def requires(permission: Permission) -> Callable[[View], View]:
    """For people who hold the permission in some partnership, or everywhere."""
    return _declare(permission)


def public(view: View) -> View:
    """For everybody, signed in or not."""
    return _declare("public")(view)


def signed_in(view: View) -> View:
    """For everybody who has signed in, whatever their roles."""
    return _declare("signed in")(view)


def by_mailed_token(view: View) -> View:
    """For everybody who holds the token in the address, and for nobody else: the token is the right, no cookie is. So
    the check of forms for their token is left out, which keeps others from using what a cookie lets a person do; it
    would also refuse a mail program, and whoever's browser keeps the address that they come from to itself.
    """
    view.by_mailed_token = True  # type: ignore[attr-defined]
    return public(view)


def held_by_mailed_token(app: Flask) -> list[Callable[..., Any]]:
    """The views that are open to whoever holds a mailed token."""
    return [view for view in app.view_functions.values() if getattr(view, "by_mailed_token", False)]


def declared_access(app: Flask, endpoint: str) -> Access:
    """What a route declares. Raises UndeclaredAccess where it declares nothing."""
    if endpoint == STATIC:
        return "public"
    declared = getattr(app.view_functions[endpoint], "access", None)
    if declared is None:
        raise UndeclaredAccess(f"{endpoint} must declare who has access to it, with @requires, @signed_in or @public.")
    return cast(Access, declared)


def ensure_all_declared(app: Flask) -> None:
    """Raises UndeclaredAccess for the first route that does not say who may come to it."""
    for rule in app.url_map.iter_rules():
        declared_access(app, rule.endpoint)


def guard() -> ResponseReturnValue | None:
    """The gate: asked before every request. Raises NotAllowed for the signed-in who lack the permission."""
    if request.endpoint is None:
        return None
    access = declared_access(current_app, request.endpoint)
    if access == "public":
        return None
    viewer = signed_in_viewer()
    if viewer is None:
        return redirect(url_for("sign_in.show", next=_way_back()))
    if access != "signed in" and not viewer.can(access):
        raise NotAllowed
    return None


def signed_in_viewer() -> Viewer | None:
    """The person signed in, with what they hold today; None where nobody is. It comes with the sign-in; who signed in
    during this request is looked up."""
    if "viewer" not in g:
        g.viewer = _look_up()
    return cast("Viewer | None", g.viewer)


def _look_up() -> Viewer | None:
    live = live_session()
    if live is not None and live.viewer.user_id == current_user.id:
        return live.viewer
    person = viewers_of([current_user.id], clock.today(), acting=True) if current_user.is_authenticated else {}
    return next(iter(person.values()), None)


def current_viewer() -> Viewer:
    """The person signed in. Raises NotAllowed where nobody is, which the gate rules out but on public pages."""
    viewer = signed_in_viewer()
    if viewer is None:
        raise NotAllowed
    return viewer


def current_organisation_id() -> int | None:
    """The organisation that the person signed in is of."""
    live = live_session()
    if live is not None and live.viewer.user_id == current_viewer().user_id:
        return live.organisation_id
    return current_user_row().organisation_id


def current_user_row() -> User:
    """The row of the person signed in, to be named in `by=`."""
    return db.session.get_one(User, current_viewer().user_id)


def can(permission: Permission, partnership_id: int | None = None) -> bool:
    """For templates: True where the person signed in holds the permission there; with no partnership, anywhere."""
    viewer = signed_in_viewer()
    return viewer is not None and viewer.can(permission, partnership_id)


def _declare(access: Access) -> Callable[[View], View]:
    def declare(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]  # functions take attributes; their type does not say so
        return view

    return declare


def _way_back() -> str:
    """Where to go on after signing in: the page asked for, or the home page where it cannot be asked for again."""
    if request.url_rule is None or "GET" not in (request.url_rule.methods or ()):
        return url_for("home.show")
    return request.full_path.rstrip("?")
