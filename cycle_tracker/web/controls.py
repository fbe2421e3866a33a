"""The controls of fields of text and of radio buttons. The form library takes 40 to 60 microseconds for each, most of
them for attributes that are the same on every page."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Flask
from markupsafe import Markup, escape
from wtforms import Field, RadioField
from wtforms.widgets import TextArea, TextInput, html_params

KEPT = 1_000
LONGEST_KEPT = 100
# Flags that are no attributes of a control.
NO_ATTRIBUTES = frozenset({"optional"})


class Option(NamedTuple):
    """One choice of a group, and what stands below it."""

    id: str
    label: str
    about: str
    control: Markup


def init_app(app: Flask) -> None:
    """Give templates `text_control` and `options_of`."""
    app.add_template_global(text_control, "text_control")
    app.add_template_global(options_of, "options_of")


def text_control(field: Field, **attributes: Any) -> Markup:
    """What the field gives by itself, with these attributes; quicker where it is a plain one of text."""
    kind, flags = type(field.widget), vars(field.flags).keys() - NO_ATTRIBUTES
    if kind not in (TextInput, TextArea) or field.render_kw or field._datalist or not flags <= attributes.keys():
        return Markup(field(**attributes))  # noqa: S704  the form library escapes what it makes
    value = str(field._value())
    if kind is TextArea:
        params = attributes_of(id=field.id, name=field.name, **attributes)
        return Markup(f"<textarea {params}>\r\n{escape(value)}</textarea>")  # noqa: S704  every part is escaped
    named = {"id": field.id, "name": field.name, "type": "text", "value": value, **attributes}
    params = attributes_of(**named) if len(value) <= LONGEST_KEPT else html_params(**named)
    return Markup(f"<input {params}>")  # noqa: S704  every part is escaped


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
        control = Markup(option(class_=class_, required=False, aria_describedby=described_by))  # noqa: S704  as above
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


@lru_cache(KEPT, typed=True)
def attributes_of(**attributes: Any) -> str:
    """Attributes as the form library writes them."""
    return str(html_params(**attributes))
