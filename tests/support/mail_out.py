"""Pointing an app at a mail server of the tests, whatever its settings said before."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask

from cycle_tracker.mail.smtp import mail
from tests.support.smtp_sink import SmtpSink


@contextmanager
def mail_server(app: Flask, port: int, **settings: Any) -> Iterator[None]:
    """Mails go to this port on loopback, under these settings, until the end of the block."""
    changes = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": port, "MAIL_SUPPRESS_SEND": False, **settings}
    before = {name: app.config[name] for name in changes if name in app.config}
    app.config.update(changes)
    mail.init_app(app)
    try:
        yield
    finally:
        for name in changes.keys() - before.keys():
            app.config.pop(name)
        app.config.update(before)
        mail.init_app(app)


@contextmanager
def sink_for(app: Flask, **settings: Any) -> Iterator[SmtpSink]:
    """A real SMTP server that takes the app's mails."""
    with SmtpSink() as sink, mail_server(app, sink.port, **settings):
        yield sink
