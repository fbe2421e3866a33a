"""The controls of a form that hold one text, and the choices of a group of radio buttons or boxes. The form library
works out all their attributes at each request, 60 microseconds each, though only the value differs from one to the
next."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Flask
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from wtforms import Field, RadioField
from wtforms.widgets import HiddenInput, TextArea, TextInput, html_params
from wtforms.widgets.core import clean_key

from cycle_tracker.web.selects import attributes_of

KEPT_ATTRIBUTES = 1_000
VALUE = "value"


class Option(NamedTuple):
    """One choice of a group, and what stands below it."""

    id: str
    label: str
    about: str
    control: Markup


def init_app(app: Flask) -> None:
    """Give templates `text_control`, `hidden_inputs` and `options_of`."""
    app.add_template_global(text_control, "text_control")
    app.add_template_global(hidden_inputs, "hidden_inputs")
    app.add_template_global(options_of, "options_of")


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


def options_of(field: Field, class_: str, hints: Mapping[Any, str]) -> list[Option]:
    """The choices of a group of radio buttons or of boxes, with a line below each that has one."""
    pairs = list(field.choices.items() if isinstance(field.choices, dict) else field.choices or ())
    is_plain = type(field) is RadioField and not field.render_kw and all(map(_is_pair, pairs))
    return list(_radios(field, pairs, class_, hints) if is_plain else _options(field, class_, hints))


def _is_pair(choice: Any) -> bool:
    return type(choice) is tuple and len(choice) == 2 and isinstance(choice[1], str)


def _options(field: Field, class_: str, hints: Mapping[Any, str]) -> Iterator[Option]:
    for option in field:
        about = hints.get(option.data, "")
        described_by = f"{option.id}-hint" if about else False
        control = Markup(option(class_=class_, required=False, aria_describedby=described_by))  # noqa: S704  the form library escapes what it makes
        yield Option(option.id, option.label.text, about, control)


def _radios(
    field: RadioField, pairs: Sequence[tuple[Any, str]], class_: str, hints: Mapping[Any, str]
) -> Iterator[Option]:
    for place, (value, label) in enumerate(pairs):
        number, about = f"{field.id}-{place}", hints.get(value, "")
        params = attributes_of(
            id=number,
            name=field.name,
            type="radio",
            value=str(value),
            class_=class_,
            checked=field.coerce(value) == field.data,
            aria_describedby=f"{number}-hint" if about else False,
        )
        yield Option(number, label or value, about, Markup(f"<input {params}>"))  # noqa: S704  as above
