"""The templates of mails: what people wrote comes into a mail as one line, whichever template puts it there."""

from typing import Any

from flask import current_app
from jinja2 import Environment
from markupsafe import Markup

from cycle_tracker.core.lines import several_lines, within_line

ENVIRONMENT = "mail-templates"


class _Lines(str):
    """Words whose lines a template keeps."""


def mail_templates() -> Environment:
    """The app's templates as mails are written from them: each value that is put out is one line.

    A title with line ends in it could otherwise begin the text of a mail with any lines it likes. A template that
    wants the lines of a text says so: `{{ text | keep_lines }}`.
    """
    made = current_app.extensions.get(ENVIRONMENT)
    if made is None:
        made = current_app.jinja_env.overlay(finalize=_put_out)
        made.filters = {**made.filters, "keep_lines": _keep_lines}
        current_app.extensions[ENVIRONMENT] = made
    return made


def _keep_lines(text: str) -> str:
    return _Lines(several_lines(text))


def _put_out(value: Any) -> Any:
    """What becomes of each value. HTML is what a macro made, of values that came by here."""
    return within_line(value) if isinstance(value, str) and not isinstance(value, (Markup, _Lines)) else value
