"""The links of digests: those that answer, and those that stop reminders."""

import re
from contextvars import Context
from datetime import date

from flask import Flask, current_app

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.documents.services.sendings import settle_sendings
from cycle_tracker.mail.services.results import a_sending_is_over
from cycle_tracker.reminders.services.digests import gather_waiting_notices
from cycle_tracker.reminders.services.reminders import queue_due_notices
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.support.smtp_sink import Mail, SmtpSink

SERVICE = "http://127.0.0.1:5000"
ANSWER = re.compile(rf"{SERVICE}(/answer/[\w-]{{43}})(?![\w-])")
STOP = re.compile(rf"{SERVICE}(/reminders/stop/[\w-]{{43}}\.(?:user|contact)-[0-9]+)(?![\w-])")


def run_jobs(day: date | None = None) -> None:
    """What the jobs of a morning do, at the moment that the clock shows; in a session of their own, for they let go of
    every row that they had in hand."""
    db.session.commit()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    Context().run(_jobs, app, day or clock.today())
    db.session.expire_all()


def _jobs(app: Flask, day: date) -> None:
    with app.app_context():
        queue_due_notices(day, clock.now())
        gather_waiting_notices(day, clock.now())
        send_ready_messages(day, clock.now)
        if a_sending_is_over():
            settle_sendings(now=clock.now())
        db.session.remove()


def text_of(mail: Mail, kind: str = "plain") -> str:
    """The words of a mail, as text or as HTML."""
    part = mail.message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def mail_to(sink: SmtpSink, email: str) -> Mail:
    """The newest mail that somebody got."""
    return next(mail for mail in reversed(sink.accepted) if mail.recipients == (email,))


def answer_links(mail: Mail) -> list[str]:
    """The paths at which a mail lets its reader answer, in its order; the same in its text and its HTML."""
    found = ANSWER.findall(text_of(mail))
    assert found == ANSWER.findall(text_of(mail, "html"))
    return found


def stop_link(mail: Mail) -> str:
    """The path at which a mail lets its reader stop reminders: in its header, its text and its HTML."""
    (path,) = STOP.findall(mail.message["List-Unsubscribe"])
    assert STOP.findall(text_of(mail)) == STOP.findall(text_of(mail, "html")) == [path]
    return str(path)
