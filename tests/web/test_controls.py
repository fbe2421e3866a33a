"""Controls that are made the quick way are those that the form library makes."""

from datetime import date

import pytest
from flask import Flask
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import EmailField, Field, Form, PasswordField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from cycle_tracker.web.controls import options_of, text_control
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LineField, LinesField

ODD = "\"><script>x</script>&\u2019'" + "\n"
ATTRIBUTES = {"class_": "ds_input", "required": False, "maxlength": False, "minlength": False}


class ControlsForm(Form):
    """One field of each kind."""

    plain = StringField("Plain")
    short = LineField("Short", validators=[Length(min=2, max=5), Optional()])
    lines = LinesField("Lines", validators=[Length(max=5)])
    area = TextAreaField("Area")
    day = UkDateField("Day")
    secret = PasswordField("Secret")
    mail = EmailField("Mail")
    wide = StringField("Wide", render_kw={"data_x": "1"})
    by_pairs = RadioField("Pairs", choices=[], validate_choice=False)
    by_words = RadioField("Words", choices={"a": "An <a>", "b": ODD})
    boxes = SelectMultipleField(
        "Boxes", choices={"a": "A", "b": "B"}, widget=ListWidget(), option_widget=CheckboxInput()
    )


TEXTS = ("plain", "short", "lines", "area", "day", "secret", "mail", "wide")


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("text", ["", "30/6/2026", ODD, "x" * 300])
@pytest.mark.parametrize("said", [{}, {"aria_describedby": "a-hint", "aria_invalid": "true", "rows": 3}])
def test_a_field_of_text_is_what_the_library_makes(app: Flask, name: str, text: str, said: dict[str, str]) -> None:
    field = ControlsForm(MultiDict({name: text}))[name]
    for _ in range(2):  # made, and as it was kept
        with app.test_request_context():
            assert text_control(field, **ATTRIBUTES, **said) == field(**ATTRIBUTES, **said)


def test_a_flag_of_which_the_page_says_nothing_is_kept(app: Flask) -> None:
    field = ControlsForm()["short"]
    with app.test_request_context():
        assert "maxlength" in text_control(field, class_="a")
        assert text_control(field, class_="a") == field(class_="a")


def test_values_of_one_field_are_told_apart(app: Flask) -> None:
    with app.test_request_context():
        first, second = (text_control(ControlsForm(plain=text)["plain"], **ATTRIBUTES) for text in ("1", "2"))
    assert 'value="1"' in first
    assert 'value="2"' in second


@pytest.mark.parametrize("name", ["by_pairs", "by_words", "boxes"])
@pytest.mark.parametrize("chosen", ["", "a", "b", "c"])
def test_choices_of_a_group_are_what_the_library_makes(app: Flask, name: str, chosen: str) -> None:
    form = ControlsForm(MultiDict({name: chosen}) if chosen else None)
    form.by_pairs.choices = [("a", "A"), ("b", ODD)]
    field, hints = form[name], {"b": "About b"}
    with app.test_request_context():
        found = options_of(field, "ds_input", hints)
    assert [(one.id, one.label, one.about, one.control) for one in found] == [
        (option.id, option.label.text, hints.get(option.data, ""), _drawn(option, hints)) for option in field
    ]


def _drawn(option: Field, hints: dict[str, str]) -> Markup:
    described_by = f"{option.id}-hint" if option.data in hints else False
    return Markup(option(class_="ds_input", required=False, aria_describedby=described_by))  # noqa: S704  our own form


def test_a_day_is_shown_as_it_is_written(app: Flask) -> None:
    with app.test_request_context():
        assert 'value="30/06/2026"' in text_control(ControlsForm(day=date(2026, 6, 30))["day"], **ATTRIBUTES)
