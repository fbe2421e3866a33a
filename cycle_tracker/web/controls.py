"""The controls of a form that hold one text. The form library works out all their attributes at each request, 60
microseconds each, though only the value differs from one to the next."""

from functools import lru_cache
from typing import Any

from flask import Flask
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from wtforms import Field
from wtforms.widgets import HiddenInput, TextArea, TextInput, html_params
from wtforms.widgets.core import clean_key

KEPT_ATTRIBUTES = 1_000
VALUE = "value"


def init_app(app: Flask) -> None:
    """Give templates `text_control` and `hidden_inputs`."""
    app.add_template_global(text_control, "text_control")
    app.add_template_global(hidden_inputs, "hidden_inputs")


def hidden_inputs(form: FlaskForm) -> Markup:
    """What `form.hidden_tag()` gives."""
    return Markup("\n").join(text_control(field) for field in form if isinstance(field.widget, HiddenInput))


def text_control(field: Field, **attributes: Any) -> Markup:
    """What the field gives by itself, with these attributes; quicker where it holds one text and nothing special."""
    widget, value = field.widget, field._value() if hasattr(field, "_value") else None
    kind = type(widget)
    if kind not in {HiddenInput, TextArea, TextInput} or not isinstance(value, str) or field.render_kw:
        return Markup(field(**attributes))  # noqa: S704  the form library escapes what it makes
    asked = {name: held for name, held in vars(field.flags).items() if name in widget.validation_attrs}
    if kind is TextArea:
        before, after = _attributes(name=field.name, **{"id": field.id, **asked, **attributes})
        return Markup(f"<textarea {before}{after}>\r\n{escape(value)}</textarea>")  # noqa: S704  every part is escaped
    before, after = _attributes(name=field.name, **{"id": field.id, "type": widget.input_type, **asked, **attributes})
    return Markup(f'<input {before} value="{escape(value)}"{after}>')  # noqa: S704  every part is escaped


@lru_cache(KEPT_ATTRIBUTES, typed=True)
def _attributes(**attributes: Any) -> tuple[str, str]:
    """The attributes before the value and after it, in the order of the form library."""
    cleaned = {clean_key(name): held for name, held in attributes.items()}
    before = html_params(**{name: held for name, held in cleaned.items() if name < VALUE})
    after = html_params(**{name: held for name, held in cleaned.items() if name > VALUE})
    return str(before), f" {after}" if after else ""
