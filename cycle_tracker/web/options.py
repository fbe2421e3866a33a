"""The choices of a group of radio buttons or boxes. The form library makes a field for each, 60 microseconds each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from flask import Flask
from markupsafe import Markup
from wtforms import Field, RadioField

from cycle_tracker.web.selects import attributes_of


class Option(NamedTuple):
    """One choice of a group, and what stands below it."""

    id: str
    label: str
    about: str
    control: Markup


def init_app(app: Flask) -> None:
    """Give templates `options_of`."""
    app.add_template_global(options_of, "options_of")


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
