"""The forms of the milestone page."""

import re
from urllib.parse import urlsplit

from wtforms import Field, StringField
from wtforms.validators import Length, ValidationError

from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import MilestoneForm, clean, required

LONGEST_ADDRESS = 2000


def _is_web_address(_form: MilestoneForm, field: Field) -> None:
    """Raises ValidationError for what no browser could open."""
    try:
        parts = urlsplit(field.data)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise ValidationError("Check the address: it cannot be read") from error
    if parts.scheme.lower() not in {"http", "https"} or not host or re.search(r"\s", field.data):
        raise ValidationError("Enter the whole address, starting with https:// or http://")


class FinishForm(MilestoneForm):
    """On which day it was done."""

    done_on = UkDateField("Date it was done", validators=[required("Enter the date on which it was done")])


class PublicationForm(MilestoneForm):
    """Where and when a document was published."""

    address = StringField(
        "Web address of the document",
        description="Copy it from your browser. It starts with https://",
        filters=[clean],
        validators=[
            required("Enter the web address of the document"),
            Length(max=LONGEST_ADDRESS, message=f"The address must be {LONGEST_ADDRESS:,} characters or fewer"),
            _is_web_address,
        ],
    )
    published_on = UkDateField(
        "Date it was published", validators=[required("Enter the date on which it was published")]
    )
