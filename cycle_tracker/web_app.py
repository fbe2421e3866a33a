"""The web app: the core app with sign-in, pages, error pages and headers."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from cycle_tracker import models, pages
from cycle_tracker.app import create_core_app
from cycle_tracker.cli import register_commands
from cycle_tracker.core.extensions import db
from cycle_tracker.web import (
    access,
    controls,
    errors,
    filters,
    headers,
    hidden_tokens,
    navigation,
    quick_templates,
    security,
    selects,
    sessions,
)


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """The app that a web server runs. `overrides` replace settings, for tests.

    Raises UndeclaredAccess where a route does not say who may come to it.
    """
    models.load_all()
    app = create_core_app(overrides, for_pages=True)
    Migrate(app, db, directory=str(config.ROOT / "migrations"), render_as_batch=True)
    _trust_proxies(app)
    # In this order: a session that is over must be forgotten before anybody asks who is signed in, and a person who
    # was signed out must come to the sign-in page before their form is found to lack its token.
    app.before_request(sessions.note_in_use)
    app.before_request(access.guard)
    form_tokens = CSRFProtect(app)
    security.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    hidden_tokens.init_app(app)
    quick_templates.init_app(app)
    filters.init_app(app)
    navigation.init_app(app)
    controls.init_app(app)
    selects.init_app(app)
    pages.init_app(app)
    for view in access.held_by_mailed_token(app):
        form_tokens.exempt(view)
    register_commands(app)
    access.ensure_all_declared(app)
    return app


def _trust_proxies(app: Flask) -> None:
    """Believe what so many proxies say of the client, and nobody else."""
    count = app.config["PROXY_COUNT"]
    if count > 0:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
