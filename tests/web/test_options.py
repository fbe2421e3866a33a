"""Choices of a group that are made the quick way are those that the form library makes."""

import pytest
from flask import Flask
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, RadioField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from cycle_tracker.web.options import options_of

ODD = "\"><script>x</script>&\u2019'" + "\n"


class ControlsForm(Form):
    """One group of each kind."""

    by_pairs = RadioField("Pairs", choices=[], validate_choice=False)
    by_words = RadioField("Words", choices={"a": "An <a>", "b": ODD})
    boxes = SelectMultipleField(
        "Boxes", choices={"a": "A", "b": "B"}, widget=ListWidget(), option_widget=CheckboxInput()
    )


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
