"""What forms share: fields of one line and of several, the version somebody looks at, and the rules that refuse."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, Form, HiddenField, StringField, TextAreaField
from wtforms.validators import StopValidation
from wtforms.widgets import HiddenInput

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.lines import one_line, several_lines

# The version of no milestone: what a form counts as that lost its own.
NO_VERSION = 0


class _CleanField(StringField):
    """A text of which a form never has what was sent, but what its field makes of it. Never None."""

    clean: Callable[[str], str]

    def __init__(self, *args: Any, filters: Iterable[Callable[[Any], Any]] = (), **options: Any) -> None:
        super().__init__(*args, filters=[self._cleaned, *filters], **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        # validators that ask for what was sent, such as Optional, are to see the same
        self.raw_data = [self._cleaned(text) for text in valuelist]
        super().process_formdata(self.raw_data)

    def _cleaned(self, text: object) -> str:
        # a file that was sent where a text belongs is no text
        return type(self).clean(text) if isinstance(text, str) else ""


class LineField(_CleanField):
    """A text of one line, whatever was sent for it."""

    clean = staticmethod(one_line)


class HiddenLineField(_CleanField):
    """A value that a page keeps from one step to the next. One that is not one line was never put there by a page, and
    is empty."""

    widget = HiddenInput()

    @staticmethod
    def clean(text: str) -> str:
        """The value if it is one line."""
        return text if text == one_line(text) else ""


class LinesField(_CleanField, TextAreaField):
    """A text of several lines, each ended with a line feed, without what nobody sees and without outer blanks."""

    @staticmethod
    def clean(text: str) -> str:
        """The text without the rest."""
        return several_lines(text).strip()


class CellsField(TextAreaField):
    """Cells of a spreadsheet as they were pasted, tabs and all: each is made one line where it is read."""


class FormAbout(FlaskForm):
    """A form about something that somebody else may change while the form is open."""

    def for_now(self, thing: Any) -> None:
        """Make the form one about the thing as it is now."""
        raise NotImplementedError

    def ensure_current(self, thing: Any) -> None:
        """Raises ChangedMeanwhile where the thing is no longer what the person saw."""
        raise NotImplementedError

    def come_too_late(self, thing: Any, message: str) -> None:
        """Say that the change came too late. What the person typed stays, and can be sent again."""
        self.for_now(thing)
        self.form_errors.append(message)


class VersionField(HiddenField):
    """The version of the milestone that the person is looking at."""

    def __init__(self, *args: Any, **options: Any) -> None:
        # Where nothing at all was sent, no field is asked what it makes of that.
        super().__init__(*args, default=NO_VERSION, **options)

    def _value(self) -> str:
        return str(self.data or "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]) if valuelist else ""
        self.data = int(text) if re.fullmatch("[0-9]{1,9}", text) else NO_VERSION


def show_rule(form: Form, rule: RuleBroken) -> None:
    """Put the words of a rule beside the field that they belong to, or at the top where it is none of the form's."""
    field = form[rule.field] if rule.field and rule.field in form else None
    if field is None:
        form.form_errors.append(rule.message)
    else:
        field.errors = [*field.errors, rule.message]


def required(message: str) -> Callable[[Form, Field], None]:
    """A validator that asks for something. It leaves what the field itself found wrong as it is."""

    def check(_form: Form, field: Field) -> None:
        if field.data in (None, "") and not field.errors:
            raise StopValidation(message)

    return check
