"""The quick controls of forms are those of the form library, to the letter."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from cycle_tracker.web.controls import hidden_inputs, text_control
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import HiddenLineField, LineField, LinesField, VersionField

NASTY = "\"'<b>&amp; \u00e9"


class Everything(FlaskForm):
    """A field of every kind."""

    line = LineField("Line", validators=[Length(max=20)])
    text = LinesField("Text", validators=[Length(min=2, max=2000)])
    plain = StringField("Plain", validators=[Optional()], render_kw={"placeholder": NASTY})
    area = TextAreaField("Area")
    on = UkDateField("On")
    secret = PasswordField("Secret")
    tick = BooleanField("Tick")
    version = VersionField()
    step = HiddenLineField()
    seen = HiddenField()


ATTRIBUTES: tuple[dict[str, Any], ...] = (
    {},
    {"class_": "ds_input", "required": False, "maxlength": False, "minlength": False, "aria_describedby": "on-hint"},
    {"aria_invalid": "true", "autocomplete": "off", "type": "url", "rows": 3, "wrap": "hard", "data_module": NASTY},
    {"id": "other", "autofocus": True, "disabled": False},
)


@pytest.mark.parametrize("value", [None, "", "Words", NASTY])
@pytest.mark.parametrize("attributes", ATTRIBUTES)
def test_a_control_is_what_the_field_gives(app: Flask, value: str | None, attributes: dict[str, Any]) -> None:
    with app.test_request_context():
        form = Everything(formdata=None, **dict.fromkeys(("line", "text", "plain", "area", "step", "seen"), value))
        for field in form:
            assert text_control(field, **attributes) == field(**attributes), field.name


def test_the_hidden_inputs_are_those_of_the_form(app: Flask) -> None:
    asked: tuple[Callable[[], FlaskForm], ...] = (Everything, lambda: Everything(formdata=None, seen=NASTY, version=3))
    with app.test_request_context():
        for make in asked:
            form = make()
            assert hidden_inputs(form) == form.hidden_tag()
