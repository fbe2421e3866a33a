"""The core app: settings, database and mail. It is all that the scheduler needs; the web side builds on it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

import config
from cycle_tracker.core.database import JOB_PATIENCE_SECONDS, PAGE_PATIENCE_SECONDS, engine_url, prepare_engine
from cycle_tracker.core.extensions import db
from cycle_tracker.mail.smtp import mail

PACKAGE = Path(__file__).resolve().parent


def create_core_app(overrides: Mapping[str, Any] | None = None, *, for_pages: bool = False) -> Flask:
    """An app with settings, database and mail, and no pages. `overrides` replace settings, for tests. `for_pages` is
    for the app that gets pages: somebody waits for what it asks the database, and it asks the same again and again."""
    app = Flask(
        "cycle_tracker",
        root_path=str(PACKAGE),
        template_folder=str(config.ROOT / "templates"),
        instance_path=str(config.INSTANCE),
    )
    app.config.from_mapping({**config.settings(), **(overrides or {})})
    app.config["SQLALCHEMY_DATABASE_URI"] = engine_url(app.config["DATABASE_URL"])
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    config.INSTANCE.mkdir(exist_ok=True)
    db.init_app(app)
    mail.init_app(app)
    with app.app_context():
        prepare_engine(
            db.engine, patience=PAGE_PATIENCE_SECONDS if for_pages else JOB_PATIENCE_SECONDS, plans_once=for_pages
        )
    return app


def _engine_options(app: Flask) -> dict[str, Any]:
    # An error of the database is logged, shown and mailed: without the addresses, texts and keys that it was to store.
    options: dict[str, Any] = {"hide_parameters": True}
    if app.config["MAIL_CONNECTIONS"] > 1:
        options["max_overflow"] = 10 + app.config["MAIL_CONNECTIONS"]  # each line to the mail server holds one
    return options
