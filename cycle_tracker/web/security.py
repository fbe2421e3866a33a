"""Flask-Security, as far as it is used: password hashes, and Flask-Login with it. The pages are our own.

Its roles are not used, because ours are granted for a partnership; nor its routes, tokens, mails or second factors,
which know neither the outbox nor our sign-ins (`web/sessions.py`, `people/services/codes.py`).
"""

from typing import Any

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore

from cycle_tracker.core.extensions import db
from cycle_tracker.models import RoleGrant, User
from cycle_tracker.web import sessions

SETTINGS: dict[str, Any] = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    "SECURITY_DEFAULT_REMEMBER_ME": False,
    "SECURITY_CLI_USERS_NAME": "",
    "SECURITY_CLI_ROLES_NAME": "",
}
CHEAPEST_HASHES = {"argon2__time_cost": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}


def init_app(app: Flask) -> None:
    """Set Flask-Security up without its pages. CHEAP_PASSWORDS makes hashes that cost nothing, for tests."""
    app.config.update(SETTINGS)
    if app.config.get("CHEAP_PASSWORDS"):
        app.config["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"] = CHEAPEST_HASHES
    people = SQLAlchemyUserDatastore(db, User, RoleGrant)  # type: ignore[arg-type]  # its roles are never asked for
    security = Security(app, people, register_blueprint=False)
    security.principal.skip_static = True
    security.login_manager.user_loader(sessions.person_of)
    # People sign in on the page only: nothing in a header or an address says who they are.
    security.login_manager.request_loader(lambda _request: None)
