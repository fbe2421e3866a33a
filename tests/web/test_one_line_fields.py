"""Every field of every form, found by itself: what is one line is one line, and nothing that nobody sees gets in."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from io import BytesIO
from typing import Any

import pytest
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FileField,
    Form,
    FormField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.csrf.core import CSRFTokenField
from wtforms.fields.core import UnboundField

import cycle_tracker
from cycle_tracker.core.periods import Period
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.web.forms import CellsField, HiddenLineField, VersionField
from cycle_tracker.web.ticks import TicksField
from tests.support.unseen import BLANKS, LINE_ENDS, UNSEEN, is_one_line, unseen_in

EVERYTHING = "A".join(["\x00", *UNSEEN, *LINE_ENDS, *BLANKS, "  ", "\u202e "])
OF_CHOICES = (BooleanField, FieldList, FileField, FormField, RadioField, SelectField, SelectMultipleField)
"""Fields of what was offered, and fields made of others, which are tried themselves."""
AS_THEY_ARE = (CellsField, CSRFTokenField, PasswordField, TicksField, VersionField)
"""A password is hashed as it is typed; ticks and versions are numbers; each cell is made one line where it is read."""


def _forms() -> set[type[Form]]:
    for module in pkgutil.walk_packages(cycle_tracker.__path__, "cycle_tracker."):
        if ".web." in module.name:
            import_module(module.name)
    from cycle_tracker.imports.rules.history_rows import Document
    from cycle_tracker.imports.web.forms import GridRow, HistoryGrid

    with _request():
        grid = HistoryGrid(
            [GridRow(Partnership(slug="moray", name="Moray"), Document(Period.named("2020-23")), "Plan 2020–23")]
        )
    return {*_below(Form), type(grid.form)}


def _request() -> Any:
    from flask import Flask

    app = Flask("forms")
    app.config.update(SECRET_KEY="x" * 32, WTF_CSRF_ENABLED=False)
    return app.test_request_context(method="POST")


def _below(form: type[Form]) -> Iterator[type[Form]]:
    for one in form.__subclasses__():
        yield from _below(one)
        if one.__module__.startswith("cycle_tracker."):
            yield one


def _fields() -> dict[str, UnboundField]:
    """Every field that a form of ours has, by the names of its form and its own."""
    return {
        f"{form.__module__}.{form.__name__}.{name}": field
        for form in _forms()
        for name in dir(form)
        if isinstance(field := getattr(form, name), UnboundField)
    }


def _sent(field: UnboundField, value: Any) -> Field:
    bound = field.bind(form=None, name="field", prefix="", _meta=FlaskForm.Meta())
    bound.process(MultiDict({"field": value}))
    return bound


@pytest.fixture(scope="module")
def fields() -> dict[str, UnboundField]:
    found = {
        name: field
        for name, field in _fields().items()
        if not issubclass(field.field_class, (*OF_CHOICES, *AS_THEY_ARE))
    }
    assert len(found) > 90
    return found


def test_every_field_of_one_line_makes_one_line_of_whatever_is_sent(fields: dict[str, UnboundField]) -> None:
    lines = {name: field for name, field in fields.items() if not issubclass(field.field_class, TextAreaField)}
    let_through = []
    for name, field in lines.items():
        with _request():
            bound = _sent(field, EVERYTHING)
            values = [bound.data, bound._value()]
            if issubclass(field.field_class, StringField):
                as_object = field.bind(form=None, name="field", prefix="", _meta=FlaskForm.Meta())
                as_object.process(None, EVERYTHING)
                values.append(as_object.data)
        is_lost = not bound._value() and not issubclass(field.field_class, HiddenLineField)
        if not all(is_one_line(value) for value in values if isinstance(value, str)) or is_lost:
            let_through.append(name)
    assert let_through == []


def test_every_field_of_several_lines_keeps_them_and_takes_the_rest_out(fields: dict[str, UnboundField]) -> None:
    let_through = []
    for name, field in fields.items():
        if issubclass(field.field_class, TextAreaField):
            with _request():
                data = _sent(field, f"{EVERYTHING}one\r\n\ttwo\u2028").data
            if unseen_in(data, but="\n\t") or not data.endswith("one\n\ttwo"):
                let_through.append(name)
    assert let_through == []


def test_a_file_or_nothing_sent_for_a_text_is_an_empty_text(fields: dict[str, UnboundField]) -> None:
    texts = [field for field in fields.values() if issubclass(field.field_class, StringField)]
    with _request():
        sent_files = {_sent(field, FileStorage(BytesIO(b"x"), "x.txt")).data for field in texts}
        without = [field.bind(form=None, name="field", prefix="", _meta=FlaskForm.Meta()) for field in texts]
        for field in without:
            field.process(MultiDict())
    assert sent_files == {""}
    assert None not in {field.data for field in without}
