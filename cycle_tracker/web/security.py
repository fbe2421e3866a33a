"""Flask-Security, as far as it is used: Flask-Login with its sessions. Pages and password hashes are our own.

Its roles are not used, because ours are granted for a partnership; nor its routes, tokens, mails or second factors,
which know neither the outbox nor our sign-ins (`web/sessions.py`, `people/services/codes.py`).
"""

from typing import Any

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore

from cycle_tracker.core.extensions import db
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.web import sessions

SETTINGS: dict[str, Any] = {
    # Hashes are made elsewhere; Flask-Security still wants to know how it would.
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


def init_app(app: Flask) -> None:
    """Set Flask-Security up without its pages."""
    app.config.update(SETTINGS)
    people = SQLAlchemyUserDatastore(db, User, RoleGrant)  # type: ignore[arg-type]  # its roles are never asked for
    security = Security(app, people, register_blueprint=False)
    security.principal.skip_static = True
    security.login_manager.user_loader(sessions.person_of)
    # Whether a sign-in is a fresh one is asked nowhere: the table of sign-ins says whether it holds.
    security.login_manager.session_protection = None
    # People sign in on the page only: nothing in a header or an address says who they are.
    security.login_manager.request_loader(lambda _request: None)
