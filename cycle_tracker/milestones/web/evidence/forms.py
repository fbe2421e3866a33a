"""The form with which evidence is added."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.validators import Length, StopValidation, ValidationError

from cycle_tracker.web.forms import LineField
from cycle_tracker.web.web_address import is_web_address

LONGEST_TITLE = 200


class EvidenceForm(FlaskForm):
    """A file or an address, and what it is."""

    file = FileField(
        "File",
        description=(
            "PDF, Word, Excel, PowerPoint, OpenDocument, PNG, JPEG, CSV or plain text, up to 10 MB, "
            "with no password or macros."
        ),
    )
    address = LineField(
        "Or a web address",
        description="Copy it from your browser. It starts with https://",
    )
    title = LineField(
        "Title",
        description="For example, Minute of the board, 3 May 2026. If you leave this empty, we use the file name.",
        validators=[Length(max=LONGEST_TITLE, message=f"The title must be {LONGEST_TITLE} characters or fewer")],
    )

    def validate_file(self, _field: Field) -> None:
        """Raises ValidationError where there is neither a file nor an address."""
        if not self.has_file and not self.address.data:
            raise ValidationError("Choose a file, or enter a web address")

    def validate_address(self, field: Field) -> None:
        """Raises ValidationError for both at once, and for an address that no browser could open."""
        if not field.data:
            raise StopValidation
        if self.has_file:
            raise ValidationError(
                "Choose a file or enter a web address, not both. Add the other one as separate evidence"
            )
        is_web_address(self, field)

    def validate_title(self, field: Field) -> None:
        """Raises ValidationError where an address is all that would be listed."""
        if self.address.data and not self.has_file and not field.data:
            raise ValidationError("Enter a title for the web address")

    @property
    def has_file(self) -> bool:
        """True where a file was chosen, an empty one counted."""
        return isinstance(self.file.data, FileStorage)
