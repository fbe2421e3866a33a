"""The control of a list that drops down. The form library takes 40 microseconds for each option, and a filter by
partnership has an option for every partnership there is."""

from functools import lru_cache
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup, escape
from wtforms import SelectField
from wtforms.widgets import html_params

from cycle_tracker.core.lines import several_lines

KEPT_OPTIONS = 10_000
KEPT_FIELDS = 1_000
KEPT_OPENINGS = 1_000


def init_app(app: Flask) -> None:
    """Give templates `select_control` and `plain_select`."""
    app.add_template_global(select_control, "select_control")
    app.add_template_global(plain_select, "plain_select")


def select_control(field: SelectField, **attributes: Any) -> Markup:
    """What the field gives by itself, with these attributes; quicker where its choices are pairs of value and label."""
    if not _has_pairs(field):
        return Markup(field(**attributes))  # noqa: S704  the form library escapes what it makes
    options = "".join(
        _option(str(value), str(label), chosen=field.coerce(value) == field.data) for value, label in field.choices
    )
    opening = attributes_of(id=field.id, name=field.name, **attributes)
    return Markup(f"<select {opening}>{options}</select>")  # noqa: S704  every part is escaped


def plain_select(field: SelectField) -> Markup:
    """A field without hint and errors, with its label, as the macro `select_question` gives it."""
    label = field.label.text + (" (optional)" if field.flags.optional else "")
    if field.coerce is str and _has_pairs(field):
        return _plain_select(field.id, field.name, label, tuple(field.choices), field.data)
    return _question(field.id, label, select_control(field, class_="ds_select", required=False))


def _has_pairs(field: SelectField) -> bool:
    return all(isinstance(choice, tuple) for choice in field.choices or ("",))


@lru_cache(KEPT_FIELDS)
def _plain_select(id_: str, name: str, label: str, choices: tuple[tuple[str, str], ...], chosen: str | None) -> Markup:
    options = "".join(_option(value, words, chosen=value == chosen) for value, words in choices)
    opening = attributes_of(id=id_, name=name, class_="ds_select", required=False)
    return _question(id_, label, Markup(f"<select {opening}>{options}</select>"))  # noqa: S704  as above


@lru_cache(KEPT_OPENINGS, typed=True)
def attributes_of(**attributes: Any) -> str:
    """Attributes as the form library writes them."""
    return str(html_params(**attributes))


def _question(id_: str, label: str, control: Markup) -> Markup:
    macros: Any = current_app.jinja_env.get_template("web/macros/forms.html").module
    return Markup(macros.select_question(id_, label, control))  # noqa: S704  a macro escapes what it is given


@lru_cache(KEPT_OPTIONS)
def _option(value: str, label: str, *, chosen: bool) -> str:
    selected = "selected " if chosen else ""
    return f'<option {selected}value="{escape(value)}">{escape(several_lines(label))}</option>'
